import Kernel
import Platform
import Storage
import Web

/// Closes months: what orders have brought each partner becomes one payout in yen, or is carried over in dollars.
struct MonthService: Sendable {
    /// In yen.
    struct Rules: Sendable {
        var fees: [PayoutMethod.Kind: Int64] = [.iban: 1500, .paypal: 450]
        var minimum: Int64 = 5000
    }

    let database: any Database
    let ids: IDGenerator
    let ledger: ShareLedger
    let rules: Rules
    let publicURL: String
    /// To whom a partner's own events go.
    let receivers: @Sendable (Partner, Transaction) throws -> [ID<Identity>]

    /// Throws `monthClosed`.
    func setRate(_ rate: ConversionRate, of month: Month, by caller: Caller, _ trace: Trace) async throws {
        try await self.database.write { tx in
            guard try tx.forumPayouts.find(month: month.text)?.closedAt == nil else { throw ForumProblems.monthClosed }
            try tx.forumPayouts.put(rate, month: month.text)
            try tx.audit.record(
                actor: caller.credential,
                action: "month.rate",
                subject: month.text,
                detail: "\(rate.text) (\(rate.source), \(rate.asOf))",
                trace: trace
            )
        }
    }

    /// Once more is the same. Throws `monthNotOver`, `rateMissing`, `monthOutOfOrder`.
    func close(_ month: Month, by caller: Caller, _ trace: Trace) async throws -> [Payout] {
        try await self.database.write { tx in
            guard month.end <= tx.now else { throw ForumProblems.monthNotOver }
            guard let rated = try tx.forumPayouts.find(month: month.text) else { throw ForumProblems.rateMissing }
            guard rated.closedAt == nil else { return try tx.forumPayouts.list(month: month.text) }
            try self.requireOrder(month, in: tx)
            let (sums, carried) = (
                try tx.forumPayouts.sums(before: month.end), try tx.forumPayouts.carried()
            )
            for id in Set(sums.keys).union(carried.keys).sorted(by: { $0.text < $1.text }) {
                guard let partner = try tx.partners.find(id) else { throw ForumProblems.partnerNotFound }
                let payout = self.payout(
                    of: partner,
                    month,
                    rated.rate,
                    sums[id] ?? PayoutStore.Sum(),
                    carriedIn: carried[id] ?? 0,
                    method: try tx.applications.payoutMethod(of: id)?.kind,
                    destination: try tx.applications.payoutDestination(of: id),
                    at: tx.now
                )
                try tx.forumPayouts.insert(payout)
                if payout.state == .due {
                    let usd = payout.carriedInUSD + payout.shareUSD - payout.clawbackUSD
                    try self.ledger.close(payout, usd: usd, of: partner, trace, in: tx)
                }
            }
            try tx.forumPayouts.settle(before: month.end, month: month.text)
            try tx.forumPayouts.close(month: month.text)
            try tx.audit.record(actor: caller.credential, action: "month.closed", subject: month.text, trace: trace)
            return try tx.forumPayouts.list(month: month.text)
        }
    }

    /// Months are closed one after another, from the first one with an order.
    private func requireOrder(_ month: Month, in tx: Transaction) throws {
        if let last = try tx.forumPayouts.lastClosed().flatMap({ Month(text: $0) }) {
            guard last.next == month else { throw ForumProblems.monthOutOfOrder }
        } else if let first = try tx.forumPayouts.firstOpenOrder() {
            guard Month(of: first) >= month else { throw ForumProblems.monthOutOfOrder }
        }
    }

    private func payout(
        of partner: Partner,
        _ month: Month,
        _ rate: ConversionRate,
        _ sum: PayoutStore.Sum,
        carriedIn: Int64,
        method: PayoutMethod.Kind?,
        destination: [UInt8]?,
        at now: Timestamp
    ) -> Payout {
        let share = sum.share - sum.refunded
        let total = carriedIn + share - sum.clawback
        let gross = total > 0 ? rate.yen(total) : 0
        let fee = method.flatMap { self.rules.fees[$0] } ?? 0
        let isDue = method != nil && partner.status == .approved && gross - fee >= self.rules.minimum
        return Payout(
            id: self.ids.next(),
            partner: partner.id,
            month: month.text,
            orders: sum.orders,
            grossUSD: sum.gross,
            shareUSD: share,
            clawbackUSD: sum.clawback,
            carriedInUSD: carriedIn,
            carriedOutUSD: isDue ? 0 : total,
            method: method,
            rate: rate.value,
            gross: isDue ? gross : 0,
            fees: isDue ? fee : 0,
            net: isDue ? gross - fee : 0,
            state: isDue ? .due : .carried,
            reference: nil,
            createdAt: now,
            paidAt: nil,
            sealedDestination: isDue ? destination : nil
        )
    }

    // MARK: Paying

    /// Once more with the same reference is the same. Throws `payoutNotFound`, `payoutNotDue`.
    func markPaid(_ id: ID<Payout>, reference: String, by caller: Caller, _ trace: Trace) async throws -> Payout {
        try await self.database.write { tx in
            guard let known = try tx.forumPayouts.find(id), let partner = try tx.partners.find(known.partner) else {
                throw ForumProblems.payoutNotFound
            }
            if known.state == .settled, known.reference == reference { return known }
            guard try tx.forumPayouts.settle(id, reference: reference), let paid = try tx.forumPayouts.find(id) else {
                throw ForumProblems.payoutNotDue
            }
            try self.ledger.pay(paid, of: partner, trace, in: tx)
            let rated = try tx.forumPayouts.find(month: paid.month)
            try tx.events.append(
                Event(
                    surface: ForumContract.name,
                    type: "payout.settled",
                    subject: paid.id.text,
                    audience: try self.receivers(partner, tx),
                    payload: JSON.text(of: self.settled(paid, rated?.rate)),
                    trace: trace
                )
            )
            try tx.audit.record(
                actor: caller.credential,
                action: "payout.settled",
                subject: id.text,
                detail: reference,
                trace: trace
            )
            return paid
        }
    }

    private func settled(_ payout: Payout, _ rate: ConversionRate?) -> JSONValue {
        [
            "period": .string(payout.month), "gross": .integer(payout.gross), "fees": .integer(payout.fees),
            "net": .integer(payout.net), "netJpy": .integer(payout.net), "reference": .text(payout.reference),
            "currency": "JPY", "method": .text(payout.method?.rawValue),
            "grossUsd": .string(DecimalText(payout.grossUSD).text),
            "partnerShareUsd": .string(DecimalText(payout.shareUSD).text),
            "carriedUsd": .string(DecimalText(payout.carriedInUSD).text),
            "clawbackUsd": .string(DecimalText(payout.clawbackUSD).text),
            "fx": [
                "usdJpy": .string(ConversionRate(value: payout.rate, source: "", asOf: "").text),
                "source": .text(rate?.source), "asOf": .text(rate?.asOf),
            ],
            "feeLines": [["kind": "transfer", "jpy": .integer(payout.fees)]], "orders": .int(payout.orders),
            "statementUrl": .string("\(self.publicURL)/partners/payouts/\(payout.id)"),
            "paidAt": .text(payout.paidAt?.utc.text),
        ]
    }
}
