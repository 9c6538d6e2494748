/// FTS5 over our own tokens. Its `ascii` tokenizer leaves them whole: every character beyond ASCII is part of a word to it.
struct SQLiteFullTextSearch: FullTextSearch {
    func create(_ index: SearchIndex, in tx: Transaction) throws {
        let columns = index.fields.map(\.description).joined(separator: ", ")
        // FTS5 finds rows by number only: the companion table gives each document one.
        try tx.executeSchema(
            """
            CREATE TABLE \(index.name)_document (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE);
            CREATE VIRTUAL TABLE \(index.name)
                USING fts5(\(columns), tokenize = 'ascii', prefix = '1 2 3', detail = column);
            """
        )
    }

    func put(_ index: SearchIndex, _ id: String, _ tokens: [[String]], in tx: Transaction) throws {
        let name = index.name
        let number: Int64
        if let known = try tx.value("SELECT number FROM \(raw: name)_document WHERE id = \(id)", as: Int64.self) {
            try tx.execute("DELETE FROM \(raw: name) WHERE rowid = \(known)")
            number = known
        } else {
            number = try tx.value("INSERT INTO \(raw: name)_document (id) VALUES (\(id)) RETURNING number")!
        }
        let columns = SQL.joined(index.fields.map { "\(raw: $0)" }, separator: ", ")
        let texts = SQL.joined(tokens.map { "\($0.joined(separator: " "))" }, separator: ", ")
        try tx.execute("INSERT INTO \(raw: name) (rowid, \(columns)) VALUES (\(number), \(texts))")
    }

    func remove(_ index: SearchIndex, _ id: String, in tx: Transaction) throws {
        let name = index.name
        try tx.execute(
            "DELETE FROM \(raw: name) WHERE rowid = (SELECT number FROM \(raw: name)_document WHERE id = \(id))"
        )
    }

    func matches(_ index: SearchIndex, _ terms: [SearchTokens.Term]) -> SearchMatches {
        let words = terms.map { "\"\($0.token)\"\($0.isPrefix ? " *" : "")" }.joined(separator: " AND ")
        let upTo = index.fields.indices.map { last in
            "{\(index.fields[...last].map(\.description).joined(separator: " "))} : (\(words))"
        }
        let ranks = upTo.indices.map { $0 == 0 ? upTo[0] : "(\(upTo[$0])) NOT (\(upTo[$0 - 1]))" }
        return SearchMatches(
            all: self.part(index, words),
            ranks: ranks.map { self.part(index, $0) },
            countAll: "SELECT COUNT(*) FROM \(raw: index.name) WHERE \(raw: index.name) MATCH \(words)"
        )
    }

    private func part(_ index: SearchIndex, _ expression: String) -> SearchMatches.Part {
        let name = index.name
        // CROSS JOIN keeps the order of the loops: otherwise the planner may run the query again for every row of what it is joined with.
        return SearchMatches.Part(
            from: "\(raw: name) CROSS JOIN \(raw: name)_document hit ON hit.number = \(raw: name).rowid",
            condition: "\(raw: name) MATCH \(expression)",
            newestFirst: "\(raw: name).rowid DESC"
        )
    }
}
