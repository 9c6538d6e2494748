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
    let ids: IDGenerator
    /// Where clients reach the market, without a slash at the end.
    let publicURL: String

    func offer(amount: Amount<USDC>, resourceURL: String, summary: String) -> X402Offer {
        X402Offer(
            configuration: self.configuration,
            amount: amount,
            resourceURL: resourceURL,
            summary: summary
        )
    }

    /// Asks the facilitator whether the payment is good, and takes hold of its nonce and of the ledger's entry.
    ///
    /// Throws a 402 for a payment that is not good or was used before; *unavailable* when the facilitator does not answer.
    ///
    /// - Parameter permit: checked in the same transaction; what it throws undoes the claim.
    func claim(
        _ payment: X402Payment,
        offer: X402Offer,
        subject: String,
        caller: Caller,
        trace: Trace,
        permit: @escaping @Sendable (Transaction) throws -> Void = { _ in }
    ) async throws {
        switch await self.facilitator.verify(payment.facilitatorRequest) {
        case .valid: break
        case .invalid(let reason): throw offer.problem("not_valid", ["reason": reason], error: reason)
        case .unavailable:
            throw Problem(
                .unavailable,
                "facilitator_unavailable",
                headers: [.init("Retry-After", "5")]
            )
        }
        // Each claim has a reference of its own: a released one is never used again.
        let reference: TransferReference = "x402:\(self.ids.uuid())"
        try await self.database.write { tx in
            try permit(tx)
            guard
                try tx.x402Payments.claim(
                    payment,
                    subject: subject,
                    buyer: caller.identity,
                    amount: offer.amount,
                    transfer: reference
                )
            else { throw offer.problem("used_before", error: "nonce_already_used") }
            try tx.ledger.post(
                Posting(
                    reference,
                    from: try self.accounts.number(of: .house(.x402, .usdc), in: tx),
                    to: try self.accounts.number(of: .prepaid(caller.identity), in: tx),
                    amount: offer.amount,
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
    ///
    /// Throws `paymentUnknown` when the claim is no longer this request's.
    func settle(_ payment: X402Payment) async throws -> X402Outcome {
        try await self.database.write { tx in
            guard try tx.x402Payments.move(payment.nonceKey, from: [.claimed], to: .settling) != nil else {
                throw MarketProblems.paymentUnknown
            }
        }
        let outcome = await self.facilitator.settle(payment.facilitatorRequest)
        if outcome == .unknown {
            try await self.database.write {
                _ = try $0.x402Payments.move(payment.nonceKey, from: [.settling], to: .unknown)
            }
        }
        return outcome
    }

    /// Writes down that the money came; false when that was written before.
    @discardableResult
    func complete(_ nonce: String, chainTransaction: String, in tx: Transaction) throws -> Bool {
        let reference = try tx.x402Payments.move(
            nonce,
            from: [.settling, .unknown],
            to: .settled,
            chainTransaction: chainTransaction
        )
        if let reference { try tx.ledger.settle(reference) }
        return reference != nil
    }

    /// Writes down that the money will not come; false when an outcome was written before.
    @discardableResult
    func refuse(_ nonce: String, in tx: Transaction) throws -> Bool {
        let reference = try tx.x402Payments.move(nonce, from: [.settling, .unknown], to: .refused)
        if let reference { try tx.ledger.release(reference) }
        return reference != nil
    }

    /// Gives the authorization back unused, unless the money was asked for.
    func abandon(_ nonce: String, in tx: Transaction) throws {
        if let reference = try tx.x402Payments.delete(nonce) { try tx.ledger.release(reference) }
    }
}
