/// What a payment rail says of a payment. The third answer is the one that matters: nobody may pay twice because of it.
enum RailOutcome: Sendable, Equatable {
    /// Taken; the reference is the rail's own (a transaction's hash).
    case paid(reference: String)
    /// Not taken, and it will not be.
    case refused(reason: String)
    /// The rail did not say. The money stays reserved until it does.
    case unknown
}
