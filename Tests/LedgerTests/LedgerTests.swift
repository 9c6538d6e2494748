import Kernel
import Ledger
import Storage
import TestKit
import Testing

@Suite("Ledger")
struct LedgerTests {
    private static let origin = Origin(kind: "test", subject: "s", traceID: "t", requestID: "r")

    /// A house account with money for everybody, and two that may not fall below zero.
    private func book(_ engine: Engine, clock: TestClock = TestClock()) async throws -> (any Database, [AccountNumber])
    {
        let database = try await TestDatabases.make(engine, clock: clock.clock)
        _ = try await database.migrate(LedgerSchema.migrations)
        let accounts = try await database.write { tx in
            try [
                AccountKey.house(.credits, .usdc), AccountKey(owner: "a", purpose: .prepaid, currency: .usdc),
                AccountKey(owner: "b", purpose: .prepaid, currency: .usdc),
                AccountKey(owner: "a", purpose: .prepaid, currency: .jpy),
            ].map { try tx.ledger.open($0) }
        }
        return (database, accounts)
    }

    private static func posting(
        _ reference: TransferReference,
        _ from: AccountNumber,
        _ to: AccountNumber,
        _ amount: Amount<USDC>,
        _ phase: Posting.Phase = .posted
    ) -> Posting { Posting(reference, from: from, to: to, amount: amount, phase: phase, origin: Self.origin) }

    @Test("rejections come in the documented order, and leave the book as it was", arguments: Engine.available)
    func rejections(engine: Engine) async throws {
        let (database, accounts) = try await self.book(engine)
        let (house, a, b, yen) = (accounts[0], accounts[1], accounts[2], accounts[3])
        let nowhere = try AccountNumber(sqlValue: .integer(999))
        try await database.write { tx in
            try tx.ledger.post(Self.posting("fund", house, a, 100))
            try tx.ledger.post(Self.posting("held", a, b, 10, .pending(expiresAt: nil)))
        }
        let refused: [(Posting, Rejection)] = [
            (Self.posting("x", a, a, 0), .amountNotPositive), (Self.posting("x", a, a, Amount(.max)), .overflow),
            (Self.posting("x", a, a, 1), .accountsAreTheSame),
            (Self.posting("x", nowhere, nowhere.other, 1), .debitAccountNotFound),
            (Self.posting("x", a, nowhere, 1), .creditAccountNotFound),
            (Self.posting("x", house, yen, 1), .currenciesDiffer),
            (
                Posting("x", from: house, to: a, amount: 1 as Yen, phase: .posted, origin: Self.origin),
                .currenciesDiffer
            ),
            (Self.posting("fund", a, b, 1), .existsWithDifferentFields),
            (Self.posting("fund", a, b, 1000), .existsWithDifferentFields),
            (Self.posting("x", a, b, 91), .exceedsCredits),
        ]
        for (posting, rejection) in refused {
            await #expect(throws: rejection) { try await database.write { try $0.ledger.post(posting) } }
        }
        #expect(try await database.read { try $0.ledger.find(a)?.available.micros } == 90)
        #expect(try await database.read { try $0.ledger.verify() } == [])
        await database.close()
    }

