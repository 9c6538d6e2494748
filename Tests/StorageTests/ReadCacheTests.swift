import TestKit
import Testing

@testable import Storage

@Suite("Rows from memory")
struct ReadCacheTests {
    private static func make(_ database: any Database) async throws -> ReadCache<String, String> {
        try await database.write {
            try $0.executeSchema("CREATE TABLE word (name TEXT PRIMARY KEY, text TEXT NOT NULL)")
        }
        return ReadCache(keyed: "word", of: database, limit: 2)
    }

    private static func find(_ name: String, _ cache: ReadCache<String, String>) async throws -> String? {
        try await cache.find(name) { try $0.value("SELECT text FROM word WHERE name = \(name)") }
    }

    private static func put(_ name: String, _ text: String, _ database: any Database, telling key: String? = nil)
        async throws
    {
        try await database.write { tx in
            try tx.execute(
                """
                INSERT INTO word (name, text) VALUES (\(name), \(text))
                ON CONFLICT (name) DO UPDATE SET text = excluded.text
                """
            )
            try tx.invalidate("word", key ?? name)
        }
    }

    /// PostgreSQL's listener, when it has begun, says once that everything may be stale. So it is waited for: another node says
    /// something until this one hears it.
    private static func makeListening(_ engine: Engine) async throws -> any Database {
        guard engine == .postgres else { return try await TestDatabases.make(engine) }
        let url = try await TestDatabases.postgresSchema()
        let database = try PostgresDatabase(url: url, logger: TestDatabases.quiet)
        let other = try PostgresDatabase(url: url, readers: 1, logger: TestDatabases.quiet)
        let hasHeard = Locked(false)
        database.invalidations.on("hello") { key in if key == "node" { hasHeard.change { $0 = true } } }
        while !hasHeard.value {
            try await other.write { try $0.invalidate("hello", "node") }
            try await Task.sleep(for: .milliseconds(20))
        }
        await other.close()
        return database
    }

    @Test("a row is kept until a write names its key, and what is not there is not kept", arguments: Engine.available)
    func kept(engine: Engine) async throws {
        let database = try await Self.makeListening(engine)
        let cache = try await Self.make(database)
        #expect(try await Self.find("a", cache) == nil)
        try await Self.put("a", "one", database)
        #expect(try await Self.find("a", cache) == "one")
        try await Self.put("a", "two", database, telling: "b")
        #expect(try await Self.find("a", cache) == "one")
        try await Self.put("a", "three", database)
        #expect(cache.peek("a") == nil)
        #expect(try await Self.find("a", cache) == "three")
        await database.close()
    }

    @Test("a row that was read before an invalidation is not kept after it", arguments: Engine.available)
    func late(engine: Engine) async throws {
        let database = try await TestDatabases.make(engine)
        let cache = try await Self.make(database)
        try await Self.put("a", "one", database)
        let read = try await cache.find("a") { tx in
            database.invalidations.publish(Invalidation(topic: "word", key: "a"))
            return try tx.value("SELECT text FROM word WHERE name = 'a'")
        }
        #expect(read == "one")
        #expect(cache.peek("a") == nil)
        await database.close()
    }

    @Test("beyond its limit it begins anew", arguments: Engine.available)
    func limit(engine: Engine) async throws {
        let database = try await TestDatabases.make(engine)
        let cache = try await Self.make(database)
        for name in ["a", "b", "c"] {
            try await Self.put(name, name, database)
            #expect(try await Self.find(name, cache) == name)
        }
        #expect(cache.peek("a") == nil)
        #expect(cache.peek("c") == "c")
        await database.close()
    }
}
