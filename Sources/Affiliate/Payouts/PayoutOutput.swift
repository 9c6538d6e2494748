import Kernel

/// Payouts as publishers and the operator see them.
enum PayoutOutput {
    static func json(_ payout: Payout) -> JSONValue {
        [
            "id": .integer(payout.id), "payout_id": .integer(payout.id), "month": .string(payout.month),
            "conversions": .integer(payout.conversions), "rewards": .integer(payout.amounts.rewards),
            "clawbacks": .integer(payout.amounts.clawbacks), "carried_in": .integer(payout.amounts.carriedIn),
            "gross_reward": .integer(payout.amounts.gross), "tax_regime": .string(payout.taxRegime.rawValue),
            "withholding_tax": .integer(payout.amounts.withholding),
            "transfer_fee": .integer(payout.amounts.transferFee), "net_amount": .integer(payout.net),
            "carried_over": .integer(payout.carriedOver), "carry_reason": .text(payout.carryReason?.rawValue),
            "status": .string(payout.status.rawValue), "period_start": .time(payout.startsAt),
            "period_end": .time(payout.periodTo), "reference": .text(payout.reference),
            "created_at": .time(payout.createdAt), "paid_at": .time(payout.paidAt),
        ]
    }

    static let optionalFields: Set<String> = ["carry_reason", "period_start", "reference", "paid_at"]

    static let example: JSONValue = [
        "id": 7, "payout_id": 7, "month": "2026-03", "conversions": 12, "rewards": 20000, "clawbacks": 0,
        "carried_in": 0, "gross_reward": 20000, "tax_regime": "flat", "withholding_tax": 2042, "transfer_fee": 220,
        "net_amount": 17738, "carried_over": 0, "carry_reason": "below_minimum", "status": "paid",
        "period_start": "2026-02-28T15:00:00.000000+00:00", "period_end": "2026-03-31T15:00:00.000000+00:00",
        "reference": "bank transfer 1", "created_at": "2026-04-01T00:00:00.000000+00:00",
        "paid_at": "2026-04-15T00:00:00.000000+00:00",
    ]
}
