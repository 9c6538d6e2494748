import Kernel
import Ledger
import Platform
import Server
import ServerTestKit
import Storage
import TestKit
import Testing

@testable import Market

/// What must be true, whatever happened.
extension CallSimulation {
    /// Nothing is under way any more, and what has expired is released.
    mutating func drain(_ tasks: inout Tasks) async {
        for _ in 0..<3 {
            while !self.stage.waits.isEmpty {
                self.stage.release(0, .goOn)
                await self.stage.settle()
            }
            self.server.clock.advance(seconds: 600)
            self.sweep(&tasks)
            await self.stage.settle()
        }
        while !self.stage.waits.isEmpty {
            self.stage.release(0, .goOn)
            await self.stage.settle()
        }
    }

    /// While calls are under way: the sums are 0, and nobody has spent what is not there.
    func checkBook() async throws {
        #expect(self.world.unexpected == [])
        let (differences, below) = try await self.server.house.database.read { tx in
            (
                try tx.ledger.verify().map { "\($0)" },
                try tx.value(
                    """
                    SELECT COUNT(*) FROM ledger_account
                    WHERE never_below_zero = 1 AND credits_posted - debits_posted - debits_pending < 0
                    """
                ) ?? 0
            )
        }
        #expect(differences == [])
        #expect(below == 0)
    }

    /// After ``drain(_:)``.
    func checkEverything() async throws {
        try await self.checkBook()
        let records = try await self.records()
        // Something has happened at all.
        #expect(!self.world.delivered.isEmpty && !self.world.broken.isEmpty)
        #expect(self.crashes > 0)
        #expect(
            Dictionary(grouping: self.world.delivered.filter { $0.key != nil }, by: \.key).contains { $1.count > 1 }
        )
        let byID = Dictionary(uniqueKeysWithValues: records.map { ($0.id, $0) })
        let prices = Dictionary(uniqueKeysWithValues: self.listings.map { ($0.id.text, $0.price.amount.smallestUnits) })
        for record in records where record.outcome == "answered" {
            // Nothing is charged that was not answered, and no more than the price, once.
            #expect(self.world.hasAnswered(record.id), "\(record)")
            #expect(record.amount == (record.isFree ? 0 : prices[record.listing]), "\(record)")
        }
        for record in records { #expect(record.posted - record.reversed == record.amount, "\(record)") }
        for delivered in self.world.delivered {
            #expect(byID[delivered.usage]?.outcome == "answered", "\(delivered)")
        }
        // What broke off is given back.
        for usage in self.world.broken { #expect(byID[usage]?.amount == 0, "\(usage)") }
        let keyed = Dictionary(grouping: records.filter { $0.outcome == "answered" && $0.key != nil }) { $0.key }
        for (key, records) in keyed { #expect(records.count == 1, "\(key ?? "")") }
        try await self.checkHolds(records)
    }

    private func checkHolds(_ records: [Record]) async throws {
        for buyer in self.buyers {
            let account = try await self.server.house.database.read { try $0.ledger.find(.prepaid(buyer.identity)) }
            if let account { #expect(account.available == account.balance) }
            #expect(self.process.ledger.holds?.balances.held(of: .prepaid(buyer.identity)) ?? 0 == 0)
            for listing in self.listings where listing.freeTierCalls > 0 {
                let used = records.count {
                    $0.isFree && $0.buyer == buyer.identity.text && $0.listing == listing.id.text
                }
                let counted = try await self.server.house.database.read {
                    try $0.freeTier.used(buyer: buyer.identity, listing: listing.id)
                }
                #expect(used == counted)
                #expect(used <= listing.freeTierCalls)
            }
        }
        let rows: [Int] = try await self.server.house.database.read { tx in
            [
                try tx.value("SELECT COUNT(*) FROM market_open_stream") ?? 0,
                try tx.value("SELECT COUNT(*) FROM market_free_hold") ?? 0,
            ]
        }
        #expect(rows == [0, 0])
    }

    /// A usage record with what the ledger has moved for it.
    private struct Record {
        let id: String
        let buyer: String
        let listing: String
        let amount: Int64
        let isFree: Bool
        let outcome: String
        let key: String?
        let posted: Int64
        let reversed: Int64
    }

    private func records() async throws -> [Record] {
        try await self.server.house.database.read { tx in
            try tx.rows(
                """
                SELECT u.id, u.buyer_id, u.listing_id, u.amount, u.is_free, u.outcome, u.idempotency_key,
                    COALESCE(t.posted_amount, 0), COALESCE(r.posted_amount, 0)
                FROM market_usage u
                LEFT JOIN ledger_transfer t ON t.reference = u.id
                LEFT JOIN ledger_transfer r ON r.reference = u.id || '.reversal'
                """
            ) { row in
                Record(
                    id: try row.column(),
                    buyer: try row.column(),
                    listing: try row.column(),
                    amount: try row.column(),
                    isFree: try row.column(),
                    outcome: try row.column(),
                    key: try row.optional(),
                    posted: try row.column(),
                    reversed: try row.column()
                )
            }
        }
    }

    var deliveredCount: Int { self.world.delivered.count }

    var told: String {
        "\(self.world.delivered.count) delivered, \(self.world.answeredCount) answered, \(self.world.broken.count) broken off"
    }
}
