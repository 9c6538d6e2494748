import Kernel
import Ledger
import Storage

struct AttemptStore {
    let tx: Transaction

    private static let columns: StaticString = """
        id, run, span_id, tenant_id, kind, provider, model, price_version, bound, budgets, process
        """

    func insert(_ attempt: Attempt) throws {
        try self.tx.later(
            """
            INSERT INTO gateway_attempt (id, run, span_id, tenant_id, kind, provider, model, price_version, bound, cost,
                state, is_estimated, budgets, process, created_at)
            VALUES (\(attempt.id), \(attempt.run), \(attempt.span), \(attempt.tenant), \(attempt.kind),
                \(attempt.provider), \(attempt.model), \(attempt.priceVersion), \(attempt.bound.smallestUnits), 0,
                \(Attempt.State.reserved), 0, \(attempt.partsText), \(attempt.process), \(self.tx.now))
            """,
            expecting: 1
        )
    }

    /// Throws where somebody else has settled it before.
    func settle(_ attempt: Attempt, as state: Attempt.State, cost: Dollars, isEstimated: Bool) throws {
        try self.tx.change(
            """
            UPDATE gateway_attempt SET state = \(state), cost = \(cost.smallestUnits), is_estimated = \(isEstimated),
                settled_at = \(self.tx.now)
            WHERE id = \(attempt.id) AND state = 'reserved'
            """
        )
    }

    func isOpen(_ attempt: Attempt) throws -> Bool {
        try self.tx.value(
            "SELECT COUNT(*) FROM gateway_attempt WHERE id = \(attempt.id) AND state = 'reserved'",
            as: Int.self
        ) == 1
    }

    /// All of a run, in their order.
    func list(of run: RunRecord) throws -> [Attempt] {
        try self.tx.rows(
            "SELECT \(raw: Self.columns) FROM gateway_attempt WHERE run = \(run.id) ORDER BY id"
        ) { try Attempt(row: &$0) }
    }

    /// The trace that an attempt belongs to; nil where it is deleted.
    func trace(of attempt: String, tenant: ID<Tenant>) throws -> String? {
        try self.tx.value(
            """
            SELECT r.trace_id FROM gateway_attempt a JOIN gateway_run r ON r.id = a.run
            WHERE a.id = \(attempt) AND a.tenant_id = \(tenant)
            """
        )
    }

    /// Those of a run that nobody has settled.
    func listOpen(of run: String) throws -> [Attempt] {
        try self.tx.rows(
            "SELECT \(raw: Self.columns) FROM gateway_attempt WHERE run = \(run) AND state = 'reserved' ORDER BY id"
        ) { try Attempt(row: &$0) }
    }

    /// Payments that nobody has settled, of runs that are over.
    func listOpenPayments(until moment: Timestamp, limit: Int) throws -> [Attempt] {
        try self.tx.rows(
            """
            SELECT \(raw: Self.columns) FROM gateway_attempt
            WHERE state = 'reserved' AND kind = 'payment' AND created_at <= \(moment)
                AND NOT EXISTS (SELECT 1 FROM gateway_run r WHERE r.id = gateway_attempt.run AND r.status = 'running')
            ORDER BY created_at, id LIMIT \(limit)
            """
        ) { try Attempt(row: &$0) }
    }

    /// What an agent has paid to services of the market, or may have, since a moment.
    func paid(by agent: String, since moment: Timestamp) throws -> Dollars {
        let micros = try self.tx.value(
            """
            SELECT CAST(COALESCE(SUM(CASE WHEN a.state = 'reserved' THEN a.bound ELSE a.cost END), 0) AS BIGINT)
            FROM gateway_attempt a JOIN gateway_run r ON r.id = a.run
            WHERE a.kind = 'payment' AND r.agent_id = \(agent) AND a.created_at >= \(moment)
            """,
            as: Int64.self
        )
        return Dollars(micros ?? 0)
    }
}

extension Attempt {
    fileprivate var partsText: String {
        JSON.text(
            of: .array(
                self.parts.map { part in
                    [
                        "b": .string(part.budget.text), "s": .string(part.subject), "p": .string(part.period),
                        "a": .integer(part.account.value), "t": .integer(part.spent.value),
                    ]
                }
            )
        )
    }

    fileprivate init(row: inout Row) throws {
        self.id = try row.column()
        self.run = try row.column()
        self.span = try row.column()
        self.tenant = try row.column()
        self.kind = Kind(rawValue: try row.column()) ?? .model
        self.provider = try row.column()
        self.model = try row.column()
        self.priceVersion = try row.column()
        self.bound = Dollars(try row.column(Int64.self))
        self.parts = (JSONValue.parsed(try row.column()).array ?? []).compactMap { part in
            guard let budget = part["b"]?.string, let account = part["a"]?.integer, let spent = part["t"]?.integer
            else {
                return nil
            }
            return Part(
                budget: ID(budget),
                subject: part["s"]?.string ?? "",
                period: part["p"]?.string ?? "",
                account: AccountNumber(account),
                spent: AccountNumber(spent)
            )
        }
        self.process = try row.column()
    }
}

extension Transaction {
    var attempts: AttemptStore { AttemptStore(tx: self) }
}
