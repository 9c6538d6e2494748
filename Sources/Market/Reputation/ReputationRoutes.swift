import HTTPTypes
import Kernel
import Platform
import Storage
import Web

struct ReputationRoutes: Sendable {
    let database: any Database
    let rollUps: RollUps

    private static let tag = "Reputation"

    var endpoints: [Endpoint] {
        [
            Endpoint(
                .get,
                "/api/v1/agents/{agent_id}/reputation",
                "Get an agent's reputation",
                tag: Self.tag,
                access: .open,
                self.agent
            ),
            Endpoint(
                .get,
                "/api/v1/services/{service_id}/reputation",
                "Get a service's reputation",
                tag: Self.tag,
                access: .open,
                self.service
            ),
            Endpoint(
                .get,
                "/api/v1/reputation/leaderboard",
                "Reputation leaderboard",
                tag: Self.tag,
                access: .open,
                self.leaderboard
            ),
        ]
    }

    @Sendable private func agent(_ input: AgentReputation, _ call: Call) async throws -> AgentReputationOutput {
        if input.computes { try await self.rollUps.catchUp() }
        return try await self.database.read { tx in
            let agent = try tx.agents.require(input.agent)
            let reputation = try tx.reputations.find(agent.owner, in: input.period.value)
            return AgentReputationOutput(agent.id, reputation, period: input.period.text)
        }
    }

    @Sendable private func service(_ input: ServiceReputation, _ call: Call) async throws -> ServiceReputationOutput {
        try await self.database.read { tx in
            let listing = try tx.listings.require(input.listing)
            let reputation = try tx.reputations.find(listing.id, in: input.period.value)
            let agents = reputation.calls == 0 ? [] : try tx.agents.list(activeOf: listing.provider)
            return ServiceReputationOutput(listing.id, agents.map(\.id), reputation, period: input.period.text)
        }
    }

    @Sendable private func leaderboard(_ input: LeaderboardPage, _ call: Call) async throws -> Leaderboard {
        Leaderboard(try await self.database.read { try $0.agents.listLeaders(limit: input.limit) })
    }
}

/// `all-time` or a month.
private struct PeriodInput: Sendable {
    let text: String
    let value: FigurePeriod

    init(_ read: inout InputReader) {
        self.text = read.query(
            "period",
            .string,
            default: "all-time",
            json: "all-time",
            "all-time, or a month such as 2026-03",
            Rule(
                "period must be 'all-time' or 'YYYY-MM' format",
                schema: ["pattern": "^(all-time|[0-9]{4}-(0[1-9]|1[0-2]))$"]
            ) { FigurePeriod(contract: $0) != nil }
        )
        self.value = FigurePeriod(contract: self.text) ?? .all
    }
}

private struct AgentReputation: Input {
    let agent: ID<Agent>
    let period: PeriodInput
    let computes: Bool

    init(_ read: inout InputReader) {
        self.agent = ID(read.path("agent_id", "The agent"))
        self.period = PeriodInput(&read)
        self.computes = read.query(
            "compute",
            .boolean,
            default: false,
            json: false,
            "true to add up the latest calls first"
        )
    }
}

private struct ServiceReputation: Input {
    let listing: ID<Listing>
    let period: PeriodInput

    init(_ read: inout InputReader) {
        self.listing = ID(read.path("service_id", "The service"))
        self.period = PeriodInput(&read)
    }
}

private struct LeaderboardPage: Input {
    let limit: Int
    init(_ read: inout InputReader) { self.limit = read.pageLimit(default: 20) }
}

extension Reputation {
    /// The members that both reports have.
    fileprivate func json(agent: ID<Agent>) -> JSONValue {
        [
            "agent_id": .string(agent.text),
            "overall_score": .hundredths(Self.hundredths(self.overall)),
            "latency_score": .hundredths(Self.hundredths(self.latency)),
            "reliability_score": .hundredths(Self.hundredths(self.reliability)),
            "response_quality": .hundredths(Self.hundredths(self.quality)),
            "call_count": .integer(self.calls),
        ]
    }

    fileprivate static let example = Reputation(
        Figures(calls: 150, successes: 128, errors: 24, latencyMilliseconds: 127_500)
    )
}

private struct AgentReputationOutput: ObjectOutput {
    let json: JSONValue

    init(_ agent: ID<Agent>, _ reputation: Reputation, period: String) {
        self.json = reputation.json(agent: agent).adding("service_id", "").adding("period", .string(period))
    }

    static let example = AgentReputationOutput(
        ID("550e8400-e29b-41d4-a716-446655440000"),
        .example,
        period: "all-time"
    )
}

private struct ServiceReputationOutput: ObjectOutput {
    let json: JSONValue

    init(_ listing: ID<Listing>, _ agents: [ID<Agent>], _ reputation: Reputation, period: String) {
        self.json = [
            "service_id": .string(listing.text), "period": .string(period),
            "records": .array(agents.map { reputation.json(agent: $0) }),
        ]
    }

    static let example = ServiceReputationOutput(
        ID("550e8400-e29b-41d4-a716-446655440001"),
        [ID("550e8400-e29b-41d4-a716-446655440000")],
        .example,
        period: "all-time"
    )
}

private struct Leaderboard: ObjectOutput {
    let json: JSONValue

    init(_ agents: [Agent]) {
        self.init(agents.map { ($0.id.text, $0.displayName, $0.reputationHundredths, $0.isVerified) })
    }

    private init(_ rows: [(id: String, name: String, score: Int, isVerified: Bool)]) {
        let entries: [JSONValue] = rows.map { row in
            [
                "agent_id": .string(row.id), "display_name": .string(row.name),
                "reputation_score": .hundredths(row.score), "verified": .bool(row.isVerified),
            ]
        }
        self.json = ["leaderboard": .array(entries), "count": .count(entries)]
    }

    static let example = Leaderboard([("550e8400-e29b-41d4-a716-446655440000", "Top Agent", 920, true)])
}
