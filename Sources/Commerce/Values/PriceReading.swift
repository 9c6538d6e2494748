import Kernel
import Web

extension JSONValue {
    /// The digits of a number or of decimal text, as they were written; nil for anything else.
    var decimalDigits: String? {
        switch self {
        case .integer(let value): "\(value)"
        // A reader keeps as `number` only what it says exactly.
        case .number(let value): "\(value)"
        case .decimal(let text), .string(let text): text
        default: nil
        }
    }
}

extension Money {
    /// An amount of at least 0 and at most a thousand million, with no more places than the currency has; nil otherwise.
    init?(_ digits: String, _ currency: Currency) {
        guard let micros = try? Micros.parse(digits), micros >= 0, micros <= Self.largestPrice else { return nil }
        self.init(micros: micros, currency)
        guard self.isWhole else { return nil }
    }

    static let largestPrice = 100_000_000_000 * Micros.perUnit
}

extension FieldType where Value == String {
    /// An amount: a number or decimal text, taken digit by digit.
    static let amount = FieldType(
        expected: "amount",
        schema: [
            "anyOf": [["type": "number", "minimum": 0], ["type": "string", "pattern": "^[0-9]+(\\.[0-9]{1,3})?$"]]
        ],
        placeholder: "0",
        fromJSON: { $0.decimalDigits },
        fromText: { $0 }
    )
}
