import Kernel
import Platform
import Storage
import Web

/// Demo data: the scripted model as a provider, the default agent on it, an agent that pays on the market, and a key.
struct GatewayDemoSeed: Sendable {
    static let user = "demo"
    static let provider = "scripted"
    static let shopper = "shopper"
    /// What the agent that pays begins with.
    private static let credit: Amount<USDC> = 1_000_000

    let parts: GatewayParts

    struct Seeded: Sendable {
        let key: String
        let token: String
    }

    /// Nil when there is data already.
    func fill(hostURL: String) async throws -> Seeded? {
        let parts = self.parts
        let tenant = try await parts.tenants.require(Tenant.master.text)
        let isSeeded = try await parts.house.database.read {
            try $0.providers.find(name: Self.provider, of: tenant.id) != nil
        }
        guard !isSeeded else { return nil }
        let shopper = try await parts.house.database.write { tx in
            try self.addProvider(hostURL, tenant, in: tx)
            if var agent = try tx.agents.find(Agent.defaultKey, of: tenant.id) {
                (agent.provider, agent.model) = (Self.provider, ScriptedModel.name)
                // Without the scripted model, the gateway still answers.
                agent.details.fallback = [ModelChoice(provider: "echo", model: ProviderKind.echoModel)]
                try tx.agents.update(agent)
            }
            let shopper = try self.addShopper(tenant, in: tx)
            return try tx.tenants.identity(ofAgent: shopper.id.text, of: tenant.id, parts.house.ids)
        }
        try await parts.neighbours.present?.credit(shopper, Self.credit, "demo data")
        let made = try await parts.keyService.create(
            APIKey.Order(name: "Demo", scopes: Scopes([.write]), owner: Self.user),
            for: tenant,
            by: ActivityActor(
                tenant: tenant.id,
                type: .system,
                id: "console",
                user: "system",
                address: "",
                requestID: "",
                ids: parts.house.ids
            ),
            maker: nil
        )
        return Seeded(key: made.secret, token: parts.token)
    }

    private func addProvider(_ hostURL: String, _ tenant: Tenant, in tx: Transaction) throws {
        let provider = Provider(
            id: self.parts.house.ids.next(),
            tenant: tenant.id,
            name: Self.provider,
            displayName: "Scripted model of the demo",
            type: ProviderKind.openAI,
            apiBase: "\(hostURL)/v1",
            defaultModel: ScriptedModel.name,
            sealed: nil,
            isEnabled: true,
            settings: ProviderSettings(),
            createdAt: tx.now,
            updatedAt: tx.now
        )
        try tx.providers.insert(provider)
        _ = try tx.prices.insert([ScriptedModel.price], of: provider.id.text, tenant: tenant.id)
    }

    private func addShopper(_ tenant: Tenant, in tx: Transaction) throws -> Agent {
        let agent = Agent(
            id: self.parts.house.ids.next(),
            tenant: tenant.id,
            key: Self.shopper,
            owner: Self.user,
            displayName: "Shopper",
            provider: Self.provider,
            model: ScriptedModel.name,
            status: .active,
            isDefault: false,
            details: .init(objects: [
                "tools_config": [
                    "profile": "safe", "allow": ["group:market"], "auto_pay_micros": 50_000,
                    "market": ["day_micros": 500_000],
                ]
            ]),
            createdAt: tx.now,
            updatedAt: tx.now
        )
        try tx.agents.insert(agent)
        let purpose = "Finds paid services of the market and uses them."
        for (name, text) in ContextFile.templates(name: agent.displayName, description: purpose).sorted(by: {
            $0.key < $1.key
        }) {
            try tx.contextFiles.put(name, text, of: agent, user: ContextFile.agentsOwn)
        }
        try tx.budgets.insert(
            Budget(
                id: self.parts.house.ids.next(),
                tenant: tenant.id,
                scope: .agent,
                subject: agent.id.text,
                period: .month,
                limit: 5_000_000,
                createdAt: tx.now
            )
        )
        return agent
    }
}
