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
/// The best come first by ``ranks``, which is the same on both engines and needs no score: whoever wants ten hits of ten
/// thousand reads ten.
package struct SearchMatches: Sendable {
    /// Every match.
    package let all: Part
    /// The matches by where the words stand: all in the first field, then in the first two, and so on. No document is in two.
    package let ranks: [Part]
    /// A statement that counts every match.
    package let count: SQL

    package struct Part: Sendable {
        /// To stand after `FROM`: `hit` with its column `id`.
        package let from: SQL
        package let condition: SQL
        /// To stand after `ORDER BY`: what was added last comes first.
        package let newestFirst: SQL
    }
}

extension SearchMatches {
    /// The identifiers of a page of matches, the best first.
    ///
    /// - Parameters:
    ///   - joins: what the condition needs beside `hit`.
    ///   - total: how many match, when that is known: no rank is looked through in vain.
    package func page(
        joins: SQL = "",
        where condition: SQL = "1 = 1",
        limit: Int,
        offset: Int,
        total: Int = .max,
        in tx: Transaction
    ) throws -> [String] {
        var found: [String] = []
        var toSkip = offset
        for rank in self.ranks where found.count < min(limit, total - offset) {
            let ids = try tx.rows(
                """
                SELECT hit.id FROM \(rank.from) \(joins) WHERE \(rank.condition) AND \(condition)
                ORDER BY \(rank.newestFirst) LIMIT \(limit - found.count) OFFSET \(toSkip)
                """
            ) { try $0.column(String.self) }
            if ids.isEmpty, toSkip > 0 {
                toSkip -=
                    try tx.value(
                        "SELECT COUNT(*) FROM \(rank.from) \(joins) WHERE \(rank.condition) AND \(condition)",
                        as: Int.self
                    ) ?? 0
            } else {
                toSkip = 0
            }
            found += ids
        }
        return found
    }

    /// How many match.
    package func count(joins: SQL, where condition: SQL, in tx: Transaction) throws -> Int {
        try tx.value(
            "SELECT COUNT(*) FROM \(self.all.from) \(joins) WHERE \(self.all.condition) AND \(condition)"
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
