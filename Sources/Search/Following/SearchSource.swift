package import Storage

/// The records of a kind as the database has them.
package struct SearchSource: Sendable {
    package let kind: SearchKind
    private let loadSome: @Sendable (Transaction, _ ids: [String]) throws -> [SearchDocument]
    /// The records after one, in any lasting order, as many as asked: the documents of those that can be found, and the last one's identifier.
    let page: @Sendable (Transaction, _ after: String?, _ limit: Int) throws -> Page

    package struct Page: Sendable {
        let documents: [SearchDocument]
        /// The last record; nil when there is none.
        let last: String?

        package init(_ documents: [SearchDocument], last: String?) {
            self.documents = documents
            self.last = last
        }
    }

    package init(
        _ kind: SearchKind,
        load: @escaping @Sendable (Transaction, _ ids: [String]) throws -> [SearchDocument],
        page: @escaping @Sendable (Transaction, _ after: String?, _ limit: Int) throws -> Page
    ) {
        self.kind = kind
        self.loadSome = load
        self.page = page
    }

    /// So many records are asked for in one statement.
    private static let loadLimit = 100

    /// The documents of records, in any order; those that cannot be found are left out.
    func load(_ tx: Transaction, _ ids: [String]) throws -> [SearchDocument] {
        try stride(from: 0, to: ids.count, by: Self.loadLimit).flatMap { start in
            try self.loadSome(tx, Array(ids[start..<min(start + Self.loadLimit, ids.count)]))
        }
    }
}
