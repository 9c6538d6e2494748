import Kernel
import Ledger
import Platform
import Storage
import Web

/// Gives unused balance back over the rail on which it came. The money is reserved first, so that it cannot be spent meanwhile.
struct RefundService: Sendable {
    let database: any Database
    let accounts: AccountCache
    /// What calls hold in memory; nil where they stand in rows.
    let balances: Holds<AccountKey>?
    let rails: Rails
    let ids: IDGenerator

    /// - Parameter amount: nil for all that is left of the deposit and of the balance.
    ///
    /// - Parameter key: the client's `Idempotency-Key`: the refund of the first request is named again.
    ///
    /// Throws `depositNotFound`, then what the key asks for, then `depositNotPaid`, `railNotOffered`, `amountStep`, `refundTooLarge`.
    func begin(_ depositID: ID<Deposit>, amount: Amount<USDC>?, by caller: Caller, key: String?, trace: Trace)
        async throws
        -> Refund
    {
        let id: ID<Refund> = self.ids.next()
        let once = key.map { IdempotencyKey(scope: "market.refunds \(caller.identity.text)", key: $0, holder: id.text) }
        let request = [depositID.text, amount.map { "\($0.smallestUnits)" } ?? "all"]
        let hold = try await self.hold(amount, of: caller)
        let refund = try await self.database.write { tx in
            let deposit = try tx.deposits.require(depositID, of: caller.identity)
            let begun = try tx.once(once, request) { id.text }
            if begun != id.text, let known = try tx.refunds.find(ID(begun)) { return known }
            guard deposit.status == .completed else { throw MarketProblems.depositNotPaid }
            let method = deposit.paymentMethod
            guard let rail = self.rails[method] else { throw MarketProblems.railNotOffered(method.rawValue) }
            let account = try self.accounts.number(of: .prepaid(deposit.buyer), in: tx)
            let left = deposit.amount - (try tx.refunds.sum(of: deposit.id))
            let unspent = try tx.ledger.find(account).map { try Amount<USDC>($0.available) } ?? 0
            var available = max(0, min(left, hold.map { min(unspent, $0.available) } ?? unspent))
            available -= available % rail.step
            let amount = amount ?? available
            guard amount % rail.step == 0 else {
                throw MarketProblems.amountStep(method.rawValue, step: rail.step)
            }
            guard amount > 0, amount <= available else { throw MarketProblems.refundTooLarge(available) }
            try tx.refunds.insert(id, of: deposit, amount: amount, nextAskAt: tx.now)
            let refund = try tx.refunds.find(id)!
            try tx.ledger.post(
                Posting(
                    refund.transferReference,
                    from: account,
                    to: try self.accounts.number(of: .house(rail.purpose, .usdc), in: tx),
                    amount: amount,
                    phase: .pending(expiresAt: nil),
                    origin: Origin(
                        kind: "refund",
                        subject: id.text,
                        traceID: trace.traceID,
                        requestID: trace.requestID,
                        causedBy: try self.transfer(of: deposit, in: tx)
                    )
                )
            )
            hold?.hold?.spend(amount.money.micros, in: tx)
            try self.record("refund.requested", refund, by: caller.credential, trace, in: tx)
            return refund
        }
        return refund.id == id ? try await self.ask(refund, trace: trace) : refund
    }

    /// What of the balance is the refund's alone, and what is said to be there when that is too little.
    private struct RefundHold: Sendable {
        let hold: Holds<AccountKey>.Hold?
        let available: Amount<USDC>
    }

    /// Nil where what calls hold stands in rows.
    private func hold(_ amount: Amount<USDC>?, of caller: Caller) async throws -> RefundHold? {
        guard let balances else { return nil }
        let key = AccountKey.prepaid(caller.identity)
        let hold =
            if let amount, amount > 0 { try await balances.take(amount.money.micros, of: key) } else {
                try await balances.takeAll(of: key)
            }
        let available = if let hold { hold.amount } else { try await balances.left(of: key) }
        return RefundHold(hold: hold, available: Amount(micros: available))
    }

    /// Asks the rail to pay, or whether it has; asking again never pays again.
    @discardableResult
    func ask(_ refund: Refund, trace: Trace = .none) async throws -> Refund {
        let (isDue, payment) = try await self.database.write { tx in
            let next = tx.now.adding(seconds: Self.askAgainSeconds(refund, tx.now))
            return (
                try tx.refunds.beginAsk(refund.id, nextAskAt: next), try tx.deposits.find(refund.deposit)?.payment
            )
        }
        guard isDue else { return refund }
        var answer = RailRefund.byHand
        // Without the rail, or its name for the payment, nobody but the operator can pay.
        if let rail = self.rails[refund.paymentMethod], let payment {
            answer = await rail.refund(refund, of: payment)
        }
        return try await self.note(answer, refund, trace)
    }

