import Kernel
import Platform
import Storage
import Web

/// What becomes of a conversion after it was counted.
struct DecisionService: Sendable {
    let ledger: ConversionLedger

    enum Decision: Sendable, Equatable {
        case approve
        case reject(String)
        /// What looked like fraud is none: it may be paid.
        case release
        /// Takes back what was paid, with the next payout.
        case clawBack(String)

        fileprivate var name: String {
            switch self {
            case .approve: "approved"
            case .reject: "rejected"
            case .release: "released"
            case .clawBack: "clawed_back"
            }
        }

        fileprivate var text: String {
            switch self {
            case .approve, .release: ""
            case .reject(let text), .clawBack(let text): text
            }
        }
    }

    struct Decided: Sendable {
        let conversion: Conversion
        /// False when it had been decided so before.
        let hasChanged: Bool
    }

    /// The same decision again changes nothing.
    ///
    /// Approving releases what is held: whoever pays has looked at it.
    ///
    /// Throws `alreadyPaid`, `notPaid`, `notPending`, `rejectionFinal`, `amountRequired`, `budgetUsedUp`, `notHeld`.
    func decide(_ conversion: Conversion, _ decision: Decision, by caller: Caller, trace: Trace, in tx: Transaction)
        throws
        -> Decided
    {
        let decided = try self.decide(conversion, decision, trace: trace, in: tx)
        if decided.hasChanged {
            try tx.audit.record(
                actor: caller.credential,
                action: "conversion.\(decision.name)",
                subject: conversion.subject,
                detail: decision.text,
                trace: trace
            )
        }
        return decided
    }

    private func decide(_ conversion: Conversion, _ decision: Decision, trace: Trace, in tx: Transaction) throws
        -> Decided
    {
        let publisher = try tx.affiliateAccounts.require(conversion.publisher)
        let state = conversion.state(at: tx.now, paidUntil: publisher.paidUntil)
        switch decision {
        case .approve: return try self.approve(conversion, state, trace: trace, in: tx)
        case .reject(let text): return try self.reject(conversion, state, text, trace: trace, in: tx)
        case .release: return try self.release(conversion, state, in: tx)
        case .clawBack(let text): return try self.clawBack(conversion, state, text, trace: trace, in: tx)
        }
    }

    private func approve(_ conversion: Conversion, _ state: Conversion.State, trace: Trace, in tx: Transaction) throws
        -> Decided
    {
        var conversion = conversion
        switch state {
        case .approved, .payable, .paid:
            // From before approving released it.
            if conversion.isHeld { return try self.release(conversion, state, in: tx) }
            return Decided(conversion: conversion, hasChanged: false)
        case .pending:
            try self.ledger.settle(conversion, in: tx)
            try tx.programs.add(to: conversion.program, approved: 1)
        case .rejected:
            let wasCounted = !conversion.isInvalid
            conversion =
                wasCounted ? try self.takeUpAgain(conversion, in: tx) : try self.validate(conversion, in: tx)
            try self.ledger.pay(conversion, trace: trace, in: tx)
            try tx.programs.add(
                to: conversion.program,
                approved: 1,
                rejected: wasCounted ? -1 : 0,
                reward: conversion.reward
            )
        }
        let payableAt = try self.payableAt(conversion, in: tx)
        return Decided(
            conversion: try tx.conversions.decide(conversion, .approved, payableAt: payableAt),
            hasChanged: true
        )
    }

    /// Gives an order that a rule refused what its terms say, from the budget of this month: the advertiser, who pays, may.
    private func validate(_ conversion: Conversion, in tx: Transaction) throws -> Conversion {
        let program = try tx.programs.require(conversion.program)
        let terms =
            try tx.programs.findTerms(conversion.program, version: conversion.termsVersion) ?? program.content.terms
        guard conversion.isInvalid, terms.rewardType != .cpc else { throw AffiliateProblems.notPending }
        guard terms.unit == .yen || conversion.amount > 0 else { throw AffiliateProblems.amountRequired }
        let click = try conversion.click.flatMap { try tx.clicks.find($0) }
        let reward = terms.reward(forOrderOf: conversion.amount, clickedAt: click?.at ?? conversion.occurredAt)
        let (month, limit) = (Month(of: tx.now).text, program.content.monthlyBudget)
        guard try tx.programs.takeBudget(reward, of: conversion.program, month: month, limit: limit) else {
            throw AffiliateProblems.budgetUsedUp
        }
        return try tx.conversions.validate(conversion, reward: reward, budgetMonth: month)
    }

