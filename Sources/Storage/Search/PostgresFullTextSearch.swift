/// A `tsvector` that is built from our own tokens, so that PostgreSQL's dictionaries have no say.
struct PostgresFullTextSearch: FullTextSearch {
    private static let weights = ["A", "B", "C", "D"]

    func create(_ index: SearchIndex, in tx: Transaction) throws {
        try tx.executeSchema(
            """
            CREATE TABLE \(index.name) (
                number INTEGER GENERATED ALWAYS AS IDENTITY,
                id TEXT PRIMARY KEY,
                tokens tsvector NOT NULL
            );
            CREATE INDEX \(index.name)_tokens ON \(index.name) USING gin (tokens);
            """
        )
    }

    func put(_ index: SearchIndex, _ id: String, _ tokens: [[String]], in tx: Transaction) throws {
        var position = 0
        var lexemes: [String] = []
        for (field, weight) in zip(tokens, Self.weights) {
            for token in field {
                // PostgreSQL counts positions up to 16,383.
                position = min(position + 1, 16_383)
                lexemes.append("'\(token)':\(position)\(weight)")
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
        try tx.execute("UPDATE \(raw: index.name) SET tokens = CAST('' AS tsvector) WHERE id = \(id)")
    }

    func matches(_ index: SearchIndex, _ terms: [SearchTokens.Term]) -> SearchMatches {
        func words(_ weights: String) -> String {
            let words = terms.map { term in
                let options = (term.isPrefix ? "*" : "") + weights
                return options.isEmpty ? "'\(term.token)'" : "'\(term.token)':\(options)"
            }
            return words.joined(separator: " & ")
        }
        let upTo = index.fields.indices.map { words(Self.weights[...$0].joined()) }
        let ranks = upTo.indices.map { $0 == 0 ? upTo[0] : "(\(upTo[$0])) & !(\(upTo[$0 - 1]))" }
        let all = self.part(index, words(""))
        return SearchMatches(
            all: all,
            ranks: ranks.map { self.part(index, $0) },
            countAll: "SELECT COUNT(*) FROM \(all.from) WHERE \(all.condition)"
        )
    }

    private func part(_ index: SearchIndex, _ expression: String) -> SearchMatches.Part {
        SearchMatches.Part(
            from: "\(raw: index.name) hit",
            condition: "hit.tokens @@ CAST(\(expression) AS tsquery)",
            newestFirst: "hit.number DESC"
        )
    }
}