    private func note(_ answer: RailRefund, _ refund: Refund, _ trace: Trace) async throws -> Refund {
        let actor = refund.paymentMethod.rawValue
        return try await self.database.write { tx in
            switch answer {
            case .paid(let reference):
                if try tx.refunds.move(refund.id, from: .processing, to: .completed, payment: reference) {
                    try self.complete(refund, by: actor, trace, in: tx)
                } else if try tx.refunds.find(refund.id)?.status == .failed {
                    // The buyer has both: the operator has to know.
                    try self.record("refund.paid_after_failure", refund, by: actor, trace, in: tx)
                }
            case .refused(let reason):
                if try tx.refunds.move(refund.id, from: .processing, to: .failed, reason: reason) {
                    try self.giveUp(refund, by: actor, trace, in: tx)
                }
            case .byHand: _ = try tx.refunds.move(refund.id, from: .processing, to: .pending)
            case .unknown: break
            }
            return try tx.refunds.find(refund.id) ?? refund
        }
    }

    // MARK: By hand

    /// The operator has paid. Throws `refundNotFound`, then `refundNotOpen`.
    func pay(_ id: ID<Refund>, reference: String, by admin: Caller, trace: Trace) async throws -> Refund {
        try await self.close(id, to: .completed, payment: reference) { refund, tx in
            try self.complete(refund, by: admin.credential, trace, in: tx)
        }
    }

    /// The operator will not pay: the money is the buyer's to spend again. Throws `refundNotFound`, then `refundNotOpen`.
    func fail(_ id: ID<Refund>, reason: String, by admin: Caller, trace: Trace) async throws -> Refund {
        try await self.close(id, to: .failed, reason: reason) { refund, tx in
            try self.giveUp(refund, by: admin.credential, trace, in: tx)
        }
    }

    private func close(
        _ id: ID<Refund>,
        to status: Refund.Status,
        payment: String? = nil,
        reason: String? = nil,
        _ finish: @escaping @Sendable (Refund, Transaction) throws -> Void
    ) async throws -> Refund {
        try await self.database.write { tx in
            guard let refund = try tx.refunds.find(id) else { throw MarketProblems.refundNotFound }
            // A rail that has said nothing for a day is not waited for any more.
            let isStuck = refund.status == .processing && tx.now.seconds(since: refund.createdAt) > Self.stuckSeconds
            let state: Refund.Status = isStuck ? .processing : .pending
            guard try tx.refunds.move(id, from: state, to: status, payment: payment, reason: reason) else {
                throw MarketProblems.refundNotOpen
            }
            try finish(refund, tx)
            return try tx.refunds.find(id) ?? refund
        }
    }

    // MARK: Steps

    private func complete(_ refund: Refund, by actor: String, _ trace: Trace, in tx: Transaction) throws {
        try tx.ledger.settle(refund.transferReference)
        try self.record("refund.completed", refund, by: actor, trace, in: tx)
        let event = BalanceEvent(id: refund.id.text, buyer: refund.buyerName, amount: refund.amount.text)
        try tx.notices.tell([refund.buyer], .balanceRefunded, about: refund.id.text, event, trace: trace)
    }

    private func giveUp(_ refund: Refund, by actor: String, _ trace: Trace, in tx: Transaction) throws {
        try tx.ledger.release(refund.transferReference)
        try self.record("refund.failed", refund, by: actor, trace, in: tx)
    }

    private func record(_ action: String, _ refund: Refund, by actor: String, _ trace: Trace, in tx: Transaction)
        throws
    {
        let detail = "\(refund.amount.text) of deposit \(refund.deposit.text)"
        try tx.audit.record(actor: actor, action: action, subject: refund.id.text, detail: detail, trace: trace)
    }

    /// The transfer that brought the deposit, which this one reverses.
    private func transfer(of deposit: Deposit, in tx: Transaction) throws -> TransferReference? {
        deposit.paymentMethod == .x402
            ? try tx.x402Payments.find(settled: deposit.id.text) : deposit.transferReference
    }

    /// Longer than a question with all its requests can take, so that no two overlap.
    private static func askAgainSeconds(_ refund: Refund, _ now: Timestamp) -> Int64 {
        min(max(now.seconds(since: refund.createdAt) / 10, 1000), 3600)
    }

    private static let stuckSeconds: Int64 = 86_400
}
