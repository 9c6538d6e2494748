import Kernel
import Ledger
import Storage
import Web

/// Tells both sides which rule decided: the click and its terms, every report of the order, and the money.
struct ConversionWhy: Sendable {
    private static let reportLimit = 100

    func json(_ conversion: Conversion, in tx: Transaction) throws -> JSONValue {
        let publisher = try tx.affiliateAccounts.require(conversion.publisher)
        let program = try tx.programs.require(conversion.program)
        let terms =
            try tx.programs.findTerms(conversion.program, version: conversion.termsVersion) ?? program.content.terms
        let click = try conversion.click.flatMap { try tx.clicks.find($0) }
        let clawback = try tx.payouts.findClawback(of: conversion.id)
        let rule = self.rule(conversion, click, terms)
        return ConversionOutput.json(conversion, at: tx.now, paidUntil: publisher.paidUntil).adding([
            "program_name": .string(program.content.name), "publisher_name": .string(publisher.profile.displayName),
            "decided_by": .string(rule.english), "decided_by_ja": .string(rule.japanese),
            "can_be_approved": .bool(
                conversion.status == .pending || conversion.isInvalid && terms.rewardType != .cpc
            ),
            "click": click.map(self.click) ?? .null, "terms": self.terms(terms, conversion, click),
            "reports": .array(
                try tx.conversions.listReports(of: conversion.id, limit: Self.reportLimit).map(Self.report)
            ),
            "transfers": .array(try self.transfers(conversion, in: tx)),
            "clawback": clawback.map {
                ["amount": .integer($0.amount), "reason": .string($0.reason), "created_at": .time($0.createdAt)]
            } ?? .null,
        ])
    }

    /// The rule that decided, in one sentence.
    private func rule(_ conversion: Conversion, _ click: Click?, _ terms: Terms) -> (english: String, japanese: String)
    {
        if conversion.source == .click {
            return ("The click counts and is paid for itself.", "クリック自体が報酬の対象です。")
        }
        let reason = conversion.reason
        guard reason == .counts else {
            let (words, japanese) = (
                conversion.reasonText ?? reason.text(), conversion.reasonText ?? reason.text(in: .japanese)
            )
            return ("Reason \(reason.rawValue): \(words).", "理由\(reason.rawValue)：\(japanese)")
        }
        let approved = (" The advertiser approved it all the same.", "広告主が承認しました。")
        guard let click else {
            return ("No click leads to the order." + approved.0, "対応するクリックはありませんが、" + approved.1)
        }
        if click.reason != .counts {
            let rest =
                conversion.isHeld
                ? (" It is not paid before it is released.", "保留が解除されるまで支払われません。")
                : conversion.status == .approved ? approved : (" It was released.", "保留は解除されました。")
            return (
                "Only click \(click.id) leads to the order: \(click.reason.text())." + rest.0,
                "クリック\(click.id)（\(click.reason.text(in: .japanese))）のみによる成果です。" + rest.1
            )
        }
        guard terms.isInWindow(conversion.occurredAt, clickedAt: click.at) else {
            return (
                "The cookie window of click \(click.id) was over." + approved.0,
                "クリック\(click.id)の有効期間は過ぎていましたが、" + approved.1
            )
        }
        return (
            "Click \(click.id) is the last valid one within \(terms.cookieDays) days before the order.",
            "クリック\(click.id)が、注文前\(terms.cookieDays)日以内の最後の有効なクリックです。"
        )
    }

    private func click(_ click: Click) -> JSONValue {
        [
            "click_id": .integer(click.id), "at": .time(click.at), "reason": .int(click.reason.rawValue),
            "reason_text": .string(click.reason.text()), "context": .text(click.context),
            "referrer": .text(click.referrer), "country": .text(click.country), "self_back": .bool(click.isSelf),
        ]
    }

    private func terms(_ terms: Terms, _ conversion: Conversion, _ click: Click?) -> JSONValue {
        [
            "version": .int(conversion.termsVersion), "reward_type": .string(terms.rewardType.rawValue),
            "reward_unit": .string(terms.unit.rawValue),
            "reward": {
                let value = terms.value(at: click?.at ?? conversion.occurredAt)
                return terms.unit == .percent ? .hundredths(Int(value)) : .integer(value)
            }(), "cookie_days": .int(terms.cookieDays), "hold_days": .int(terms.holdDays),
        ]
    }

    static func report(_ report: ConversionReport) -> JSONValue {
        [
            "at": .time(report.at), "source": .string(report.source.rawValue),
            "order_id": .text(report.orderID), "amount": report.amount.map { .integer($0) } ?? .null,
            "conversion_id": report.conversion.map { .integer($0) } ?? .null, "reason": .int(report.reason.rawValue),
            "reason_text": .string(report.reason.text()),
        ]
    }

    private func transfers(_ conversion: Conversion, in tx: Transaction) throws -> [JSONValue] {
        let suffixes = ["", ":rejection", ":replacement", ":clawback"]
        let references = (1...conversion.revision).flatMap { revision in
            suffixes.map { "affiliate:conversion:\(conversion.id):\(revision)\($0)" }
        }
        return try references.compactMap { try tx.ledger.find(transfer: $0) }.map { transfer in
            [
                "reference": .string(transfer.reference), "kind": .string(transfer.origin.kind),
                "amount": .integer(transfer.amount / Micros.perUnit), "state": .string(transfer.state.rawValue),
                "at": .time(transfer.createdAt),
            ]
        }
    }

    static let optionalFields = ConversionOutput.optionalFields.union([
        "click", "context", "referrer", "country", "clawback", "amount", "order_id", "conversion_id",
    ])

    static let example = ConversionOutput.example.adding([
        "program_name": "Sketch AI", "publisher_name": "My agent",
        "decided_by": "Click 123 is the last valid one within 30 days before the order.",
        "decided_by_ja": "クリック123が、注文前30日以内の最後の有効なクリックです。", "can_be_approved": true,
        "click": [
            "click_id": 123, "at": "2026-03-19T09:00:00.000000+00:00", "reason": 0, "reason_text": "It counts",
            "context": "chatbot", "referrer": "https://example.com/review", "country": "JP", "self_back": false,
        ],
        "terms": [
            "version": 1, "reward_type": "cpa", "reward_unit": "yen", "reward": 1200, "cookie_days": 30,
            "hold_days": 14,
        ],
        "reports": [
            [
                "at": "2026-03-19T10:00:00.000000+00:00", "source": "postback", "order_id": "ORDER-001",
                "amount": 9800, "conversion_id": 9, "reason": 0,
                "reason_text": "It counts",
            ]
        ],
        "transfers": [
            [
                "reference": "affiliate:conversion:9:1", "kind": "reward", "amount": 1200, "state": "posted",
                "at": "2026-03-19T10:00:00.000000+00:00",
            ]
        ],
        "clawback": ["amount": 1200, "reason": "Returned", "created_at": "2026-03-19T10:00:00.000000+00:00"],
    ])
}
