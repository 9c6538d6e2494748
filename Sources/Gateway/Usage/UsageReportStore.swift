import Kernel
import Storage

/// Sums of roll-ups.
struct UsageSums: Sendable {
    var requests: Int64 = 0
    var errors: Int64 = 0
    var milliseconds: Int64 = 0
    var calls: Int64 = 0
    var tools: Int64 = 0
    var input: Int64 = 0
    var output: Int64 = 0
    var cacheRead: Int64 = 0
    var cacheWrite: Int64 = 0
    var thinking: Int64 = 0
    var cost: Dollars = 0
    var users = 0

    /// Of a request.
    var averageMilliseconds: Int64 { self.requests > 0 ? self.milliseconds / self.requests : 0 }
}

/// One line of a report.
struct UsagePoint: Sendable {
    let key: String
    /// Of a series.
    let time: Timestamp?
    var sums: UsageSums
}

/// Whose usage, and of which part.
struct UsageFilter: Sendable {
    var agent: String?
    /// Of these alone, by their keys; empty for all.
    var agentKeys: [String] = []
    var provider: String?
    var model: String?
    var channel: String?
    /// Rows of this user.
    var user: String?
    /// Rows of agents of this owner are counted, too.
    var ownedBy: String?
}

enum UsageGrouping: String, Sendable, CaseIterable {
    case hour, day, agent, model, provider, channel, user, tool

    var isSeries: Bool { self == .hour || self == .day }
}

struct UsageReportStore {
    let tx: Transaction

    private func conditions(_ tenant: ID<Tenant>, _ filter: UsageFilter, _ hours: Range<Int64>, hasModels: Bool) -> SQL
    {
        var all: [SQL] = [tenant.isOwn, "hour >= \(hours.lowerBound)", "hour < \(hours.upperBound)"]
        if let agent = filter.agent { all.append("agent_id = \(agent)") }
        if !filter.agentKeys.isEmpty {
            let own: SQL =
                "SELECT id FROM gateway_agent WHERE tenant_id = \(tenant) AND \(SQL.isOf(agents: filter.agentKeys))"
            all.append("agent_id IN (\(own))")
        }
        if let user = filter.user {
            let owned: SQL =
                filter.ownedBy.map { owner in
                    "OR agent_id IN (SELECT id FROM gateway_agent WHERE owner_id = \(owner))"
                } ?? ""
            all.append("(user_id = \(user) \(owned))")
        }
        if hasModels {
            if let provider = filter.provider { all.append("provider = \(provider)") }
            if let model = filter.model { all.append("model = \(model)") }
            if let channel = filter.channel { all.append("channel = \(channel)") }
        }
        return SQL.all(all)
    }

    /// By the group's key; of a series by the hour or the day, in numbers since 1970.
    func groups(_ tenant: ID<Tenant>, _ filter: UsageFilter, _ hours: Range<Int64>, by grouping: UsageGrouping) throws
        -> [String: UsageSums]
    {
        var groups: [String: UsageSums] = [:]
        let tools = try self.tools(tenant, filter, hours, by: grouping)
        if grouping != .tool {
            let column = Self.column(grouping)
            let rows = try self.tx.rows(
                """
                SELECT CAST(\(column) AS TEXT), CAST(SUM(requests) AS BIGINT), CAST(SUM(errors) AS BIGINT),
                    CAST(SUM(duration) AS BIGINT), CAST(SUM(llm_calls) AS BIGINT), CAST(SUM(input_tokens) AS BIGINT),
                    CAST(SUM(output_tokens) AS BIGINT), CAST(SUM(cache_read_tokens) AS BIGINT),
                    CAST(SUM(cache_write_tokens) AS BIGINT), CAST(SUM(thinking_tokens) AS BIGINT),
                    CAST(SUM(cost) AS BIGINT), COUNT(DISTINCT user_id)
                FROM gateway_usage WHERE \(self.conditions(tenant, filter, hours, hasModels: true)) GROUP BY \(column)
                """
            ) { row in
                let key = try row.column(String.self)
                let values = try (0..<10).map { _ in try row.column(Int64.self) }
                return (key, values, try row.column(Int.self))
            }
            for (key, v, users) in rows {
                groups[key] = UsageSums(
                    requests: v[0],
                    errors: v[1],
                    milliseconds: v[2],
                    calls: v[3],
                    input: v[4],
                    output: v[5],
                    cacheRead: v[6],
                    cacheWrite: v[7],
                    thinking: v[8],
                    cost: Dollars(v[9]),
                    users: users
                )
            }
        }
        for (key, tool) in tools {
            var sums = groups[key] ?? UsageSums()
            sums.tools += tool.tools
            sums.cost = sums.cost + tool.cost
            if grouping == .tool {
                sums.errors = tool.errors
                sums.users = tool.users
                sums.requests = tool.tools
                sums.milliseconds = tool.milliseconds
            }
            groups[key] = sums
        }
        return groups
    }

    private func tools(_ tenant: ID<Tenant>, _ filter: UsageFilter, _ hours: Range<Int64>, by grouping: UsageGrouping)
        throws -> [String: UsageSums]
    {
        // Calls of tools belong to no model.
        guard ![.model, .provider, .channel].contains(grouping), filter.model == nil, filter.provider == nil else {
            return [:]
        }
        let column = Self.column(grouping)
        let rows = try self.tx.rows(
            """
            SELECT CAST(\(column) AS TEXT), CAST(SUM(calls) AS BIGINT), CAST(SUM(errors) AS BIGINT),
                CAST(SUM(duration) AS BIGINT), CAST(SUM(cost) AS BIGINT), COUNT(DISTINCT user_id)
            FROM gateway_tool_usage WHERE \(self.conditions(tenant, filter, hours, hasModels: false)) GROUP BY \(column)
            """
        ) { row in
            let key = try row.column(String.self)
            let values = try (0..<4).map { _ in try row.column(Int64.self) }
            return (key, values, try row.column(Int.self))
        }
        return rows.reduce(into: [:]) { groups, row in
            let (key, v, users) = row
            groups[key] = UsageSums(errors: v[1], milliseconds: v[2], tools: v[0], cost: Dollars(v[3]), users: users)
        }
    }

    private static func column(_ grouping: UsageGrouping) -> SQL {
        switch grouping {
        case .hour: "hour"
        case .day: "(hour / 24)"
        case .agent: "agent_id"
        case .model: "model"
        case .provider: "provider"
        case .channel: "channel"
        case .user: "user_id"
        case .tool: "tool"
        }
    }

    func users(_ tenant: ID<Tenant>, _ filter: UsageFilter, _ hours: Range<Int64>) throws -> Int {
        try self.tx.value(
            """
            SELECT COUNT(DISTINCT user_id) FROM gateway_usage
            WHERE \(self.conditions(tenant, filter, hours, hasModels: true))
            """
        ) ?? 0
    }
}

extension Transaction {
    var usageReports: UsageReportStore { UsageReportStore(tx: self) }
}
