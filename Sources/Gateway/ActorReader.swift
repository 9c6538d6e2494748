import HTTPTypes
import HummingbirdCore
import Kernel
import Platform
import Storage
import Web

/// Tells who acts, from the credential and the headers of a request.
struct ActorReader: Sendable {
    static let userHeader = HTTPField.Name("X-GoClaw-User-Id")!
    static let tenantHeader = HTTPField.Name("X-GoClaw-Tenant-Id")!
    static let agentHeader = HTTPField.Name("X-GoClaw-Agent-Id")!
    /// The session that a chat goes on with.
    static let sessionHeader = HTTPField.Name("X-GoClaw-Session-Key")!
    static let agentHeaderAlias = HTTPField.Name("X-GoClaw-Agent")!

    let tenants: TenantDirectory
    let keys: KeyDirectory
    /// Users that own the gateway, under its token.
    let owners: Set<String>
    /// Nil where requests are not limited.
    let buckets: TokenBuckets?
    let ids: IDGenerator
    let clock: WallClock

    /// What a request can be refused for before it is known what it asks.
    static let refusals = [GatewayProblems.tenantNotFound, GatewayProblems.otherTenant, GatewayProblems.userInvalid]

    /// Throws `invalidAPIKey`, `tenantNotFound`, `otherTenant`, `userInvalid`, `rateLimited`.
    func actor(_ caller: Caller, _ call: Call) async throws -> GatewayActor {
        if caller.credential == APIKey.tokenCredential { return try await self.token(call) }
        guard let key = try await self.keys.find(credential: caller.credential) else {
            throw GatewayProblems.invalidAPIKey
        }
        let tenant = try await self.tenants.require(key.tenant.text)
        if let named = call.header(Self.tenantHeader)?.trimmed.nonEmpty, named.lowercased() != tenant.id.text,
            named != tenant.slug
        {
            throw GatewayProblems.otherTenant
        }
        // A bound key is its owner's, whatever else is asked for.
        let named = try self.user(call)
        var user = key.owner ?? named
        // In a browser nobody can say for whom: whoever has signed in with a key that acts for nobody acts as the key.
        if user == nil, call.context.session != nil, !key.scopes.all.contains(.admin) { user = "key:\(key.id)" }
        let actor = GatewayActor(
            tenant: tenant,
            credential: .key(key),
            scopes: key.scopes,
            user: user,
            isOwner: false,
            ignoredUser: key.owner == nil || key.owner == named ? nil : named,
            address: call.context.clientAddress,
            trace: call.trace,
            ids: self.ids
        )
        try self.charge(actor, call)
        return actor
    }

    private func token(_ call: Call) async throws -> GatewayActor {
        let name = call.header(Self.tenantHeader)?.trimmed.nonEmpty
        let user = try self.user(call)
        let actor = GatewayActor(
            tenant: try await self.tenants.require(name ?? Tenant.master.text),
            credential: .token,
            scopes: Scopes([.admin]),
            user: user,
            isOwner: user.map(self.owners.contains) ?? false,
            address: call.context.clientAddress,
            trace: call.trace,
            ids: self.ids
        )
        try self.charge(actor, call)
        return actor
    }

    private func user(_ call: Call) throws -> String? {
        let all = call.request.headers[values: Self.userHeader]
        guard let user = all.first else { return nil }
        guard all.count == 1, UserName.isValid(user) else { throw GatewayProblems.userInvalid }
        return user
    }

    /// By the user of the tenant, else by the address.
    private func charge(_ actor: GatewayActor, _ call: Call) throws {
        guard let buckets else { return }
        let key = actor.user.map { "user \(actor.tenant.id) \($0)" } ?? "address \(call.context.limitKey)"
        let decision = buckets.take(key, now: self.clock.now())
        guard decision.isAllowed else { throw GatewayProblems.rateLimited(by: decision) }
    }
}
