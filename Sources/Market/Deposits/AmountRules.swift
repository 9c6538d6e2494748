import Kernel
import Ledger
import Web

/// The rules of an amount of money that moves.
enum AmountRules {
    static let limitMicros: Int64 = 1_000_000 * Micros.perUnit
    /// More than zero: the places have a digit that is not.
    private static let places = (0..<6).map { "0{\($0)}[1-9][0-9]{0,\(5 - $0)}" }.joined(separator: "|")
    private static let pattern = "^(0\\.(\(places))|[1-9][0-9]{0,5}(\\.[0-9]{1,6})?)$"
    static let amount: [Rule<String>] = [
        Rule(
            "amount must be a valid decimal number with at most 6 places",
            schema: ["pattern": .string(AmountRules.pattern)]
        ) { (try? Micros.parse($0)) != nil },
        Rule("amount must be more than 0 and at most 1000000") { text in
            (1...AmountRules.limitMicros).contains((try? Micros.parse(text)) ?? 0)
        },
    ]
}
