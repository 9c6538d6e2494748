import Kernel
import Web

extension InputReader {
    /// An order's id, as advertisers name it.
    mutating func orderID() -> String? {
        self.optionalBody(
            "order_id",
            .string,
            "Order ID: an order is counted once. Without one the click stands for it",
            .notBlank("order_id must not be empty"),
            .line("order_id must be one line"),
            .atMost(200, "order_id must be at most 200 characters"),
            Rule("order_id must not begin with click-, which stands for clicks") { !$0.trimmed.hasPrefix("click-") }
        )?.trimmed
    }

    /// What an order is worth.
    mutating func amount() -> Int64? {
        self.optionalBody(
            "amount",
            .integer,
            "Conversion amount (JPY)",
            .range(0...Int(Terms.amountLimit), "amount must be between 0 and \(Terms.amountLimit)")
        ).map { Int64($0) }
    }
}
