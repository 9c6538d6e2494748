import Kernel
import Ledger
import NIOCore
import Platform
import Storage
import Web

/// The money of a call: held before it, charged or let go after it.
struct CallLedger: Sendable {
    let database: any Database
    let accounts: AccountCache
    /// Where one process has the database to itself; nil where holds stand in rows, which several processes see.
    let holds: CallHolds?

    init(database: any Database, accounts: AccountCache) {
        (self.database, self.accounts) = (database, accounts)
        self.holds = database.engine == .sqlite ? CallHolds(database) : nil
    }

    enum Reservation: Sendable {
        /// With the hold on its `Idempotency-Key`, where that stands in memory.
        case funded(any Funding, RunningKey?)
        /// Neither a free call nor enough balance.
        case unfunded(RunningKey?)
        case replay(IdempotencyStore.Answer)
    }

    // MARK: Before

    /// Idempotency, then the free tier, then the balance. `admit` is asked in between and may throw: nothing is then reserved.
    ///
    /// - Parameter takesPayment: whether the call comes with a payment of its own, which no cap concerns.
    func reserve(
        _ call: ProxyCall,
        _ body: ByteBuffer,
        takesPayment: Bool,
        admit: @escaping @Sendable (Timestamp) throws -> Void
    ) async throws -> Reservation {
        guard let holds else {
            return try await self.database.write { tx in
                let told = try call.once.begin(call.fingerprint(body), holdSeconds: call.holdSeconds, in: tx)
                if let told { return .replay(told) }
                try admit(tx.now)
                return try self.hold(call, takesPayment: takesPayment, in: tx).map { .funded($0, nil) }
                    ?? .unfunded(nil)
            }
        }
        switch try await call.once.begin(call.fingerprint(body), among: holds.keys) {
        case .replay(let answer): return .replay(answer)
        case .started(let key):
            try admit(call.startedAt)
            try holds.outage.check()
            return try await holds.hold(call, self.accounts, takesPayment: takesPayment).map { .funded($0, key) }
                ?? .unfunded(key)
        }
    }

    /// Throws `dailyCapReached`.
    private func hold(_ call: ProxyCall, takesPayment: Bool, in tx: Transaction) throws -> (any Funding)? {
        if let free = try FreeTierFunding.hold(call, in: tx) { return free }
        if call.listing.price.amount == 0 { return NoFunding() }
        guard let cap = call.caller.dailyCap else { return try PrepaidFunding.hold(call, self.accounts, in: tx) }
        let (key, price) = (call.keyDay, call.listing.price.amount.money.micros)
        guard try tx.keySpend.hold(price, of: cap, key, for: call.usage, until: call.expiry) else {
            if takesPayment { return nil }
            throw MarketProblems.dailyCapReached(cap: cap)
        }
        guard let balance = try PrepaidFunding.hold(call, self.accounts, in: tx) else {
            try tx.keySpend.release(call.usage)
            return nil
        }
        return CappedFunding(balance: balance, key: key, hold: nil)
    }

    /// Whether the buyer has what the call takes, or has made it before. Changes nothing.
    func canPay(_ call: ProxyCall, in tx: Transaction) throws -> Bool {
        if try call.once.isKnown(in: tx, among: self.holds?.keys) { return true }
        let (buyer, listing) = (call.caller.identity, call.listing)
        if listing.price.amount == 0 { return true }
        if try tx.freeTier.used(buyer: buyer, listing: listing.id) < listing.freeTierCalls { return true }
        let held = self.holds?.balances.held(of: .prepaid(buyer)) ?? 0
        let available = try tx.ledger.find(.prepaid(buyer))?.available.micros ?? 0
        return available - held >= listing.price.amount.money.micros
    }

    // MARK: After

    /// The provider answered below 500: charge, record, tell.
    func settle(_ call: ProxyCall, _ funding: any Funding, _ receipt: Receipt, _ record: CallRecord, in tx: Transaction)
        throws
    {
        try funding.settle(call, receipt, in: tx)
        try record.write(in: tx)
    }

    /// The provider failed: nothing is charged, and the key may be used again.
    func release(_ call: ProxyCall, _ funding: any Funding, _ record: CallRecord, in tx: Transaction) throws {
        try self.cancel(call, funding, in: tx)
        try record.write(in: tx)
    }

    /// The call was never made: nothing is charged or recorded.
    func cancel(_ call: ProxyCall, _ funding: any Funding, in tx: Transaction) throws {
        try funding.release(call, in: tx)
        if self.holds == nil { try call.once.forget(in: tx) }
    }

    /// The answer was broken off after it had been charged: the charge goes back. The caller has taken the stream's row away.
    ///
    /// - Parameter trace: nil where no request ends the stream: the trace is then the call's own.
    func reverse(_ stream: EndedStream, trace: Trace?, in tx: Transaction) throws {
        let id = stream.usage
        guard let usage = try tx.usage.find(id) else { return }
        let trace = trace ?? Trace(traceID: "", requestID: usage.requestID)
        try tx.usage.markBroken(usage)
        // Nothing is charged any more, so the key may be used again.
        try usage.once.forget(in: tx)
        if usage.isFree {
            try tx.freeTier.giveBack(usage.buyer.text, usage.listing.text)
            self.holds?.freeCalls.add(1, to: .init(buyer: usage.buyer, listing: usage.listing), in: tx)
        }
        if let key = stream.key {
            try tx.keySpend.giveBack(usage.amount.money.micros, key)
            self.holds?.keySpend.add(usage.amount.money.micros, to: key, in: tx)
        }
        if usage.amount > 0 {
            try tx.ledger.post(
                Posting(
                    id.reversal,
                    from: try self.accounts.number(of: .earnings(usage.provider), in: tx),
                    to: try self.accounts.number(of: .prepaid(usage.buyer), in: tx),
                    amount: usage.amount,
                    origin: Origin(
                        kind: "reversal",
                        subject: id.text,
                        traceID: trace.traceID,
                        requestID: trace.requestID,
                        causedBy: id.transfer
                    )
                )
            )
        }
        try tx.events.append(
            Event(
                surface: MarketContract.name,
                type: "payment.reversed",
                subject: id.text,
                audience: usage.audience,
                payload: try JSON.text(["usage_id": id.text, "amount": usage.amount.text]),
                trace: trace
            )
        )
    }
}
