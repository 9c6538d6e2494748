import Foundation
import HTTPTypes
import Kernel
import NIOCore
import Platform
import Storage
import Web

/// Opens merchants for the operator. Their own registration takes over the rows that stand here.
package struct MerchantService: Sendable {
    static let tokenPrefix = "mrt_"

    let database: any Database
    let ids: IDGenerator
    let secrets: SecretBox
    /// After a click, an order counts for so many days where a merchant's terms say nothing else.
    let attributionDays: Int

    /// A merchant with its secrets, which are shown once.
    package struct Opened: Sendable {
        let merchant: Merchant
        package let token: String
        package let webhookSecret: String
    }

    /// What the operator says at the console. Throws `merchantTermsInvalid`, `merchantExists`.
    package func create(
        _ id: String,
        linkParameter: String,
        linkHosts: [String],
        windowDays: Int?,
        rateBasisPoints: Int,
        creatorBasisPoints: Int
    ) async throws -> Opened {
        let terms = Merchant.Terms(
            linkParameter: linkParameter,
            linkHosts: linkHosts,
            windowDays: windowDays,
            rateBasisPoints: rateBasisPoints,
            creatorBasisPoints: creatorBasisPoints
        )
        return try await self.create(id, terms, actor: "console", trace: .none)
    }

    /// Throws `merchantTermsInvalid`, `merchantExists`.
    ///
    /// - Parameters:
    ///   - first: in the same commit, before anything else.
    ///   - last: in the same commit, of what was opened.
    func create(
        _ id: String,
        _ terms: Merchant.Terms,
        source: DataSource? = nil,
        actor: String,
        trace: Trace,
        first: @escaping @Sendable (Transaction) throws -> Void = { _ in },
        last: @escaping @Sendable (Opened, Transaction) throws -> Void = { _, _ in }
    ) async throws -> Opened {
        let windowDays = terms.windowDays ?? self.attributionDays
        guard Merchant.isID(id), (1...90).contains(windowDays), (0...10_000).contains(terms.rateBasisPoints),
            (0...10_000).contains(terms.creatorBasisPoints), Self.isParameter(terms.linkParameter)
        else { throw CommerceProblems.merchantTermsInvalid }
        let token = Self.tokenPrefix + self.ids.bytes(32).base64URL
        let (webhookSecret, sealed) = try self.newSecret(of: id)
        let presented = CommerceContract.presented(token)
        let newOwner: ID<Identity> = self.ids.next()
        return try await self.database.write { tx in
            try first(tx)
            guard try tx.merchants.find(id) == nil else { throw CommerceProblems.merchantExists }
            let owner =
                try tx.identities.find(name: Self.owner) ?? Identity(id: newOwner, name: Self.owner, createdAt: tx.now)
            if owner.id == newOwner { try tx.identities.insert(owner) }
            let merchant = Merchant(
                id: id,
                owner: owner.id,
                terms: terms,
                windowDays: windowDays,
                source: source,
                createdAt: tx.now
            )
            let credential = Credential(
                id: presented.id,
                surface: CommerceContract.name,
                owner: owner,
                role: CommerceRole.merchant.role,
                secretHash: CredentialCache.hash(token),
                rateLimit: CommerceContract.requestsPerMinute,
                walletAddress: nil,
                createdAt: tx.now,
                expiresAt: nil
            )
            try tx.identities.insert(credential)
            try tx.merchants.insert(merchant, credential: credential.id, webhookSecret: sealed)
            try tx.audit.record(
                actor: actor,
                action: "merchant.created",
                subject: id,
                detail: "\(terms.rateBasisPoints) bps, creator \(terms.creatorBasisPoints) bps",
                trace: trace
            )
            let opened = Opened(merchant: merchant, token: token, webhookSecret: webhookSecret)
            try last(opened, tx)
            return opened
        }
    }

    /// A new secret in place of the merchant's: what the old one signs is refused from now on. Throws `merchantNotFound`.
    package func renewSecret(of id: String) async throws -> String {
        let (secret, sealed) = try self.newSecret(of: id)
        try await self.database.write { tx in
            _ = try tx.merchants.require(id)
            try tx.merchants.setWebhookSecret(sealed, of: id)
            try tx.audit.record(actor: "console", action: "merchant.secret_renewed", subject: id, trace: .none)
        }
        return secret
    }

    private func newSecret(of id: String) throws -> (text: String, sealed: [UInt8]) {
        let text = "whsec_" + Data(self.ids.bytes(32)).base64EncodedString()
        return (text, try self.secrets.seal(Array(text.utf8), context: Self.context(of: id)))
    }

    private static func context(of merchant: String) -> String { "commerce merchant \(merchant)" }

    /// Whether a request carries the merchant's signature, as Standard Webhooks has it. Throws `invalidSignature` for a wrong one; without
    /// any, the token alone speaks.
    func checkSignature(of body: BufferedBody, by merchant: String, _ call: Call, at now: Timestamp) async throws {
        let signature = WebhookSignature.Shown(
            id: call.header(.init("webhook-id")!),
            timestamp: call.header(.init("webhook-timestamp")!),
            signatures: call.header(.init("webhook-signature")!)
        )
        guard let signature else { return }
        let sealed = try await self.database.read { try $0.merchants.findWebhookSecret(of: merchant) }
        guard let sealed, let secret = try? self.secrets.open(sealed, context: Self.context(of: merchant)),
            signature.isValid(for: Array(body.bytes.readableBytesView), secret: secret, at: now)
        else { throw CommerceProblems.invalidSignature }
    }

    /// Whose the merchants are that the operator opens.
    private static let owner = "souk-merchants"

    static func isParameter(_ text: String) -> Bool {
        (1...40).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte)
                    || "._-".utf8.contains(byte)
            }
    }
}
