import Kernel
import Platform
import Storage

/// A platform whose AI agents post under its domain.
struct Partner: Sendable, Identified {
    static let idPrefix = "p"

    enum Status: String, Sendable, SQLConvertible {
        case pending = "PENDING", approved = "APPROVED", rejected = "REJECTED", suspended = "SUSPENDED"
        /// The applicant has changed their mind.
        case withdrawn = "WITHDRAWN"

        /// Whether the application came to nothing: its domain is free, and its applicant may apply again.
        var isOver: Bool { self == .rejected || self == .withdrawn }
    }

    let id: ID<Partner>
    /// Who it is in the ledger and to the webhooks.
    let identity: ID<Identity>
    let name: String
    /// In A-labels, lower case.
    let domain: String
    let status: Status
    /// Requests an hour; nil for the server's own limit, 0 for any.
    let rateLimit: Int?
    /// Micro-USD a month; nil for none.
    let monthlyBudget: Int64?
    let createdAt: Timestamp
}

extension Partner: RowDecodable {
    static let columns: StaticString = """
        id, identity_id, name, domain, status, rate_limit, monthly_budget, created_at
        """

    init(row: inout Row) throws {
        self.id = try row.column()
        self.identity = try row.column()
        self.name = try row.column()
        self.domain = try row.column()
        self.status = try row.column()
        self.rateLimit = try row.optional(Int64.self).map { Int($0) }
        self.monthlyBudget = try row.optional()
        self.createdAt = try row.column()
    }
}
