import Kernel
import Ledger
import Platform
import Storage
import Web

/// Closes months: what is payable of a publisher becomes one payout, with tax and fee taken off, or is carried over.
struct PayoutService: Sendable {
    static let minimumSetting = "minimum_payout"
    /// The day of the month on which the last one is closed by itself; 0 leaves it to the operator.
    static let closeDaySetting = "close_day"

    let accounts: AccountCache

    /// What holds for a whole closing.
    struct Rules: Sendable {
        let minimum: Yen
        let fees: TransferFees
    }

    func rules(in tx: Transaction) throws -> Rules {
        Rules(
            minimum: Yen(try tx.payoutSettings.setting(Self.minimumSetting)),
            fees: try tx.payoutSettings.transferFees()
        )
    }

    /// What the month will come to for a publisher; nil when there is nothing.
    func preview(_ payee: Payee, _ month: Month, _ rules: Rules, in tx: Transaction) throws -> NewPayout? {
        let cutoff = month.end
        guard payee.closedUntil < cutoff else { return nil }
        let payable = try tx.payouts.sumPayable(of: payee.id, from: payee.closedUntil, to: cutoff)
        let due = PayoutAmounts.Due(
            rewards: payable.reward,
            clawbacks: try tx.payouts.sumClawbacks(of: payee.id, from: payee.closedUntil, to: cutoff),
            carriedIn: try tx.payouts.findCarried(of: payee.id)
        )
        guard payable.count > 0 || due.clawbacks != 0 || due.carriedIn != 0 else { return nil }
        let (amounts, reason) = PayoutAmounts.settle(
            due,
            payee.taxRegime,
            rules,
            bank: payee.bankCode,
            isSuspended: payee.isSuspended
        )
        return NewPayout(
            payee: payee,
            month: month.text,
            cutoff: cutoff,
            conversions: payable.count,
            amounts: amounts,
            carryReason: reason
        )
    }

    /// Closes the month for one publisher; nil when there is nothing, or it was closed before.
    func close(_ payee: Payee, _ month: Month, _ rules: Rules, trace: Trace, in tx: Transaction) throws -> Payout? {
        guard payee.closedUntil < month.end else { return nil }
        let new = try self.preview(payee, month, rules, in: tx)
        try tx.payouts.close(payee, until: month.end, isCarriedOver: new.map { $0.carryReason != nil } ?? true)
        guard let new else { return nil }
        let payout = try tx.payouts.insert(new)
        try tx.payouts.linkClawbacks(to: payout)
        try self.post(payout, trace: trace, in: tx)
        try tx.notices.tell(
            [payout.publisher],
            .payoutCreated,
            about: "payout:\(payout.id)",
            PayoutOutput(payout: payout),
            trace: trace
        )
        return payout
    }

    private func post(_ payout: Payout, trace: Trace, in tx: Transaction) throws {
        guard payout.status == .scheduled else { return }
        let publisher = AccountKey(owner: payout.publisher.text, purpose: .rewards, currency: .jpy)
        let parts: [(kind: String, amount: Yen, to: AccountKey.Purpose)] = [
            ("withholding", payout.amounts.withholding, .withholding),
            ("fee", payout.amounts.transferFee, .transferFees),
            ("payout", payout.net, .payouts),
        ]
        for part in parts {
            let debit = try self.accounts.number(of: publisher, in: tx)
            let credit = try self.accounts.number(of: .house(part.to, .jpy), in: tx)
            // A transfer has a largest amount; what is more goes in several.
            for (index, amount) in Self.split(part.amount).enumerated() {
                try tx.ledger.post(
                    Posting(
                        payout.reference(of: part.kind, part: index + 1),
                        from: debit,
                        to: credit,
                        amount: amount,
                        origin: Origin(
                            kind: part.kind,
                            subject: "payout:\(payout.id)",
                            traceID: trace.traceID,
                            requestID: trace.requestID
                        )
                    )
                )
            }
        }
    }

    private static func split(_ amount: Yen) -> [Yen] {
        let limit = LedgerStore.limit(of: JPY.self)
        var (parts, rest): ([Yen], Yen) = ([], amount)
        while rest > 0 {
            parts.append(min(limit, rest))
            rest -= parts.last!
        }
        return parts
    }

    /// The same again changes nothing. Throws `payoutNotScheduled`.
    func markPaid(_ payout: Payout, reference: String, trace: Trace, in tx: Transaction) throws -> Payout {
        if payout.status == .paid, payout.reference == reference { return payout }
        guard try tx.payouts.markPaid(payout, reference: reference) else { throw AffiliateProblems.payoutNotScheduled }
        let paid = try tx.payouts.require(payout.id, of: nil)
        try tx.notices.tell(
            [payout.publisher],
            .payoutPaid,
            about: "payout:\(payout.id)",
            PayoutOutput(payout: paid),
            trace: trace
        )
        return paid
    }
}
