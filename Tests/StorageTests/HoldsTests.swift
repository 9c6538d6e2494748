import Foundation
import Storage
import TestKit
import Testing

@Suite("Holds in memory")
struct HoldsTests {
    /// A table of amounts that cannot fall below zero, and holds of them.
    private struct Fixture: Sendable {
        let database: any Database
        let holds: Holds<Int>

        init(stored: Int64) async throws {
            self.database = try await TestDatabases.make(.sqlite)
            try await self.database.write { tx in
                try tx.executeSchema(
                    "CREATE TABLE purse (id INTEGER PRIMARY KEY, amount INTEGER NOT NULL CHECK (amount >= 0))"
                )
                try tx.execute("INSERT INTO purse (id, amount) VALUES (1, \(stored))")
            }
            self.holds = Holds(self.database) { key, tx in
                try tx.value("SELECT amount FROM purse WHERE id = \(key)") ?? 0
            }
        }

        func spend(_ hold: Holds<Int>.Hold, _ amount: Int64? = nil, failing: Bool = false) async throws {
            struct Failure: Error {}
            try await self.database.write { tx in
                try tx.execute("UPDATE purse SET amount = amount - \(amount ?? hold.amount) WHERE id = 1")
                hold.spend(amount, in: tx)
                if failing { throw Failure() }
            }
        }

        func add(_ amount: Int64) async throws {
            try await self.database.write {
                try $0.execute("UPDATE purse SET amount = amount + \(amount) WHERE id = 1")
            }
        }

        func stored() async throws -> Int64 {
            try await self.database.read { try $0.value("SELECT amount FROM purse WHERE id = 1") ?? -1 }
        }
    }

    @Test("256 at once hold what is there, and not one more")
    func overspending() async throws {
        let fixture = try await Fixture(stored: 100)
        let spent = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<256 {
                group.addTask {
                    guard let hold = try await fixture.holds.take(1, of: 1) else { return 0 }
                    try await fixture.spend(hold)
                    return 1
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(spent == 100)
        #expect(try await fixture.stored() == 0)
        #expect(fixture.holds.held(of: 1) == 0)
    }

    @Test("what nobody holds any more is free again, also after a commit that failed")
    func release() async throws {
        let fixture = try await Fixture(stored: 10)
        var hold = try await fixture.holds.take(10, of: 1)
        #expect(try await fixture.holds.take(1, of: 1) == nil)
        hold = nil
        hold = try await fixture.holds.take(10, of: 1)
        await #expect(throws: (any Error).self) { try await fixture.spend(try #require(hold), failing: true) }
        #expect(fixture.holds.held(of: 1) == 10)
        try #require(hold).release()
        #expect(fixture.holds.held(of: 1) == 0)
        #expect(try await fixture.holds.left(of: 1) == 10)
    }

    @Test("money that came in is found before anybody is refused")
    func growth() async throws {
        let fixture = try await Fixture(stored: 1)
        #expect(try await fixture.holds.take(5, of: 1) == nil)
        try await fixture.add(4)
        let hold = try #require(try await fixture.holds.take(5, of: 1))
        try await fixture.spend(hold, 2)
        #expect(try await fixture.holds.left(of: 1) == 3)
        #expect(try await fixture.holds.take(1, of: 2) == nil)
    }

    @Test("all that is left is what others do not hold")
    func all() async throws {
        let fixture = try await Fixture(stored: 10)
        let some = try await fixture.holds.take(3, of: 1)
        let rest = try await fixture.holds.takeAll(of: 1)
        #expect(some?.amount == 3 && rest?.amount == 7)
        #expect(try await fixture.holds.takeAll(of: 1) == nil)
    }

    @Test("a floor below zero counts up to it")
    func floor() async throws {
        let fixture = try await Fixture(stored: 0)
        let holds = Holds<Int>(fixture.database) { _, _ in -2 }
        let third = try await holds.take(1, of: 1, floor: -3)
        #expect(third != nil)
        #expect(try await holds.take(1, of: 1, floor: -3) == nil)
        #expect(holds.held(of: 1) == 1)
    }

    @Test("whatever happens at once, the amount never falls below zero and nothing stays held")
    func model() async throws {
        let fixture = try await Fixture(stored: 50)
        let change = try await withThrowingTaskGroup(of: Int64.self) { group in
            for worker in 0..<16 { group.addTask { try await Self.work(fixture, takesAll: worker == 0) } }
            return try await group.reduce(0, +)
        }
        #expect(try await fixture.stored() == 50 + change)
        #expect(fixture.holds.held(of: 1) == 0)
        #expect(try await fixture.holds.left(of: 1) == 50 + change)
    }

    /// What one of many does; by how much the amount has changed.
    private static func work(_ fixture: Fixture, takesAll: Bool) async throws -> Int64 {
        var change: Int64 = 0
        for _ in 0..<60 {
            let amount = Int64.random(in: 1...9)
            let action = Int.random(in: 0..<10)
            if action == 0 {
                try await fixture.add(amount)
                change += amount
                continue
            }
            let isAll = action == 1 && takesAll
            let hold = try await isAll ? fixture.holds.takeAll(of: 1) : fixture.holds.take(amount, of: 1)
            guard let hold else { continue }
            switch action {
            case 2: break
            case 3: try? await fixture.spend(hold, failing: true)
            default:
                let spent = min(hold.amount, amount)
                try await fixture.spend(hold, spent)
                change -= spent
            }
        }
        return change
    }
}

@Suite("The claim of a server on its file")
struct ServerLockTests {
    @Test("one has it, the next is told who, and whoever ends gives it up")
    func claim() throws {
        let path = TestDatabases.temporaryPath("sqlite")
        var first: ServerLock? = try ServerLock(databasePath: path)
        do {
            _ = try ServerLock(databasePath: path)
            Issue.record("two have it")
        } catch let taken as ServerLock.Taken { #expect(taken.process == getpid()) }
        withExtendedLifetime(first) {}
        first = nil
        _ = try ServerLock(databasePath: path)
        #expect(throws: StorageError.self) { try ServerLock(databasePath: "/nowhere/souk.sqlite") }
    }
}