    @Test("a reservation is settled, in part, released or expires, once", arguments: Engine.available)
    func twoPhases(engine: Engine) async throws {
        let clock = TestClock()
        let (database, accounts) = try await self.book(engine, clock: clock)
        let (house, a, b) = (accounts[0], accounts[1], accounts[2])
        let soon = TestClock.start.adding(seconds: 60)
        try await database.write { tx in
            try tx.ledger.post(Self.posting("fund", house, a, 100))
            for name in ["whole", "part", "void", "late"] {
                try tx.ledger.post(Self.posting(TransferReference(name), a, b, 20, .pending(expiresAt: soon)))
            }
            try tx.ledger.settle("whole")
            try tx.ledger.settle("whole")
            try tx.ledger.settle("part", amount: 5)
            try tx.ledger.release("void")
            try tx.ledger.release("void")
        }
        let refused: [(TransferReference, Int64?, Rejection)] = [
            ("nothing", nil, .pendingTransferNotFound), ("fund", nil, .transferNotPending),
            ("late", 21, .exceedsPendingAmount),
            ("whole", 5, .alreadyPosted), ("void", nil, .alreadyVoided),
        ]
        for (reference, amount, rejection) in refused {
            await #expect(throws: rejection) {
                try await database.write { try $0.ledger.settle(reference, amount: amount) }
            }
        }
        await #expect(throws: Rejection.alreadyPosted) { try await database.write { try $0.ledger.release("whole") } }
        #expect(try await database.write { try $0.ledger.expire(limit: 10) } == [])
        clock.advance(seconds: 60)
        #expect(try await database.write { try $0.ledger.expire(limit: 10).map(\.reference) } == ["late"])
        await #expect(throws: Rejection.pendingTransferExpired) {
            try await database.write { try $0.ledger.settle("late") }
        }
        let (left, right) = try await database.read { (try $0.ledger.find(a)!, try $0.ledger.find(b)!) }
        #expect(
            (left.available.micros, left.debitsPending, right.balance.micros, right.creditsPending) == (75, 0, 25, 0)
        )
        #expect(try await database.read { try $0.ledger.verify() } == [])
        await database.close()
    }

    @Test("linked postings happen together or not at all, and the transaction goes on", arguments: Engine.available)
    func linked(engine: Engine) async throws {
        let (database, accounts) = try await self.book(engine)
        let (house, a, b) = (accounts[0], accounts[1], accounts[2])
        let rejected = try await database.write { tx -> Bool in
            do {
                try tx.ledger.post([Self.posting("1", house, a, 10), Self.posting("2", a, b, 11)])
                return false
            } catch Rejection.exceedsCredits {
                try tx.ledger.post([Self.posting("3", house, a, 10), Self.posting("4", a, b, 10)])
                return true
            }
        }
        #expect(rejected)
        #expect(try await database.read { try $0.ledger.find(transfer: "1") } == nil)
        #expect(try await database.read { try $0.ledger.find(b)?.balance.micros } == 10)
        await database.close()
    }

    @Test("why walks back to the first cause; the history is paged, newest first", arguments: Engine.available)
    func reports(engine: Engine) async throws {
        let (database, accounts) = try await self.book(engine)
        let (house, a) = (accounts[0], accounts[1])
        try await database.write { tx in
            var cause: TransferReference?
            for index in 0..<5 {
                let origin = Origin(
                    kind: "test",
                    subject: "s\(index)",
                    traceID: "t",
                    requestID: "r\(index)",
                    causedBy: cause
                )
                try tx.ledger.post(
                    Posting("ref\(index)", from: house, to: a, amount: 1 as Amount<USDC>, origin: origin)
                )
                cause = "ref\(index)"
            }
        }
        let chain = try await database.read { try $0.ledger.why("ref4") }
        #expect(chain.map(\.origin.requestID) == ["r4", "r3", "r2", "r1", "r0"])
        let first = try await database.read { try $0.ledger.history(of: a, before: nil, limit: 3) }
        let second = try await database.read { try $0.ledger.history(of: a, before: first.next, limit: 3) }
        #expect((first.items + second.items).map(\.reference) == ["ref4", "ref3", "ref2", "ref1", "ref0"])
        #expect(second.next == nil)
        await database.close()
    }

    @Test("verify notices a balance that was tampered with", arguments: Engine.available)
    func tampering(engine: Engine) async throws {
        let (database, accounts) = try await self.book(engine)
        try await database.write { tx in
            try tx.ledger.post(Self.posting("fund", accounts[0], accounts[1], 100))
            try tx.execute(
                "UPDATE ledger_account SET credits_posted = credits_posted + 1 WHERE number = \(accounts[1])"
            )
        }
        let differences = try await database.read { try $0.ledger.verify() }
        #expect(differences.map(\.what) == ["credits_posted", "trial balance, posted"])
        await database.close()
    }
}

extension AccountNumber {
    /// Another number that no account has.
    fileprivate var other: AccountNumber { (try? AccountNumber(sqlValue: .integer(self.value + 1))) ?? self }
}
