import Kernel
import Storage

struct RunFilter: Sendable {
    var agent: String?
    /// Of these alone; empty for all.
    var agentKeys: [String] = []
    var user: String?
    /// Runs of agents of this owner are shown, too.
    var ownedBy: String?
    var sessionKey: String?
    var status: RunRecord.Status?
    var channel: String?
    var text: String?
    var tool: String?
    var from: Timestamp?
    var to: Timestamp?
    var inputTokens: ClosedRange<Int64>?
    var outputTokens: ClosedRange<Int64>?
    var toolCalls: ClosedRange<Int64>?
}

/// A run that begins.
struct NewRun: Sendable {
    let id: String
    let trace: String
    let tenant: ID<Tenant>
    let kind: RunRecord.Kind
    let agent: String
    let agentKey: String
    let key: String
    let user: String
    let channel: String
    let sessionKey: String
    let w3cTrace: String
    let process: String
    let inputPreview: String
    let metadata: JSONValue
    let startedAt: Timestamp
}

struct RunStore {
    let tx: Transaction

    /// How long a run lives that its process does not renew.
    static let leaseSeconds: Int64 = 30

    /// Its number.
    func insert(_ run: NewRun, session: Int64) throws -> Int64 {
        try self.tx.insert(
            """
            INSERT INTO gateway_run (id, trace_id, tenant_id, kind, agent_id, agent_key, key_id, user_id, channel, session,
                session_key, w3c_trace_id, process, lease_until, status, stop_reason, error, input_preview,
                output_preview, input_tokens, output_tokens, cached_tokens, cost, is_estimated, span_count, llm_calls,
                tool_calls, metadata, started_at)
            VALUES (\(run.id), \(run.trace), \(run.tenant), \(run.kind), \(run.agent), \(run.agentKey), \(run.key),
                \(run.user), \(run.channel), \(session), \(run.sessionKey), \(run.w3cTrace), \(run.process),
                \(self.tx.now.adding(seconds: Self.leaseSeconds)), 'running', '', '', \(run.inputPreview), '', 0, 0, 0,
                0, 0, 1, 0, 0, \(JSON.text(of: run.metadata)), \(run.startedAt))
            """,
            counting: "number"
        )
    }

    /// What it has come to so far; with an end, its last word. Part of each of a run's commits after its start: one that has lost its
    /// lease changes nothing more. Throws `runLost`.
    func update(
        _ run: String,
        by process: String,
        _ totals: RunTotals,
        outputPreview: String? = nil,
        ending end: RunEnd? = nil
    ) throws {
        let status = end?.status ?? .running
        try self.tx.change(
            """
            UPDATE gateway_run SET input_tokens = \(totals.usage.input), output_tokens = \(totals.usage.output),
                cached_tokens = \(totals.usage.cached), cost = \(totals.cost.smallestUnits),
                is_estimated = \(totals.isEstimated), span_count = \(totals.spans), llm_calls = \(totals.calls),
                tool_calls = \(totals.toolCalls), status = \(status), stop_reason = \(end?.reason ?? ""),
                error = \(end?.error ?? ""), output_preview = COALESCE(\(outputPreview), output_preview),
                ended_at = \(end == nil ? nil : self.tx.now)
            WHERE id = \(run) AND process = \(process) AND status = 'running'
            """
        )
    }

    /// What one more call of a tool has cost, of a run that has ended.
    func add(_ cost: Dollars, to run: RunRecord) throws {
        try self.tx.later(
            """
            UPDATE gateway_run SET cost = cost + \(cost.smallestUnits), span_count = span_count + 1,
                tool_calls = tool_calls + 1
            WHERE number = \(run.number)
            """,
            expecting: 1
        )
    }

    func insert(_ span: Span, of run: Int64, tenant: ID<Tenant>) throws {
        try self.tx.later(
            """
            INSERT INTO gateway_span (id, run, tenant_id, parent_id, span_type, name, status, error, model, provider,
                tool_name, input_tokens, output_tokens, cost, details, started_at, ended_at)
            VALUES (\(span.id), \(run), \(tenant), \(span.parent), \(span.kind), \(span.name),
                \(span.isError ? "error" : "completed"), \(span.error), \(span.model), \(span.provider), \(span.tool),
                \(span.inputTokens), \(span.outputTokens), \(span.cost.smallestUnits),
                \(JSON.text(of: .object(span.details))), \(span.startedAt), \(span.endedAt))
            """,
            expecting: 1
        )
    }

    // MARK: Leases

    func renew(_ process: String) throws {
        try self.tx.execute(
            """
            UPDATE gateway_run SET lease_until = \(self.tx.now.adding(seconds: Self.leaseSeconds))
            WHERE status = 'running' AND process = \(process)
            """
        )
    }

    /// Runs that nobody carries on.
    ///
    /// - Parameter isAlone: whether no other process can have one.
    func listDead(except process: String, isAlone: Bool, limit: Int) throws -> [RunRecord] {
        let expired: SQL = isAlone ? "1 = 1" : "lease_until < \(self.tx.now)"
        return try self.tx.rows(
            """
            SELECT \(raw: RunRecord.columns) FROM gateway_run
            WHERE status = 'running' AND process <> \(process) AND \(expired) ORDER BY number LIMIT \(limit)
            """
        )
    }

    func listRunning(of process: String, limit: Int) throws -> [RunRecord] {
        try self.tx.rows(
            """
            SELECT \(raw: RunRecord.columns) FROM gateway_run
            WHERE status = 'running' AND process = \(process) ORDER BY number LIMIT \(limit)
            """
        )
    }

