package import Storage

/// The records of a kind as the database has them.
package struct SearchSource: Sendable {
    package let kind: SearchKind
    /// The documents of records, in any order; those that cannot be found are left out.
    let load: @Sendable (Transaction, _ ids: [String]) throws -> [SearchDocument]
    /// The records after one, in any lasting order, as many as asked: every one's identifier, and the documents of those that can be found.
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
        self.load = load
        self.page = page
    }
}
