package import Kernel

/// Yen are a number; what has decimal places is decimal text.
extension Amount: Wire {
    package static var shape: Shape<Amount> {
        guard Self.currency.exponent > 0 else {
            return Shape(["type": "integer"], example: 1) { $1.write($0.smallestUnits) }
        }
        return Shape(["type": "string", "pattern": "^-?[0-9]+\\.[0-9]{2,6}$"], example: "0.05") { $1.write($0.text) }
    }
}

/// Money as most contracts write it: `"0.05"`.
package struct DecimalText: Wire, Equatable {
    let micros: Int64
    package init(_ micros: Int64) { self.micros = micros }
    package init(_ money: Money) { self.micros = money.micros }
    package init<Unit>(_ amount: Amount<Unit>) { self.init(amount.money) }

    package var text: String { Micros.text(self.micros) }

    package static let shape = Shape<DecimalText>(
        ["type": "string", "pattern": "^-?[0-9]+\\.[0-9]{2,6}$"],
        example: "0.05"
    ) {
        $1.write($0.text)
    }
}

/// Money where a contract wants a number: made from the exact decimal text.
package struct DecimalNumber: Wire {
    let micros: Int64
    package init<Unit>(_ amount: Amount<Unit>) { self.micros = amount.money.micros }

    package static let shape = Shape<DecimalNumber>(
        ["type": "number"],
        example: 0.05,
        show: { value, _ in Micros.text(value.micros) }
    ) {
        $1.write(Double(Micros.text($0.micros)) ?? 0)
    }
}

/// A number with two places at the most, kept as hundredths.
package struct Hundredths: Wire {
    let value: Int
    package init(_ value: Int) { self.value = value }

    package var text: String { Display.plain(Double(self.value) / 100) }

    package static let shape = Shape<Hundredths>(["type": "number"], example: 9.25) { $1.write(Double($0.value) / 100) }
}
