import Kernel
import Ledger
import Logging
import Platform
import ServiceLifecycle
import Storage
import Web

/// Tells owners when their balance has fallen below what they want to keep: once, until it is above again.
struct LowBalanceWatch: Service {
    static let pollSeconds: Int64 = 15
    private static let batch = 500

    let database: any Database
    let logger: Logger

    func run() async throws {
        await poll(everySeconds: Self.pollSeconds, else: "cannot look at low balances", self.logger) {
            try await self.look()
        }
    }

    func look() async throws {
        var last = ""
        while true {
            let after = last
            let watched = try await self.database.read { try $0.lowBalances.list(after: after, limit: Self.batch) }
            for one in watched { try await self.look(at: one) }
            guard watched.count == Self.batch, let end = watched.last else { return }
            last = end.owner.text
        }
    }

    private func look(at watched: LowBalanceStore.Watched) async throws {
        let balance = try await self.balance(of: watched.owner)
        guard (balance < watched.threshold) != watched.isTold else { return }
        try await self.database.write { tx in
            // The owner may have chosen another threshold meanwhile.
            guard let watched = try tx.lowBalances.find(watched.owner) else { return }
            let balance = try Self.balance(of: watched.owner, in: tx)
            let isLow = balance < watched.threshold
            guard try tx.lowBalances.mark(watched.owner, isTold: isLow), isLow else { return }
            let event = LowBalanceEvent(buyer: watched.name, balance: balance, threshold: watched.threshold)
            try tx.notices.tell([watched.owner], .balanceLow, about: watched.owner.text, event, trace: .none)
        }
    }

    private func balance(of owner: ID<Identity>) async throws -> Amount<USDC> {
        try await self.database.read { try Self.balance(of: owner, in: $0) }
    }

    private static func balance(of owner: ID<Identity>, in tx: Transaction) throws -> Amount<USDC> {
        Amount(micros: try tx.ledger.find(.prepaid(owner))?.available.micros ?? 0)
    }
}
