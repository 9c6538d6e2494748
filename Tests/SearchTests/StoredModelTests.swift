import Foundation
import Storage
import TestKit
import Testing

@testable import Search

/// The model's records in a table: each is made from its seed.
private enum Seeds {
    static let source = SearchSource(
        SearchModelTests.kind,
        load: { tx, ids in try Seeds.read(tx, "SELECT id, seed FROM seed WHERE id IN (\(list: ids))") },
        page: { tx, after, limit in
            let documents = try Seeds.read(
                tx,
                "SELECT id, seed FROM seed WHERE id > \(after ?? "") ORDER BY id LIMIT \(limit)"
            )
            return .init(documents, last: documents.last?.id)
        }
    )

    static let migrations =
        SearchSchema.migrations + [
            Migration("test/0001", .schema("CREATE TABLE seed (id TEXT PRIMARY KEY, seed INTEGER NOT NULL);"))
        ]

    private static func read(_ tx: Transaction, _ sql: SQL) throws -> [SearchDocument] {
        try tx.rows(sql) { row in self.document(try row.column(), try row.column()) }
    }

    static func document(_ id: String, _ seed: Int64) -> SearchDocument {
        var random = SeededGenerator(seed: UInt64(seed))
        return SearchModelTests.document(id, &random)
    }

    static func put(_ id: String, _ seed: Int64, in tx: Transaction) throws {
        try tx.execute(
            "INSERT INTO seed (id, seed) VALUES (\(id), \(seed)) ON CONFLICT (id) DO UPDATE SET seed = excluded.seed"
        )
        // Some changes are found a moment later.
        if seed % 5 == 0 {
            try tx.touch(id, in: SearchModelTests.kind)
        } else {
            try tx.put(self.document(id, seed), in: SearchModelTests.kind)
        }
    }

    static func remove(_ id: String, in tx: Transaction) throws {
        try tx.execute("DELETE FROM seed WHERE id = \(id)")
        try tx.remove(id, from: SearchModelTests.kind)
    }
}

@Suite("A search over a database and its plain model")
struct StoredModelTests {
    private struct Node {
        let database: any Database
        let folder: String
        var search: Search?

        /// As a crash would: nothing more is saved.
        mutating func restart() async throws {
            self.search = nil
            let search = Search(Seeds.source, database: self.database, folder: self.folder, logger: TestDatabases.quiet)
            try await search.open()
            self.search = search
        }
    }

    private static func nodes(_ engine: Engine) async throws -> [Node] {
        var databases: [any Database] = []
        if engine == .postgres {
            let url = try await TestDatabases.postgresSchema()
            for _ in 0..<2 {
                databases.append(try PostgresDatabase(url: url, readers: 1, logger: TestDatabases.quiet))
            }
        } else {
            databases.append(try await TestDatabases.make(engine))
        }
        _ = try await databases[0].migrate(Seeds.migrations)
        var nodes = databases.map { Node(database: $0, folder: TestDatabases.temporaryPath("search")) }
        for index in nodes.indices { try await nodes[index].restart() }
        return nodes
    }

