import Kernel
import Platform
import Storage
import Web

/// Counts orders: which click leads to one, whether it counts, and that it counts once.
struct ConversionService: Sendable {
    /// An order sooner after its click is looked at.
    static let fastestSeconds: Int64 = 3
    /// So many orders of one partnership within the minutes are looked at.
    static let burstCount = 30
    static let burstSeconds: Int64 = 300

    let ledger: ConversionLedger

    /// An order as it was reported.
    struct Report: Sendable {
        let source: Conversion.Source
        let program: Program
        /// Where to look for the click.
        let clickScope: ClickStore.ClickScope
        /// The partnership that reports, or that the report names; nil when only a click says whose it is.
        let partnership: Partnership?
        let orderID: String?
        /// Nil when the report does not say.
        let amount: Yen?
        let country: String?
        /// When it was ordered; nil for now.
        let occurredAt: Timestamp?
    }

    struct Recorded: Sendable {
        let conversion: Conversion
        /// Whether the order had been reported before with another amount, or for another partnership: its conversion stays.
        let isConflict: Bool

        /// Throws `orderConflict`; after the commit, so that the report is kept.
        func withoutConflict() throws -> Conversion {
            if self.isConflict { throw AffiliateProblems.orderConflict(self.conversion.orderID) }
            return self.conversion
        }
    }

    /// What came of a report; why not, when it is incomplete: the report is kept in either case.
    func take(_ report: Report, trace: Trace, in tx: Transaction) throws -> Result<Recorded, Problem> {
        do { return .success(try self.record(report, trace: trace, in: tx)) } catch let problem as Problem {
            // Nothing has been written when a report is found to be incomplete.
            guard Self.incomplete.contains(problem.code) else { throw problem }
            // An image that is shown for every order is right to come without a click: most buyers have none.
            let isWithoutClick = report.source == .pixel && problem.code == AffiliateProblems.noPartnership.code
            try tx.conversions.log(
                report.source,
                program: report.program.id,
                orderID: report.orderID,
                amount: report.amount,
                conversion: nil,
                isWithoutClick ? .noClick : .incomplete,
                trace: trace
            )
            return .failure(problem)
        }
    }

    private static let incomplete = Set(
        [AffiliateProblems.orderRequired, AffiliateProblems.amountRequired, AffiliateProblems.noPartnership].map(\.code)
    )

    /// Throws `orderRequired`, `noPartnership`, then `amountRequired`.
    private func record(_ report: Report, trace: Trace, in tx: Transaction) throws -> Recorded {
        let occurredAt = report.occurredAt ?? tx.now
        let found = try self.attribute(report, at: occurredAt, in: tx)
        let orderID =
            try report.orderID ?? found.click.map { "click-\($0.id)" } ?? { throw AffiliateProblems.orderRequired }()
        let trace = Trace(traceID: found.click?.traceID ?? trace.traceID, requestID: trace.requestID)
        let existing = try tx.conversions.find(program: report.program.id, orderID: orderID)
        if let existing, try !self.takesThePlace(report, found, existing, in: tx) {
            return try self.repeated(report, orderID, existing, trace: trace, in: tx)
        }
        guard let partnership = try self.partnership(of: found.click, report, in: tx) else {
            throw AffiliateProblems.noPartnership
        }
        let (version, terms) = try self.terms(of: found.click, report.program, in: tx)
        if terms.unit == .percent, report.amount == nil, found.reason == .counts {
            throw AffiliateProblems.amountRequired
        }
        let counted = try self.count(report, found, terms, orderID, insteadOf: existing, in: tx)
        if let existing {
            // Only the advertiser's server takes a place with what does not count.
            guard counted.reason == .counts || report.source.replaces(existing.source) else {
                return try self.repeated(report, orderID, existing, trace: trace, in: tx)
            }
            // In the same month, the budget has given the one for the other.
            if counted.budgetMonth != existing.budgetMonth { try self.giveBudgetBack(existing, in: tx) }
            try self.giveBack(existing, trace: trace, in: tx)
        }
        let new = NewConversion(
            program: report.program.id,
            partnership: partnership.id,
            publisher: partnership.publisher,
            advertiser: report.program.advertiser,
            click: found.click?.id,
            termsVersion: version,
            orderID: orderID,
            amount: report.amount ?? 0,
            reward: counted.reward,
            source: report.source,
            reason: counted.reason,
            flags: counted.reason == .counts
                ? try self.flags(report, found.click, at: occurredAt, partnership.id, in: tx) : [],
            budgetMonth: counted.budgetMonth,
            occurredAt: occurredAt
        )
        let conversion =
            try existing.map { try tx.conversions.replace($0, with: new) } ?? tx.conversions.insert(new, trace: trace)
        try self.finish(conversion, report, replaced: existing, trace: trace, in: tx)
        return Recorded(conversion: conversion, isConflict: false)
    }

    private struct Counted {
        var reason: Reason
        var reward: Yen = 0
        var budgetMonth: String?
    }

