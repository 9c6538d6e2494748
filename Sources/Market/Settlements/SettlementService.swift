import Kernel
import Ledger
import Platform
import Storage
import Web

/// Pays providers what their calls have earned. Every record is settled at most once: the periods of one provider do not overlap.
struct SettlementService: Sendable {
    let database: any Database
    let accounts: AccountCache
    let rollUps: RollUps
    let ids: IDGenerator

    /// Takes the market's share, and sets the rest aside until it is paid.
    ///
    /// Throws `settlementPeriod`, then `providerNotFound`, then `settlementFuture`, then `settlementOverlaps`.
    func create(_ period: SettlementPeriod, of providerName: String, by admin: Caller, trace: Trace) async throws
        -> Settlement
    {
        try await self.create(period, of: providerName, by: admin, trace: trace, skipsEmpty: false)!
    }

    /// The same for a run over many providers.
    ///
    /// - Parameter skipsEmpty: whether a period without calls makes no settlement, but nil.
    func create(
        _ period: SettlementPeriod,
        of providerName: String,
        by admin: Caller,
        trace: Trace,
        skipsEmpty: Bool
    ) async throws -> Settlement? {
        guard period.start < period.end else { throw MarketProblems.settlementPeriod }
        try await self.rollUps.catchUp(batches: .max)
        let id: ID<Settlement> = self.ids.next()
        return try await self.database.write { tx in
            guard let provider = try tx.identities.find(name: providerName) else {
                throw MarketProblems.providerNotFound
            }
            guard period.start <= tx.now else { throw MarketProblems.settlementFuture }
            // What was recorded since; then nothing of the time before this moment can change any more, but for open answers.
            while try !tx.rollUps.applyAndScore() {}
            let covered = max(period.start, min(period.end, tx.now))
            if let settled = try tx.settlements.coverage(of: provider.id, from: period.start, until: covered) {
                throw MarketProblems.settlementOverlaps(until: settled)
            }
            let leftOut = try tx.settlementDeferrals.listLeftOut(of: provider.id, from: period.start, until: covered)
            let ended = try tx.settlementDeferrals.listEnded(of: provider.id)
            let whole = try tx.settlements.figures(of: provider.id, from: period.start, until: covered)
            let figures =
                try tx.usage.list(leftOut.open + leftOut.taken).map { Figures($0).negated }
                + tx.usage.list(ended).map { Figures($0) }
            let settlement = Settlement(
                id: id,
                provider: provider.id,
                providerName: provider.name,
                period: period,
                coveredUntil: covered,
                figures: figures.reduce(whole, +),
                createdAt: tx.now
            )
            if skipsEmpty, settlement.callCount == 0 { return nil }
            try tx.settlements.insert(settlement)
            try tx.settlementDeferrals.insert(
                deferred: leftOut.open,
                taken: ended,
                others: leftOut.taken,
                by: settlement
            )
            try self.setAside(settlement, trace, in: tx)
            try self.note(.settlementCreated, settlement, by: admin, trace, in: tx)
            return settlement
        }
    }

    /// The operator has paid. Throws `settlementNotPayable`.
    func pay(_ id: ID<Settlement>, reference: String, by admin: Caller, trace: Trace) async throws -> Settlement {
        try await self.database.write { tx in
            guard try tx.settlements.close(id, as: .completed, payment: reference),
                let settlement = try tx.settlements.find(id)
            else { throw MarketProblems.settlementNotPayable }
            if settlement.net > 0 { try tx.ledger.settle(settlement.netReference) }
            try self.note(.settlementCompleted, settlement, by: admin, trace, in: tx)
            return settlement
        }
    }

    /// The payment came to nothing: the money is the provider's again, and the period can be settled anew.
    ///
    /// Throws `settlementNotPayable`.
    func fail(_ id: ID<Settlement>, reason: String, by admin: Caller, trace: Trace) async throws -> Settlement {
        try await self.database.write { tx in
            guard try tx.settlements.close(id, as: .failed, failure: reason),
                let settlement = try tx.settlements.find(id)
            else { throw MarketProblems.settlementNotPayable }
            try tx.settlementDeferrals.release(takenBy: id)
            if settlement.net > 0 { try tx.ledger.release(settlement.netReference) }
            if settlement.fee > 0 {
                try tx.ledger.post(
                    Posting(
                        "\(settlement.feeReference).reversal",
                        from: try self.accounts.number(of: .house(.commission, .usdc), in: tx),
                        to: try self.accounts.number(of: .earnings(settlement.provider), in: tx),
                        amount: settlement.fee,
                        origin: self.origin(settlement, trace, causedBy: settlement.feeReference)
                    )
                )
            }
            try self.note(.settlementFailed, settlement, by: admin, trace, in: tx)
            return settlement
        }
    }

    private func setAside(_ settlement: Settlement, _ trace: Trace, in tx: Transaction) throws {
        let earnings = try self.accounts.number(of: .earnings(settlement.provider), in: tx)
        let origin = self.origin(settlement, trace, causedBy: nil)
        if settlement.fee > 0 {
            let commission = try self.accounts.number(of: .house(.commission, .usdc), in: tx)
            try tx.ledger.post(
                Posting(settlement.feeReference, from: earnings, to: commission, amount: settlement.fee, origin: origin)
            )
        }
        if settlement.net > 0 {
            try tx.ledger.post(
                Posting(
                    settlement.netReference,
                    from: earnings,
                    to: try self.accounts.number(of: .house(.payouts, .usdc), in: tx),
                    amount: settlement.net,
                    phase: .pending(expiresAt: nil),
                    origin: origin
                )
            )
        }
    }

    private func origin(_ settlement: Settlement, _ trace: Trace, causedBy: TransferReference?) -> Origin {
        Origin(
            kind: "settlement",
            subject: settlement.id.text,
            traceID: trace.traceID,
            requestID: trace.requestID,
            causedBy: causedBy
        )
    }

    /// Writes down who did it, and tells the provider.
    private func note(
        _ type: MarketNotice,
        _ settlement: Settlement,
        by admin: Caller,
        _ trace: Trace,
        in tx: Transaction
    )
        throws
    {
        try tx.audit.record(
            actor: admin.credential,
            action: type.rawValue,
            subject: settlement.id.text,
            detail: "\(settlement.net.text) for \(settlement.providerName)",
            trace: trace
        )
        let event = SettlementEvent(settlement: settlement)
        try tx.notices.tell([settlement.provider], type, about: settlement.id.text, event, trace: trace)
    }
}

extension Settlement {
    fileprivate var feeReference: TransferReference { "settlement:\(self.id.text).fee" }
    fileprivate var netReference: TransferReference { "settlement:\(self.id.text).net" }
}

/// What webhooks say of a settlement.
struct SettlementEvent: Answer {
    let settlement: Settlement

    static let members: [Member<Self>] = [
        Member("settlement_id", \.settlement.id, "The settlement"),
        Member("provider_id", \.settlement.providerName, "Who is paid", example: "provider-1"),
        Member(
            "total_amount",
            { DecimalText($0.settlement.total) },
            "What buyers paid",
            unit: "USDC",
            example: "10.50"
        ),
        Member("platform_fee", { DecimalText($0.settlement.fee) }, "The commission", unit: "USDC", example: "1.05"),
        Member(
            "net_amount",
            { DecimalText($0.settlement.net) },
            "What the provider gets",
            unit: "USDC",
            example: "9.45"
        ),
        Member("status", \.settlement.status, "Its state", example: "completed"),
        Member("payment_tx", \.settlement.paymentReference, "How it was paid", example: "0xabc123"),
    ]
}
