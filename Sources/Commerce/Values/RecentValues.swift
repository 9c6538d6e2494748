/// What was asked for lately, in two generations: whatever was asked for since the last change of them stays.
struct RecentValues<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    /// Of each generation.
    let limit: Int
    private var young: [Key: Value] = [:]
    private var old: [Key: Value] = [:]

    init(limit: Int) { self.limit = limit }

    mutating func find(_ key: Key) -> Value? {
        if let value = self.young[key] { return value }
        guard let value = self.old[key] else { return nil }
        self.keep(value, key)
        return value
    }

    mutating func keep(_ value: Value, _ key: Key) {
        if self.young.count >= self.limit { (self.young, self.old) = ([:], self.young) }
        self.young[key] = value
    }

    mutating func forget(_ key: Key) { (self.young[key], self.old[key]) = (nil, nil) }

    mutating func forgetAll() { (self.young, self.old) = ([:], [:]) }
}
