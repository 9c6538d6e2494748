import Kernel
import Platform
import Storage

struct MerchantStore {
    let tx: Transaction

    func find(_ id: String) throws -> Merchant? {
        try self.tx.row("SELECT \(raw: Merchant.columns) FROM commerce_merchant m WHERE m.id = \(id)")
    }

    /// Whose token it is. Throws `invalidRegistrationToken`.
    func require(of caller: Caller) throws -> Merchant {
        guard let own = try self.find(credential: caller.credential) else {
            throw CommerceProblems.invalidRegistrationToken
        }
        return own
    }

    /// Throws `merchantNotFound`.
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

    func list(in scope: MerchantScope) throws -> [Merchant] {
        try self.tx.rows(
            """
            SELECT \(raw: Merchant.columns) FROM commerce_merchant m WHERE \(SQL.all(scope.conditions(on: "m.id")))
            ORDER BY m.id
            """
        )
    }

    func findWebhookSecret(of id: String) throws -> [UInt8]? {
        try self.tx.row("SELECT webhook_secret FROM commerce_merchant WHERE id = \(id)") {
            try $0.optional([UInt8].self)
        } ?? nil
    }

    func setWebhookSecret(_ sealed: [UInt8], of id: String) throws {
        try self.tx.execute("UPDATE commerce_merchant SET webhook_secret = \(sealed) WHERE id = \(id)")
    }

    // MARK: Whose merchants a caller may see

    /// Limits a supply key to merchants.
    func limit(_ credential: String, to merchants: [String]) throws {
        for merchant in merchants {
            try self.tx.execute(
                """
                INSERT INTO commerce_supply_merchant (credential_id, merchant_id) VALUES (\(credential), \(merchant))
                ON CONFLICT DO NOTHING
                """
            )
        }
    }

    /// A merchant's token is for that merchant alone, a supply key for all or for some. Throws `invalidRegistrationToken`.
    func scope(of caller: Caller) throws -> MerchantScope {
        guard caller.has(CommerceRole.supply) else { return MerchantScope(only: [try self.require(of: caller).id]) }
        let named = try self.tx.rows(
            "SELECT merchant_id FROM commerce_supply_merchant WHERE credential_id = \(caller.credential)"
        ) { try $0.column(String.self) }
        return named.isEmpty ? .all : MerchantScope(only: named)
    }

    /// Throws `StorageError.constraint` named `commerce_merchant_pkey` when the id is taken.
    func insert(_ merchant: Merchant, credential: String, webhookSecret: [UInt8]) throws {
        try self.tx.execute(
            """
            INSERT INTO commerce_merchant (id, identity_id, credential_id, is_active, link_parameter, link_hosts,
                window_days, rate_bps, creator_bps, source_name, source_license, source_url, source_notice, created_at,
                webhook_secret)
            VALUES (\(merchant.id), \(merchant.owner), \(credential), \(true), \(merchant.linkParameter),
                \(merchant.linkHosts.joined(separator: " ")), \(merchant.windowDays), \(merchant.rateBasisPoints),
                \(merchant.creatorBasisPoints), \(merchant.source?.name ?? ""), \(merchant.source?.license ?? ""),
                \(merchant.source?.url ?? ""), \(merchant.source?.notice ?? ""), \(merchant.createdAt),
                \(webhookSecret))
            """
        )
        try self.tx.invalidate(MerchantCache.topic, merchant.id)
    }
}

extension Transaction {
    var merchants: MerchantStore { MerchantStore(tx: self) }
}
