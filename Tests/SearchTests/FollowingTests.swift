import Foundation
import Kernel
import Logging
import Storage
import Synchronization
import TestKit
import Testing

@testable import Search

/// Records of a small table, as a surface would have them.
struct Things {
    static let kind = SearchKind(
        "test.things",
        fields: [SearchField("name", weight: 2, usualLength: 3), SearchField("text", weight: 1, usualLength: 5)],
        columns: [SearchColumn("state", .exact), SearchColumn("size", .number)]
    )

    static let source = SearchSource(
        kind,
        load: { tx, ids in try Things.read(tx, "SELECT id, name, text FROM thing WHERE id IN (\(list: ids))") },
        page: { tx, after, limit in
            let documents = try Things.read(
                tx,
                "SELECT id, name, text FROM thing WHERE id > \(after ?? "") ORDER BY id LIMIT \(limit)"
            )
            return .init(documents, last: documents.last?.id)
        }
    )

    private static func read(_ tx: Transaction, _ sql: SQL) throws -> [SearchDocument] {
        try tx.rows(sql) { row in self.document(try row.column(), try row.column(), try row.column()) }
    }

    static func document(_ id: String, _ name: String, _ text: String) -> SearchDocument {
        SearchDocument(id: id, texts: [name, text], values: [.exact("on"), .number(Int64(name.utf8.count))])
    }

    static let migrations =
        SearchSchema.migrations + [
            Migration(
                "test/0001",
                .schema("CREATE TABLE thing (id TEXT PRIMARY KEY, name TEXT NOT NULL, text TEXT NOT NULL);")
            )
        ]

    static func put(_ id: String, _ name: String, _ text: String = "", in tx: Transaction) throws {
        try tx.execute(
            """
            INSERT INTO thing (id, name, text) VALUES (\(id), \(name), \(text))
            ON CONFLICT (id) DO UPDATE SET name = excluded.name, text = excluded.text
            """
        )
        try tx.put(self.document(id, name, text), in: self.kind)
    }

    static func remove(_ id: String, in tx: Transaction) throws {
        try tx.execute("DELETE FROM thing WHERE id = \(id)")
        try tx.remove(id, from: self.kind)
    }
}

@Suite("A search that follows its records")
struct FollowingTests {
    private static func open(_ database: any Database, _ folder: String? = nil) async throws -> Search {
        let search = Search(Things.source, database: database, folder: folder, logger: TestDatabases.quiet)
        try await search.open()
        return search
    }

    private static func names(_ search: Search, _ text: String) -> [String] {
        search.answer(SearchQuery(text, limit: 100)).hits.map(\.id).sorted()
    }

    @Test(
        "what is written is found when it is acknowledged, and what was rolled back is not",
        arguments: Engine.available
    )
    func acknowledged(engine: Engine) async throws {
        let database = try await TestDatabases.make(engine)
        _ = try await database.migrate(Things.migrations)
        let search = try await Self.open(database)
        try await database.write { try Things.put("a", "weather", in: $0) }
        #expect(Self.names(search, "weather") == ["a"])
        try await database.write { try Things.put("a", "forecast", in: $0) }
        #expect(Self.names(search, "weather") == [])
        #expect(Self.names(search, "forecast") == ["a"])
        try? await database.write { tx in
            try Things.put("b", "forecast", in: tx)
            throw Problem(.invalid, "refused")
        }
        #expect(Self.names(search, "forecast") == ["a"])
        try await database.write { try Things.remove("a", in: $0) }
        #expect(Self.names(search, "forecast") == [])
        await database.close()
    }

