import Kernel
import Ledger
import NIOCore
import Platform
import Storage
import Synchronization
import Web

/// What calls under way hold in memory, where one process has the database to itself: the only commit of a call is then the one that
/// charges and records it (decision 22).
struct CallHolds: Sendable {
    struct FreeTierKey: Hashable, Sendable {
        let buyer: ID<Identity>
        let listing: ID<Listing>
    }

    /// Micro-units of balances.
    let balances: Holds<AccountKey>
    /// Free calls, counted below zero as they are used.
    let freeCalls: Holds<FreeTierKey>
    /// What keys with a cap have spent, counted below zero.
    let keySpend: Holds<KeyDay>
    let keys: RunningKeys
    let outage = ChargeOutage()

    init(_ database: any Database) {
        self.balances = Holds(database) { key, tx in try tx.ledger.find(key)?.available.micros ?? 0 }
        self.freeCalls = Holds(database) { key, tx in
            Int64(try -tx.freeTier.used(buyer: key.buyer, listing: key.listing))
        }
        self.keySpend = Holds(database) { key, tx in -(try tx.keySpend.spent(key)) }
        self.keys = RunningKeys(database)
    }

    /// Nil when neither a free call nor the balance is left. Throws `dailyCapReached`.
    ///
    /// - Parameter takesPayment: whether the call comes with a payment of its own, which no cap concerns.
    func hold(_ call: ProxyCall, _ accounts: AccountCache, takesPayment: Bool) async throws -> (any Funding)? {
        let (buyer, listing) = (call.caller.identity, call.listing)
        if listing.freeTierCalls > 0 {
            let key = FreeTierKey(buyer: buyer, listing: listing.id)
            let hold = try await self.freeCalls.take(1, of: key, floor: Int64(-listing.freeTierCalls))
            if let hold { return HeldFreeCall(hold: hold) }
        }
        let price = listing.price.amount
        if price == 0 { return NoFunding() }
        guard let cap = call.caller.dailyCap else { return try await self.balance(call, accounts) }
        let key = call.keyDay
        guard let hold = try await self.keySpend.take(price.money.micros, of: key, floor: -cap) else {
            if takesPayment { return nil }
            throw MarketProblems.dailyCapReached(cap: cap)
        }
        return try await self.balance(call, accounts).map { CappedFunding(balance: $0, key: key, hold: hold) }
    }

    private func balance(_ call: ProxyCall, _ accounts: AccountCache) async throws -> (any Funding)? {
        let price = call.listing.price.amount
        return try await self.balances.take(price.money.micros, of: .prepaid(call.caller.identity)).map {
            HeldBalance(amount: price, hold: $0, accounts: accounts)
        }
    }
}

/// Charges that could not be written down: the full disk is met only when the provider has answered. After one, no call is made for a
/// moment, so that providers do not work for what cannot be charged.
final class ChargeOutage: Sendable {
    private static let pause = Duration.seconds(5)
    private let failedAt = Mutex<ContinuousClock.Instant?>(nil)

    /// Throws *unavailable* for a moment after a charge that failed.
    func check() throws {
        let failedAt = self.failedAt.withLock { $0 }
        if let failedAt, failedAt.duration(to: .now) < Self.pause { throw Problem.storageUnavailable }
    }

    func note(_ error: any Error) {
        if case StorageError.unavailable = error { self.failedAt.withLock { $0 = .now } }
    }
}

/// One of the free calls, held in memory.
struct HeldFreeCall: Funding {
    let amount: Amount<USDC> = 0
    let isFree = true
    let standsInRows = false
    let hold: Holds<CallHolds.FreeTierKey>.Hold

    func settle(_ call: ProxyCall, _: Receipt, in tx: Transaction) throws {
        try tx.freeTier.count(buyer: call.caller.identity, listing: call.listing.id)
        self.hold.spend(in: tx)
    }

    func release(_: ProxyCall, in _: Transaction) { self.hold.release() }
}

/// The price, held of the buyer's balance in memory.
struct HeldBalance: Funding {
    let amount: Amount<USDC>
    let standsInRows = false
    let hold: Holds<AccountKey>.Hold
    let accounts: AccountCache

    func settle(_ call: ProxyCall, _: Receipt, in tx: Transaction) throws {
        try tx.ledger.post(try call.posting(.posted, self.accounts, in: tx))
        self.hold.spend(in: tx)
    }

    func release(_: ProxyCall, in _: Transaction) { self.hold.release() }
}
