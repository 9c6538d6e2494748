import Storage

/// What operators do with a search.
extension Search {
    /// Every server makes its index anew, while the one that it has answers.
    package func askForRebuild() async throws {
        try await self.database.write { try $0.searchChanges.askForRebuild(self.kind.name) }
    }

    /// How many records a rebuild that was asked for has, and whether it is complete on a server.
    package func findRebuild() async throws -> (records: Int, isFinished: Bool)? {
        try await self.database.read { try $0.searchChanges.findRebuild(self.kind.name) }
    }

    // MARK: Synonyms

    /// Those of the operator, such as `tv = television`.
    package func listSynonyms() async throws -> [String] {
        try await self.database.read { try $0.searchChanges.listSynonyms(self.kind.name) }
    }

    /// Servers know it within a second. False for a line that says nothing.
    package func addSynonym(_ line: String) async throws -> Bool {
        guard !Synonyms([line]).isEmpty else { return false }
        try await self.database.write { try $0.searchChanges.insertSynonym(self.kind.name, line) }
        return true
    }

    /// Whether there was one.
    package func removeSynonym(_ line: String) async throws -> Bool {
        try await self.database.write { try $0.searchChanges.deleteSynonym(self.kind.name, line) }
    }

    // MARK: Looking

    /// A found record with what it says and why it was found.
    package struct Explained: Sendable {
        package let hit: SearchHit
        package let document: SearchDocument?
        package let reasons: [SearchReason]
    }

    package func explain(_ text: String, limit: Int) async throws -> (total: Int, hits: [Explained]) {
        let answer = self.answer(SearchQuery(text, limit: limit))
        let ids = answer.hits.map(\.id)
        let documents = try await self.database.read { try self.source.load($0, ids) }
        let byID = Dictionary(documents.map { ($0.id, $0) }) { first, _ in first }
        let reasons = self.explain(text, documents)
        return (
            answer.total,
            answer.hits.map { Explained(hit: $0, document: byID[$0.id], reasons: reasons[$0.id] ?? []) }
        )
    }

    // MARK: Checking

    /// Records that are looked at.
    private static let sample = 1000

    /// Where the index differs from the records, of some that are looked at: the first ones, and some of what the index has.
    package func verify() async throws -> [String] {
        let index = self.index
        let spread = stride(from: 0, to: index.count, by: max(1, index.count / Self.sample))
        let found = spread.flatMap { index.answer(SearchQuery(sort: .order, limit: 1, offset: $0)).hits.map(\.id) }
        let (first, stored) = try await self.database.read { tx in
            (try self.source.page(tx, nil, Self.sample).documents, try self.source.load(tx, found))
        }
        let known = Set(stored.map(\.id))
        let gone = found.filter { !known.contains($0) }.map { "\($0) is found and is not there" }
        let differing = (first + stored).filter { !index.holds($0) }.map { "\($0.id) is not in the index as it is" }
        return (gone + Set(differing).sorted()).map { "search \(self.kind.name): \($0)" }
    }
}
