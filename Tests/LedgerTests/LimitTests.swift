import Kernel
import Ledger
import Storage
import TestKit
import Testing

@Suite("What an account may hold")
struct LimitTests {
    private static let origin = Origin(kind: "test", subject: "s", traceID: nil, requestID: nil)

    /// SQLite goes on with rounded numbers beyond 64 bits, and says nothing.
    @Test("is bounded, so that no sum leaves 64 bits", arguments: Engine.available)
    func bounded(engine: Engine) async throws {
        let database = try await TestDatabases.make(engine)
        _ = try await database.migrate(LedgerSchema.migrations)
        let (from, to) = try await database.write { tx in
            let open = { (owner: String) in
                try tx.ledger.open(AccountKey(owner: owner, purpose: .advertising, currency: .jpy))
            }
            return (try open("a"), try open("b"))
        }
        let fitting = LedgerStore.accountLimit / LedgerStore.amountLimit
        for number in 0..<fitting {
            try await database.write { tx in
                let phase: Posting.Phase = number.isMultiple(of: 2) ? .posted : .pending(expiresAt: nil)
                try tx.ledger.post(
                    Posting(
                        TransferReference("\(number)"),
                        from: from,
                        to: to,
                        amount: LedgerStore.limit(of: JPY.self),
                        phase: phase,
                        origin: Self.origin
                    )
                )
            }
        }
        await #expect(throws: Rejection.overflow) {
            try await database.write { tx in
                try tx.ledger.post(Posting("more", from: from, to: to, amount: 1 as Yen, origin: Self.origin))
            }
        }
        // What was made before is still the same, and what is released makes room.
        try await database.write { tx in
            try tx.ledger.post(
                Posting("0", from: from, to: to, amount: LedgerStore.limit(of: JPY.self), origin: Self.origin)
            )
            try tx.ledger.release("1")
            try tx.ledger.post(Posting("more", from: from, to: to, amount: 1 as Yen, origin: Self.origin))
        }
        #expect(try await database.read { try $0.ledger.verify() } == [])
        await database.close()
    }

    @Test("a posting may say less", arguments: Engine.available)
    func less(engine: Engine) async throws {
        let database = try await TestDatabases.make(engine)
        _ = try await database.migrate(LedgerSchema.migrations)
        try await database.write { tx in
            let from = try tx.ledger.open(AccountKey(owner: "a", purpose: .advertising, currency: .jpy))
            let to = try tx.ledger.open(AccountKey(owner: "b", purpose: .rewards, currency: .jpy))
            try tx.ledger.post(Posting("1", from: from, to: to, amount: 10 as Yen, origin: Self.origin, debitLimit: 10))
        }
        await #expect(throws: Rejection.overflow) {
            try await database.write { tx in
                let from = try tx.ledger.open(AccountKey(owner: "a", purpose: .advertising, currency: .jpy))
                let to = try tx.ledger.open(AccountKey(owner: "b", purpose: .rewards, currency: .jpy))
                try tx.ledger.post(
                    Posting("2", from: from, to: to, amount: 1 as Yen, origin: Self.origin, debitLimit: 10)
                )
            }
        }
        await database.close()
    }
}
