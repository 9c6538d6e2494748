import Kernel
import Storage

struct ApplicationStore {
    let tx: Transaction

    func put(_ application: Application) throws {
        try self.tx.execute(
            """
            INSERT INTO forum_application (partner_id, email, contact_name, description, website, expected_posts,
                countries, submitted_at, due_at, reason)
            VALUES (\(application.partner), \(application.email), \(application.contactName),
                \(application.description), \(application.website), \(application.expectedPosts.map { Int64($0) }),
                \(application.countries.joined(separator: " ")), \(application.submittedAt), \(application.dueAt), '')
            ON CONFLICT (partner_id) DO UPDATE SET contact_name = excluded.contact_name,
                description = excluded.description, website = excluded.website,
                expected_posts = excluded.expected_posts, countries = excluded.countries
            """
        )
    }

    func find(_ partner: ID<Partner>) throws -> Application? {
        try self.tx.row("SELECT \(raw: Application.columns) FROM forum_application WHERE partner_id = \(partner)")
    }

    func delete(_ partner: ID<Partner>) throws {
        try self.tx.execute("DELETE FROM forum_application WHERE partner_id = \(partner)")
    }

    func decide(_ partner: ID<Partner>, reason: String) throws {
        try self.tx.execute(
            """
            UPDATE forum_application SET decided_at = \(self.tx.now), reason = \(reason) WHERE partner_id = \(partner)
            """
        )
    }

    // MARK: Where a partner is paid

    func put(_ partner: ID<Partner>, _ method: PayoutMethod, sealed: [UInt8]) throws {
        try self.tx.execute(
            """
            INSERT INTO forum_payout_method (partner_id, method, sealed, mask)
            VALUES (\(partner), \(method.kind), \(sealed), \(method.mask))
            ON CONFLICT (partner_id) DO UPDATE SET method = excluded.method, sealed = excluded.sealed,
                mask = excluded.mask
            """
        )
    }

    /// Sealed.
    func payoutDestination(of partner: ID<Partner>) throws -> [UInt8]? {
        try self.tx.value("SELECT sealed FROM forum_payout_method WHERE partner_id = \(partner)")
    }

    func payoutMethod(of partner: ID<Partner>) throws -> (kind: PayoutMethod.Kind, mask: String)? {
        try self.tx.row("SELECT method, mask FROM forum_payout_method WHERE partner_id = \(partner)") {
            (try $0.column(), try $0.column())
        }
    }
}

extension Transaction {
    var applications: ApplicationStore { ApplicationStore(tx: self) }
}