    /// The run is another process's from now on, which ends it. False when it has ended meanwhile.
    func takeOver(_ run: RunRecord, by process: String) throws -> Bool {
        try self.tx.count(
            """
            UPDATE gateway_run SET process = \(process)
            WHERE number = \(run.number) AND process = \(run.process) AND status = 'running'
            """
        ) == 1
    }

    // MARK: Reading

    func find(_ id: String, of tenant: ID<Tenant>) throws -> RunRecord? {
        try self.tx.row("SELECT \(raw: RunRecord.columns) FROM gateway_run WHERE id = \(id) AND tenant_id = \(tenant)")
    }

    func find(trace: String, of tenant: ID<Tenant>) throws -> RunRecord? {
        try self.tx.row(
            "SELECT \(raw: RunRecord.columns) FROM gateway_run WHERE trace_id = \(trace) AND tenant_id = \(tenant)"
        )
    }

    func spans(of run: RunRecord, limit: Int) throws -> [StoredSpan] {
        try self.tx.rows(
            """
            SELECT \(raw: StoredSpan.columns) FROM gateway_span WHERE run = \(run.number) AND tenant_id = \(run.tenant)
            ORDER BY started_at, number LIMIT \(limit)
            """
        )
    }

    /// Newest first.
    func list(of tenant: ID<Tenant>, _ filter: RunFilter, _ page: ListPage) throws -> Listed<RunRecord> {
        let conditions =
            [tenant.isOwn] + filter.conditions + [filter.agent.map { .isOf(agent: $0, of: tenant) }].compactMap { $0 }
        let following: [SQL] = page.cursor.map { ["number < \($0.key)"] } ?? []
        let items = try self.tx.rows(
            """
            SELECT \(raw: RunRecord.columns) FROM gateway_run WHERE \(SQL.all(conditions + following))
            ORDER BY number DESC LIMIT \(page.limit + 1) OFFSET \(page.offset)
            """,
            as: RunRecord.self
        )
        return Listed(
            fetched: items,
            page,
            total: try self.tx.value("SELECT COUNT(*) FROM gateway_run WHERE \(SQL.all(conditions))", as: Int.self) ?? 0
        ) { Cursor(key: $0.number, id: $0.id.text) }
    }
}

extension Transaction {
    /// Changes one row, with others before the commit where it can. Throws `runLost` where somebody else has changed it before.
    func change(_ sql: SQL) throws {
        if self.canWait { return try self.later(sql, expecting: 1) }
        guard try self.count(sql) == 1 else { throw GatewayProblems.runLost }
    }
}

extension RunFilter {
    fileprivate var conditions: [SQL] {
        var conditions: [SQL] = [
            self.sessionKey.map { "session_key = \($0)" }, self.status.map { "status = \($0)" },
            self.channel.map { "channel = \($0)" }, self.from.map { "started_at >= \($0)" },
            self.to.map { "started_at < \($0)" },
            self.inputTokens.map { "input_tokens BETWEEN \($0.lowerBound) AND \($0.upperBound)" },
            self.outputTokens.map { "output_tokens BETWEEN \($0.lowerBound) AND \($0.upperBound)" },
            self.toolCalls.map { "tool_calls BETWEEN \($0.lowerBound) AND \($0.upperBound)" },
        ].compactMap { (condition: SQL?) in condition }
        if !self.agentKeys.isEmpty { conditions.append(.isOf(agents: self.agentKeys)) }
        if let user {
            let owned: SQL =
                self.ownedBy.map { owner in
                    """
                    OR EXISTS (SELECT 1 FROM gateway_agent a WHERE a.id = gateway_run.agent_id AND a.owner_id = \(owner))
                    """
                } ?? ""
            conditions.append("(user_id = \(user) \(owned))")
        }
        if let tool {
            conditions.append(
                "EXISTS (SELECT 1 FROM gateway_span s WHERE s.run = gateway_run.number AND s.tool_name = \(tool))"
            )
        }
        if let text {
            let pattern = LikePattern.containing(text.lowercased())
            conditions.append(
                """
                (LOWER(input_preview) LIKE \(pattern) ESCAPE '!' OR LOWER(output_preview) LIKE \(pattern) ESCAPE '!'
                    OR LOWER(session_key) LIKE \(pattern) ESCAPE '!')
                """
            )
        }
        return conditions
    }
}

/// A span as it is read.
struct StoredSpan: Sendable, RowDecodable {
    let span: Span
    let status: String

    static let columns: StaticString = """
        id, parent_id, span_type, name, status, error, model, provider, tool_name, input_tokens, output_tokens, cost,
        details, started_at, ended_at
        """

    init(row: inout Row) throws {
        let (id, parent) = (try row.column(String.self), try row.optional(String.self) ?? "")
        let kind: Span.Kind = try row.column()
        let name: String = try row.column()
        self.status = try row.column()
        let error: String = try row.column()
        let (model, provider, tool) = (
            try row.column(String.self), try row.column(String.self), try row.column(String.self)
        )
        let (input, output, cost) = (
            try row.column(Int64.self), try row.column(Int64.self), try row.column(Int64.self)
        )
        let details = JSONValue.parsed(try row.column()).object ?? [:]
        self.span = Span(
            id: id,
            parent: parent,
            kind: kind,
            name: name,
            isError: self.status == "error",
            error: error,
            model: model,
            provider: provider,
            tool: tool,
            inputTokens: input,
            outputTokens: output,
            cost: Dollars(cost),
            details: details,
            startedAt: try row.column(),
            endedAt: try row.column()
        )
    }
}

extension Transaction {
    var runs: RunStore { RunStore(tx: self) }
}
