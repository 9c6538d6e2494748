import Kernel
import Platform
import Storage

struct MerchantStore {
    let tx: Transaction

    func find(_ id: String) throws -> Merchant? {
        try self.tx.row("SELECT \(raw: Merchant.columns) FROM commerce_merchant m WHERE m.id = \(id)")
    }

    /// Throws `merchantNotFound`.
    /// Whose token it is. Throws `invalidRegistrationToken`.
    func require(of caller: Caller) throws -> Merchant {
        guard let own = try self.find(credential: caller.credential) else {
            throw CommerceProblems.invalidRegistrationToken
        }
        return own
    }

    func require(_ id: String) throws -> Merchant {
        guard let merchant = try self.find(id) else { throw CommerceProblems.merchantNotFound }
        return merchant
    }

    /// The merchant whose token it is.
    func find(credential: String) throws -> Merchant? {
        try self.tx.row(
            "SELECT \(raw: Merchant.columns) FROM commerce_merchant m WHERE m.credential_id = \(credential)"
        )
    }

    func list() throws -> [Merchant] {
        try self.tx.rows("SELECT \(raw: Merchant.columns) FROM commerce_merchant m ORDER BY m.id")
    }

    /// Throws `StorageError.constraint` named `commerce_merchant_pkey` when the id is taken.
    func insert(_ merchant: Merchant, credential: String) throws {
        try self.tx.execute(
            """
            INSERT INTO commerce_merchant (id, identity_id, credential_id, is_active, link_parameter, link_hosts,
                window_days, rate_bps, creator_bps, source_name, source_license, source_url, source_notice, created_at)
            VALUES (\(merchant.id), \(merchant.owner), \(credential), \(merchant.isActive), \(merchant.linkParameter),
                \(merchant.linkHosts.joined(separator: " ")), \(merchant.windowDays), \(merchant.rateBasisPoints),
                \(merchant.creatorBasisPoints), \(merchant.source?.name ?? ""), \(merchant.source?.license ?? ""),
                \(merchant.source?.url ?? ""), \(merchant.source?.notice ?? ""), \(merchant.createdAt))
            """
        )
        try self.tx.invalidate(MerchantCache.topic, merchant.id)
    }
}

extension Transaction {
    var merchants: MerchantStore { MerchantStore(tx: self) }
}
