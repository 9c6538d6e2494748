import HTTPTypes
import Kernel
import Platform
import Storage
import Web

/// What was used: as a series or by groups, and now against before.
struct UsageRoutes: Sendable {
    static let tag = "Usage"
    static let dayLimit: Int64 = 400

    let database: any Database
    let actors: ActorReader
    let clock: WallClock

    var endpoints: [Endpoint] {
        [
            Endpoint(.get, "/v1/usage", tag: Self.tag, self.usage),
            Endpoint(.get, "/v1/usage/summary", tag: Self.tag, self.summary),
            Endpoint(.get, "/v1/usage/timeseries", tag: Self.tag, self.usage).deprecated(),
            Endpoint(.get, "/v1/usage/breakdown", tag: Self.tag, self.usage).deprecated(),
            Endpoint(.get, "/v1/costs/summary", tag: Self.tag, self.summary),
        ]
    }

    struct UsageInput: Input {
        let from: Timestamp?
        let to: Timestamp?
        let grouping: UsageGrouping
        let filter: UsageFilter

        init(_ read: inout InputReader) {
            self.from = read.moment("from", "From this moment on; seven days ago without it")
            self.to = read.moment("to", "Before this moment; now without it", isEnd: true)
            let text = read.query(
                "group_by",
                .string,
                default: "day",
                json: "day",
                "By what",
                .oneOf(UsageGrouping.allCases.map(\.rawValue))
            )
            self.grouping = UsageGrouping(rawValue: text) ?? .day
            self.filter = read.usageFilter()
        }
    }

    var usage: Operation<UsageInput, UsageReportOutput> {
        .acting("Report usage, as a series or by groups", needs: .scope(.read), by: self.actors) { input, actor, _ in
            let to = input.to ?? self.clock.now()
            let from = input.from ?? to.adding(seconds: -7 * 86_400)
            var validation = Validation()
            let isRight = to > from && to.seconds(since: from) <= Self.dayLimit * 86_400
            validation.require(
                isRight,
                input.to == nil ? "from" : "to",
                FieldRule("period", ["days": "\(Self.dayLimit)"]),
                isParameter: true
            )
            try validation.check()
            return try await self.database.read { tx in
                guard var filter = try Self.limited(input.filter, actor, in: tx) else {
                    return UsageReportOutput(
                        from: from,
                        to: to,
                        grouping: input.grouping,
                        points: [],
                        total: UsageSums()
                    )
                }
                // An agent's owner sees what others have used, and not who they are.
                if input.grouping == .user { filter.ownedBy = nil }
                return try Self.report(from, to, input.grouping, filter, actor.tenant.id, in: tx)
            }
        }
    }

    /// Everybody's for admins; one's own, and of one's own agents, for others. Nil where nothing is.
    private static func limited(_ filter: UsageFilter, _ actor: GatewayActor, in tx: Transaction) throws -> UsageFilter?
    {
        var filter = filter
        if let name = filter.agent {
            guard let agent = try tx.agents.find(name, of: actor.tenant.id) else { return nil }
            filter.agent = agent.id.text
        }
        filter.agentKeys = actor.key?.agents ?? []
        guard let own = actor.ownUser else { return filter }
        if let wanted = filter.user, wanted != own { return nil }
        if filter.user == nil { filter.ownedBy = actor.user }
        filter.user = own
        return filter
    }

