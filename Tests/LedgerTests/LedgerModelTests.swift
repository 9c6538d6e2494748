import Kernel
import Ledger
import Storage
import TestKit
import Testing

@Suite("Ledger against a model")
struct LedgerModelTests {
    /// The same rules, written as simply as they can be.
    private struct Model {
        struct Entry {
            var amount: Int64
            var from: Int
            var to: Int
            var isPending: Bool
        }
        var balances = [Int64](repeating: 0, count: 4)
        var reserved = [Int64](repeating: 0, count: 4)
        var entries: [String: Entry] = [:]

        /// Account 0 is the house's, which may fall below zero.
        mutating func post(_ reference: String, _ from: Int, _ to: Int, _ amount: Int64, pending: Bool) -> Bool {
            if let known = self.entries[reference] {
                return known.from == from && known.to == to && known.amount == amount
            }
            guard from == 0 || self.balances[from] - self.reserved[from] >= amount else { return false }
            self.entries[reference] = Entry(amount: amount, from: from, to: to, isPending: pending)
            if pending { self.reserved[from] += amount } else { self.move(from, to, amount) }
            return true
        }

        mutating func resolve(_ reference: String, moving: Int64) -> Bool {
            guard let entry = self.entries[reference], entry.isPending, moving <= entry.amount else { return false }
            self.entries[reference]!.isPending = false
            self.reserved[entry.from] -= entry.amount
            self.move(entry.from, entry.to, moving)
            return true
        }

        private mutating func move(_ from: Int, _ to: Int, _ amount: Int64) {
            self.balances[from] -= amount
            self.balances[to] += amount
        }
    }

    @Test(
        "random steps give what the model gives, and the sums stay 0",
        arguments: Engine.available,
        [1, 2, 3] as [UInt64]
    )
    func randomSteps(engine: Engine, seed: UInt64) async throws {
        print("ledger model seed \(seed) on \(engine)")
        let database = try await TestDatabases.make(engine)
        _ = try await database.migrate(LedgerSchema.migrations)
        let accounts = try await database.write { tx in
            try [AccountKey.house(.credits, .usdc)].map { try tx.ledger.open($0) }
                + ["a", "b", "c"].map { try tx.ledger.open(AccountKey(owner: $0, purpose: .prepaid, currency: .usdc)) }
        }
        var random = SeededGenerator(seed: seed)
        var model = Model()
        for step in 0..<400 {
            let (from, to) = (Int.random(in: 0...3, using: &random), Int.random(in: 0...3, using: &random))
            let amount = Int64.random(in: 1...50, using: &random)
            let known: TransferReference = "r\(Int.random(in: 0...max(1, step), using: &random))"
            let expected: Bool
            let done: Bool
            switch Int.random(in: 0...5, using: &random) {
            case 0...2 where from != to:
                let isPending = Bool.random(using: &random)
                expected = model.post("r\(step)", from, to, amount, pending: isPending)
                let origin = Origin(kind: "test", subject: "s", traceID: nil, requestID: nil)
                let posting = Posting(
                    TransferReference("r\(step)"),
                    from: accounts[from],
                    to: accounts[to],
                    amount: Amount<USDC>(amount),
                    phase: isPending ? .pending(expiresAt: nil) : .posted,
                    origin: origin
                )
                done = await Self.succeeds { try await database.write { try $0.ledger.post(posting) } }
            case 3:
                let entry = model.entries[known.text]
                expected = model.resolve(known.text, moving: min(amount, entry?.amount ?? 0))
                let moving = min(amount, max(1, entry?.amount ?? 1))
                done = await Self.succeeds {
                    try await database.write { tx in
                        guard try tx.ledger.find(transfer: known)?.state == .pending else {
                            throw Rejection.transferNotPending
                        }
                        try tx.ledger.settle(known, amount: moving)
                    }
                }
            case 4:
                expected = model.resolve(known.text, moving: 0)
                done = await Self.succeeds {
                    try await database.write { tx in
                        guard try tx.ledger.find(transfer: known)?.state == .pending else {
                            throw Rejection.transferNotPending
                        }
                        try tx.ledger.release(known)
                    }
                }
            default: continue
            }
            #expect(expected == done, "seed \(seed), step \(step)")
        }
        let stored = try await database.read { tx in try accounts.map { try tx.ledger.find($0)! } }
        #expect(stored.map(\.balance.micros) == model.balances)
        #expect(stored.map(\.debitsPending) == model.reserved)
        #expect(stored.dropFirst().allSatisfy { $0.available.micros >= 0 })
        #expect(try await database.read { try $0.ledger.verify() } == [])
        await database.close()
    }

    private static func succeeds(_ body: () async throws -> Void) async -> Bool {
        do { try await body() } catch { return false }
        return true
    }
}
