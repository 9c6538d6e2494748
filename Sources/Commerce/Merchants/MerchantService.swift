import Kernel
import Platform
import Storage
import Web

/// Opens merchants for the operator. Their own registration takes over the rows that stand here.
package struct MerchantService: Sendable {
    static let tokenPrefix = "mrt_"

    let database: any Database
    let ids: IDGenerator

    /// A merchant with its token, which is shown once.
    package struct Opened: Sendable {
        let merchant: Merchant
        package let token: String
    }

    /// What the operator says at the console. Throws `merchantTermsInvalid`, `merchantExists`.
    package func create(
        _ id: String,
        linkParameter: String,
        linkHosts: [String],
        windowDays: Int,
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
    func create(
        _ id: String,
        _ terms: Merchant.Terms,
        source: DataSource? = nil,
        actor: String,
        trace: Trace
    ) async throws -> Opened {
        guard Merchant.isID(id), (1...90).contains(terms.windowDays), (0...10_000).contains(terms.rateBasisPoints),
            (0...10_000).contains(terms.creatorBasisPoints), Self.isParameter(terms.linkParameter)
        else { throw CommerceProblems.merchantTermsInvalid }
        let token = Self.tokenPrefix + self.ids.bytes(32).base64URL
        let presented = CommerceContract.presented(token)
        let newOwner: ID<Identity> = self.ids.next()
        return try await self.database.write { tx in
            guard try tx.merchants.find(id) == nil else { throw CommerceProblems.merchantExists }
            let owner =
                try tx.identities.find(name: Self.owner) ?? Identity(id: newOwner, name: Self.owner, createdAt: tx.now)
            if owner.id == newOwner { try tx.identities.insert(owner) }
            let merchant = Merchant(id: id, owner: owner.id, terms: terms, source: source, createdAt: tx.now)
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
            try tx.merchants.insert(merchant, credential: credential.id)
            try tx.audit.record(
                actor: actor,
                action: "merchant.created",
                subject: id,
                detail: "\(terms.rateBasisPoints) bps, creator \(terms.creatorBasisPoints) bps",
                trace: trace
            )
            return Opened(merchant: merchant, token: token)
        }
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