    private static func report(
        _ from: Timestamp,
        _ to: Timestamp,
        _ grouping: UsageGrouping,
        _ filter: UsageFilter,
        _ tenant: ID<Tenant>,
        in tx: Transaction
    ) throws -> UsageReportOutput {
        let hours = from.hour..<max(from.hour + 1, (to.microseconds - 1) / 3_600_000_000 + 1)
        let groups = try tx.usageReports.groups(tenant, filter, hours, by: grouping)
        var total = groups.values.reduce(into: UsageSums()) { $0.add($1) }
        total.users = try tx.usageReports.users(tenant, filter, hours)
        let points: [UsagePoint]
        if grouping.isSeries {
            let seconds: Int64 = grouping == .day ? 86_400 : 3600
            let first = hours.lowerBound * 3600 / seconds
            let last = (hours.upperBound - 1) * 3600 / seconds
            points = (first...last).map { bucket in
                let time = Timestamp(seconds: bucket * seconds)
                let key = grouping == .day ? time.dayText : time.zulu
                return UsagePoint(key: key, time: time, sums: groups["\(bucket)"] ?? UsageSums())
            }
        } else {
            points = groups.filter { !$0.key.isEmpty }.map { UsagePoint(key: $0.key, time: nil, sums: $0.value) }
                .sorted { ($1.sums.cost, $1.sums.requests, $0.key) < ($0.sums.cost, $0.sums.requests, $1.key) }
        }
        return UsageReportOutput(from: from, to: to, grouping: grouping, points: points, total: total)
    }

    // MARK: Summary

    struct SummaryInput: Input {
        let period: String
        let filter: UsageFilter

        init(_ read: inout InputReader) {
            self.period = read.query(
                "period",
                .string,
                default: "24h",
                json: "24h",
                "How long",
                .oneOf(["24h", "today", "7d", "30d"])
            )
            self.filter = read.usageFilter()
        }
    }

    var summary: Operation<SummaryInput, UsageSummary> {
        .acting("Report usage now and before", needs: .scope(.read), by: self.actors) { input, actor, _ in
            let now = self.clock.now()
            let (from, before) = Self.start(of: input.period, now)
            return try await self.database.read { tx in
                guard let filter = try Self.limited(input.filter, actor, in: tx) else {
                    return UsageSummary(
                        period: input.period,
                        from: from,
                        to: now,
                        current: UsageSums(),
                        previous: UsageSums()
                    )
                }
                let tenant = actor.tenant.id
                return UsageSummary(
                    period: input.period,
                    from: from,
                    to: now,
                    current: try Self.report(from, now, .hour, filter, tenant, in: tx).total,
                    previous: try Self.report(before, from, .hour, filter, tenant, in: tx).total
                )
            }
        }
    }

    private static func start(of period: String, _ now: Timestamp) -> (from: Timestamp, before: Timestamp) {
        switch period {
        case "today": (now.startOfDay, now.startOfDay.adding(seconds: -86_400))
        case "7d": (now.adding(seconds: -7 * 86_400), now.adding(seconds: -14 * 86_400))
        case "30d": (now.adding(seconds: -30 * 86_400), now.adding(seconds: -60 * 86_400))
        default: (now.adding(seconds: -86_400), now.adding(seconds: -2 * 86_400))
        }
    }
}

extension UsageSums {
    fileprivate mutating func add(_ other: UsageSums) {
        self.requests += other.requests
        self.errors += other.errors
        self.milliseconds += other.milliseconds
        self.calls += other.calls
        self.tools += other.tools
        self.input += other.input
        self.output += other.output
        self.cacheRead += other.cacheRead
        self.cacheWrite += other.cacheWrite
        self.thinking += other.thinking
        self.cost = self.cost + other.cost
    }
}

extension InputReader {
    fileprivate mutating func usageFilter() -> UsageFilter {
        var filter = UsageFilter()
        filter.agent = self.query("agent_id", .string, "Of this agent, by id or key", .atMost(64))
        filter.provider = self.query("provider", .string, "Of this provider", .atMost(64))
        filter.model = self.query("model", .string, "Of this model", .atMost(200))
        filter.channel = self.query("channel", .string, "`http` or `wake`", .atMost(64))
        filter.user = self.query("user_id", .string, "Of this user", .atMost(255))
        return filter
    }
}

struct UsagePointOutput: Answer {
    let point: UsagePoint

