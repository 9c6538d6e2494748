import Foundation
import Kernel
import Platform
import Storage
import Web

/// Makes keys of partners: `gjp_` and 32 random bytes, of which only the hash is kept.
struct PartnerKeys: Sendable {
    let database: any Database
    let ids: IDGenerator
    let secrets: SecretBox
    private var credentials: CredentialService {
        CredentialService(surface: ForumContract.name, database: self.database)
    }

    struct Made: Sendable {
        let key: String
        let webhookSecret: String
        let partner: Partner
    }

    /// A key of whoever moderates.
    func createOperator(_ name: String) async throws -> String {
        let key = ForumContract.operatorPrefix + self.ids.bytes(32).base64URL
        let ids = self.ids
        _ = try await self.credentials.create(
            CredentialService.Order(
                id: ForumContract.presented(key).id,
                secret: key,
                role: ForumRole.operator.role,
                rateLimit: 0
            ),
            by: "console",
            trace: .none,
            owner: { try Self.identity(name, ids, in: $0) },
            beside: { _, _ in }
        )
        return key
    }

    private static func identity(_ name: String, _ ids: IDGenerator, in tx: Transaction) throws -> Identity {
        if let known = try tx.identities.find(name: name) { return known }
        let identity = Identity(id: ids.next(), name: name, createdAt: tx.now)
        try tx.identities.insert(identity)
        return identity
    }

    static func webhookContext(_ partner: ID<Partner>) -> String { "forum webhook \(partner)" }

    /// At the operator's console: the domain is approved at once. Throws `ConfigurationError` for what is no domain.
    ///
    /// - Parameter rateLimit: requests an hour; nil for the server's own.
    func createAtConsole(domain: String, rateLimit: Int?) async throws -> Made {
        let domain = domain.lowercased()
        guard HostName.isName(domain) else {
            throw ConfigurationError("the owner of a partner's key is its domain, such as klook.com")
        }
        let key = ForumContract.keyPrefix + self.ids.bytes(32).base64URL
        let ids = self.ids
        _ = try await self.credentials.create(
            CredentialService.Order(
                id: ForumContract.presented(key).id,
                secret: key,
                role: ForumRole.partner.role,
                rateLimit: 0
            ),
            by: "console",
            trace: .none,
            owner: { tx in
                let known = try tx.partners.find(domain: domain)
                return try known.flatMap { try tx.identities.find($0.identity) } ?? Self.identity(domain, ids, in: tx)
            },
            beside: { tx, credential in
                if let known = try tx.partners.find(credential.owner) {
                    if let rateLimit { try tx.partners.update(known.id, rateLimit: rateLimit) }
                    if known.status != .approved { try tx.partners.update(known.id, status: .approved) }
                    return
                }
                let partner = Partner(
                    id: ID("p_\(ids.rawUUID().hex)"),
                    identity: credential.owner,
                    name: domain,
                    domain: domain,
                    status: .approved,
                    rateLimit: rateLimit,
                    monthlyBudget: nil,
                    createdAt: tx.now
                )
                try self.insert(partner, in: tx)
            }
        )
        let partner = try await self.database.read { try $0.partners.find(domain: domain) }
        guard let partner else { throw ConfigurationError("the partner cannot be found again") }
        return Made(key: key, webhookSecret: try await self.webhookSecret(of: partner), partner: partner)
    }

    /// With a webhook secret of its own.
    func insert(_ partner: Partner, in tx: Transaction) throws {
        try tx.partners.insert(partner, webhookSecret: try self.sealed(self.newSecret(), of: partner.id))
    }

    private func newSecret() -> String { "whsec_" + Data(self.ids.bytes(32)).base64EncodedString() }

    private func sealed(_ secret: String, of partner: ID<Partner>) throws -> [UInt8] {
        try self.secrets.seal(Array(secret.utf8), context: Self.webhookContext(partner))
    }

    // MARK: Of the dashboard

    /// For how long an earlier token or secret holds beside the new one, when that is asked for.
    static let overlapSeconds: Int64 = 86_400

    /// A button that was pressed: a page that is sent again does nothing again.
    private struct Press {
        let name: String
        /// Made with the page.
        let once: String?

