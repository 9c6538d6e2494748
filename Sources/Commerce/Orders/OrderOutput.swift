import Kernel
import Web

/// An order as merchants and the operator see it.
struct OrderOutput: Answer {
    let order: Order
    var isRepeated = false

    static let members: [Member<Self>] = [
        Member("order_id", \.order.id, "The merchant's own"),
        Member("merchant_id", \.order.merchant, "Who has reported it"),
        Member("status", \.order.status, "Its state, as it was reported last"),
        Member("attribution", \.order.reason.code, "attributed, or why it is nobody's", example: "attributed"),
        Member("flags", \.order.flags, "halo, currency_differs, token_not_accepted", example: []),
        Member("rec_id", \.order.recID, "The recommendation that led to it"),
        Member("product_id", { $0.order.product.map { "\($0)" } }, "What was bought"),
        Member("creator", \.order.creator.nonEmpty, "Whose video led to it"),
        Member("amount", \.order.paid.exactText, "What was paid", example: "49.95"),
        Member("refunded_amount", \.order.refunded.exactText, "What of it was given back", example: "0.00"),
        Member("currency", \.order.paid.currency, "ISO 4217", example: "USD"),
        Member("commission", \.commission.total.exactText, "What it costs the merchant", example: "3.99"),
        Member("occurred_at", { $0.order.paidAt.utc }, "When it was paid"),
        Member("created_at", { $0.order.createdAt.utc }, "When it was reported"),
        Member("repeated", \.isRepeated, "Whether the same was reported before"),
    ]

    private var commission: Commission {
        let base = Money(micros: self.order.paid.micros - self.order.refunded.micros, self.order.paid.currency)
        return Commission(base: base, self.order.rates, hasCreator: !self.order.creator.isEmpty)
    }
}

extension Order.Status: Wire {}
