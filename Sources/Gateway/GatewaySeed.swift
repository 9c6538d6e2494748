import Kernel
import Platform
import Storage
import Web

/// What an empty gateway begins with.
struct GatewaySeed: Sendable {
    let parts: GatewayParts

    /// Again and again the same.
    func prepare() async throws {
        let parts = self.parts
        let (ids, token) = (Self.fixedIDs(), parts.token)
        let hash = CredentialCache.hash(token)
        let isReady = try await parts.house.database.read { tx in
            try tx.tenants.find(Tenant.master) != nil
                && tx.identities.find(credential: APIKey.tokenCredential, surface: GatewayContract.name)?.secretHash
                    == hash
        }
        guard !isReady else { return }
        try await parts.house.database.write { tx in
            let master = try tx.tenants.find(Tenant.master) ?? self.seed(ids, in: tx)
            let identity = try tx.tenants.identity(of: master, ids)
            let known = try tx.identities.find(credential: APIKey.tokenCredential, surface: GatewayContract.name)
            guard known?.secretHash != hash else { return }
            let credential = Credential(
                id: APIKey.tokenCredential,
                surface: GatewayContract.name,
                owner: identity,
                role: Scopes([.admin]).role,
                secretHash: hash,
                rateLimit: 0,
                walletAddress: nil,
                createdAt: tx.now,
                expiresAt: nil
            )
            // Also one that was revoked: what the operator has set counts.
            let isThere = try tx.accountAdmin.findKey(credential.id) != nil
            if isThere { try tx.identities.setSecret(credential) } else { try tx.identities.insert(credential) }
        }
    }

    /// The same on every server, as the master tenant's own is.
    private static func fixedIDs() -> IDGenerator {
        let counting = IDGenerator.counting(from: 2)
        return IDGenerator(
            makeUUID: {
                UUIDv7(milliseconds: 0x0193_A5B0_7000, sequence: 0, random: (counting.rawUUID().low & 0xFFFF) << 2)
            },
            makeBytes: { counting.bytes($0) }
        )
    }

    private func seed(_ ids: IDGenerator, in tx: Transaction) throws -> Tenant {
        let tenant = Tenant(id: Tenant.master, slug: Tenant.masterSlug, name: "Master", createdAt: tx.now)
        try Self.fill(tenant, self.parts, ids, in: tx)
        return tenant
    }

    /// Throws `tenantExists`.
    static func open(
        _ slug: String,
        name: String,
        by actor: ActivityActor,
        _ parts: GatewayParts,
        in tx: Transaction
    ) throws -> Tenant {
        let ids = parts.house.ids
        let tenant = Tenant(id: ids.next(), slug: slug, name: name.nonEmpty ?? slug, createdAt: tx.now)
        try self.fill(tenant, parts, ids, in: tx)
        try tx.activity.record(actor, "created", of: "tenant", tenant.id.text)
        return tenant
    }

    /// A tenant with what makes its first request answer: the provider `echo`, an agent on it, a budget of its month.
    static func fill(_ tenant: Tenant, _ parts: GatewayParts, _ ids: IDGenerator, in tx: Transaction) throws {
        try tx.tenants.insert(tenant)
        try tx.providers.insert(
            Provider(
                id: ids.next(),
                tenant: tenant.id,
                name: "echo",
                displayName: "Echo",
                type: ProviderKind.echo,
                apiBase: "",
                defaultModel: ProviderKind.echoModel,
                sealed: nil,
                isEnabled: true,
                settings: ProviderSettings(),
                createdAt: tx.now,
                updatedAt: tx.now
            )
        )
        let agent = Agent(
            id: ids.next(),
            tenant: tenant.id,
            key: Agent.defaultKey,
            owner: "system",
            displayName: "Default",
            provider: "echo",
            model: ProviderKind.echoModel,
            status: .active,
            isDefault: true,
            details: .init(objects: ["tools_config": ["profile": "safe"]]),
            createdAt: tx.now,
            updatedAt: tx.now
        )
        try tx.agents.insert(agent)
        for (name, text) in ContextFile.templates(name: agent.displayName, description: "") {
            try tx.contextFiles.put(name, text, of: agent, user: ContextFile.agentsOwn)
        }
        guard let limit = parts.settings.tenantBudget else { return }
        try tx.budgets.insert(
            Budget(
                id: ids.next(),
                tenant: tenant.id,
                scope: .tenant,
                subject: tenant.id.text,
                period: .month,
                limit: limit,
                createdAt: Budget.Period.month.start(at: tx.now)
            )
        )
    }
}
