import Kernel
import Platform
import Storage

/// A feed that is taken in, and how far it has come.
struct CatalogImport: Sendable, Identified, RowDecodable {
    static let idPrefix = "imp"

    let id: ID<CatalogImport>
    let merchant: String
    let options: Options
    var progress: Progress
    let state: State
    /// Why it ended: a code.
    let failure: String?
    /// What the server of its address calls the version that is imported.
    let entityTag: String?
    /// Whether its address still had what was imported last.
    let isUnmodified: Bool
    let createdAt: Timestamp
    let updatedAt: Timestamp

    /// What was asked for.
    struct Options: Sendable, Equatable, Codable {
        let format: FeedFormat
        /// Whether products keep the numbers of their source.
        var keepsIDs = false
        /// Whether nothing is written.
        var isDryRun = false
        /// Whether what the feed does not have goes out of stock.
        var isFull = false
        /// Also where much would go out of stock.
        var isForced = false
        /// Where the file is on this node.
        let path: String
        /// Whether the file is removed at the end.
        var isTemporary = false
        /// Where it is fetched from; nil for one that was sent.
        var url: String?
        /// As it is shown: a file's name or an address's host.
        let source: String
    }

    struct Progress: Sendable, Equatable {
        /// Of what the file holds, in bytes.
        var offset = 0
        var line = 1
        var records = 0
        var created = 0
        var updated = 0
        var unchanged = 0
        var duplicates = 0
        var withdrawn = 0
        var rejected = 0
        /// Put out of stock, since the feed did not have them.
        var missing = 0
    }

    /// What the address of another import would have to answer to be known already. Only a feed that was taken whole, and as the other
    /// one would be, is known.
    func entityTag(for other: Options) -> String? {
        let own = self.options
        let isAlike = own.url == other.url && own.format == other.format && own.keepsIDs == other.keepsIDs
        return self.state == .completed && isAlike && (own.isFull || !other.isFull) ? self.entityTag : nil
    }

    enum State: String, Sendable, SQLConvertible, CaseIterable {
        case running, completed, failed
    }

    static let columns: StaticString = """
        id, merchant_id, input, state, failure, byte_offset, line, records, created, updated, unchanged, duplicates,
        withdrawn, rejected, missing, entity_tag, is_unmodified, created_at, updated_at
        """

    init(row: inout Row) throws {
        self.id = try row.column()
        self.merchant = try row.column()
        self.options = try JSON.decode(from: try row.column(String.self).utf8)
        self.state = try row.column()
        self.failure = try row.optional()
        self.progress = Progress(
            offset: try row.column(),
            line: try row.column(),
            records: try row.column(),
            created: try row.column(),
            updated: try row.column(),
            unchanged: try row.column(),
            duplicates: try row.column(),
            withdrawn: try row.column(),
            rejected: try row.column(),
            missing: try row.column()
        )
        self.entityTag = try row.optional()
        self.isUnmodified = try row.column()
        self.createdAt = try row.column()
        self.updatedAt = try row.column()
    }
}

/// A line that was not taken.
struct RejectedLine: Sendable, RowDecodable {
    let line: Int
    let field: String
    let reason: String

    static let columns: StaticString = "line, field, reason"

    init(_ line: Int, _ rejection: FeedRejection) {
        (self.line, self.field, self.reason) = (line, rejection.field, rejection.reason)
    }

    init(row: inout Row) throws {
        self.line = try row.column()
        self.field = try row.column()
        self.reason = try row.column()
    }
}
