import Kernel
import Platform
import Storage
import Web

/// Reads scores from the figures, and keeps every agent's overall score for the leaderboard.
struct ReputationStore {
    let tx: Transaction

    /// Of all services of a provider.
    func find(_ provider: ID<Identity>, in period: FigurePeriod) throws -> Reputation {
        Reputation(try self.tx.figures.find(provider: provider, in: period))
    }

    /// Of one service.
    func find(_ listing: ID<Listing>, in period: FigurePeriod) throws -> Reputation {
        Reputation(try self.tx.figures.find(listing: listing, in: period))
    }

    /// Brings the scores of a provider's agents up to date; a change is an event.
    func refresh(_ provider: ID<Identity>) throws {
        let reputation = try self.find(provider, in: .all)
        let score = Reputation.hundredths(reputation.overall)
        let changed = try self.tx.rows(
            "SELECT id, reputation FROM market_agent WHERE owner_id = \(provider) AND reputation <> \(score)"
        ) { (id: try $0.column(ID<Agent>.self), before: try $0.column(Int.self)) }
        guard !changed.isEmpty else { return }
        try self.tx.execute("UPDATE market_agent SET reputation = \(score) WHERE owner_id = \(provider)")
        for agent in changed {
            try self.tx.events.append(
                Event(
                    surface: MarketContract.name,
                    type: "reputation.updated",
                    subject: agent.id.text,
                    audience: [provider],
                    payload: ReputationEvent(
                        agent: agent.id,
                        score: score,
                        before: agent.before,
                        calls: reputation.calls
                    ).text,
                    trace: .none
                )
            )
        }
    }
}

/// What webhooks say of a score that has changed.
struct ReputationEvent: Answer {
    let agent: ID<Agent>
    let score: Int
    let before: Int
    let calls: Int64

    static let shape = Shape(members: members)
    static let members: [Member<Self>] = [
        Member("agent_id", \.agent, "The agent"),
        Member("overall_score", { Hundredths($0.score) }, "Its score, 0 to 10"),
        Member("previous_score", { Hundredths($0.before) }, "The score before"),
        Member("call_count", \.calls, "Calls that were looked at", example: 150),
        Member("period", { _ in "all-time" }, "The period that was looked at", example: "all-time"),
    ]
}

extension Transaction {
    var reputations: ReputationStore { ReputationStore(tx: self) }
}
