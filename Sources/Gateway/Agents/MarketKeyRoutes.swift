import HTTPTypes
import Kernel
import Platform
import Storage
import Web

/// An agent's account on the market: whoever holds its key pays in, looks, and takes back.
struct MarketKeyRoutes: Sendable {
    static let tag = "Agents"

    let database: any Database
    let actors: ActorReader
    let neighbours: NeighbourPlace
    let secrets: SecretBox

    var endpoints: [Endpoint] {
        let path = "/v1/agents/{id}/market-key"
        return [
            self.make.endpoint(path, tag: Self.tag, secrets: self.secrets),
            Endpoint(.delete, path, tag: Self.tag, self.revoke),
        ]
    }

    struct Path: Input {
        let name: String
        init(_ read: inout InputReader) { self.name = read.path("id", "The agent's id or key") }
    }

    var make: GatewayCreation<Path, MarketKeyOutput> {
        GatewayCreation(
            summary: "Make a buyer's key of the agent's account on the market, shown this once",
            access: .scope(.write, .provision),
            actors: self.actors,
            refusals: Self.refusals
        ) { input, actor, _, once in
            guard let neighbours = self.neighbours.present else { throw GatewayProblems.noMarket }
            let (agent, identity) = try await self.identity(input.name, actor)
            if let once {
                // Its answer held a secret, which is shown once.
                do { try await self.database.read { try once.begin(in: $0) } } catch is Repetition.Repeated {
                    throw GatewayProblems.alreadyMade(identity.name)
                }
            }
            let key = try await neighbours.makeKey(identity)
            try await self.database.write { tx in
                try once?.keep(201, StatusOutput(status: "created"), in: tx)
                try tx.activity.record(actor.activity, "created", of: "market_key", agent.id.text)
            }
            return MarketKeyOutput(key: key, ownerID: identity.name)
        }
    }

    var revoke: Operation<Path, StatusOutput> {
        .acting(
            "Revoke the keys of the agent's account on the market",
            needs: .scope(.write, .provision),
            effect: .write,
            by: self.actors
        ) { input, actor, _ in
            guard let neighbours = self.neighbours.present else { throw GatewayProblems.noMarket }
            let (agent, identity) = try await self.identity(input.name, actor)
            try await neighbours.revokeKeys(identity)
            try await self.database.write { tx in
                try tx.activity.record(actor.activity, "revoked", of: "market_key", agent.id.text)
            }
            return StatusOutput(status: "revoked")
        }.refusing(Self.refusals)
    }

    private static let refusals = [
        GatewayProblems.noMarket, GatewayProblems.agentNotFound, GatewayProblems.agentForbidden,
        GatewayProblems.agentNotOwned,
    ]

    private func identity(_ name: String, _ actor: GatewayActor) async throws -> (Agent, Identity) {
        let ids = self.actors.ids
        return try await self.database.write { tx in
            guard let agent = try tx.agents.find(name, of: actor.tenant.id) else { throw GatewayProblems.agentNotFound }
            try AgentAccess.requireOwner(of: agent, actor)
            return (agent, try tx.tenants.identity(ofAgent: agent.id.text, of: agent.tenant, ids))
        }
    }
}

struct MarketKeyOutput: Answer {
    let key: String
    let ownerID: String
    static let members: [Member<Self>] = [
        Member("key", \.key, "What follows `Bearer ` on the market, shown this once", example: "acf_0123:sec_0123"),
        Member(
            "owner_id",
            \.ownerID,
            "The account on the market",
            example: "gateway:0193a5b0-7000-7000-8000-000000000001:agent"
        ),
    ]
}
