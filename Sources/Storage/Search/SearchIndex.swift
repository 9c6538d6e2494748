/// A full-text index over documents that are named by text identifiers.
package struct SearchIndex: Sendable {
    /// The table's name; part of the schema.
    package let name: StaticString
    /// From the most telling to the least, four at the most.
    package let fields: [StaticString]

    package init(_ name: StaticString, fields: StaticString...) {
        precondition(fields.count <= 4, "PostgreSQL has four weights")
        self.name = name
        self.fields = fields
    }

    /// Adds or replaces a document; `texts` stand in the order of the fields.
    package func put(_ id: String, _ texts: [String], in tx: Transaction) throws {
        try self.implementation(tx.engine).put(self, id, texts.map(SearchTokens.document), in: tx)
    }

    /// Makes it unfindable. It keeps its place, so that one that comes back does not come first.
    package func remove(_ id: String, in tx: Transaction) throws {
        try self.implementation(tx.engine).remove(self, id, in: tx)
    }

    /// How to find the documents that have every word of the text; nil when it has no letter or digit.
    package func matches(_ text: String, on engine: Engine) -> SearchMatches? {
        let terms = Array(SearchTokens.query(text).prefix(Self.termLimit))
        return terms.isEmpty ? nil : self.implementation(engine).matches(self, terms)
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

/// The documents that match a text, in the parts of a `SELECT`.
///
/// The best come first by ``ranks``, which is the same on both engines and needs no score: on SQLite, whoever wants ten hits
/// of ten thousand reads ten.
package struct SearchMatches: Sendable {
    /// Every match.
    package let all: Part
    /// The matches by where the words stand: all in the first field, then in the first two, and so on. No document is in two.
    package let ranks: [Part]
    /// A statement that counts every match, when nothing else is asked.
    let countAll: SQL

    package struct Part: Sendable {
        /// To stand after `FROM`: `hit` with its column `id`.
        package let from: SQL
        package let condition: SQL
        /// To stand after `ORDER BY`: what was added last comes first.
        package let newestFirst: SQL
    }
}

extension SearchMatches {
    /// What is asked beside the text, of a table that is joined.
    package struct Filter: Sendable {
        /// Such as `CROSS JOIN listing l`; the conditions say how it meets `hit`.
        let joins: SQL
        let condition: SQL

        package init(joins: SQL, conditions: [SQL]) {
            self.joins = joins
            self.condition = .all(conditions)
        }

        package static let none = Filter(joins: "", conditions: [])
    }

    /// The identifiers of a page of matches, the best first.
    ///
    /// - Parameter total: how many match, when that is known: no rank is looked through in vain.
    package func page(_ filter: Filter = .none, limit: Int, offset: Int, total: Int = .max, in tx: Transaction) throws
        -> [String]
    {
        var found: [String] = []
        var toSkip = offset
        for rank in self.ranks where found.count < min(limit, total - offset) {
            let ids = try tx.rows(
                """
                SELECT hit.id FROM \(rank.from) \(filter.joins) WHERE \(rank.condition) AND \(filter.condition)
                ORDER BY \(rank.newestFirst) LIMIT \(limit - found.count) OFFSET \(toSkip)
                """
            ) { try $0.column(String.self) }
            if ids.isEmpty, toSkip > 0 {
                toSkip -= try rank.count(filter, in: tx)
            } else {
                toSkip = 0
            }
            found += ids
        }
        return found
    }

    /// How many match.
    package func count(_ filter: Filter? = nil, in tx: Transaction) throws -> Int {
        if let filter { return try self.all.count(filter, in: tx) }
        return try tx.value(self.countAll) ?? 0
    }
}

extension SearchMatches.Part {
    fileprivate func count(_ filter: SearchMatches.Filter, in tx: Transaction) throws -> Int {
        try tx.value(
            "SELECT COUNT(*) FROM \(self.from) \(filter.joins) WHERE \(self.condition) AND \(filter.condition)"
        ) ?? 0
    }
}

/// What an engine must offer for full-text search.
protocol FullTextSearch {
    func create(_ index: SearchIndex, in tx: Transaction) throws
    func put(_ index: SearchIndex, _ id: String, _ tokens: [[String]], in tx: Transaction) throws
    func remove(_ index: SearchIndex, _ id: String, in tx: Transaction) throws
    func matches(_ index: SearchIndex, _ terms: [SearchTokens.Term]) -> SearchMatches
}