        /// Throws `shownAlready`.
        func begin(by caller: Caller, in tx: Transaction) throws {
            guard let once, !once.isEmpty else { return }
            let scope = "\(ForumContract.name) \(self.name) \(caller.identity)"
            let key = IdempotencyKey(scope: scope, key: once, holder: scope)
            let seconds = IdempotencyStore.lifetimeSeconds
            guard try tx.idempotency.begin(key, fingerprint: [], holdSeconds: seconds) == .started else {
                throw ForumProblems.shownAlready
            }
        }
    }

    /// A new token, which is told once. Earlier ones end. Throws `notApproved`, `shownAlready`.
    ///
    /// - Parameter once: of the page whose button was pressed.
    func makeToken(
        for partner: ID<Partner>,
        by caller: Caller,
        overlapping: Bool,
        once: String?,
        _ trace: Trace
    ) async throws -> Made {
        let key = ForumContract.keyPrefix + self.ids.bytes(32).base64URL
        let made = try await self.database.write { tx -> Partner in
            guard let partner = try tx.partners.find(partner), let owner = try tx.identities.find(partner.identity)
            else {
                throw ForumProblems.partnerNotFound
            }
            guard partner.status == .approved else { throw ForumProblems.notApproved(partner.status) }
            try Press(name: "token", once: once).begin(by: caller, in: tx)
            for earlier in try tx.identities.list(of: partner.identity, surface: ForumContract.name)
            where ForumContract.isPartnersKey(earlier.id) {
                if overlapping {
                    let end = tx.now.adding(seconds: Self.overlapSeconds)
                    try tx.identities.expire(credential: earlier.id, at: min(earlier.expiresAt ?? end, end))
                } else {
                    _ = try tx.identities.revoke(credential: earlier.id, of: partner.identity)
                }
            }
            try tx.identities.insert(
                Credential(
                    id: ForumContract.presented(key).id,
                    surface: ForumContract.name,
                    owner: owner,
                    role: ForumRole.partner.role,
                    secretHash: CredentialCache.hash(key),
                    rateLimit: 0,
                    walletAddress: nil,
                    createdAt: tx.now,
                    expiresAt: nil
                )
            )
            try tx.audit.record(actor: caller.credential, action: "key.created", subject: partner.id.text, trace: trace)
            return partner
        }
        return Made(key: key, webhookSecret: try await self.webhookSecret(of: made), partner: made)
    }

    /// A new webhook secret, which is told once; for a day, deliveries are signed with both. Throws `shownAlready`.
    ///
    /// - Parameters:
    ///   - once: of the page whose button was pressed.
    ///   - endpoints: those that are signed with the partner's secret.
    func rotateSecret(
        of partner: Partner,
        by caller: Caller,
        once: String?,
        _ trace: Trace,
        endpoints: @escaping @Sendable (Transaction) throws -> [WebhookEndpoint]
    ) async throws -> String {
        let secret = self.newSecret()
        try await self.database.write { tx in
            try Press(name: "secret", once: once).begin(by: caller, in: tx)
            let sealed = try tx.partners.webhookSecret(of: partner.id)
            let before = try sealed.map { try self.secrets.open($0, context: Self.webhookContext(partner.id)) } ?? []
            try tx.partners.update(partner.id, webhookSecret: try self.sealed(secret, of: partner.id))
            for endpoint in try endpoints(tx) {
                try tx.webhooks.update(
                    endpoint.id,
                    sealedSecret: try self.secrets.seal(Array(secret.utf8), context: endpoint.id.text),
                    previous: try self.secrets.seal(before, context: endpoint.id.text),
                    previousUntil: tx.now.adding(seconds: Self.overlapSeconds)
                )
            }
            try tx.audit.record(
                actor: caller.credential,
                action: "webhook_secret.rotated",
                subject: partner.id.text,
                trace: trace
            )
        }
        return secret
    }

    func webhookSecret(of partner: Partner) async throws -> String {
        let sealed = try await self.database.read { try $0.partners.webhookSecret(of: partner.id) }
        let opened = try sealed.map { try self.secrets.open($0, context: Self.webhookContext(partner.id)) }
        return String(decoding: opened ?? [], as: UTF8.self)
    }
}
