import Kernel
import Ledger
import Platform
import Storage
import Web

/// Tops balances up: deposits over a rail, and credits that the operator grants.
struct DepositService: Sendable {
    let database: any Database
    let accounts: AccountCache
    let rails: Rails
    let ids: IDGenerator

    /// How long an unpaid deposit is asked about; a later callback still completes it.
    static let patienceSeconds: Int64 = 7 * 86_400

    /// Throws `railNotOffered`, then `amountStep`, then `railRefused` or `railUnavailable`.
    ///
    /// - Parameter key: the client's `Idempotency-Key`: the deposit of the first request is named again.
    func begin(amount: Amount<USDC>, _ method: PaymentMethod, by caller: Caller, key: String? = nil) async throws
        -> Deposit
    {
        guard let rail = self.rails[method] else { throw MarketProblems.railNotOffered(method.rawValue) }
        guard amount % rail.step == 0 else {
            throw MarketProblems.amountStep(method.rawValue, step: rail.step)
        }
        let id: ID<Deposit> = self.ids.next()
        let once = key.map {
            IdempotencyKey(scope: "market.deposits \(caller.identity.text)", key: $0, holder: id.text)
        }
        let request = ["\(amount.smallestUnits)", method.rawValue]
        let deposit = try await self.database.write { tx in
            let begun = try tx.once(once, request) { id.text }
            guard begun == id.text else { return try tx.deposits.require(ID(begun), of: caller.identity) }
            let deposit = Deposit(
                id: id,
                buyer: caller.identity,
                amount: amount,
                paymentMethod: method,
                createdAt: tx.now
            )
            try tx.deposits.insert(deposit)
            return deposit
        }
        guard deposit.id == id else { return deposit }
        let opening = await rail.open(deposit)
        let opened = try await self.database.write { tx in
            switch opening {
            case .opened(let reference, let checkoutURL):
                try tx.deposits.update(
                    id,
                    reference: reference,
                    checkoutURL: checkoutURL,
                    nextAskAt: tx.now.adding(seconds: DepositReconciler.pollSeconds)
                )
            case .refused(let reason):
                try tx.deposits.move(id, from: [.pending], to: .failed, reason: reason)
            case .unavailable:
                try tx.deposits.move(id, from: [.pending], to: .failed, reason: "the payment company did not answer")
            }
            // A try that came to nothing may be repeated under its key.
            if opening.isFailure { try Once(once).forget(in: tx) }
            return try tx.deposits.find(id)!
        }
        switch opening {
        case .opened: return opened
        case .refused(let reason): throw MarketProblems.railRefused(reason)
        case .unavailable: throw MarketProblems.railUnavailable
        }
    }

    // MARK: Rails that are asked

    /// Asks the rail what became of an open deposit, at most once a second, and writes it down.
    func refresh(_ deposit: Deposit, trace: Trace = .none) async throws -> Deposit {
        guard deposit.status.isOpen || deposit.status == .failed, deposit.reference != nil,
            let rail = self.rails[deposit.paymentMethod]
        else { return deposit }
        let payments: [String]? = try await self.database.write { tx in
            // The older a deposit is, the more seldom it is asked about.
            let age = max(0, tx.now.seconds(since: deposit.createdAt))
            let next = tx.now.adding(seconds: min(max(age / 10, DepositReconciler.pollSeconds), 3600))
            guard try tx.deposits.beginAsk(deposit, nextAskAt: next) else { return nil }
            return try tx.deposits.listPayments(of: deposit)
        }
        guard let payments else { return deposit }
        let answer = await rail.ask(about: deposit, payments: payments)
        return try await self.database.write { tx in
            try self.note(answer, deposit, rail, trace, in: tx)
            return try tx.deposits.find(deposit.id) ?? deposit
        }
    }

    /// A rail has sent a signed callback. What it says is not believed but asked for.
    func take(_ callback: RailCallback, over method: PaymentMethod, trace: Trace) async throws {
        let deposit = try await self.database.write { tx -> Deposit? in
            guard let deposit = try tx.deposits.find(callback, method) else { return nil }
            if let payment = callback.payment { try tx.deposits.insert(payment: payment, of: deposit) }
            try tx.deposits.hurry(deposit.id)
            return deposit
        }
        guard let deposit else { return }
        if deposit.status == .completed {
            try await self.noteFurther(callback.payment, of: deposit, trace)
        } else {
            _ = try await self.refresh(deposit, trace: trace)
        }
    }

