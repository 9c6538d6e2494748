package import Kernel

/// US dollars in millionths, as budgets and costs count them.
package enum USDAllowance: CurrencyUnit { package static let currency = Currency("USD-ALLOWANCE") }

/// An amount of US dollars, in whole millionths.
package typealias Dollars = Amount<USDAllowance>

extension Amount where Unit == USDAllowance {
    /// In decimal without zeros at its end: `0.0105`.
    var decimal: String { Micros.shortest(self.smallestUnits) }

    /// Where a contract wants a number. It is written exactly as the decimal text.
    var number: JSONValue {
        let micros = self.smallestUnits
        return micros % Micros.perUnit == 0 ? .integer(micros / Micros.perUnit) : .decimal(self.decimal)
    }

    /// The same in the currency of real costs.
    var real: Money { Money(micros: self.smallestUnits, .usd) }

    /// From hundredths.
    init(cents: Int) { self.init(Int64(cents) * 10_000) }
}
