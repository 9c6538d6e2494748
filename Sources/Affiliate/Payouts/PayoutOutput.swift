import Kernel
import Web

/// A payout as its publisher and the operator see it.
struct PayoutOutput: Answer {
    let payout: Payout

    static let members: [Member<Self>] = [
        Member("id", \.payout.id, "The payout", example: 7),
        Member("payout_id", \.payout.id, "The same", example: 7),
        Member("month", \.payout.month, "The month that it pays", example: "2026-03"),
        Member("conversions", \.payout.conversions, "Conversions in it", example: 12),
        Member("rewards", \.payout.amounts.rewards, "Their rewards", unit: "JPY", example: 20_000),
        Member("clawbacks", \.payout.amounts.clawbacks, "Rewards that were taken back", unit: "JPY", example: 0),
        Member("carried_in", \.payout.amounts.carriedIn, "Brought from earlier months", unit: "JPY", example: 0),
        Member("gross_reward", \.payout.amounts.gross, "Before tax and fee", unit: "JPY", example: 20_000),
        Member("tax_regime", \.payout.taxRegime, "How it is taxed", example: "flat"),
        Member("withholding_tax", \.payout.amounts.withholding, "Tax that is kept back", unit: "JPY", example: 2042),
        Member("transfer_fee", \.payout.amounts.transferFee, "The bank's fee", unit: "JPY", example: 220),
        Member("net_amount", \.payout.net, "What is transferred", unit: "JPY", example: 17_738),
        Member("carried_over", \.payout.carriedOver, "Taken to the next month", unit: "JPY", example: 0),
        Member("carry_reason", \.payout.carryReason, "Why it is", example: "below_minimum"),
        Member("status", \.payout.status, "Its state", example: "paid"),
        Member(
            "period_start",
            \.payout.startsAt,
            "Conversions payable from this moment on",
            shown: { $0.payout.startsAt.map($1.boundary) }
        ),
        Member("period_end", boundary: \.payout.periodTo, "Conversions payable before this moment"),
        Member("reference", \.payout.reference, "The bank's reference", example: "bank transfer 1"),
        Member("created_at", \.payout.createdAt, "When the month was closed"),
        Member("paid_at", \.payout.paidAt, "When it was transferred"),
    ]
}

extension Payout.Status: Wire {}
extension Payout.CarryReason: Wire {}
