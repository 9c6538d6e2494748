import Kernel
import Storage
import Web

/// A conversion as both sides see it.
struct ConversionOutput: Answer {
    let conversion: Conversion
    let now: Timestamp
    /// Of the publisher: what was payable before is paid.
    let paidUntil: Timestamp

    var state: Conversion.State { self.conversion.state(at: self.now, paidUntil: self.paidUntil) }

    static let members: [Member<Self>] = [
        Member("id", \.conversion.id, "The conversion", example: 9),
        Member("conversion_id", \.conversion.id, "The same", example: 9),
        Member("program_id", \.conversion.program, "The program", example: 42),
        Member("partnership_id", \.conversion.partnership, "The partnership", example: 15),
        Member("click_id", \.conversion.click, "The click that leads to it", example: 123),
        Member("order_id", \.conversion.orderID, "The advertiser's order", example: "ORDER-001"),
        Member("amount", \.conversion.amount, "What the order was worth", unit: "JPY", example: 9800),
        Member("reward", \.conversion.reward, "What the publisher earns", unit: "JPY", example: 1200),
        Member("reward_amount", \.conversion.reward, "The same", unit: "JPY", example: 1200),
        Member("source", \.conversion.source, "Who reported it", example: "agent"),
        Member("status", \.state, "Its state", example: "pending"),
        Member("reason", \.conversion.reason.rawValue, "Why it does not count; 0 when it does", example: 0),
        Member(
            "reason_text",
            { $0.conversion.reasonText ?? $0.conversion.reason.text() },
            "The same in words",
            example: "It counts",
            shown: { $0.conversion.reasonText ?? $0.conversion.reason.text(in: $1.language) }
        ),
        Member("flags", \.conversion.flags, "What looks like fraud", example: ["too_fast"]),
        Member("held", \.conversion.isHeld, "Whether it is kept back until somebody has looked", example: false),
        Member("occurred_at", \.conversion.occurredAt, "When it was ordered"),
        Member("decided_at", \.conversion.decidedAt, "When it was approved or rejected"),
        Member("payable_at", \.conversion.payableAt, "When its hold ends", example: "2026-04-02T10:00:00.000000+00:00"),
    ]
}

extension Conversion.Source: Wire {}
extension Conversion.State: Wire {}
extension Conversion.Flag: Wire {}

/// As webhooks tell it.
struct ConversionEvent: Answer {
    let conversion: Conversion

    /// Every order writes it.
    static let shape = Shape(members: members)
    static let members: [Member<Self>] = [
        Member("conversion_id", \.conversion.id, "The conversion", example: 9),
        Member("program_id", \.conversion.program, "The program", example: 42),
        Member("partnership_id", \.conversion.partnership, "The partnership", example: 15),
        Member("order_id", \.conversion.orderID, "The advertiser's order", example: "ORDER-001"),
        Member("amount", \.conversion.amount, "What the order was worth", unit: "JPY", example: 9800),
        Member("reward", \.conversion.reward, "What the publisher earns", unit: "JPY", example: 1200),
        Member("status", \.conversion.status, "Its state", example: "pending"),
        Member("reason", \.conversion.reason.rawValue, "Why it does not count; 0 when it does", example: 0),
    ]
}

extension Conversion.Status: Wire {}

/// As webhooks tell several that were decided alike.
struct DecisionEvent: Answer {
    static let shown = 100

    let conversions: [Conversion]

    static let shape = Shape(members: members)
    static let members: [Member<Self>] = [
        Member("count", \.conversions.count, "How many were decided", example: 1),
        Member(
            "reward",
            { $0.conversions.reduce(0) { $0 + $1.reward } },
            "Their rewards",
            unit: "JPY",
            example: 1200
        ),
        Member(
            "conversions",
            { $0.conversions.prefix(shown).map { ConversionEvent(conversion: $0) } },
            "The first \(shown) of them"
        ),
    ]
}

extension ConversionOutput {
    /// As its publisher sees it now.
    init(_ conversion: Conversion, in tx: Transaction) throws {
        // Only an approved one can have been paid.
        let isApproved = conversion.status == .approved
        let paidUntil = isApproved ? try tx.affiliateAccounts.require(conversion.publisher).paidUntil : tx.now
        self.init(conversion: conversion, now: tx.now, paidUntil: paidUntil)
    }
}
