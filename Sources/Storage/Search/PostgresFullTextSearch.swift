/// A `tsvector` that is built from our own tokens, so that PostgreSQL's dictionaries have no say.
struct PostgresFullTextSearch: FullTextSearch {
    func create(_ index: SearchIndex, in tx: Transaction) throws {
        try tx.connection.runSchema(
            """
            CREATE TABLE \(index.name) (id TEXT PRIMARY KEY, tokens tsvector NOT NULL);
            CREATE INDEX \(index.name)_tokens ON \(index.name) USING gin (tokens);
            """
        )
    }

    func put(_ index: SearchIndex, _ id: String, _ tokens: [[String]], in tx: Transaction) throws {
        var position = 0
        var lexemes: [String] = []
        for (field, letter) in zip(tokens, ["A", "B", "C", "D"]) {
            for token in field {
                // PostgreSQL counts positions up to 16,383.
                position = min(position + 1, 16_383)
                lexemes.append("'\(token)':\(position)\(letter)")
            }
        }
        let vector = lexemes.joined(separator: " ")
        try tx.execute(
            """
            INSERT INTO \(raw: index.name) (id, tokens) VALUES (\(id), CAST(\(vector) AS tsvector))
            ON CONFLICT (id) DO UPDATE SET tokens = excluded.tokens
            """
        )
    }

    func remove(_ index: SearchIndex, _ id: String, in tx: Transaction) throws {
        try tx.execute("DELETE FROM \(raw: index.name) WHERE id = \(id)")
    }

    func hits(_ index: SearchIndex, _ terms: [SearchTokens.Term], isRanked: Bool) -> SQL {
        let expression = terms.map { "'\($0.token)'\($0.isPrefix ? ":*" : "")" }.joined(separator: " & ")
        let score: SQL = isRanked ? "-ts_rank(tokens, CAST(\(expression) AS tsquery))" : "0"
        return """
            SELECT id AS hit_id, \(score) AS score
            FROM \(raw: index.name) WHERE tokens @@ CAST(\(expression) AS tsquery)
            """
    }
}
