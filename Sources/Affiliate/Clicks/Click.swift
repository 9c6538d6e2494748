import Kernel
import Platform
import Storage

/// A visitor on the way from a publisher to an advertiser.
struct Click: Sendable, RowDecodable {
    let id: ClickID
    let partnership: PartnershipID
    let program: ProgramID
    /// The terms of its moment.
    let termsVersion: Int
    let at: Timestamp
    /// Whether it counts, and why not.
    let reason: Reason
    let isSelf: Bool
    let visitor: String?
    let userAgent: String?
    let referrer: String?
    let context: String?
    let country: String?
    /// Of the request that made it: what follows from it carries the same.
    let traceID: String

    static let columns: StaticString = """
        k.id, k.partnership_id, k.program_id, k.terms_version, k.at, k.reason, k.is_self, k.visitor, k.user_agent,
        k.referrer, k.context, k.country, k.trace_id
        """

    init(row: inout Row) throws {
        self.id = try row.column()
        self.partnership = try row.column()
        self.program = try row.column()
        self.termsVersion = try row.column()
        self.at = try row.column()
        self.reason = try row.column()
        self.isSelf = try row.column()
        self.visitor = try row.optional()
        self.userAgent = try row.optional()
        self.referrer = try row.optional()
        self.context = try row.optional()
        self.country = try row.optional()
        self.traceID = try row.column()
    }
}

/// What is known of a visitor at a click.
struct Visitor: Sendable {
    /// The cookie's value; nil where there is no browser.
    var id: String?
    /// Whether the browser came with the cookie, so that it may be somebody's whom the network knows.
    var isReturning = false
    /// Of address and user agent, under a key of the operator: the address itself is not kept.
    var browser: [UInt8]?
    /// Of the address alone, in the same way.
    var address: [UInt8]?
    var userAgent: String?
    var referrer: String?
    var context: String?
    /// ISO 3166, of a header that a trusted proxy has set.
    var country: String?
}
