import Foundation
import Kernel
import Storage
import TestKit
import Testing

@Suite("Database")
struct DatabaseTests {
    static let schema = Migration(
        "test/0001",
        .schema(
            """
            CREATE TABLE item (id TEXT PRIMARY KEY, owner TEXT NOT NULL, number INTEGER NOT NULL, bytes BLOB,
                CONSTRAINT item_number CHECK (number >= 0));
            CREATE UNIQUE INDEX item_owner_number ON item (owner, number);
            """
        )
    )

    struct Refused: Error {}

    private func database(_ engine: Engine) async throws -> any Database {
        let database = try await TestDatabases.make(engine)
        _ = try await database.migrate([Self.schema])
        return database
    }

    @Test("every kind of value comes back as it was", arguments: Engine.available)
    func values(engine: Engine) async throws {
        let database = try await self.database(engine)
        let bytes: [UInt8] = Array(0...255)
        let found = try await database.write { tx in
            try tx.execute("INSERT INTO item VALUES (\("ключ"), \(""), \(Int64.max), \(bytes))")
            return try tx.row("SELECT id, owner, number, bytes FROM item") { row in
                (
                    try row.column(String.self), try row.column(String.self), try row.column(Int64.self),
                    try row.column([UInt8].self)
                )
            }
        }
        #expect(found?.0 == "ключ")
        #expect(found?.1 == "")
        #expect(found?.2 == Int64.max)
        #expect(found?.3 == bytes)
        await database.close()
    }

    @Test("a fragment takes its bindings along", arguments: Engine.available)
    func fragments(engine: Engine) async throws {
        let database = try await self.database(engine)
        let count = try await database.write { tx in
            for number in 0..<5 { try tx.execute("INSERT INTO item VALUES (\("i\(number)"), \("o"), \(number), NULL)") }
            let conditions: [SQL] = ["number > \(0)", "number < \(4)", "owner = \("o")"]
            return try tx.value(
                "SELECT COUNT(*) FROM item WHERE id <> \("i2") AND \(SQL.joined(conditions, separator: " AND "))",
                as: Int.self
            )
        }
        #expect(count == 2)
        await database.close()
    }

    @Test("constraints have the same names on every engine", arguments: Engine.available)
    func constraints(engine: Engine) async throws {
        let database = try await self.database(engine)
        try await database.write { try $0.execute("INSERT INTO item VALUES ('a', 'o', 1, NULL)") }
        let broken: [(SQL, StorageError)] = [
            ("INSERT INTO item VALUES ('a', 'p', 1, NULL)", .constraint(.unique, name: "item_pkey")),
            ("INSERT INTO item VALUES ('b', 'o', 1, NULL)", .constraint(.unique, name: "item_owner_number")),
            ("INSERT INTO item VALUES ('b', 'o', -1, NULL)", .constraint(.check, name: "item_number")),
            ("INSERT INTO item (id, owner) VALUES ('b', 'o')", .constraint(.notNull, name: "item_number")),
        ]
        for (statement, error) in broken {
            await #expect(throws: error) { try await database.write { try $0.execute(statement) } }
        }
        await database.close()
    }

    @Test("a failed job leaves nothing behind, and its neighbours in the commit stay", arguments: Engine.available)
    func isolation(engine: Engine) async throws {
        let database = try await self.database(engine)
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<200 {
                group.addTask {
                    try? await database.write { tx in
                        try tx.execute("INSERT INTO item VALUES (\("i\(number)"), 'o', \(number), NULL)")
                        if number.isMultiple(of: 3) { throw Refused() }
                    }
                }
            }
        }
        let numbers = try await database.read {
            try $0.rows("SELECT number FROM item ORDER BY number") { try $0.column(Int.self) }
        }
        #expect(numbers == (0..<200).filter { !$0.isMultiple(of: 3) })
        await database.close()
    }

    @Test("what is invalidated is told after the commit, and not after a rollback", arguments: Engine.available)
    func invalidation(engine: Engine) async throws {
        let database = try await self.database(engine)
        let heard = Heard()
        // One server's tests share a channel.
        let topic = UUID().uuidString
        database.invalidations.on(topic) { key in key.map { heard.add($0) } }
        try await database.write { try $0.invalidate(topic, "kept") }
        try? await database.write { tx in
            try tx.invalidate(topic, "rolled back")
            throw Refused()
        }
        #expect(heard.keys == ["kept"])
        await database.close()
    }

    @Test("migrations apply once; a changed one and a newer database are refused", arguments: Engine.available)
    func migrations(engine: Engine) async throws {
        let database = try await TestDatabases.make(engine)
        #expect(try await database.migrate([Self.schema]) == ["test/0001"])
        #expect(try await database.migrate([Self.schema]) == [])
        let changed = Migration("test/0001", .schema("CREATE TABLE other (id TEXT)"))
        await #expect(throws: MigrationError.changed(id: "test/0001")) { try await database.migrate([changed]) }
        await #expect(throws: MigrationError.tooNew(id: "test/0001")) { try await database.migrate([]) }
        let more = [Self.schema, Migration("test/0009", .schema("CREATE TABLE later (id INTEGER PRIMARY KEY)"))]
        await #expect(throws: MigrationError.served(id: "test/0009")) {
            try await database.migrate(more, isServed: true)
        }
        let failing = Migration("test/0002", .schema("CREATE TABLE half (id TEXT)"), .schema("CREATE TABLE nonsense ("))
        await #expect(throws: (any Error).self) { try await database.migrate([Self.schema, failing]) }
        #expect(
            try await database.migrate([Self.schema, Migration("test/0002", .schema("CREATE TABLE half (id TEXT)"))])
                == ["test/0002"]
        )
        await database.close()
    }
}

final class Heard: Sendable {
    private let state = Locked<[String]>([])
    var keys: [String] { self.state.value }
    func add(_ key: String) { self.state.change { $0.append(key) } }
}
