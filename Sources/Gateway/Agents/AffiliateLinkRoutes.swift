import HTTPTypes
import Kernel
import Platform
import Storage
import Web

/// An agent's account of the affiliate network: whose links it recommends with.
struct AffiliateLinkRoutes: Sendable {
    static let tag = "Agents"

    let database: any Database
    let actors: ActorReader
    let neighbours: NeighbourPlace

    var endpoints: [Endpoint] {
        let path = "/v1/agents/{id}/affiliate"
        return [
            Endpoint(.put, path, tag: Self.tag, self.link),
            Endpoint(.delete, path, tag: Self.tag, self.unlink),
        ]
    }

    struct LinkInput: Input {
        let name: String
        let key: String

        init(_ read: inout InputReader) {
            self.name = read.path("id", "The agent's id or key")
            self.key = read.body(
                "key",
                .string,
                "A publisher's or an agent's key of the network; it is checked now and not kept",
                .notBlank(),
                .atMost(200)
            )
        }
    }

    struct Path: Input {
        let name: String
        init(_ read: inout InputReader) { self.name = read.path("id", "The agent's id or key") }
    }

    var link: Operation<LinkInput, StatusOutput> {
        .acting(
            "Link an agent to an account of the affiliate network",
            needs: .scope(.write, .provision),
            effect: .write,
            by: self.actors
        ) { input, actor, _ in
            guard let network = self.neighbours.network else { throw GatewayProblems.noNetwork }
            try await self.database.read { _ = try Self.agent(input.name, actor, in: $0) }
            guard let link = try await network.link(input.key.trimmed) else { throw GatewayProblems.networkKeyRefused }
            try await self.database.write { tx in
                let agent = try Self.agent(input.name, actor, in: tx)
                try tx.agents.setLink(of: agent, to: link)
                try tx.activity.record(actor.activity, "linked", of: "affiliate_account", agent.id.text)
            }
            return StatusOutput(status: "linked")
        }.refusing(Self.refusals + [GatewayProblems.noNetwork, GatewayProblems.networkKeyRefused])
    }

    var unlink: Operation<Path, StatusOutput> {
        .acting(
            "Unlink an agent from its account of the affiliate network",
            needs: .scope(.write, .provision),
            effect: .write,
            by: self.actors
        ) { input, actor, _ in
            try await self.database.write { tx in
                let agent = try Self.agent(input.name, actor, in: tx)
                try tx.agents.setLink(of: agent, to: nil)
                try tx.activity.record(actor.activity, "unlinked", of: "affiliate_account", agent.id.text)
            }
            return StatusOutput(status: "unlinked")
        }.refusing(Self.refusals)
    }

    private static let refusals = [
        GatewayProblems.agentNotFound, GatewayProblems.agentForbidden, GatewayProblems.agentNotOwned,
    ]

    private static func agent(_ name: String, _ actor: GatewayActor, in tx: Transaction) throws -> Agent {
        guard let agent = try tx.agents.find(name, of: actor.tenant.id) else { throw GatewayProblems.agentNotFound }
        try AgentAccess.requireOwner(of: agent, actor)
        return agent
    }
}
