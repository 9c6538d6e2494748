import Kernel
import Platform
import Storage
import Web

/// Somebody's place in the network: who they are to it, and how they are paid.
struct AffiliateAccount: Sendable, RowDecodable {
    let id: ID<Identity>
    /// The identity's name, by which people sign in on every surface.
    let name: String
    let role: AffiliateRole
    let profile: Profile
    let email: String?
    let taxRegime: TaxRegime
    /// A bank of the table of transfer fees; empty for any other.
    let bankCode: String
    /// Up to where months are closed for this publisher, and up to where they are paid.
    let closedUntil: Timestamp
    let paidUntil: Timestamp
    let suspendedAt: Timestamp?
    let createdAt: Timestamp

    /// What an account says of itself.
    struct Profile: Sendable, Equatable {
        var displayName: String
        /// Nil where nobody has chosen one.
        var language: Language?
        var siteName = ""
        var siteURL = ""
        var siteDescription = ""
        var companyName = ""
        var companyURL = ""
        var contactName = ""
    }

    static let columns: StaticString = """
        a.identity_id, identity.name, a.role, a.display_name, a.language, a.site_name, a.site_url, a.site_description,
        a.company_name, a.company_url, a.contact_name, a.email, a.tax_regime, a.bank_code, a.closed_until, a.paid_until,
        a.suspended_at, a.created_at
        """

    init(row: inout Row) throws {
        self.id = try row.column()
        self.name = try row.column()
        self.role = try row.column()
        self.profile = Profile(
            displayName: try row.column(),
            language: Language(rawValue: try row.column()),
            siteName: try row.column(),
            siteURL: try row.column(),
            siteDescription: try row.column(),
            companyName: try row.column(),
            companyURL: try row.column(),
            contactName: try row.column()
        )
        self.email = try row.optional()
        self.taxRegime = try row.column()
        self.bankCode = try row.column()
        self.closedUntil = try row.column()
        self.paidUntil = try row.column()
        self.suspendedAt = try row.optional()
        self.createdAt = try row.column()
    }
}

/// What an account does on the network. The operator runs it, and is not one of the contract's roles.
package enum AffiliateRole: String, SurfaceRole, SQLConvertible {
    case publisher, advertiser, agent
    case `operator`

    package static let surface = AffiliateContract.name
    /// Who can sign up by themselves.
    static let open: [AffiliateRole] = [.publisher, .advertiser, .agent]
    /// Who sends traffic and earns.
    static let publishing: [AffiliateRole] = [.publisher, .agent]
}
