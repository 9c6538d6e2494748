import Kernel
import Platform
import Storage

/// A shop: whose products are recommended, and who reports orders.
struct Merchant: Sendable, RowDecodable {
    /// Chosen by its owner: lower-case letters, digits and `._-`.
    let id: String
    let owner: ID<Identity>
    /// The parameter of its links that carries a recommendation's id.
    let linkParameter: String
    /// Hosts that its links may lead to; empty for any.
    let linkHosts: [String]
    /// Days after a click in which an order counts.
    let windowDays: Int
    /// What an order costs the merchant, of its amount.
    let rateBasisPoints: Int
    /// The creator's part of what is left of it.
    let creatorBasisPoints: Int
    let source: DataSource?
    let createdAt: Timestamp

    static let columns: StaticString = """
        m.id, m.identity_id, m.link_parameter, m.link_hosts, m.window_days, m.rate_bps, m.creator_bps,
        m.source_name, m.source_license, m.source_url, m.source_notice, m.created_at
        """

    init(row: inout Row) throws {
        self.id = try row.column()
        self.owner = try row.column()
        self.linkParameter = try row.column()
        self.linkHosts = try row.column(String.self).bytewise.list(" ")
        self.windowDays = try row.column()
        self.rateBasisPoints = try row.column()
        self.creatorBasisPoints = try row.column()
        let source = DataSource(
            name: try row.column(),
            license: try row.column(),
            url: try row.column(),
            notice: try row.column()
        )
        self.source = source.name.isEmpty ? nil : source
        self.createdAt = try row.column()
    }

    init(
        id: String,
        owner: ID<Identity>,
        terms: Terms,
        windowDays: Int,
        source: DataSource?,
        createdAt: Timestamp
    ) {
        (self.id, self.owner, self.source, self.createdAt) = (id, owner, source, createdAt)
        (self.linkParameter, self.linkHosts) = (terms.linkParameter, terms.linkHosts)
        (self.windowDays, self.rateBasisPoints) = (windowDays, terms.rateBasisPoints)
        self.creatorBasisPoints = terms.creatorBasisPoints
    }

    /// What the operator agrees with a merchant.
    struct Terms: Sendable, Equatable {
        var linkParameter = "rec_id"
        var linkHosts: [String] = []
        /// Nil for the house's own.
        var windowDays: Int?
        var rateBasisPoints = 0
        var creatorBasisPoints = 0
    }

    /// Hides a path, or is the server's own.
    private static let reserved: Set<String> = ["register", "heartbeat", "dispatch-queue", "import-card", "souk"]

    /// Whether the text, in lower case, can be a merchant's id.
    static func isID(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard (3...64).contains(bytes.count), Self.isLetterOrDigit(bytes[0]), !Self.reserved.contains(text),
            !text.bytewise.starts(with: "souk-") || text.bytewise.equals(Self.demo)
        else { return false }
        return bytes.allSatisfy { Self.isLetterOrDigit($0) || "._-".utf8.contains($0) }
    }

    /// The server's own shop, with the demo data.
    static let demo = "souk-demo"

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool { (97...122).contains(byte) || (48...57).contains(byte) }
}

/// Where a merchant's data comes from, which is shown wherever the data is.
struct DataSource: Sendable, Equatable {
    let name: String
    let license: String
    let url: String
    let notice: String
}