    @Test("agree on every answer, on every node, with merges, files, rebuilds and crashes", arguments: Engine.available)
    func agree(engine: Engine) async throws {
        let environment = ProcessInfo.processInfo.environment
        let steps = (Int(environment["SEARCH_STEPS"] ?? "") ?? 4000) / 10
        let seed = UInt64(environment["SEARCH_SEED"] ?? "") ?? 20_261_129
        var random = SeededGenerator(seed: seed)
        var plain = PlainSearch(kind: SearchModelTests.kind)
        var nodes = try await Self.nodes(engine)
        for step in 0..<steps {
            let place = Int.random(in: nodes.indices, using: &random)
            switch Int.random(in: 0..<20, using: &random) {
            case 0..<8:
                let changes = (0..<Int.random(in: 1...6, using: &random)).map { _ in
                    (
                        id: "r\(Int.random(in: 0..<90, using: &random))",
                        seed: Int.random(in: 0..<4, using: &random) == 0
                            ? nil : Int64.random(in: 1..<9999, using: &random)
                    )
                }
                for (id, seed) in changes {
                    if let seed { plain.put(Seeds.document(id, seed)) } else { plain.remove(id) }
                }
                try await nodes[place].database.write { tx in
                    for (id, seed) in changes {
                        if let seed { try Seeds.put(id, seed, in: tx) } else { try Seeds.remove(id, in: tx) }
                    }
                }
            case 8..<10: _ = try await nodes[place].search?.work()
            case 10: try await nodes[place].search?.save()
            case 11 where step % 4 == 0: try await nodes[place].restart()
            case 12 where step % 8 == 0: try await nodes[place].search?.askForRebuild()
            default:
                let query = SearchModelTests.query(&random)
                let expected = plain.answer(query)
                for node in nodes {
                    try await node.search?.follow()
                    let found = node.search?.answer(query)
                    let context = "step \(step) seed \(seed): \(query)"
                    #expect(found?.total == expected.total, "\(context)")
                    #expect(found?.hits.map(\.id) == expected.hits.map(\.id), "\(context)")
                    #expect(found?.hits.map(\.score) == expected.hits.map(\.score), "\(context)")
                    #expect(found?.facets == expected.facets, "\(context)")
                    guard found?.hits.map(\.id) == expected.hits.map(\.id) else { return }
                }
            }
        }
        for node in nodes {
            #expect(try await node.search?.verify() == [])
            await node.database.close()
        }
    }

    @Test("whatever byte is damaged, the index is made anew and the process lives")
    func damage() async throws {
        let rounds = Int(ProcessInfo.processInfo.environment["SEARCH_DAMAGE"] ?? "") ?? 20
        var node = try await Self.nodes(.sqlite)[0]
        try await node.database.write { tx in
            for number in 0..<400 { try Seeds.put("r\(number)", Int64(number), in: tx) }
        }
        try await node.search?.follow()
        try await node.database.write { tx in for number in 0..<40 { try Seeds.remove("r\(number)", in: tx) } }
        try await node.search?.save()
        let expected = node.search?.answer(SearchQuery("weather")).total
        node.search = nil
        let files = URL(filePath: node.folder).appending(path: SearchModelTests.kind.name)
        let kept = TestDatabases.temporaryPath("kept")
        try FileManager.default.copyItem(atPath: files.path, toPath: kept)
        var random = SeededGenerator(seed: UInt64(ProcessInfo.processInfo.environment["SEARCH_SEED"] ?? "") ?? 14)
        for round in 0..<rounds {
            node.search = nil
            try FileManager.default.removeItem(at: files)
            try FileManager.default.copyItem(atPath: kept, toPath: files.path)
            try Self.damageSome(files, round, &random)
            try await node.restart()
            // A damaged part may answer wrongly until it is noticed, but it answers.
            for _ in 0..<12 {
                await Task.yield()
                let query = SearchModelTests.query(&random)
                let found = node.search?.answer(query).hits.map(\.id) ?? []
                #expect(found.count <= query.limit)
            }
            let search = node.search
            await self.eventually {
                _ = try? await search?.work()
                return (try? await search?.verify()) == [] && search?.answer(SearchQuery("weather")).total == expected
            }
        }
        await node.database.close()
    }

    private static func damageSome(_ files: URL, _ round: Int, _ random: inout SeededGenerator) throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: files.path).filter { $0 != "lock" }.sorted()
        let file = files.appending(path: names[round % names.count])
        var bytes = Array(try Data(contentsOf: file))
        guard !bytes.isEmpty else { return }
        if round % 5 == 4 {
            bytes = Array(bytes.prefix(Int.random(in: 0..<bytes.count, using: &random)))
        } else {
            for _ in 0...(round % 3) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
            }
        }
        try Data(bytes).write(to: file)
    }

    /// Waits for a condition; the test fails when it does not come.
    private func eventually(_ condition: () async -> Bool) async {
        for _ in 0..<400 {
            if await condition() { return }
            try? await Task.sleep(for: .milliseconds(25))
        }
        Issue.record("it did not come")
    }
}
