import Kernel
import Storage
import Synchronization

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
        let isOneLine = line.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
        guard isOneLine, !(line.bytewise.contains(">") && line.bytewise.contains("=")), !Synonyms([line]).isEmpty else {
            return false
        }
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

    /// What is wrong with the files, and where the index differs from the records, of some that are looked at: the first ones, and some of what the index has.
    ///
    /// A record that changes meanwhile is looked at again.
    package func verify() async throws -> [String] {
        var ids = self.index.sample(Self.sample)
        ids += try await self.database.read { try self.source.page($0, nil, Self.sample).documents.map(\.id) }
        var faults: [String: String] = [:]
        for _ in 0..<3 where !ids.isEmpty {
            try await self.follow()
            let (index, asked) = (self.index, Set(ids).sorted())
            let stored = try await self.database.read { try self.source.load($0, asked) }
            let byID = Dictionary(stored.map { ($0.id, $0) }) { first, _ in first }
            faults = [:]
            for id in asked {
                if let document = byID[id] {
                    if !index.holds(document) { faults[id] = "\(id) is not in the index as it is" }
                } else if index.contains(id) {
                    faults[id] = "\(id) is found and is not there"
                }
            }
            ids = Array(faults.keys)
        }
        var found = faults.values.sorted()
        if let damage = self.state.withLock({ $0.damage }) {
            found.insert("the files cannot be used: \(damage)", at: 0)
        }
        for view in self.index.snapshot.views where view.file != nil {
            do { try view.segment.check() } catch { found.insert("the files are damaged: \(error)", at: 0) }
        }
        return found.map { "search \(self.kind.name): \($0)" }
    }
}
