import Kernel
import Platform
import Storage

/// Who acts, for whom: a credential's scopes in one tenant, and the user that they are used for.
struct GatewayActor: Sendable {
    enum Credential: Sendable {
        case token
        case key(APIKey)
    }

    let tenant: Tenant
    let credential: Credential
    let scopes: Scopes
    /// A user that the key is bound to, or that a header names; nil for none. The body's `user` names rows and budgets alone.
    let user: String?
    /// Whether the user counts as an owner of the whole gateway: the gateway token with a listed id.
    let isOwner: Bool
    /// Whom a header has named in vain, because the key is another's.
    var ignoredUser: String?
    let address: String
    let trace: Trace
    let ids: IDGenerator

    var key: APIKey? { if case .key(let key) = self.credential { key } else { nil } }

    /// Whose rows are written.
    var userID: String { self.user ?? self.key.map { "key:\($0.id)" } ?? "system" }

    var isAdmin: Bool { self.scopes.has(.admin) }

    /// Whether everything of the tenant is the actor's: an admin that acts as nobody else, or an owner.
    var seesAll: Bool { self.isOwner || self.isAdmin && self.user == nil }

    /// Whose rows it sees; nil for all.
    var ownUser: String? { self.seesAll ? nil : self.userID }

    var role: String {
        if self.isOwner { return "owner" }
        return self.key == nil ? "admin" : self.scopes.roleName
    }

    /// As the log of changes names it.
    var activity: ActivityActor {
        let (type, id): (ActivityEntry.ActorType, String) =
            switch (self.user, self.credential) {
            case (let user?, _): (.user, user)
            case (nil, .token): (.gatewayToken, "gateway_token")
            case (nil, .key(let key)): (.apiKey, key.id.text)
            }
        return ActivityActor(
            tenant: self.tenant.id,
            type: type,
            id: id,
            user: self.userID,
            ignoredUser: self.ignoredUser,
            address: self.address,
            requestID: self.trace.requestID,
            ids: self.ids
        )
    }

    /// Whether the key may run the agent at all.
    func mayRun(agentKey: String) -> Bool { self.key.map { $0.agents.isEmpty || $0.agents.contains(agentKey) } ?? true }
}

/// Names of users inside a tenant.
enum UserName {
    static let limit = 255
    /// Nobody's own: what stands for a credential without a user.
    private static let reserved = ["key:", "agent:", "gateway:"]

    /// 1 to 255 bytes, nothing that hides or turns text around, and none of the gateway's own names.
    static func isValid(_ text: String) -> Bool {
        (1...self.limit).contains(text.utf8.count) && text != "system"
            && !self.reserved.contains { text.bytewise.starts(with: $0) }
            && !text.unicodeScalars.contains { $0.isInvisible || $0.value == 0xFFFD }
    }
}
