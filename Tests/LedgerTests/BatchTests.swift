import Kernel
import Ledger
import Storage
import TestKit
import Testing

/// What the bodies of one commit leave to be done together.
@Suite("Work that a commit does together")
struct BatchTests {
    private static let origin = Origin(kind: "call", subject: "s", traceID: nil, requestID: nil)
    private static let notes = Migration(
        "test/0001-notes",
        .schema("CREATE TABLE note (name TEXT PRIMARY KEY, value INTEGER NOT NULL);")
    )

    @Test("of 256 postings at once, exactly those are made that the balance covers", arguments: Engine.available)
    func exactly(engine: Engine) async throws {
        let database = try await TestDatabases.make(engine)
        _ = try await database.migrate(LedgerSchema.migrations)
        let accounts = try await database.write { tx in
            let house = try tx.ledger.open(.house(.funding, .usdc))
            let buyer = try tx.ledger.open(.init(owner: "b", purpose: .spending, currency: .usdc))
            let provider = try tx.ledger.open(.init(owner: "p", purpose: .earning, currency: .usdc))
            try tx.ledger.post(
                Posting("in", from: house, to: buyer, amount: Amount<USDC>(micros: 100), origin: Self.origin)
            )
            return [buyer, provider]
        }
        let refused = await withTaskGroup(of: (any Error)?.self) { group in
            for number in 0..<256 {
                group.addTask {
                    do {
                        try await database.write { tx in
                            let posting = Posting(
                                "call \(number)",
                                from: accounts[0],
                                to: accounts[1],
                                amount: Amount<USDC>(micros: 1),
                                phase: number.isMultiple(of: 2) ? .posted : .pending(expiresAt: nil),
                                origin: Self.origin
                            )
                            try tx.ledger.post(posting)
                            if posting.phase != .posted { try tx.ledger.settle(posting) }
                        }
                        return nil
                    } catch { return error }
                }
            }
            return await group.reduce(into: [any Error]()) { errors, error in if let error { errors.append(error) } }
        }
        #expect(refused.count == 156)
        #expect(refused.allSatisfy { $0 as? Rejection == .exceedsCredits })
        let balances = try await database.read { tx in try accounts.map { try tx.ledger.find($0)?.balance.micros } }
        #expect(balances == [0, 100])
        #expect(try await database.read { try $0.ledger.verify() } == [])
        await database.close()
    }

    @Test("a body that counted on another outcome runs again and cannot wait", arguments: Engine.available)
    func unexpected(engine: Engine) async throws {
        let database = try await TestDatabases.make(engine)
        _ = try await database.migrate([Self.notes])
        let waits = Locked<[Bool]>([])
        async let other: Void = database.write { try $0.later("INSERT INTO note VALUES ('other', 1)", expecting: 1) }
        try await database.write { tx in
            waits.change { $0.append(tx.canWait) }
            try tx.later("UPDATE note SET value = 2 WHERE name = 'nobody'", expecting: 1)
            try tx.later("INSERT INTO note VALUES ('mine', 1)")
        }
        try await other
        #expect(waits.value == [true, false])
        let names = try await database.read { try $0.rows("SELECT name FROM note") { try $0.column(String.self) } }
        #expect(names.sorted() == ["mine", "other"])
        await database.close()
    }

    @Test("who only asks never hears of what others have left, nor lets it pass", arguments: Engine.available)
    func neighbours(engine: Engine) async throws {
        let database = try await TestDatabases.make(engine)
        _ = try await database.migrate([Self.notes])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<128 {
                group.addTask {
                    guard number.isMultiple(of: 2) else {
                        _ = try await database.write { try $0.value("SELECT COUNT(*) FROM note", as: Int.self) }
                        return
                    }
                    try await database.write { tx in
                        // Wrong at first; once it is alone, it does what it must.
                        guard tx.canWait, number.isMultiple(of: 4) else {
                            return try tx.later("INSERT INTO note VALUES (\("note \(number)"), 1)", expecting: 1)
                        }
                        try tx.later("UPDATE note SET value = 2 WHERE name = 'nobody'", expecting: 1)
                    }
                }
            }
            try await group.waitForAll()
        }
        let count = try await database.read { try $0.value("SELECT COUNT(*) FROM note", as: Int.self) }
        #expect(count == 64)
        await database.close()
    }

    @Test("what fails later is told to the body that left it", arguments: Engine.available)
    func failures(engine: Engine) async throws {
        let database = try await TestDatabases.make(engine)
        _ = try await database.migrate([Self.notes])
        try await database.write { try $0.execute("INSERT INTO note VALUES ('taken', 1)") }
        let outcomes = await withTaskGroup(of: (Int, Bool).self) { group in
            for number in 0..<64 {
                group.addTask {
                    let isTwice = number.isMultiple(of: 8)
                    do {
                        try await database.write { tx in
                            try tx.later("INSERT INTO note VALUES (\(isTwice ? "taken" : "note \(number)"), 1)")
                            // Asks at once, and so makes what was left happen before.
                            if number.isMultiple(of: 3) { _ = try tx.value("SELECT COUNT(*) FROM note", as: Int.self) }
                        }
                        return (number, true)
                    } catch StorageError.constraint(.unique, name: "note_pkey") { return (number, false) } catch {
                        Issue.record(error)
                        return (number, false)
                    }
                }
            }
            return await group.reduce(into: [Int: Bool]()) { $0[$1.0] = $1.1 }
        }
        for (number, isDone) in outcomes { #expect(isDone == !number.isMultiple(of: 8)) }
        let count = try await database.read { try $0.value("SELECT COUNT(*) FROM note", as: Int.self) }
        #expect(count == 57)
        await database.close()
    }

    @Test("more statements than one pipeline takes come in order", arguments: Engine.available)
    func many(engine: Engine) async throws {
        let database = try await TestDatabases.make(engine)
        _ = try await database.migrate([Self.notes])
        try await database.write { tx in
            try tx.later("INSERT INTO note VALUES ('count', 0)", expecting: 1)
            for number in 0..<1000 {
                try tx.later(
                    "UPDATE note SET value = \(number + 1) WHERE name = 'count' AND value = \(number)",
                    expecting: 1
                )
            }
        }
        #expect(try await database.read { try $0.value("SELECT value FROM note", as: Int.self) } == 1000)
        await database.close()
    }
}

extension AccountKey.Purpose {
    fileprivate static let spending = Self("spending", isNeverBelowZero: true)
    fileprivate static let funding = Self("funding")
    fileprivate static let earning = Self("earning")
}