    /// What the order earns, if the click counts, the program pays for orders, and the month's budget suffices.
    private func count(
        _ report: Report,
        _ found: Attribution,
        _ terms: Terms,
        _ orderID: String,
        insteadOf existing: Conversion?,
        in tx: Transaction
    ) throws -> Counted {
        guard found.reason == .counts, let click = found.click else { return Counted(reason: found.reason) }
        if terms.rewardType == .cpc { return Counted(reason: .paysForClicks) }
        // Self-back is for one order.
        if click.isSelf, try tx.conversions.hasOrder(ofClick: click, besides: orderID) {
            return Counted(reason: .selfReferral)
        }
        let reward = terms.reward(forOrderOf: report.amount ?? 0, clickedAt: click.at)
        let month = Month(of: tx.now).text
        let limit = report.program.content.monthlyBudget
        let isReplaced = existing?.status != .rejected && existing?.budgetMonth == month
        let taken = isReplaced ? existing?.reward ?? 0 : 0
        guard reward <= limit ?? reward,
            try tx.programs.takeBudget(reward - taken, of: report.program.id, month: month, limit: limit)
        else {
            return Counted(reason: .budgetUsedUp)
        }
        return Counted(reason: .counts, reward: reward, budgetMonth: month)
    }

    private func finish(
        _ conversion: Conversion,
        _ report: Report,
        replaced: Conversion?,
        trace: Trace,
        in tx: Transaction
    ) throws {
        if conversion.status == .pending { try self.ledger.reserve(conversion, trace: trace, in: tx) }
        let isRejected = conversion.status == .rejected
        let wasRejected = replaced?.status == .rejected
        try tx.programs.add(
            to: conversion.program,
            approved: replaced?.status == .approved ? -1 : 0,
            rejected: replaced?.reason == .rejectedByAdvertiser ? -1 : 0,
            reward: (isRejected ? 0 : conversion.reward) - (wasRejected ? 0 : replaced?.reward ?? 0)
        )
        if replaced != nil { try tx.conversions.markReplaced(conversion.id) }
        try self.log(report, conversion.orderID, conversion, conversion.reason, trace, in: tx)
        try tx.notices.tell(
            [conversion.publisher, conversion.advertiser],
            .conversionRecorded,
            about: conversion.subject,
            ConversionEvent(conversion: conversion),
            trace: trace
        )
    }

    // MARK: Repetition

    /// A report of the advertiser's server takes the place of one that anybody could have made, until its month is closed; and one
    /// that counts that of another's that is invalid, or to which only a robot's or a flood's click led.
    private func takesThePlace(_ report: Report, _ found: Attribution, _ existing: Conversion, in tx: Transaction)
        throws
        -> Bool
    {
        if report.source.replaces(existing.source) {
            return try existing.status != .approved
                || !self.isClosed(existing, in: tx) && self.differs(report, found, existing)
        }
        guard found.reason == .counts, report.source != existing.source || found.click?.id != existing.click,
            report.source == .postback || existing.source != .postback
        else { return false }
        // What a person's click has led to stays.
        let isRobots = existing.status == .pending && existing.isHeld && existing.flags.contains(where: \.isOfClick)
        return existing.isInvalid || isRobots && found.click?.reason.flag == nil
    }

    /// What was approved stays when the advertiser's server says the same of it.
    private func differs(_ report: Report, _ found: Attribution, _ existing: Conversion) -> Bool {
        report.amount ?? existing.amount != existing.amount || found.click?.partnership != existing.partnership
    }

    private func isClosed(_ existing: Conversion, in tx: Transaction) throws -> Bool {
        let closedUntil = try tx.affiliateAccounts.require(existing.publisher).closedUntil
        return existing.payableAt.map { $0 < closedUntil } ?? false
    }

    /// The same report again answers the same.
    private func repeated(
        _ report: Report,
        _ orderID: String,
        _ existing: Conversion,
        trace: Trace,
        in tx: Transaction
    ) throws -> Recorded {
        let isOwn = report.source != .agent || report.partnership?.id == existing.partnership
        let isSame = isOwn && report.amount ?? existing.amount == existing.amount
        // What anybody can fetch cannot fill the log.
        if report.source != .pixel || !isSame {
            try self.log(report, orderID, existing, isSame ? .duplicateOrder : .conflictingOrder, trace, in: tx)
        }
        return Recorded(conversion: existing, isConflict: !isSame)
    }

    private func log(
        _ report: Report,
        _ orderID: String,
        _ conversion: Conversion,
        _ reason: Reason,
        _ trace: Trace,
        in tx: Transaction
    ) throws {
        try tx.conversions.log(
            report.source,
            program: report.program.id,
            orderID: orderID,
            amount: report.amount,
            conversion: conversion.id,
            reason,
            trace: trace
        )
    }

    private func giveBack(_ existing: Conversion, trace: Trace, in tx: Transaction) throws {
        switch existing.status {
        case .rejected: return
        case .pending: try self.ledger.release(existing, in: tx)
        case .approved: try self.ledger.reverse(existing, as: .replacement, trace: trace, in: tx)
        }
    }

    private func giveBudgetBack(_ existing: Conversion, in tx: Transaction) throws {
        guard existing.status != .rejected, let month = existing.budgetMonth else { return }
        try tx.programs.giveBudgetBack(existing.reward, of: existing.program, month: month)
    }
}
