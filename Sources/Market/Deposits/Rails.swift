import Kernel
import Ledger

/// The rails that the operator offers.
struct Rails: Sendable {
    /// Also pays for single calls.
    let x402: X402Rail?
    private let rails: [PaymentMethod: any Rail]
    /// Where clients reach the market, without a slash at the end.
    private let publicURL: String

    init(_ rails: [any Rail], x402: X402Rail?, publicURL: String) {
        self.rails = Dictionary(uniqueKeysWithValues: rails.map { ($0.method, $0) })
        self.x402 = x402
        self.publicURL = publicURL
    }

    subscript(method: PaymentMethod) -> (any Rail)? { self.rails[method] }

    /// What can be asked and paid over.
    var offered: [PaymentMethod] { PaymentMethod.allCases.filter { self[$0] != nil } }

    /// The 402 of a service that is paid out of the balance: how to top it up over the service's own rail, or over another one.
    func depositRequired(price: Amount<USDC>, _ method: PaymentMethod) -> Problem {
        let headers = [Problem.Header("Cache-Control", "no-store")]
        guard let method = ([method] + self.offered).first(where: { self[$0] != nil }), let rail = self[method] else {
            return Problem(
                .paymentRequired,
                "payment_required",
                variant: "ask_operator",
                headers: headers
            )
        }
        let rest = price % rail.step
        let amount = rest == 0 ? price : price - rest + rail.step
        return Problem(
            .paymentRequired,
            "payment_required",
            variant: "top_up",
            headers: headers,
            extra: [
                "payment_method": .string(method.rawValue),
                "deposit": [
                    "method": "POST", "url": .string("\(self.publicURL)/api/v1/deposits"),
                    "body": ["amount": .string(amount.text), "payment_method": .string(method.rawValue)],
                ],
            ]
        )
    }
}
