import Kernel
import Platform
import Storage
import Web

struct AffiliateAccountStore {
    let tx: Transaction

    func find(_ id: ID<Identity>) throws -> AffiliateAccount? {
        try self.tx.row(
            """
            SELECT \(raw: AffiliateAccount.columns) FROM affiliate_account a
            JOIN identity ON identity.id = a.identity_id WHERE a.identity_id = \(id)
            """
        )
    }

    /// Throws `accountNotFound`.
    func require(_ id: ID<Identity>) throws -> AffiliateAccount {
        guard let account = try self.find(id) else { throw AffiliateProblems.accountNotFound }
        return account
    }

    /// By name, for the operator.
    func list(role: AffiliateRole?, after cursor: Cursor?, limit: Int) throws -> Page<AffiliateAccount> {
        let name = cursor?.name ?? ""
        let conditions: [SQL] = ["identity.name > \(name)"] + (role.map { ["a.role = \($0)"] } ?? [])
        let fetched = try self.tx.rows(
            """
            SELECT \(raw: AffiliateAccount.columns) FROM affiliate_account a
            JOIN identity ON identity.id = a.identity_id WHERE \(SQL.all(conditions))
            ORDER BY identity.name LIMIT \(limit + 1)
            """,
            as: AffiliateAccount.self
        )
        return Page(fetched: fetched, limit: limit) { Cursor(name: $0.name) }
    }

    func count(role: AffiliateRole) throws -> Int {
        try self.tx.value("SELECT COUNT(*) FROM affiliate_account WHERE role = \(role)") ?? 0
    }

    /// Who signs in with the address, and the hash of their password.
    func findSignIn(email: String) throws -> (id: ID<Identity>, passwordHash: String)? {
        try self.tx.row(
            """
            SELECT identity_id, password_hash FROM affiliate_account
            WHERE email = \(email) AND password_hash IS NOT NULL
            """
        ) { (try $0.column(), try $0.column()) }
    }

    /// Throws `StorageError.constraint` named `affiliate_account_email` when the address is taken.
    func insert(
        _ id: ID<Identity>,
        role: AffiliateRole,
        _ profile: AffiliateAccount.Profile,
        email: String? = nil,
        passwordHash: String? = nil
    ) throws {
        try self.tx.execute(
            """
            INSERT INTO affiliate_account (identity_id, role, display_name, email, password_hash, language, site_name,
                site_url, site_description, company_name, company_url, contact_name, tax_regime, bank_code,
                closed_until, paid_until, created_at)
            VALUES (\(id), \(role), \(profile.displayName), \(email), \(passwordHash), \(profile.language?.rawValue ?? ""),
                \(profile.siteName), \(profile.siteURL), \(profile.siteDescription), \(profile.companyName),
                \(profile.companyURL), \(profile.contactName), 'none', '', 0, 0, \(self.tx.now))
            """
        )
    }

    func update(_ id: ID<Identity>, _ profile: AffiliateAccount.Profile) throws {
        try self.tx.execute(
            """
            UPDATE affiliate_account SET display_name = \(profile.displayName), language = \(profile.language?.rawValue ?? ""),
                site_name = \(profile.siteName), site_url = \(profile.siteURL),
                site_description = \(profile.siteDescription), company_name = \(profile.companyName),
                company_url = \(profile.companyURL), contact_name = \(profile.contactName)
            WHERE identity_id = \(id)
            """
        )
    }

    func update(_ id: ID<Identity>, passwordHash: String) throws {
        try self.tx.execute(
            "UPDATE affiliate_account SET password_hash = \(passwordHash) WHERE identity_id = \(id)"
        )
    }

    /// Throws `StorageError.constraint` named `affiliate_account_email` when the address is taken.
    func update(_ id: ID<Identity>, email: String) throws {
        try self.tx.execute("UPDATE affiliate_account SET email = \(email) WHERE identity_id = \(id)")
    }

    func update(_ id: ID<Identity>, taxRegime: TaxRegime, bankCode: String) throws {
        try self.tx.execute(
            """
            UPDATE affiliate_account SET tax_regime = \(taxRegime), bank_code = \(bankCode) WHERE identity_id = \(id)
            """
        )
    }

    func update(_ id: ID<Identity>, suspendedAt: Timestamp?) throws {
        try self.tx.execute(
            "UPDATE affiliate_account SET suspended_at = \(suspendedAt) WHERE identity_id = \(id)"
        )
    }

    // MARK: Bank account

    func findBankAccount(_ id: ID<Identity>) throws -> [UInt8]? {
        try self.tx.row("SELECT sealed_bank_account FROM affiliate_account WHERE identity_id = \(id)") {
            try $0.optional()
        } ?? nil
    }

    func update(_ id: ID<Identity>, sealedBankAccount: [UInt8]) throws {
        try self.tx.execute(
            "UPDATE affiliate_account SET sealed_bank_account = \(sealedBankAccount) WHERE identity_id = \(id)"
        )
    }

    // MARK: Postback token

    func findPostbackToken(_ id: ID<Identity>) throws -> [UInt8]? {
        try self.tx.row("SELECT sealed_postback_token FROM affiliate_account WHERE identity_id = \(id)") {
            try $0.optional()
        } ?? nil
    }

    func update(_ id: ID<Identity>, postbackHash: [UInt8], sealedPostbackToken: [UInt8]) throws {
        try self.tx.execute(
            """
            UPDATE affiliate_account
            SET postback_hash = \(postbackHash), sealed_postback_token = \(sealedPostbackToken)
            WHERE identity_id = \(id)
            """
        )
    }

    /// The advertiser whose token has the hash, unless they are suspended.
    func findAdvertiser(postbackHash: [UInt8]) throws -> ID<Identity>? {
        try self.tx.value(
            """
            SELECT identity_id FROM affiliate_account
            WHERE postback_hash = \(postbackHash) AND suspended_at IS NULL
            """
        )
    }

    // MARK: Visitors

    /// Remembers the browser in which somebody has signed in: its clicks are their own.
    func put(visitor: String, of id: ID<Identity>) throws {
        try self.tx.execute(
            """
            INSERT INTO affiliate_visitor (visitor, identity_id) VALUES (\(visitor), \(id))
            ON CONFLICT (visitor) DO UPDATE SET identity_id = excluded.identity_id
            """
        )
    }

    /// When the first account was opened; nil when there is none.
    func findFirstCreation() throws -> Timestamp? {
        try self.tx.row("SELECT MIN(i.created_at) FROM affiliate_account a JOIN identity i ON i.id = a.identity_id") {
            try $0.optional(Timestamp.self)
        } ?? nil
    }

    func isVisitor(_ visitor: String, of id: ID<Identity>) throws -> Bool {
        try self.tx.value(
            "SELECT 1 FROM affiliate_visitor WHERE visitor = \(visitor) AND identity_id = \(id)",
            as: Int.self
        ) != nil
    }
}

extension Transaction {
    var affiliateAccounts: AffiliateAccountStore { AffiliateAccountStore(tx: self) }
}
