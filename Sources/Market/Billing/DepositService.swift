import Kernel
import Ledger
import Platform
import Storage

/// Tops balances up: deposits over a rail, and credits that the operator grants.
struct DepositService: Sendable {
    let database: any Database
    let accounts: AccountCache
    /// Nil when the operator offers no x402.
    let x402: X402Rail?
    let ids: IDGenerator

    /// Throws `railNotOffered`.
    func begin(amount: Int64, _ method: PaymentMethod, by caller: Caller) async throws -> Deposit {
        guard method == .x402, self.x402 != nil else { throw MarketProblems.railNotOffered(method.rawValue) }
        let id: ID<Deposit> = self.ids.next()
        return try await self.database.write { tx in
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
    }

    func offer(for deposit: Deposit, url: String) -> X402Offer? {
        self.x402?.offer(amountMicros: deposit.amount, resourceURL: url, summary: "Deposit \(deposit.id.text)")
    }

    /// Takes an x402 payment for a deposit. Paying a completed one again is refused before anything is taken.
    ///
    /// Throws a 402 when the payment is refused, `paymentUnknown` when the rail does not say.
    func pay(_ deposit: Deposit, _ payment: X402Payment, offer: X402Offer, caller: Caller, trace: Trace) async throws
        -> String
    {
        guard let rail = self.x402 else { throw MarketProblems.railNotOffered(deposit.paymentMethod.rawValue) }
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
                try tx.deposits.move(deposit.id, from: [.processing], to: .completed)
                try self.append(deposit.id.text, deposit.amount, caller.identity, caller.name, trace, in: tx)
            }
            return transaction
        case .refused(let reason):
            try await self.database.write { tx in
                try rail.refuse(payment.nonceKey, in: tx)
                try tx.deposits.move(deposit.id, from: [.processing], to: .failed)
            }
            throw offer.problem("The payment was refused: \(reason)", error: reason)
        case .unknown:
            try await self.database.write { _ = try $0.deposits.move(deposit.id, from: [.processing], to: .unknown) }
            throw MarketProblems.paymentUnknown
        }
    }

    /// Completes the deposit of a payment whose outcome was learnt later. A call's payment is simply in the balance.
    func noteReconciled(_ record: X402PaymentStore.Record, in tx: Transaction) throws {
        try tx.deposits.move(ID(record.subject), from: [.processing, .unknown], to: .completed)
        let name = try tx.identities.find(record.buyer)?.name ?? ""
        try self.append(record.subject, record.amount, record.buyer, name, .none, in: tx)
    }

    /// What an admin's credit did.
    struct Credit: Sendable {
        let id: String
        let buyerName: String
        let amount: Int64
        let balance: Int64
    }

    /// Gives a buyer money. Throws `buyerNotFound`, or what `Idempotency-Key` asks for.
    func credit(
        id: String,
        buyerName: String,
        amount: Int64,
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
        let detail = "\(Micros.text(amount)) to \(buyerName): \(reason)"
        try tx.audit.record(actor: actor, action: "balance.credited", subject: id, detail: detail, trace: trace)
        try self.append(id, amount, buyer.id, buyerName, trace, in: tx)
        let balance = try tx.ledger.find(account)!.balance
        return Credit(id: id, buyerName: buyerName, amount: amount, balance: balance)
    }

    private func append(
        _ subject: String,
        _ amount: Int64,
        _ buyer: ID<Identity>,
        _ buyerName: String,
        _ trace: Trace,
        in tx: Transaction
    ) throws {
        try tx.events.append(
            Event(
                surface: MarketSurface.name,
                type: "balance.credited",
                subject: subject,
                audience: [buyer],
                payload: try JSON.text(["id": subject, "buyer_id": buyerName, "amount": Micros.text(amount)]),
                trace: trace
            )
        )
    }
}
