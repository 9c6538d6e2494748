import Kernel
import Ledger
import Platform
import Storage

/// The x402 rail: offers, takes and reconciles payments. What it takes goes to the buyer's balance, which then pays.
///
/// So a payment whose outcome is learnt too late is not lost: it is the buyer's, and the next call uses it.
struct X402Rail: Sendable {
    let configuration: X402Configuration
    let facilitator: X402Facilitator
    let database: any Database
    let accounts: AccountCache

    func offer(amountMicros: Int64, resourceURL: String, summary: String) -> X402Offer {
        X402Offer(
            configuration: self.configuration,
            amountMicros: amountMicros,
            resourceURL: resourceURL,
            summary: summary
        )
    }

    /// Asks the facilitator whether the payment is good, and takes hold of its nonce and of the ledger's entry.
    ///
    /// Throws a 402 for a payment that is not good or was used before; *unavailable* when the facilitator does not answer.
    func claim(_ payment: X402Payment, offer: X402Offer, subject: String, caller: Caller, trace: Trace) async throws {
        switch await self.facilitator.verify(payment.facilitatorRequest) {
        case .valid: break
        case .invalid(let reason): throw offer.problem("The payment is not valid: \(reason)", error: reason)
        case .unavailable:
            throw Problem(
                .unavailable,
                "facilitator_unavailable",
                "The payment cannot be verified now; nothing was charged",
                headers: [.init("Retry-After", "5")]
            )
        }
        try await self.database.write { tx in
            guard
                try tx.x402Payments.claim(
                    payment,
                    subject: subject,
                    buyer: caller.identity,
                    amount: offer.amountMicros
                )
            else { throw offer.problem("The payment was used before", error: "nonce_already_used") }
            try tx.ledger.post(
                Posting(
                    Self.reference(subject),
                    from: try self.accounts.number(of: .house(.x402, .usdc), in: tx),
                    to: try self.accounts.number(of: .prepaid(caller.identity), in: tx),
                    amount: offer.amountMicros,
                    phase: .pending(expiresAt: nil),
                    origin: Origin(
                        kind: "x402",
                        subject: subject,
                        traceID: trace.traceID,
                        requestID: trace.requestID
                    )
                )
            )
        }
    }

    /// Takes the money. That it was asked for is durable before it is asked for.
    func settle(_ payment: X402Payment) async throws -> RailOutcome {
        try await self.database.write { try $0.x402Payments.update(payment.nonceKey, to: .settling) }
        let outcome = await self.facilitator.settle(payment.facilitatorRequest)
        if outcome == .unknown {
            try await self.database.write { try $0.x402Payments.update(payment.nonceKey, to: .unknown) }
        }
        return outcome
    }

    /// Writes down that the money came.
    func complete(_ nonce: String, subject: String, chainTransaction: String, in tx: Transaction) throws {
        try tx.x402Payments.update(nonce, to: .settled, chainTransaction: chainTransaction)
        try tx.ledger.settle(Self.reference(subject))
    }

    /// Writes down that the money will not come.
    func refuse(_ nonce: String, subject: String, in tx: Transaction) throws {
        try tx.x402Payments.update(nonce, to: .refused)
        try tx.ledger.release(Self.reference(subject))
    }

    /// Gives the authorization back unused.
    func abandon(_ nonce: String, subject: String, in tx: Transaction) throws {
        try tx.x402Payments.delete(nonce)
        try tx.ledger.release(Self.reference(subject))
    }

    static func reference(_ subject: String) -> String { "x402:\(subject)" }
}

extension AccountKey {
    static func prepaid(_ owner: ID<Identity>) -> AccountKey {
        AccountKey(owner: owner.text, purpose: .prepaid, currency: .usdc)
    }

    static func earnings(_ owner: ID<Identity>) -> AccountKey {
        AccountKey(owner: owner.text, purpose: .earnings, currency: .usdc)
    }
}
