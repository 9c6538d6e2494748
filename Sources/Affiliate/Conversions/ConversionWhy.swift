import Kernel
import Ledger
import Storage
import Web

/// Tells both sides which rule decided: the click and its terms, every report of the order, and the money.
struct ConversionWhy: Sendable {
    private static let reportLimit = 100

    func explain(_ conversion: Conversion, in tx: Transaction) throws -> ConversionExplanation {
        let publisher = try tx.affiliateAccounts.require(conversion.publisher)
        let program = try tx.programs.require(conversion.program)
        let terms =
            try tx.programs.findTerms(conversion.program, version: conversion.termsVersion) ?? program.content.terms
        let click = try conversion.click.flatMap { try tx.clicks.find($0) }
        let rule = self.rule(conversion, click, terms)
        return ConversionExplanation(
            output: ConversionOutput(conversion: conversion, now: tx.now, paidUntil: publisher.paidUntil),
            program: program.content.name,
            publisher: publisher.profile.displayName,
            rule: rule,
            canBeApproved: conversion.status == .pending || conversion.isInvalid && terms.rewardType != .cpc
                || conversion.canBeTakenUp(at: tx.now),
            click: click.map { .init(click: $0) },
            terms: .init(version: conversion.termsVersion, terms: terms, at: click?.at ?? conversion.occurredAt),
            reports: try tx.conversions.listReports(of: conversion.id, limit: Self.reportLimit).map {
                ConversionReportOutput(report: $0)
            },
            transfers: try self.transfers(conversion, in: tx),
            clawback: try tx.payouts.findClawback(of: conversion.id).map { .init(clawback: $0) }
        )
    }

    private func rule(_ conversion: Conversion, _ click: Click?, _ terms: Terms) -> DecidingRule {
        if conversion.source == .click { return .clickItself }
        guard conversion.reason == .counts else { return .refused(conversion.reason, told: conversion.reasonText) }
        guard let click else { return .approvedWithoutClick }
        guard click.reason == .counts else {
            if conversion.isHeld { return .onlyClick(click.id, click.reason, .held) }
            return .onlyClick(click.id, click.reason, conversion.status == .approved ? .approved : .released)
        }
        // An order that says that it is older than its click was flagged, and counts from the click on.
        guard terms.isInWindow(max(conversion.occurredAt, click.at), clickedAt: click.at) else {
            return .approvedOutsideWindow(click.id)
        }
        return .lastValidClick(click.id, days: terms.cookieDays)
    }

    private func transfers(_ conversion: Conversion, in tx: Transaction) throws -> [ConversionExplanation.Movement] {
        try conversion.references.compactMap { try tx.ledger.find(transfer: $0) }.map { transfer in
            .init(transfer: transfer, amount: try Yen(Money(micros: transfer.amount, .jpy)))
        }
    }
}

/// What was reported of an order.
struct ConversionReportOutput: Answer {
    let report: ConversionReport

    static let members: [Member<Self>] = [
        Member("at", \.report.at, "When it was reported"),
        Member("source", \.report.source, "Who reported it", example: "postback"),
        Member("order_id", \.report.orderID, "The order", example: "ORDER-001"),
        Member("amount", \.report.amount, "What it was worth", unit: "JPY", example: 9800),
        Member("conversion_id", \.report.conversion, "The conversion that came of it", example: 9),
        Member("reason", \.report.reason.rawValue, "Why it came to nothing; 0 when it did not", example: 0),
        Member(
            "reason_text",
            { $0.report.reason.text() },
            "The same in words",
            example: "It counts",
            shown: { $0.report.reason.text(in: $1.language) }
        ),
    ]
}

/// A conversion, and why it stands as it does.
struct ConversionExplanation: Answer {
    let output: ConversionOutput
    let program: String
    let publisher: String
    let rule: DecidingRule
    let canBeApproved: Bool
    let click: ClickPart?
    let terms: TermsPart
    let reports: [ConversionReportOutput]
    let transfers: [Movement]
    let clawback: ClawbackPart?

    struct ClickPart: Answer {
        let click: Click

        static let members: [Member<Self>] = [
            Member("click_id", \.click.id, "The click", example: 123),
            Member("at", \.click.at, "When it was"),
            Member("reason", \.click.reason.rawValue, "Why it does not count; 0 when it does", example: 0),
            Member("reason_text", { $0.click.reason.text() }, "The same in words", example: "It counts"),
            Member("context", \.click.context, "Where the agent's user was", example: "chatbot"),
            Member("referrer", \.click.referrer, "The page with the link", example: "https://example.com/review"),
            Member("country", \.click.country, "The visitor's country", example: "JP"),
            Member("self_back", \.click.isSelf, "Whether it was the publisher's own", example: false),
        ]
    }

    /// The terms of the click's moment.
    struct TermsPart: Answer {
        let version: Int
        let terms: Terms
        let at: Timestamp

        static let members: [Member<Self>] = [
            Member("version", \.version, "Their version", example: 1),
            Member("reward_type", \.terms.rewardType, "What is paid", example: "cpa"),
            Member("reward_unit", \.terms.unit, "yen or percent", example: "yen"),
            Member("reward", { RewardValue($0.terms.value(at: $0.at), $0.terms.unit) }, "What an order earned"),
            Member("cookie_days", \.terms.cookieDays, "How long the click counted", unit: "days", example: 30),
            Member("hold_days", \.terms.holdDays, "How long an approved reward waited", unit: "days", example: 14),
        ]
    }

    /// A transfer of the ledger.
    struct Movement: Answer {
        let transfer: Transfer
        let amount: Yen

        static let members: [Member<Self>] = [
            Member("reference", \.transfer.reference.text, "Its name", example: "affiliate:conversion:9:1"),
            Member("kind", \.transfer.origin.kind, "What it is for", example: "reward"),
            Member("amount", \.amount, "How much", unit: "JPY", example: 1200),
            Member("state", \.transfer.state, "Its state", example: "posted"),
            Member("at", \.transfer.createdAt, "When it was made"),
        ]
    }

    struct ClawbackPart: Answer {
        let clawback: Clawback

        static let members: [Member<Self>] = [
            Member("amount", \.clawback.amount, "What is taken back", unit: "JPY", example: 1200),
            Member("reason", \.clawback.reason, "Why", example: "Returned"),
            Member("created_at", \.clawback.createdAt, "When it was decided"),
        ]
    }

    static let members =
        Member.all(of: \.output) + [
            Member<Self>("program_name", \.program, "The program's name", example: "Sketch AI"),
            Member("publisher_name", \.publisher, "Who brought it", example: "My agent"),
            Member(
                "decided_by",
                { $0.rule.text(in: .english) },
                "The rule that decided",
                example: "Click 123 is the last valid one within 30 days before the order.",
                shown: { $0.rule.text(in: $1.language) }
            ),
            Member(
                "decided_by_ja",
                { $0.rule.text(in: .japanese) },
                "The same in Japanese",
                example: "クリック123が、注文前30日以内の最後の有効なクリックです。"
            ),
            Member("can_be_approved", \.canBeApproved, "Whether the advertiser may approve it"),
            Member("click", \.click, "The click that leads to it"),
            Member("terms", \.terms, "The terms that it is paid by"),
            Member("reports", \.reports, "Every report of the order, newest first"),
            Member("transfers", \.transfers, "What was booked for it"),
            Member("clawback", \.clawback, "What was taken back"),
        ]
}
