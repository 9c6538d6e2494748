import Kernel
import Ledger
import Storage

/// Budgets, and what each has of a period.
struct BudgetStore {
    let tx: Transaction

    func list(of tenant: ID<Tenant>) throws -> [Budget] {
        try self.tx.rows(
            """
            SELECT \(raw: Budget.columns) FROM gateway_budget WHERE tenant_id = \(tenant)
            ORDER BY scope, subject, period
            """
        )
    }

    func find(_ id: ID<Budget>, of tenant: ID<Tenant>) throws -> Budget? {
        try self.tx.row("SELECT \(raw: Budget.columns) FROM gateway_budget WHERE id = \(id) AND tenant_id = \(tenant)")
    }

    func find(_ tenant: ID<Tenant>, _ scope: Budget.Scope, _ subject: String, _ period: Budget.Period) throws -> Budget?
    {
        try self.tx.row(
            """
            SELECT \(raw: Budget.columns) FROM gateway_budget
            WHERE tenant_id = \(tenant) AND scope = \(scope) AND subject = \(subject) AND period = \(period)
            """
        )
    }

    func insert(_ budget: Budget) throws {
        try self.tx.execute(
            """
            INSERT INTO gateway_budget (id, tenant_id, scope, subject, period, amount, created_at, updated_at)
            VALUES (\(budget.id), \(budget.tenant), \(budget.scope), \(budget.subject), \(budget.period),
                \(budget.limit.smallestUnits), \(budget.createdAt), \(self.tx.now))
            """
        )
        try self.tx.invalidate(BudgetDirectory.topic, budget.tenant.text)
    }

    func update(_ budget: Budget) throws {
        try self.tx.execute(
            """
            UPDATE gateway_budget SET amount = \(budget.limit.smallestUnits), updated_at = \(self.tx.now)
            WHERE id = \(budget.id) AND tenant_id = \(budget.tenant)
            """
        )
        try self.tx.invalidate(BudgetDirectory.topic, budget.tenant.text)
    }

    func delete(_ budget: Budget) throws {
        try self.tx.execute("DELETE FROM gateway_budget WHERE id = \(budget.id) AND tenant_id = \(budget.tenant)")
        try self.tx.invalidate(BudgetDirectory.topic, budget.tenant.text)
    }

    // MARK: Allowances

    func find(allowance budget: ID<Budget>, _ subject: String, _ period: String) throws -> Allowance? {
        try self.tx.row(
            """
            SELECT \(raw: Allowance.columns) FROM gateway_allowance
            WHERE budget_id = \(budget) AND subject = \(subject) AND period = \(period)
            """
        )
    }

    /// Of a period that is under way.
    func list(allowancesOf budget: ID<Budget>, in period: String) throws -> [Allowance] {
        try self.tx.rows(
            """
            SELECT \(raw: Allowance.columns) FROM gateway_allowance
            WHERE budget_id = \(budget) AND period = \(period) ORDER BY subject
            """
        )
    }

    func insert(_ allowance: Allowance, of tenant: ID<Tenant>) throws {
        try self.tx.execute(
            """
            INSERT INTO gateway_allowance (budget_id, subject, period, tenant_id, account, spent_account, issued, owed,
                changes)
            VALUES (\(allowance.budget), \(allowance.subject), \(allowance.period), \(tenant), \(allowance.account),
                \(allowance.spent), \(allowance.issued.smallestUnits), \(allowance.owed.smallestUnits),
                \(allowance.changes))
            """
        )
    }

    func update(_ allowance: Allowance) throws {
        try self.tx.execute(
            """
            UPDATE gateway_allowance SET issued = \(allowance.issued.smallestUnits),
                owed = \(allowance.owed.smallestUnits), changes = \(allowance.changes)
            WHERE budget_id = \(allowance.budget) AND subject = \(allowance.subject) AND period = \(allowance.period)
            """
        )
        try self.tx.invalidate(BudgetDirectory.topic, "")
    }
}

/// What a budget has of one period: two accounts of the ledger, and what was put into the first.
struct Allowance: Sendable, Equatable, RowDecodable {
    let budget: ID<Budget>
    let subject: String
    let period: String
    /// Never below zero.
    let account: AccountNumber
    let spent: AccountNumber
    /// The limit that it was given.
    var issued: Dollars
    /// Of a limit that was cut deeper than what was free: what comes back is taken first.
    var owed: Dollars
    /// How often its limit has changed; names its transfers.
    var changes: Int

    static let columns: StaticString = """
        budget_id, subject, period, account, spent_account, issued, owed, changes
        """

    init(
        budget: ID<Budget>,
        subject: String,
        period: String,
        account: AccountNumber,
        spent: AccountNumber,
        issued: Dollars
    ) {
        (self.budget, self.subject, self.period) = (budget, subject, period)
        (self.account, self.spent, self.issued, self.owed, self.changes) = (account, spent, issued, 0, 0)
    }

    init(row: inout Row) throws {
        self.budget = try row.column()
        self.subject = try row.column()
        self.period = try row.column()
        self.account = try row.column()
        self.spent = try row.column()
        self.issued = Dollars(try row.column(Int64.self))
        self.owed = Dollars(try row.column(Int64.self))
        self.changes = try row.column()
    }

    /// The owner of both accounts.
    static func owner(_ budget: ID<Budget>, _ subject: String, _ period: String) -> String {
        "\(budget):\(subject):\(period)"
    }

    var owner: String { Self.owner(self.budget, self.subject, self.period) }
}

extension Transaction {
    var budgets: BudgetStore { BudgetStore(tx: self) }
}
