import Foundation
import Kernel
import Storage
import TestKit
import Testing

@Suite("What each engine promises by itself")
struct EngineTests {
    private static let counter = Migration(
        "test/0001",
        .schema("CREATE TABLE counter (id TEXT PRIMARY KEY, value INTEGER NOT NULL)")
    )

    @Test("SQLite commits with synchronous = FULL")
    func synchronous() async throws {
        let database = try SQLiteDatabase(path: TestDatabases.temporaryPath("sqlite"))
        #expect(try await database.synchronous() == 2)
        await database.close()
    }

    @Test("writes that wait share a commit")
    func groupCommit() async throws {
        let database = try SQLiteDatabase(path: TestDatabases.temporaryPath("sqlite"))
        _ = try await database.migrate([Self.counter])
        try await database.write { try $0.execute("INSERT INTO counter VALUES ('a', 0)") }
        let before = database.commitCount
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<2000 {
                group.addTask { try await database.write { try $0.execute("UPDATE counter SET value = value + 1") } }
            }
            try await group.waitForAll()
        }
        #expect(try await database.read { try $0.value("SELECT value FROM counter", as: Int.self) } == 2000)
        #expect(database.commitCount - before < 1000)
        await database.close()
    }

    @Test("statements that are put together from what is asked take bounded memory")
    func statements() async throws {
        let database = try SQLiteDatabase(path: TestDatabases.temporaryPath("sqlite"))
        var highest = 0
        for number in 0..<4000 {
            let conditions = (0..<50).map { SQL(stringLiteral: "'a' <> 'b\(number)\($0)'") }
            _ = try await database.read { try $0.value("SELECT 1 WHERE \(SQL.all(conditions))", as: Int.self) }
            if number.isMultiple(of: 50) { highest = max(highest, try await database.statementBytes()) }
        }
        #expect(highest > StatementLimit.bytes / 4)
        #expect(highest < StatementLimit.bytes * 2)
        await database.close()
    }

    @Test("a full disk fails every job of the commit, and the next commit works again")
    func diskFull() async throws {
        let database = try SQLiteDatabase(path: TestDatabases.temporaryPath("sqlite"))
        _ = try await database.migrate([Self.counter])
        try await database.limitPages(to: 12)
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<64 {
                group.addTask {
                    let text = String(repeating: "x", count: 4000)
                    return
                        (try? await database.write {
                            try $0.execute("INSERT INTO counter VALUES (\("\(number)\(text)"), 1)")
                        }) != nil
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        let stored = try await database.read { try $0.value("SELECT COUNT(*) FROM counter", as: Int.self) }
        #expect(stored == outcomes)
        #expect(outcomes < 64)
        try await database.limitPages(to: 100_000)
        try await database.write { try $0.execute("INSERT INTO counter VALUES ('after', 1)") }
        await database.close()
    }

    @Test("a full queue answers that the server is busy, with Retry-After")
    func overloaded() async throws {
        let database = try SQLiteDatabase(path: TestDatabases.temporaryPath("sqlite"))
        let gate = DispatchSemaphore(value: 0)
        let (held, hold) = AsyncStream.makeStream(of: Void.self)
        let refused = await withTaskGroup(of: Problem?.self) { group in
            group.addTask {
                try? await database.write { _ in
                    hold.finish()
                    gate.wait()
                }
                return nil
            }
            for await _ in held {}
            for _ in 0..<11_000 {
                group.addTask {
                    do { try await database.write { _ in } } catch { return error as? Problem }
                    return nil
                }
            }
            // The queue stays shut until as many were refused as do not fit: how fast this machine queues them does not matter.
            var problems: [Problem] = []
            for await case let problem? in group {
                problems.append(problem)
                if problems.count == 500 { gate.signal() }
            }
            return problems
        }
        #expect(refused.count >= 500)
        #expect(refused.first == Problem.overloaded)
        #expect(refused.first?.headers.contains(.init("Retry-After", "1")) == true)
        await database.close()
    }

    @Test(
        "two PostgreSQL nodes that change the same row take turns, and none is refused",
        .enabled(if: TestDatabases.postgresURL != nil)
    )
    func serialization() async throws {
        let url = try await TestDatabases.postgresSchema()
        let nodes = try (0..<2).map { _ in try PostgresDatabase(url: url, readers: 1, logger: TestDatabases.quiet) }
        _ = try await nodes[0].migrate([Self.counter])
        try await nodes[0].write { try $0.execute("INSERT INTO counter VALUES ('a', 0)") }
        let done = Locked(0)
        await withTaskGroup(of: Void.self) { group in
            for index in 0..<200 {
                group.addTask {
                    let outcome: Void? = try? await nodes[index % 2].write { tx in
                        let value = try tx.value("SELECT value FROM counter", as: Int.self)!
                        try tx.execute("UPDATE counter SET value = \(value + 1)")
                    }
                    if outcome != nil { done.change { $0 += 1 } }
                }
            }
        }
        let value = try await nodes[1].read { try $0.value("SELECT value FROM counter", as: Int.self) }
        #expect(value == 200)
        #expect(done.value == 200)
        for node in nodes { await node.close() }
    }

    @Test("a PostgreSQL node that hangs in its turn loses it", .enabled(if: TestDatabases.postgresURL != nil))
    func hungTurn() async throws {
        let url = try await TestDatabases.postgresSchema()
        let nodes = try (0..<2).map { _ in
            try PostgresDatabase(url: url, readers: 1, turnSeconds: 1, logger: TestDatabases.quiet)
        }
        _ = try await nodes[0].migrate([Self.counter])
        let hasBegun = Locked(false)
        async let hung: Void = nodes[0].write { tx in
            try tx.execute("INSERT INTO counter VALUES ('hung', 1)")
            hasBegun.change { $0 = true }
            Thread.sleep(forTimeInterval: 3)
        }
        while !hasBegun.value { try await Task.sleep(for: .milliseconds(10)) }
        let began = ContinuousClock.now
        try await nodes[1].write { try $0.execute("INSERT INTO counter VALUES ('other', 1)") }
        #expect(began.duration(to: .now) < .seconds(2.8))
        // Its connection is gone, and with it what it wrote.
        let outcome: Void? = try? await hung
        #expect(outcome == nil)
        let names = try await nodes[1].read { try $0.rows("SELECT id FROM counter") { try $0.column(String.self) } }
        #expect(names == ["other"])
        for node in nodes { await node.close() }
    }

    @Test(
        "what one PostgreSQL node changes, the other hears within a second",
        .enabled(if: TestDatabases.postgresURL != nil)
    )
    func listening() async throws {
        let url = try await TestDatabases.postgresSchema()
        let nodes = try (0..<2).map { _ in try PostgresDatabase(url: url, readers: 1, logger: TestDatabases.quiet) }
        let heard = Heard()
        let topic = UUID().uuidString
        nodes[1].invalidations.on(topic) { key in key.map { heard.add($0) } }
        // The listener connects beside the constructor.
        for _ in 0..<20 where !heard.keys.contains("key") {
            try await nodes[0].write { try $0.invalidate(topic, "key") }
            try await Task.sleep(for: .milliseconds(200))
        }
        #expect(heard.keys.contains("key"))
        for node in nodes { await node.close() }
    }

    @Test("a lost PostgreSQL connection is opened again", .enabled(if: TestDatabases.postgresURL != nil))
    func reconnect() async throws {
        let url = try await TestDatabases.postgresSchema()
        let database = try PostgresDatabase(url: url, readers: 1, logger: TestDatabases.quiet)
        let admin = try PostgresDatabase(url: TestDatabases.postgresURL!, readers: 1, logger: TestDatabases.quiet)
        _ = try await database.migrate([Self.counter])
        let pid = try await database.write { try $0.value("SELECT pg_backend_pid()", as: Int.self) }
        _ = try await admin.write { try $0.value("SELECT pg_terminate_backend(\(pid!))", as: Int.self) }
        try await database.write { try $0.execute("INSERT INTO counter VALUES ('a', 1)") }
        #expect(try await database.read { try $0.value("SELECT COUNT(*) FROM counter", as: Int.self) } == 1)
        await database.close()
        await admin.close()
    }
}
