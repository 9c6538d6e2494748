/// A full-text index over documents that are named by text identifiers.
package struct SearchIndex: Sendable {
    /// The table's name; part of the schema.
    package let name: StaticString
    /// From the heaviest to the lightest, four at the most.
    package let fields: [Field]

    package struct Field: Sendable {
        package let name: StaticString
        package let weight: Int
        package init(_ name: StaticString, weight: Int) {
            self.name = name
            self.weight = weight
        }
    }

    package init(_ name: StaticString, _ fields: Field...) {
        precondition(fields.count <= 4, "PostgreSQL has four weights")
        self.name = name
        self.fields = fields
    }

    /// Adds or replaces a document; `texts` stand in the order of the fields.
    package func put(_ id: String, _ texts: [String], in tx: Transaction) throws {
        try self.implementation(tx.engine).put(self, id, texts.map(SearchTokens.document), in: tx)
    }

    package func remove(_ id: String, in tx: Transaction) throws {
        try self.implementation(tx.engine).remove(self, id, in: tx)
    }

    /// A subselect with the columns `hit_id` and `score` (the lower the better); nil when the text has no letter or digit.
    ///
    /// - Parameter isRanked: false where only the matches count: every score is then 0, which is cheaper.
    package func hits(_ text: String, on engine: Engine, isRanked: Bool = true) -> SQL? {
        let terms = Array(SearchTokens.query(text).prefix(Self.termLimit))
        return terms.isEmpty ? nil : self.implementation(engine).hits(self, terms, isRanked: isRanked)
    }

    /// Further words of a query are ignored.
    static let termLimit = 32

    func implementation(_ engine: Engine) -> any FullTextSearch {
        switch engine {
        case .sqlite: SQLiteFullTextSearch()
        case .postgres: PostgresFullTextSearch()
        }
    }
}

/// What an engine must offer for full-text search.
protocol FullTextSearch {
    func create(_ index: SearchIndex, in tx: Transaction) throws
    func put(_ index: SearchIndex, _ id: String, _ tokens: [[String]], in tx: Transaction) throws
    func remove(_ index: SearchIndex, _ id: String, in tx: Transaction) throws
    func hits(_ index: SearchIndex, _ terms: [SearchTokens.Term], isRanked: Bool) -> SQL
}
