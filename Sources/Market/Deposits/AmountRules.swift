import Kernel
import Ledger
import Web

/// The rules of an amount of money that moves.
enum AmountRules {
    static let limit: Amount<USDC> = 1_000_000_000_000
    /// More than zero: the places have a digit that is not.
    private static let places = (0..<6).map { "0{\($0)}[1-9][0-9]{0,\(5 - $0)}" }.joined(separator: "|")
    private static let pattern = "^(0\\.(\(places))|[1-9][0-9]{0,5}(\\.[0-9]{1,6})?)$"
    static let amount: [Rule<String>] = [
        Rule(
            FieldRule("decimal"),
            schema: ["pattern": .string(AmountRules.pattern)]
        ) { (try? Amount<USDC>(decimal: $0)) != nil },
        Rule(FieldRule("amount_range", ["limit": "1000000"])) { text in
            (1...AmountRules.limit).contains((try? Amount<USDC>(decimal: text)) ?? 0)
        },
    ]
}
