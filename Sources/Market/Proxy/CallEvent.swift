import Kernel
import Web

/// What webhooks say of a call: `service.called`, and `payment.completed` when it was paid.
struct CallEvent: Answer {
    let usage: Usage
    let buyer: String
    let provider: String

    /// Every call writes it.
    static let shape = Shape(members: members)
    static let members: [Member<Self>] = [
        Member("usage_id", \.usage.id, "The call"),
        Member("service_id", \.usage.listing, "The service"),
        Member("buyer_id", \.buyer, "Who called", example: "my-agent"),
        Member("provider_id", \.provider, "Who answered", example: "provider-1"),
        Member("amount_usd", { ExactNumber(amount: $0.usage.amount) }, "What it cost", unit: "USDC"),
        Member("payment_method", \.usage.paymentMethod, "The service's payment method"),
        Member("status_code", \.usage.statusCode, "HTTP status of the answer", example: 200),
        Member("latency_ms", \.usage.latencyMilliseconds, "Time to the answer", unit: "ms", example: 150),
    ]

    /// A number with the digits of the decimal: no `Double` on the way.
    struct ExactNumber: Wire {
        let amount: Amount<USDC>

        static let shape = Shape<ExactNumber>(["type": "number"], example: 0.05) { number, writer in
            writer.raw(Array(number.amount == 0 ? "0".utf8 : number.amount.text.utf8))
        }
    }
}
