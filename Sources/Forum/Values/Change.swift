/// A member of a body that may be absent (unchanged), null (cleared), or given.
enum Change<Value: Sendable>: Sendable {
    case unchanged
    case cleared
    case set(Value)

    func applied(to value: Value?) -> Value? {
        switch self {
        case .unchanged: value
        case .cleared: nil
        case .set(let new): new
        }
    }
}