    /// A payer may pay an invoice twice. What came beside the payment that was credited is the operator's to give back.
    private func noteFurther(_ payment: String?, of deposit: Deposit, _ trace: Trace) async throws {
        guard let payment, payment != deposit.payment, let rail = self.rails[deposit.paymentMethod],
            case .paid(let further) = await rail.ask(about: deposit, payments: [payment]),
            further.reference != deposit.payment
        else { return }
        try await self.database.write { tx in
            try tx.audit.record(
                actor: rail.method.rawValue,
                action: "deposit.paid_again",
                subject: deposit.id.text,
                detail: "\(further.money.text) \(further.money.currency.code) (\(further.reference)) was not credited",
                trace: trace
            )
        }
    }

    private func note(_ answer: RailAnswer, _ deposit: Deposit, _ rail: any Rail, _ trace: Trace, in tx: Transaction)
        throws
    {
        switch answer {
        case .paid(let payment): try self.credit(payment, deposit, rail, trace, in: tx)
        case .refused(let reason):
            try tx.deposits.move(deposit.id, from: Deposit.Status.open, to: .failed, reason: reason)
        case .unknown: try tx.deposits.move(deposit.id, from: Deposit.Status.open + [.failed], to: .unknown)
        case .declined:
            try tx.deposits.noteDecline(deposit.id)
            try tx.deposits.move(deposit.id, from: [.unknown], to: .pending)
        case .review(let reason): try self.review(deposit, reason, by: rail, trace, in: tx)
        case .partly(let reason):
            if self.isOld(deposit, tx.now) { try self.review(deposit, reason, by: rail, trace, in: tx) }
        case .waiting:
            if self.isOld(deposit, tx.now) {
                try tx.deposits.move(deposit.id, from: Deposit.Status.open, to: .failed, reason: "not paid in time")
            } else {
                try tx.deposits.move(deposit.id, from: [.unknown], to: .pending)
            }
        }
    }

    private func isOld(_ deposit: Deposit, _ now: Timestamp) -> Bool {
        now.seconds(since: deposit.createdAt) > Self.patienceSeconds
    }

    /// Leaves a deposit to the operator, once.
    private func review(_ deposit: Deposit, _ reason: String, by rail: any Rail, _ trace: Trace, in tx: Transaction)
        throws
    {
        guard try tx.deposits.move(deposit.id, from: Deposit.Status.open + [.failed], to: .review, reason: reason)
        else { return }
        try tx.audit.record(
            actor: rail.method.rawValue,
            action: "deposit.review",
            subject: deposit.id.text,
            detail: reason,
            trace: trace
        )
    }

    /// Credits what came in, once; what is not exactly what was asked for is left to the operator.
    private func credit(
        _ payment: RailPayment,
        _ deposit: Deposit,
        _ rail: any Rail,
        _ trace: Trace,
        in tx: Transaction
    ) throws {
        let isAsked =
            payment.money == deposit.amount.inDollars && payment.deposit == deposit.id.text
        guard isAsked else {
            let reason = "the rail took \(payment.money.text) \(payment.money.currency.code) (\(payment.reference))"
            return try self.review(deposit, reason, by: rail, trace, in: tx)
        }
        // Also one that was given up: the money did come.
        let states = Deposit.Status.open + [.failed]
        guard try tx.deposits.move(deposit.id, from: states, to: .completed, payment: payment.reference) else { return }
        try tx.ledger.post(
            Posting(
                deposit.transferReference,
                from: try self.accounts.number(of: .house(rail.purpose, .usdc), in: tx),
                to: try self.accounts.number(of: .prepaid(deposit.buyer), in: tx),
                amount: deposit.amount,
                origin: Origin(
                    kind: "deposit",
                    subject: deposit.id.text,
                    traceID: trace.traceID,
                    requestID: trace.requestID
                )
            )
        )
        let name = try tx.identities.find(deposit.buyer)?.name ?? ""
        try self.append(deposit.id.text, deposit.amount, deposit.buyer, name, trace, in: tx)
    }