    /// What the advertiser has rejected, within the month of the rejection.
    private func takeUpAgain(_ conversion: Conversion, in tx: Transaction) throws -> Conversion {
        let month = Month(of: tx.now).text
        guard conversion.canBeTakenUp(at: tx.now) else { throw AffiliateProblems.rejectionFinal }
        let program = try tx.programs.require(conversion.program)
        guard
            try tx.programs.takeBudget(
                conversion.reward,
                of: conversion.program,
                month: month,
                limit: program.content.monthlyBudget
            )
        else { throw AffiliateProblems.budgetUsedUp }
        return try tx.conversions.restore(conversion, budgetMonth: month)
    }

    /// The hold begins with the order; what is approved later is payable at once, and belongs to the month of its approval.
    private func payableAt(_ conversion: Conversion, in tx: Transaction) throws -> Timestamp {
        let terms = try tx.programs.findTerms(conversion.program, version: conversion.termsVersion)
        let held = conversion.occurredAt.adding(seconds: Int64(terms?.holdDays ?? 0) * 86_400)
        return max(held, tx.now)
    }

    private func reject(
        _ conversion: Conversion,
        _ state: Conversion.State,
        _ text: String,
        trace: Trace,
        in tx: Transaction
    ) throws -> Decided {
        switch state {
        case .rejected: return Decided(conversion: conversion, hasChanged: false)
        case .paid: throw AffiliateProblems.alreadyPaid
        case .pending: try self.ledger.release(conversion, in: tx)
        case .approved, .payable:
            // A carried month is closed as much as a paid one.
            guard try !self.isClosed(conversion, in: tx) else { throw AffiliateProblems.alreadyPaid }
            try self.ledger.reverse(conversion, as: .rejection, trace: trace, in: tx)
        }
        let wasApproved = conversion.status == .approved
        try tx.programs.add(
            to: conversion.program,
            approved: wasApproved ? -1 : 0,
            rejected: 1,
            reward: -conversion.reward
        )
        if let month = conversion.budgetMonth {
            try tx.programs.giveBudgetBack(conversion.reward, of: conversion.program, month: month)
        }
        let words = text.trimmed.isEmpty ? nil : text.trimmed
        return Decided(
            conversion: try tx.conversions.decide(conversion, .rejected, reason: .rejectedByAdvertiser, text: words),
            hasChanged: true
        )
    }

    private func isClosed(_ conversion: Conversion, in tx: Transaction) throws -> Bool {
        let closedUntil = try tx.affiliateAccounts.require(conversion.publisher).closedUntil
        return conversion.payableAt.map { !conversion.isHeld && $0 < closedUntil } ?? false
    }

    private func release(_ conversion: Conversion, _ state: Conversion.State, in tx: Transaction) throws -> Decided {
        guard conversion.isHeld else {
            if conversion.flags.isEmpty || state == .rejected { throw AffiliateProblems.notHeld }
            return Decided(conversion: conversion, hasChanged: false)
        }
        let payableAt = conversion.payableAt.map { max($0, tx.now) }
        return Decided(conversion: try tx.conversions.release(conversion, payableAt: payableAt), hasChanged: true)
    }

    private func clawBack(
        _ conversion: Conversion,
        _ state: Conversion.State,
        _ text: String,
        trace: Trace,
        in tx: Transaction
    ) throws -> Decided {
        guard try state == .paid || self.isClosed(conversion, in: tx) else { throw AffiliateProblems.notPaid }
        let isNew = try tx.payouts.insertClawback(conversion, reason: text)
        if isNew { try self.ledger.reverse(conversion, as: .clawback, trace: trace, in: tx) }
        return Decided(conversion: conversion, hasChanged: isNew)
    }

    // MARK: Telling

    /// One notification for all of a publisher's that were decided alike.
    func tell(_ conversions: [Conversion], _ decision: Decision, trace: Trace, in tx: Transaction) throws {
        let type: NoticeType =
            switch decision {
            case .approve: .conversionApproved
            case .reject: .conversionRejected
            case .release: .conversionReleased
            case .clawBack: .conversionClawedBack
            }
        for (publisher, theirs) in Dictionary(grouping: conversions, by: \.publisher).sorted(by: { $0.key < $1.key }) {
            for (advertiser, group) in Dictionary(grouping: theirs, by: \.advertiser).sorted(by: { $0.key < $1.key }) {
                let sorted = group.sorted { $0.id < $1.id }
                try tx.notices.tell(
                    publisher == advertiser ? [publisher] : [publisher, advertiser],
                    type,
                    about: sorted.count == 1 ? sorted[0].subject : "conversions",
                    DecisionEvent(conversions: sorted),
                    trace: trace
                )
            }
        }
    }
}
