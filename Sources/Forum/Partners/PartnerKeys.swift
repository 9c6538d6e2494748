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
        let secret = "whsec_" + Data(self.ids.bytes(32)).base64EncodedString()
        let (ids, secrets) = (self.ids, self.secrets)
        _ = try await self.credentials.create(
            CredentialService.Order(
                id: ForumContract.presented(key).id,
                secret: key,
                role: ForumRole.partner.role,
                rateLimit: 0
            ),
            by: "console",
            trace: .none,
            owner: { try Self.identity(domain, ids, in: $0) },
            beside: { tx, credential in
                if let known = try tx.partners.find(credential.owner) {
                    if let rateLimit { try tx.partners.update(known.id, rateLimit: rateLimit) }
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
                let sealed = try secrets.seal(Array(secret.utf8), context: Self.webhookContext(partner.id))
                try tx.partners.insert(partner, webhookSecret: sealed)
            }
        )
        let partner = try await self.database.read { tx in
            try tx.identities.find(name: domain).flatMap { try tx.partners.find($0.id) }
        }
        guard let partner else { throw ConfigurationError("the partner cannot be found again") }
        return Made(key: key, webhookSecret: try await self.webhookSecret(of: partner), partner: partner)
    }

    private func webhookSecret(of partner: Partner) async throws -> String {
        let sealed = try await self.database.read { try $0.partners.webhookSecret(of: partner.id) }
        let opened = try sealed.map { try self.secrets.open($0, context: Self.webhookContext(partner.id)) }
        return String(decoding: opened ?? [], as: UTF8.self)
    }
}