    @Test("another node finds what it reads in the log", .enabled(if: TestDatabases.postgresURL != nil))
    func nodes() async throws {
        let url = try await TestDatabases.postgresSchema()
        let nodes = try (0..<2).map { _ in try PostgresDatabase(url: url, readers: 1, logger: TestDatabases.quiet) }
        _ = try await nodes[0].migrate(Things.migrations)
        let searches = [try await Self.open(nodes[0]), try await Self.open(nodes[1])]
        for number in 0..<200 {
            try await nodes[number % 2].write { try Things.put("n\(number % 50)", "weather \(number)", in: $0) }
        }
        try await nodes[0].write { try Things.remove("n7", in: $0) }
        for search in searches { try await search.follow() }
        let query = SearchQuery("weather", limit: 100)
        #expect(searches[0].answer(query).total == 49)
        #expect(searches[0].answer(query).hits == searches[1].answer(query).hits)
        for search in searches { #expect(try await search.verify() == []) }
        for node in nodes { await node.close() }
    }

    @Test("a restart finds everything, saved or not", arguments: Engine.available)
    func restart(engine: Engine) async throws {
        let database = try await TestDatabases.make(engine)
        _ = try await database.migrate(Things.migrations)
        let folder = TestDatabases.temporaryPath("search")
        var search: Search? = try await Self.open(database, folder)
        for number in 0..<300 {
            try await database.write { try Things.put("r\(number)", "weather \(number % 10)", in: $0) }
        }
        try await search?.save()
        for number in 0..<50 { try await database.write { try Things.put("r\(number)", "forecast", in: $0) } }
        for number in 50..<60 { try await database.write { try Things.remove("r\(number)", in: $0) } }
        // As a crash would: nothing more is saved.
        search = nil
        let again = try await Self.open(database, folder)
        #expect(again.answer(SearchQuery("weather")).total == 240)
        #expect(again.answer(SearchQuery("forecast")).total == 50)
        #expect(try await again.verify() == [])
        await database.close()
    }

    @Test("an index that does not belong to the log is made anew")
    func otherLog() async throws {
        let database = try await TestDatabases.make(.sqlite)
        _ = try await database.migrate(Things.migrations)
        let folder = TestDatabases.temporaryPath("search")
        var search: Search? = try await Self.open(database, folder)
        for number in 0..<20 { try await database.write { try Things.put("r\(number)", "weather", in: $0) } }
        try await search?.save()
        search = nil
        // As a backup from before would be: the log never came so far.
        try await database.write { tx in
            try tx.execute("DELETE FROM thing WHERE id = 'r7'")
            try tx.execute("DELETE FROM search_change WHERE number > 10")
        }
        let again = try await Self.open(database, folder)
        #expect(again.answer(SearchQuery("weather")).total == 19)
        #expect(try await again.verify() == [])
        await database.close()
    }

    @Test("a server that missed changes makes its index anew while it runs")
    func missed() async throws {
        let database = try await TestDatabases.make(.sqlite)
        _ = try await database.migrate(Things.migrations)
        let search = try await Self.open(database, TestDatabases.temporaryPath("search"))
        for number in 0..<20 { try await database.write { try Things.put("r\(number)", "weather", in: $0) } }
        try await search.follow()
        // As another server would, for longer than the log is kept.
        try await database.write { tx in
            try tx.execute("DELETE FROM thing WHERE id = 'r7'")
            try tx.execute("INSERT INTO search_change (kind, record_id, changed_at) VALUES ('test.things', 'r7', 0)")
            try tx.execute("INSERT INTO search_change (kind, record_id, changed_at) VALUES ('test.things', 'r8', 0)")
            try tx.execute("DELETE FROM search_change WHERE number <= 21")
        }
        while try await search.work() {}
        #expect(search.answer(SearchQuery("weather")).total == 19)
        #expect(try await search.verify() == [])
        await database.close()
    }

    @Test("a rebuild answers from the old index until the new one is complete")
    func rebuild() async throws {
        let database = try await TestDatabases.make(.sqlite)
        _ = try await database.migrate(Things.migrations)
        let search = try await Self.open(database, TestDatabases.temporaryPath("search"))
        try await database.write { tx in
            for number in 0..<5000 { try Things.put("r\(number)", "weather \(number)", in: tx) }
        }
        try await search.askForRebuild()
        repeat {
            #expect(search.answer(SearchQuery("weather")).total >= 5000)
            try await database.write { try Things.put("new\(search.count)", "weather", in: $0) }
        } while try await search.work()
        #expect(try await search.findRebuild()?.isFinished == true)
        #expect(try await search.verify() == [])
        let stored = try await database.read { try $0.value("SELECT COUNT(*) FROM thing", as: Int.self) }
        #expect(search.answer(SearchQuery("weather")).total == stored)
        await database.close()
    }

    @Test("no reader sees half a change, whoever writes meanwhile")
    func race() async throws {
        let database = try await TestDatabases.make(.sqlite)
        _ = try await database.migrate(Things.migrations)
        let search = try await Self.open(database, TestDatabases.temporaryPath("search"))
        let count = 64
        try await database.write { tx in
            for number in 0..<count { try Things.put("r\(number)", "owner\(number)x version0", in: tx) }
        }
        let seconds = Int(ProcessInfo.processInfo.environment["SEARCH_RACE_SECONDS"] ?? "") ?? 1
        let end = ContinuousClock.now + .seconds(seconds)
        let wrong = Locked(0)
        let reads = Locked(0)
        // Longer where other tests have the processors.
        let goesOn = { @Sendable in
            ContinuousClock.now < end || reads.value <= 100 && ContinuousClock.now < end + .seconds(30)
        }
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<count {
                group.addTask {
                    var version = 0
                    while goesOn() {
                        version += 1
                        let text = "owner\(number)x version\(version)"
                        try? await database.write { try Things.put("r\(number)", text, in: $0) }
                        let own = search.answer(SearchQuery(text, mode: .all))
                        if own.hits.map(\.id) != ["r\(number)"] { wrong.change { $0 += 1 } }
                        try? await Task.sleep(for: .milliseconds(5))
                    }
                }
                group.addTask {
                    while goesOn() {
                        let found = search.answer(SearchQuery("owner\(number)x", mode: .all))
                        if found.total != 1 || found.hits.map(\.id) != ["r\(number)"] { wrong.change { $0 += 1 } }
                        reads.change { $0 += 1 }
                        try? await Task.sleep(for: .milliseconds(5))
                    }
                }
            }
            // As the server does, also while the index is made anew.
            try? await search.askForRebuild()
            group.addTask { while goesOn() { _ = try? await search.catchUp() } }
            group.addTask { while goesOn() { _ = try? await search.maintain() } }
        }
        while try await search.work() {}
        #expect(wrong.value == 0)
        #expect(reads.value > 100)
        #expect(try await search.verify() == [])
        await database.close()
    }
}