    static let members: [Member<Self>] =
        [
            Member("key", \.point.key, "The group", example: "2026-11-29"),
            Member(
                "bucket_time",
                { $0.point.time.map(Moment.init) },
                "Of a series, its beginning",
                leavesOutNull: true
            ),
        ] + Self.sums(\.point.sums)

    static func sums<Root>(_ get: @escaping @Sendable (Root) -> UsageSums) -> [Member<Root>] {
        [
            Member("request_count", { get($0).requests }, "Runs"),
            Member("llm_call_count", { get($0).calls }, "Calls of models"),
            Member("tool_call_count", { get($0).tools }, "Calls of tools"),
            Member("error_count", { get($0).errors }, "Runs that failed"),
            Member("input_tokens", { get($0).input }, "Tokens read"),
            Member("output_tokens", { get($0).output }, "Tokens written"),
            Member("cache_read_tokens", { get($0).cacheRead }, "Tokens read from caches"),
            Member("cache_create_tokens", { get($0).cacheWrite }, "Tokens written to caches"),
            Member("thinking_tokens", { get($0).thinking }, "Tokens thought"),
            Member("total_cost", { get($0).cost.number }, "What it cost", unit: "USD", example: 0.0105),
            Member("total_cost_micros", { get($0).cost.smallestUnits }, "The same", unit: "millionths of USD"),
            Member("unique_users", { get($0).users }, "Users"),
            Member("avg_duration_ms", { get($0).averageMilliseconds }, "How long a run took", unit: "ms"),
        ]
    }
}

struct UsageTotal: Answer {
    let sums: UsageSums
    static let members: [Member<Self>] = UsagePointOutput.sums(\.sums)
}

struct UsageReportOutput: Answer {
    let from: Timestamp
    let to: Timestamp
    let grouping: UsageGrouping
    let points: [UsagePoint]
    let total: UsageSums

    static let members: [Member<Self>] = [
        Member("from", { Moment($0.from) }, "Where it begins"), Member("to", { Moment($0.to) }, "Where it ends"),
        Member("group_by", \.grouping.rawValue, "By what", example: "day"),
        Member("points", { $0.points.map { UsagePointOutput(point: $0) } }, "One for each group"),
        Member(
            "rows",
            { $0.grouping.isSeries ? nil : $0.points.map { UsagePointOutput(point: $0) } },
            "The same where it is no series",
            leavesOutNull: true
        ), Member("total", { UsageTotal(sums: $0.total) }, "The sum"),
    ]
}

struct UsagePeriod: Answer {
    let sums: UsageSums

    static let members: [Member<Self>] = [
        Member("requests", \.sums.requests, "Runs"), Member("llm_calls", \.sums.calls, "Calls of models"),
        Member("tool_calls", \.sums.tools, "Calls of tools"), Member("input_tokens", \.sums.input, "Tokens read"),
        Member("output_tokens", \.sums.output, "Tokens written"),
        Member("cost", { $0.sums.cost.number }, "What it cost", unit: "USD", example: 0.0105),
        Member("cost_micros", \.sums.cost.smallestUnits, "The same", unit: "millionths of USD"),
        Member("unique_users", \.sums.users, "Users"), Member("errors", \.sums.errors, "Runs that failed"),
        Member("avg_duration_ms", \.sums.averageMilliseconds, "How long a run took", unit: "ms"),
    ]
}

struct UsageSummary: Answer {
    let period: String
    let from: Timestamp
    let to: Timestamp
    let current: UsageSums
    let previous: UsageSums

    static let members: [Member<Self>] = [
        Member("period", \.period, "How long", example: "24h"), Member("from", { Moment($0.from) }, "Where it begins"),
        Member("to", { Moment($0.to) }, "Where it ends"),
        Member("current", { UsagePeriod(sums: $0.current) }, "In this time"),
        Member("previous", { UsagePeriod(sums: $0.previous) }, "In the time before"),
    ]
}
