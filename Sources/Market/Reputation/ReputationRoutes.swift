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
            Endpoint(.get, "/api/v1/agents/{agent_id}/reputation", tag: Self.tag, self.agent),
            Endpoint(.get, "/api/v1/services/{service_id}/reputation", tag: Self.tag, self.service),
            Endpoint(.get, "/api/v1/reputation/leaderboard", tag: Self.tag, self.leaderboard),
        ]
    }

    var agent: Operation<AgentReputation, AgentReputationOutput> {
        Operation("Get an agent's reputation", access: .open) { input, call in
            if input.computes { try await self.rollUps.catchUp() }
            return try await self.database.read { tx in
                let agent = try tx.agents.require(input.agent)
                let reputation = try tx.reputations.find(agent.owner, in: input.period.value)
                return AgentReputationOutput(agent.id, reputation, period: input.period.text)
            }
        }
        .refusing(MarketProblems.agentNotFound)
    }

    var service: Operation<ServiceReputation, ServiceReputationOutput> {
        Operation("Get a service's reputation", access: .open) { input, call in
            try await self.database.read { tx in
                let listing = try tx.listings.require(input.listing)
                let reputation = try tx.reputations.find(listing.id, in: input.period.value)
                let agents = reputation.calls == 0 ? [] : try tx.agents.list(activeOf: listing.provider)
                return ServiceReputationOutput(listing.id, agents.map(\.id), reputation, period: input.period.text)
            }
        }
        .refusing(MarketProblems.serviceNotFound)
    }

    var leaderboard: Operation<LeaderboardPage, Leaderboard> {
        Operation("Reputation leaderboard", access: .open) { input, call in
            Leaderboard(try await self.database.read { try $0.agents.listLeaders(limit: input.limit) })
        }
    }
}

/// `all-time` or a month.
struct PeriodInput: Sendable {
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
                FieldRule("period_month"),
                schema: ["pattern": "^(all-time|[0-9]{4}-(0[1-9]|1[0-2]))$"]
            ) { FigurePeriod(contract: $0) != nil }
        )
        self.value = FigurePeriod(contract: self.text) ?? .all
    }
}

struct AgentReputation: Input {
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

struct ServiceReputation: Input {
    let listing: ID<Listing>
    let period: PeriodInput

    init(_ read: inout InputReader) {
        self.listing = ID(read.path("service_id", "The service"))
        self.period = PeriodInput(&read)
    }
}

struct LeaderboardPage: Input {
    let limit: Int
    init(_ read: inout InputReader) { self.limit = read.pageLimit(default: 20) }
}

extension Reputation {
    fileprivate static let example = Reputation(
        Figures(calls: 150, successes: 128, errors: 24, latencyMilliseconds: 127_500)
    )
}

/// What both reports say of an agent.
struct ReputationRecord: Answer {
    let agent: ID<Agent>
    let reputation: Reputation

    private static func score(_ name: String, _ value: @escaping @Sendable (Reputation) -> Double, _ summary: String)
        -> Member<Self>
    {
        let get = { @Sendable (record: Self) in Hundredths(Reputation.hundredths(value(record.reputation))) }
        return Member(name, get, summary)
    }

    static let members: [Member<Self>] = [
        Member("agent_id", \.agent, "The agent"),
        score("overall_score", \.overall, "0 to 10"),
        score("latency_score", \.latency, "How fast it answers, 0 to 10"),
        score("reliability_score", \.reliability, "How rarely it fails, 0 to 10"),
        score("response_quality", \.quality, "How often it answers with success, 0 to 10"),
        Member("call_count", \.reputation.calls, "Calls that were looked at"),
    ]
}

struct AgentReputationOutput: ExampleAnswer {
    let record: ReputationRecord
    let period: String

    init(_ agent: ID<Agent>, _ reputation: Reputation, period: String) {
        self.record = ReputationRecord(agent: agent, reputation: reputation)
        self.period = period
    }

    static let members =
        Member.all(of: \.record) + [
            Member<Self>("service_id", { _ in "" }, "Empty: all services of the agent"),
            Member("period", \.period, "The period that was looked at"),
        ]

    static let example = AgentReputationOutput(
        ID("550e8400-e29b-41d4-a716-446655440000"),
        .example,
        period: "all-time"
    )
}

struct ServiceReputationOutput: ExampleAnswer {
    let listing: ID<Listing>
    let records: [ReputationRecord]
    let period: String

    init(_ listing: ID<Listing>, _ agents: [ID<Agent>], _ reputation: Reputation, period: String) {
        self.listing = listing
        self.records = agents.map { ReputationRecord(agent: $0, reputation: reputation) }
        self.period = period
    }

    static let members: [Member<Self>] = [
        Member("service_id", \.listing, "The service"),
        Member("period", \.period, "The period that was looked at"),
        Member("records", \.records, "One for each agent of the provider"),
    ]

    static let example = ServiceReputationOutput(
        ID("550e8400-e29b-41d4-a716-446655440001"),
        [ID("550e8400-e29b-41d4-a716-446655440000")],
        .example,
        period: "all-time"
    )
}

struct Leaderboard: ExampleAnswer {
    let agents: [Entry]

    struct Entry: Answer {
        let id: ID<Agent>
        let name: String
        let score: Int
        let isVerified: Bool

        static let members: [Member<Self>] = [
            Member("agent_id", \.id, "The agent"),
            Member("display_name", \.name, "Its name"),
            Member("reputation_score", { Hundredths($0.score) }, "0 to 10"),
            Member("verified", \.isVerified, "Whether the operator has verified it"),
        ]
    }

    static let members: [Member<Self>] = [
        Member("leaderboard", \.agents, "Highest score first"),
        Member("count", \.agents.count, "How many stand here"),
    ]

    static let example = Leaderboard(
        agents: [
            Entry(
                id: ID("550e8400-e29b-41d4-a716-446655440000"),
                name: "Top Agent",
                score: 920,
                isVerified: true
            )
        ]
    )
}

extension Leaderboard {
    init(_ agents: [Agent]) {
        self.init(
            agents: agents.map {
                Entry(id: $0.id, name: $0.displayName, score: $0.reputationHundredths, isVerified: $0.isVerified)
            }
        )
    }
}
