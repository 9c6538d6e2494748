import Kernel
import Storage

/// What is added to the roll-ups of an hour. Every grouping of the usage reports is a sum over these rows.
struct UsageDelta: Sendable {
    struct Key: Sendable, Hashable {
        let tenant: ID<Tenant>
        /// Hours since 1970, of the run's start.
        let hour: Int64
        let agent: String
        let user: String
        let key: String
        let provider: String
        let model: String
        let channel: String
    }

    var requests: Int64 = 0
    var errors: Int64 = 0
    var milliseconds: Int64 = 0
    var calls: Int64 = 0
    var usage = TokenUsage()
    var cost: Dollars = 0

    var isEmpty: Bool { self.requests == 0 && self.calls == 0 }

    static func + (left: Self, right: Self) -> Self {
        UsageDelta(
            requests: left.requests + right.requests,
            errors: left.errors + right.errors,
            milliseconds: left.milliseconds + right.milliseconds,
            calls: left.calls + right.calls,
            usage: left.usage + right.usage,
            cost: left.cost + right.cost
        )
    }
}

/// The same for calls of tools.
struct ToolUsageDelta: Sendable {
    let tool: String
    var calls: Int64 = 0
    var errors: Int64 = 0
    var milliseconds: Int64 = 0
    var cost: Dollars = 0
}

extension Timestamp {
    /// Hours since 1970.
    var hour: Int64 { self.seconds / 3600 }
}

/// Roll-ups by hour: written in the commit of what they count.
struct UsageStore {
    let tx: Transaction

    func add(_ delta: UsageDelta, to key: UsageDelta.Key) throws {
        guard !delta.isEmpty else { return }
        try self.tx.later(
            """
            INSERT INTO gateway_usage AS u (tenant_id, hour, agent_id, user_id, key_id, provider, model, channel, requests,
                errors, duration, llm_calls, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens,
                thinking_tokens, cost)
            VALUES (\(key.tenant), \(key.hour), \(key.agent), \(key.user), \(key.key), \(key.provider), \(key.model),
                \(key.channel), \(delta.requests), \(delta.errors), \(delta.milliseconds), \(delta.calls),
                \(delta.usage.input), \(delta.usage.output), \(delta.usage.cached), \(delta.usage.written),
                \(delta.usage.reasoning), \(delta.cost.smallestUnits))
            ON CONFLICT (tenant_id, hour, agent_id, user_id, key_id, provider, model, channel) DO UPDATE SET
                requests = u.requests + excluded.requests, errors = u.errors + excluded.errors,
                duration = u.duration + excluded.duration, llm_calls = u.llm_calls + excluded.llm_calls,
                input_tokens = u.input_tokens + excluded.input_tokens,
                output_tokens = u.output_tokens + excluded.output_tokens,
                cache_read_tokens = u.cache_read_tokens + excluded.cache_read_tokens,
                cache_write_tokens = u.cache_write_tokens + excluded.cache_write_tokens,
                thinking_tokens = u.thinking_tokens + excluded.thinking_tokens, cost = u.cost + excluded.cost
            """
        )
    }

    func add(_ delta: ToolUsageDelta, tenant: ID<Tenant>, hour: Int64, agent: String, user: String) throws {
        try self.tx.later(
            """
            INSERT INTO gateway_tool_usage AS u (tenant_id, hour, agent_id, user_id, tool, calls, errors, duration, cost)
            VALUES (\(tenant), \(hour), \(agent), \(user), \(delta.tool), \(delta.calls), \(delta.errors),
                \(delta.milliseconds), \(delta.cost.smallestUnits))
            ON CONFLICT (tenant_id, hour, agent_id, user_id, tool) DO UPDATE SET calls = u.calls + excluded.calls,
                errors = u.errors + excluded.errors, duration = u.duration + excluded.duration,
                cost = u.cost + excluded.cost
            """
        )
    }

    /// What was spent since a moment, as a budget of the scope would have counted it.
    func spent(_ tenant: ID<Tenant>, _ scope: Budget.Scope, _ subject: String, from: Timestamp) throws -> Dollars {
        let (agent, user) = subject.bytewise.cut(at: " ")
        let whose: SQL =
            switch scope {
            case .tenant: "1 = 1"
            case .key: "key_id = \(subject)"
            case .agent: "agent_id = \(subject)"
            case .user: "user_id = \(subject)"
            case .agentUser: "agent_id = \(String(agent)) AND user_id = \(String(user ?? ""))"
            }
        let models = try self.tx.value(
            """
            SELECT CAST(COALESCE(SUM(cost), 0) AS BIGINT) FROM gateway_usage
            WHERE tenant_id = \(tenant) AND hour >= \(from.hour) AND \(whose)
            """,
            as: Int64.self
        )
        guard scope != .key else { return Dollars(models ?? 0) }
        let tools = try self.tx.value(
            """
            SELECT CAST(COALESCE(SUM(cost), 0) AS BIGINT) FROM gateway_tool_usage
            WHERE tenant_id = \(tenant) AND hour >= \(from.hour) AND \(whose)
            """,
            as: Int64.self
        )
        return Dollars((models ?? 0) + (tools ?? 0))
    }
}

extension Transaction {
    var usage: UsageStore { UsageStore(tx: self) }
}