    // MARK: x402

    /// Takes an x402 payment for a deposit. Paying a completed one again is refused before anything is taken.
    ///
    /// Throws a 402 when the payment is refused, `paymentUnknown` when the rail does not say.
    func pay(_ deposit: Deposit, _ payment: X402Payment, offer: X402Offer, caller: Caller, trace: Trace) async throws
        -> String
    {
        guard let rail = self.rails.x402 else { throw MarketProblems.railNotOffered(deposit.paymentMethod.rawValue) }
        // Of several payments at once, one gets the deposit; the others are refused before anything is taken.
        try await rail.claim(payment, offer: offer, subject: deposit.id.text, caller: caller, trace: trace) { tx in
            guard try tx.deposits.move(deposit.id, from: [.pending, .failed], to: .processing) else {
                throw MarketProblems.depositNotPayable
            }
        }
        switch try await rail.settle(payment) {
        case .paid(let transaction):
            try await self.database.write { tx in
                guard try rail.complete(payment.nonceKey, chainTransaction: transaction, in: tx) else { return }
                try tx.deposits.move(deposit.id, from: [.processing], to: .completed, payment: transaction)
                try self.append(deposit.id.text, deposit.amount, caller.identity, caller.name, trace, in: tx)
            }
            return transaction
        case .refused(let reason):
            try await self.database.write { tx in
                try rail.refuse(payment.nonceKey, in: tx)
                try tx.deposits.move(deposit.id, from: [.processing], to: .failed, reason: reason)
            }
            throw offer.problem("refused", ["reason": reason], error: reason)
        case .unknown:
            try await self.database.write { _ = try $0.deposits.move(deposit.id, from: [.processing], to: .unknown) }
            throw MarketProblems.paymentUnknown
        }
    }

    /// Completes the deposit of a payment whose outcome was learnt later. A call's payment is simply in the balance.
    func noteReconciled(_ record: X402PaymentStore.Record, _ transaction: String, in tx: Transaction) throws {
        let states: [Deposit.Status] = [.processing, .unknown]
        try tx.deposits.move(ID(record.subject), from: states, to: .completed, payment: transaction)
        let name = try tx.identities.find(record.buyer)?.name ?? ""
        try self.append(record.subject, record.amount, record.buyer, name, .none, in: tx)
    }

    /// What an admin's credit did.
    struct Credit: Sendable {
        let id: String
        let buyerName: String
        let amount: Amount<USDC>
        let balance: Amount<USDC>
    }

    /// Gives a buyer money. Throws `buyerNotFound`, or what `Idempotency-Key` asks for.
    func credit(
        id: String,
        buyerName: String,
        amount: Amount<USDC>,
        reason: String,
        by actor: String,
        trace: Trace,
        in tx: Transaction
    ) throws -> Credit {
        guard let buyer = try tx.identities.find(name: buyerName) else { throw MarketProblems.buyerNotFound }
        let account = try self.accounts.number(of: .prepaid(buyer.id), in: tx)
        try tx.ledger.post(
            Posting(
                "credit:\(id)",
                from: try self.accounts.number(of: .house(.credits, .usdc), in: tx),
                to: account,
                amount: amount,
                origin: Origin(kind: "credit", subject: id, traceID: trace.traceID, requestID: trace.requestID)
            )
        )
        let detail = "\(amount.text) to \(buyerName): \(reason)"
        try tx.audit.record(actor: actor, action: "balance.credited", subject: id, detail: detail, trace: trace)
        try self.append(id, amount, buyer.id, buyerName, trace, in: tx)
        let balance = try Amount<USDC>(tx.ledger.find(account)!.balance)
        return Credit(id: id, buyerName: buyerName, amount: amount, balance: balance)
    }

    private func append(
        _ subject: String,
        _ amount: Amount<USDC>,
        _ buyer: ID<Identity>,
        _ buyerName: String,
        _ trace: Trace,
        in tx: Transaction
    ) throws {
        let event = BalanceEvent(id: subject, buyer: buyerName, amount: amount.text)
        try tx.notices.tell([buyer], .balanceCredited, about: subject, event, trace: trace)
    }
}
