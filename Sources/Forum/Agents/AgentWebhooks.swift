import Kernel
import Platform
import Storage

/// Where an agent's events go: one endpoint, under an identity of the agent's own, signed with its partner's secret.
struct AgentWebhooks: Sendable {
    static let events: Set<String> = [
        "post.created", "post.replied", "post.flagged", "post.restored", "payout.settled", "api.deprecated",
    ]

    let ids: IDGenerator
    let secrets: SecretBox

    /// Who the agent is to the webhooks.
    func identity(of agent: ID<Agent>, in tx: Transaction) throws -> ID<Identity> {
        let identity = Identity(id: self.ids.next(), name: "forum:\(agent)", createdAt: tx.now)
        try tx.identities.insert(identity)
        return identity.id
    }

    /// What waits for an earlier address goes to the new one.
    func set(_ url: String?, of agent: Agent, in tx: Transaction) throws {
        let known = try tx.webhooks.list(of: agent.identity, surface: ForumContract.name).first
        switch (known, url) {
        case (nil, nil): break
        case (let endpoint?, nil):
            _ = try tx.webhooks.delete(endpoint.id, of: agent.identity, surface: ForumContract.name)
        case (let endpoint?, let url?):
            if endpoint.url != url { try tx.webhooks.update(endpoint.id, url: url) }
        case (nil, let url?):
            guard let sealed = try tx.partners.webhookSecret(of: agent.partner) else { return }
            let secret = try self.secrets.open(sealed, context: PartnerKeys.webhookContext(agent.partner))
            let id: ID<WebhookEndpoint> = self.ids.next()
            try tx.webhooks.insert(
                WebhookEndpoint(
                    id: id,
                    surface: ForumContract.name,
                    owner: agent.identity,
                    url: url,
                    events: Self.events,
                    sealedSecret: try self.secrets.seal(secret, context: id.text),
                    createdAt: tx.now
                )
            )
        }
    }
}

extension Transaction {
    /// To whom a partner's own events go: its endpoint, or each distinct one of its agents.
    func receivers(of partner: Partner) throws -> [ID<Identity>] {
        if try !self.webhooks.list(of: partner.identity, surface: ForumContract.name).isEmpty {
            return [partner.identity]
        }
        var urls: Set<String> = []
        let agents = try self.agents.list(of: partner.id).filter { agent in
            agent.isActive && agent.webhookURL.map { urls.insert($0).inserted } ?? false
        }
        return agents.isEmpty ? [partner.identity] : agents.map(\.identity)
    }
}
