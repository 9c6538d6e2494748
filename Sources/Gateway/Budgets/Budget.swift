import Kernel
import Storage

/// A limit of what models may cost somebody in a day or a month of UTC.
struct Budget: Sendable, Equatable, Identified, RowDecodable {
    static let idPrefix = ""

    enum Scope: String, Sendable, CaseIterable, SQLConvertible {
        case tenant, key, agent, user, agentUser = "agent_user"
    }

    enum Period: String, Sendable, CaseIterable, SQLConvertible {
        case day, month

        /// `2026-11-29`, `2026-11`.
        func name(at moment: Timestamp) -> String {
            let day = moment.dayText
            return self == .day ? day : String(Substring(day.utf8.prefix(7)))
        }

        func start(at moment: Timestamp) -> Timestamp {
            let (year, month, day) = moment.civil
            return Self.midnight(year, month, self == .day ? day : 1)
        }

        func end(at moment: Timestamp) -> Timestamp {
            guard self == .month else { return self.start(at: moment).adding(seconds: 86_400) }
            let (year, month, _) = moment.civil
            return month == 12 ? Self.midnight(year + 1, 1, 1) : Self.midnight(year, month + 1, 1)
        }

        private static func midnight(_ year: Int64, _ month: Int64, _ day: Int64) -> Timestamp {
            Timestamp(seconds: Timestamp.days(year: year, month: month, day: day) * 86_400)
        }
    }

    /// Each one's own.
    static let everyone = "*"

    let id: ID<Budget>
    let tenant: ID<Tenant>
    let scope: Scope
    /// An id, a user, an agent's id and a user with a space between, or ``everyone``.
    let subject: String
    let period: Period
    var limit: Dollars
    let createdAt: Timestamp

    static let columns: StaticString = "id, tenant_id, scope, subject, period, amount, created_at"

    init(
        id: ID<Budget>,
        tenant: ID<Tenant>,
        scope: Scope,
        subject: String,
        period: Period,
        limit: Dollars,
        createdAt: Timestamp
    ) {
        (self.id, self.tenant, self.scope, self.subject) = (id, tenant, scope, subject)
        (self.period, self.limit, self.createdAt) = (period, limit, createdAt)
    }

    init(row: inout Row) throws {
        self.id = try row.column()
        self.tenant = try row.column()
        self.scope = try row.column()
        self.subject = try row.column()
        self.period = try row.column()
        self.limit = Dollars(try row.column(Int64.self))
        self.createdAt = try row.column()
    }
}

/// Whose budgets bind a call.
struct Spender: Sendable, Equatable {
    let tenant: ID<Tenant>
    let key: ID<APIKey>?
    /// Nil for what no agent does.
    let agent: ID<AgentID>?
    /// As rows name it; a stand-in for nobody has no budget of its own.
    let user: String?

    enum AgentID {}

    /// Whom a budget means here; nil where it does not bind the call.
    func subject(of budget: Budget) -> String? {
        let own: String? =
            switch budget.scope {
            case .tenant: self.tenant.text
            case .key: self.key?.text
            case .agent: self.agent?.text
            case .user: self.user
            case .agentUser: self.agent.flatMap { agent in self.user.map { "\(agent) \($0)" } }
            }
        guard let own else { return nil }
        if budget.scope == .agentUser, let agent, budget.subject == "\(agent) \(Budget.everyone)" { return own }
        return budget.subject == own || budget.subject == Budget.everyone ? own : nil
    }
}

/// A budget with the one whom it binds.
struct BoundBudget: Sendable, Equatable {
    let budget: Budget
    let subject: String
}
