import Kernel
import Platform
import Storage

/// Clicks that are paid for themselves.
extension ConversionService {
    /// False when the month's budget, or the limit of the advertiser's rewards, does not suffice for one more click.
    func takeBudget(forClickOf link: TrackingLink, in tx: Transaction) throws -> Bool {
        let reward = Yen(link.terms.value(at: tx.now))
        guard try self.ledger.hasRoom(forClickOf: link.advertiser, reward, in: tx) else { return false }
        return try tx.programs.takeBudget(
            reward,
            of: link.program,
            month: Month(of: tx.now).text,
            limit: link.monthlyBudget
        )
    }

    /// A click that counts is a conversion of its own, which nobody has to approve.
    func payClick(_ click: ClickID, _ link: TrackingLink, trace: Trace, in tx: Transaction) throws {
        let new = NewConversion(
            program: link.program,
            partnership: link.partnership,
            publisher: link.publisher,
            advertiser: link.advertiser,
            click: click,
            termsVersion: link.termsVersion,
            orderID: "click-\(click)",
            amount: 0,
            reward: Yen(link.terms.value(at: tx.now)),
            source: .click,
            reason: .counts,
            flags: [],
            budgetMonth: Month(of: tx.now).text,
            occurredAt: tx.now
        )
        let conversion = try tx.conversions.insert(new, trace: trace)
        try self.ledger.pay(conversion, trace: trace, in: tx)
        let payableAt = tx.now.adding(seconds: Int64(link.terms.holdDays) * 86_400)
        _ = try tx.conversions.decide(conversion, .approved, payableAt: payableAt)
        try tx.programs.add(to: link.program, approved: 1, reward: conversion.reward)
    }
}
