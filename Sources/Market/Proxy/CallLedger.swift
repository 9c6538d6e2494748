import Kernel
import Ledger
import Platform
import Storage

/// The money of a call, in two short transactions: reserve before it, settle or release after it.
struct CallLedger: Sendable {
    let accounts: AccountCache

    enum Reservation: Sendable {
        case funded(Funding)
        /// Neither a free call nor enough balance.
        case unfunded
        case replay(IdempotencyStore.Answer)
    }

    // MARK: Before

    /// Idempotency, then the free tier, then the balance. `admit` is asked in between and may throw: nothing is then reserved.
    func reserve(_ call: ProxyCall, admit: () throws -> Void, in tx: Transaction) throws -> Reservation {
        if let key = call.idempotencyKey {
            let begun = try tx.idempotency.begin(
                scope: call.idempotencyScope,
                key: key,
                fingerprint: call.fingerprint,
                holdSeconds: call.holdSeconds
            )
            switch begun {
            case .started: break
            case .replay(let answer): return .replay(answer)
            case .running: throw MarketProblems.idempotencyRunning
            case .mismatch: throw MarketProblems.idempotencyMismatch
            }
        }
        try admit()
        if try tx.freeTier.hold(call.usage, buyer: call.caller.identity, listing: call.listing, until: call.expiry) {
            return .funded(.free)
        }
        guard call.listing.price.micros > 0 else { return .funded(.gratis) }
        do {
            try tx.ledger.post(try self.posting(call, phase: .pending(expiresAt: call.expiry), in: tx))
            return .funded(.prepaid)
        } catch Rejection.exceedsCredits { return .unfunded }
    }

    // MARK: After

    /// The provider answered below 500: charge, record, tell.
    func settle(_ call: ProxyCall, _ funding: Funding, _ result: CallResult, in tx: Transaction) throws {
        switch funding {
        case .free: try tx.freeTier.use(call.usage)
        case .gratis: break
        case .prepaid: try tx.ledger.settle(call.usage.text)
        case .x402: try tx.ledger.post(try self.posting(call, phase: .posted, in: tx))
        }
        try self.record(call, funding, result, in: tx)
    }

    /// The provider failed: nothing is charged, and the key may be used again.
    func release(_ call: ProxyCall, _ funding: Funding, _ result: CallResult, in tx: Transaction) throws {
        switch funding {
        case .free: try tx.freeTier.release(call.usage)
        case .gratis, .x402: break
        case .prepaid: try tx.ledger.release(call.usage.text)
        }
        if let key = call.idempotencyKey { try tx.idempotency.abandon(scope: call.idempotencyScope, key: key) }
        try self.record(call, funding, result, in: tx)
    }

    /// The provider broke an answer off that had been charged: the charge goes back.
    func reverse(_ call: ProxyCall, _ funding: Funding, in tx: Transaction) throws {
        try tx.usage.markBroken(call.usage)
        // Nothing is charged any more, so the key may be used again.
        if let key = call.idempotencyKey { try tx.idempotency.forget(scope: call.idempotencyScope, key: key) }
        let amount = funding.amount(call)
        if funding.isFree { try tx.freeTier.giveBack(call.caller.identity.text, call.listing.id.text) }
        if amount > 0 {
            try tx.ledger.post(
                Posting(
                    "\(call.usage.text).reversal",
                    from: try self.accounts.number(of: .earnings(call.listing.provider), in: tx),
                    to: try self.accounts.number(of: .prepaid(call.caller.identity), in: tx),
                    amount: amount,
                    origin: self.origin(call, kind: "reversal", causedBy: call.usage.text)
                )
            )
        }
        try tx.events.append(
            Event(
                surface: MarketSurface.name,
                type: "payment.reversed",
                subject: call.usage.text,
                audience: self.audience(call),
                payload: try JSON.text(["usage_id": call.usage.text, "amount": Micros.text(amount)]),
                trace: call.trace
            )
        )
    }

    // MARK: Steps

    private func posting(_ call: ProxyCall, phase: Posting.Phase, in tx: Transaction) throws -> Posting {
        Posting(
            call.usage.text,
            from: try self.accounts.number(of: .prepaid(call.caller.identity), in: tx),
            to: try self.accounts.number(of: .earnings(call.listing.provider), in: tx),
            amount: call.listing.price.micros,
            phase: phase,
            origin: self.origin(call, kind: "call", causedBy: nil)
        )
    }

    private func origin(_ call: ProxyCall, kind: String, causedBy: String?) -> Origin {
        Origin(
            kind: kind,
            subject: call.usage.text,
            traceID: call.trace.traceID,
            requestID: call.trace.requestID,
            causedBy: causedBy
        )
    }

    private func audience(_ call: ProxyCall) -> [ID<Identity>] {
        call.caller.identity == call.listing.provider
            ? [call.caller.identity] : [call.caller.identity, call.listing.provider]
    }

    private func record(_ call: ProxyCall, _ funding: Funding, _ result: CallResult, in tx: Transaction) throws {
        let usage = Usage(call, funding, result)
        try tx.usage.insert(usage)
        let payload = CallPayload.text(usage, call)
        let types = usage.amount > 0 ? ["service.called", "payment.completed"] : ["service.called"]
        try tx.events.append(
            types.map { type in
                Event(
                    surface: MarketSurface.name,
                    type: type,
                    subject: usage.id.text,
                    audience: self.audience(call),
                    payload: payload,
                    trace: call.trace
                )
            }
        )
    }
}

/// The payload of `service.called`, as the contract shows it. Written by hand: it is made for every call.
private enum CallPayload {
    static func text(_ usage: Usage, _ call: ProxyCall) -> String {
        """
        {"amount_usd":\(self.number(usage.amount)),"buyer_id":\(self.quoted(call.caller.name)),\
        "latency_ms":\(usage.latencyMilliseconds),"payment_method":"\(usage.paymentMethod.rawValue)",\
        "provider_id":\(self.quoted(call.listing.providerName)),"service_id":"\(usage.listing.text)",\
        "status_code":\(usage.statusCode),"usage_id":"\(usage.id.text)"}
        """
    }

    /// A JSON number is wanted; it is written from the integer.
    private static func number(_ micros: Int64) -> String { micros == 0 ? "0" : Micros.text(micros) }

    private static func quoted(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
        return isPlain ? "\"\(text)\"" : (try? JSON.text(text)) ?? "\"\""
    }
}
