/// FTS5 over our own tokens. Its `ascii` tokenizer leaves them whole: every character beyond ASCII is part of a word to it.
struct SQLiteFullTextSearch: FullTextSearch {
    func create(_ index: SearchIndex, in tx: Transaction) throws {
        let columns = index.fields.map(\.name.description).joined(separator: ", ")
        // FTS5 finds rows by number only: the companion table gives each document one.
        try tx.connection.runSchema(
            """
            CREATE TABLE \(index.name)_document (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE);
            CREATE VIRTUAL TABLE \(index.name) USING fts5(\(columns), tokenize = 'ascii', prefix = '2 3');
            """
        )
    }

    func put(_ index: SearchIndex, _ id: String, _ tokens: [[String]], in tx: Transaction) throws {
        let name = index.name
        try self.remove(index, id, in: tx)
        let number = try tx.value(
            "INSERT INTO \(raw: name)_document (id) VALUES (\(id)) RETURNING number",
            as: Int64.self
        )
        let columns = SQL.joined(index.fields.map { "\(raw: $0.name)" }, separator: ", ")
        let texts = SQL.joined(tokens.map { "\($0.joined(separator: " "))" }, separator: ", ")
        try tx.execute("INSERT INTO \(raw: name) (rowid, \(columns)) VALUES (\(number), \(texts))")
    }

    func remove(_ index: SearchIndex, _ id: String, in tx: Transaction) throws {
        let name = index.name
        let number = try tx.value("DELETE FROM \(raw: name)_document WHERE id = \(id) RETURNING number", as: Int64.self)
        if let number { try tx.execute("DELETE FROM \(raw: name) WHERE rowid = \(number)") }
    }

    func hits(_ index: SearchIndex, _ terms: [SearchTokens.Term], isRanked: Bool) -> SQL {
        let expression = terms.map { "\"\($0.token)\"\($0.isPrefix ? "*" : "")" }.joined(separator: " AND ")
        let weights = SQL.joined(index.fields.map { "\($0.weight)" }, separator: ", ")
        let score: SQL = isRanked ? "bm25(\(raw: index.name), \(weights))" : "0"
        // CROSS JOIN keeps the order of the loops and LIMIT keeps the subselect whole: otherwise the planner may run the full-text
        // query again for every row of what it is joined with.
        return """
            SELECT document.id AS hit_id, \(score) AS score
            FROM \(raw: index.name) CROSS JOIN \(raw: index.name)_document document
                ON document.number = \(raw: index.name).rowid
            WHERE \(raw: index.name) MATCH \(expression) LIMIT -1
            """
    }
}
