/// A currency: its code, and how many decimal places its smallest unit has. Open: whoever needs another one makes it.
package struct Currency: Hashable, Sendable {
    package let code: String
    /// 0 for JPY, 2 for USD, 6 for USDC.
    package let exponent: Int

    /// - Parameter exponent: from 0 to 6, the ledger's own precision.
    package init(_ code: String, exponent: Int = Micros.places) {
        precondition((0...Micros.places).contains(exponent), "a currency has 0 to 6 decimal places")
        self.code = code
        self.exponent = exponent
    }

    package static func == (left: Self, right: Self) -> Bool { left.code == right.code }
    package func hash(into hasher: inout Hasher) { hasher.combine(self.code) }

    package static let usdc = Currency("USDC", exponent: 6)
    package static let usd = Currency("USD", exponent: 2)
    package static let jpy = Currency("JPY", exponent: 0)
    package static let cny = Currency("CNY", exponent: 2)

    /// The currency of a code that was stored or that somebody else names; one that is not known here has the ledger's own precision.
    package init(code: String) {
        self = Self.iso[code] ?? (code == Self.usdc.code ? .usdc : Currency(code))
    }

    /// Nil for a code that ISO 4217 does not have.
    package init?(iso code: String) {
        guard let known = Self.iso[code] else { return nil }
        self = known
    }

    /// How many micro-units the smallest unit has.
    var microsPerSmallest: Int64 { (self.exponent..<Micros.places).reduce(1) { product, _ in product * 10 } }
}

/// A currency as a type, so that the compiler keeps amounts of different currencies apart.
package protocol CurrencyUnit: Sendable {
    static var currency: Currency { get }
}

package enum USDC: CurrencyUnit { package static let currency = Currency.usdc }
package enum USD: CurrencyUnit { package static let currency = Currency.usd }
package enum JPY: CurrencyUnit { package static let currency = Currency.jpy }
package enum CNY: CurrencyUnit { package static let currency = Currency.cny }

/// An amount of one currency, in its smallest unit; exact, and never a floating-point number. Amounts of two currencies do not add, and do
/// not compare: that does not compile.
package struct Amount<Unit: CurrencyUnit>: Hashable, Sendable, Comparable, AdditiveArithmetic, CustomStringConvertible {
    /// Whole yen; cents; millionths of a USDC.
    package let smallestUnits: Int64

    package init(_ smallestUnits: Int64) { self.smallestUnits = smallestUnits }

    /// Without a fraction that the currency does not have. Throws a `CurrencyMismatch`.
    package init(_ money: Money) throws(CurrencyMismatch) {
        guard money.currency == Unit.currency else { throw CurrencyMismatch(found: money, expected: Unit.currency) }
        self.init(micros: money.micros)
    }

    /// Micro-units in this currency's smallest unit, without the fraction that it does not have.
    package init(micros: Int64) { self.init(micros / Unit.currency.microsPerSmallest) }

    package static var zero: Self { Self(0) }
    package static var currency: Currency { Unit.currency }

    /// The amount with its currency, in the ledger's precision. What does not fit is the largest that there is, which the ledger refuses.
    package var money: Money {
        let (micros, overflowed) = self.smallestUnits.multipliedReportingOverflow(by: Unit.currency.microsPerSmallest)
        guard overflowed else { return Money(micros: micros, Unit.currency) }
        return Money(micros: self.smallestUnits < 0 ? .min : .max, Unit.currency)
    }

    /// The amount in decimal: `1200` yen, `0.05` USDC.
    package var text: String { Unit.currency.exponent == 0 ? "\(self.smallestUnits)" : self.money.text }

    package var description: String { self.text }

    package static func < (left: Self, right: Self) -> Bool { left.smallestUnits < right.smallestUnits }
    package static func + (left: Self, right: Self) -> Self { Self(left.smallestUnits + right.smallestUnits) }
    package static func - (left: Self, right: Self) -> Self { Self(left.smallestUnits - right.smallestUnits) }
    package static func * (amount: Self, count: Int64) -> Self { Self(amount.smallestUnits * count) }
    /// What is more than a multiple of the step.
    package static func % (amount: Self, step: Self) -> Self { Self(amount.smallestUnits % step.smallestUnits) }
    package static prefix func - (amount: Self) -> Self { Self(-amount.smallestUnits) }

    /// `amount × basisPoints / 10,000`, rounded down. Basis points are hundredths of a percent, 0 to 10,000.
    package func share(basisPoints: Int64) -> Self {
        let product = self.smallestUnits.multipliedFullWidth(by: basisPoints)
        return Self(Int64(10_000).dividingFullWidth(product).quotient)
    }
}

package typealias Yen = Amount<JPY>

/// A literal is in the smallest unit.
extension Amount: ExpressibleByIntegerLiteral {
    package init(integerLiteral value: Int64) { self.init(value) }
}

/// A number in the smallest unit.
extension Amount: Codable {
    package init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(Int64.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(self.smallestUnits)
    }
}

extension Amount where Unit == USDC {
    /// Reads decimal text as ``Micros/parse(_:)`` does.
    package init(decimal text: String) throws(Micros.Malformed) { self.init(try Micros.parse(text)) }
}

/// An amount whose currency is known only while the program runs: in the ledger, and from payment companies.
package struct Money: Hashable, Sendable {
    /// Millionths of the currency's unit.
    package let micros: Int64
    package let currency: Currency

    package init(micros: Int64, _ currency: Currency) {
        self.micros = micros
        self.currency = currency
    }

    /// The amount in decimal, with at least two and at most six places: `0.05`, `12.00`, `0.000001`.
    package var text: String { Micros.text(self.micros) }

    /// With exactly the places that the currency has: `12.00` USD, `1200` JPY.
    package var exactText: String { Micros.text(self.micros, places: self.currency.exponent) }

    /// Whether it has no fraction that the currency does not have.
    package var isWhole: Bool { self.micros % self.currency.microsPerSmallest == 0 }

    /// `amount × basisPoints / 10,000`, rounded down to the smallest unit of the currency. Not for less than zero.
    package func share(basisPoints: Int64) -> Money {
        let step = self.currency.microsPerSmallest
        let product = (self.micros / step).multipliedFullWidth(by: basisPoints)
        return Money(micros: Int64(10_000).dividingFullWidth(product).quotient * step, self.currency)
    }
}

/// Money of another currency was found where it cannot be: a defect of the program, or of the database.
package struct CurrencyMismatch: Error {
    package let found: Money
    package let expected: Currency
}

/// Decimal text to millionths and back, exactly.
package enum Micros {
    package static let perUnit: Int64 = 1_000_000
    package static let places = 6

    package enum Malformed: Error, Equatable {
        /// Not digits with at most one point between them: also `NaN`, exponents, blanks, `+1`, `.5`, `5.`.
        case notDecimal
        case tooManyPlaces
        case tooLarge
    }

    /// Reads `-?digits(.digits)?` with at most six places.
    ///
    /// Throws `notDecimal`, then `tooManyPlaces`, then `tooLarge`.
    package static func parse(_ text: String) throws(Malformed) -> Int64 {
        var bytes = Array(text.utf8)[...]
        let negative = bytes.first == UInt8(ascii: "-")
        if negative { bytes = bytes.dropFirst() }
        let parts = bytes.split(separator: UInt8(ascii: "."), maxSplits: 2, omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isDigit) }) else {
            throw .notDecimal
        }
        let decimals = parts.count == 2 ? parts[1] : []
        guard decimals.count <= self.places else { throw .tooManyPlaces }
        var micros: Int64 = 0
        let zeros = ArraySlice(repeating: UInt8(ascii: "0"), count: self.places - decimals.count)
        for digit in parts[0] + decimals + zeros {
            let (tens, overflowed) = micros.multipliedReportingOverflow(by: 10)
            let (sum, carried) = tens.addingReportingOverflow(Int64(digit - UInt8(ascii: "0")))
            guard !overflowed, !carried else { throw .tooLarge }
            micros = sum
        }
        return negative ? -micros : micros
    }

    package static func text(_ micros: Int64) -> String {
        let magnitude = micros.magnitude
        let (units, rest) = magnitude.quotientAndRemainder(dividingBy: UInt64(self.perUnit))
        var places = String(rest)
        places = String(repeating: "0", count: self.places - places.count) + places
        while places.count > 2, places.bytewise.ends(with: "0") { places.removeLast() }
        return "\(micros < 0 ? "-" : "")\(units).\(places)"
    }

    /// With exactly so many places, from 0 to 6; further ones are cut.
    package static func text(_ micros: Int64, places: Int) -> String {
        let (units, rest) = micros.magnitude.quotientAndRemainder(dividingBy: UInt64(self.perUnit))
        let digits = String(rest)
        let all = String(repeating: "0", count: self.places - digits.utf8.count) + digits
        let sign = micros < 0 ? "-" : ""
        return places == 0 ? "\(sign)\(units)" : "\(sign)\(units).\(Substring(all.utf8.prefix(places)))"
    }

    /// Without zeros at its end: `25`, `24.5`.
    package static func shortest(_ micros: Int64) -> String {
        var text = self.text(micros, places: self.places)
        while text.utf8.last == UInt8(ascii: "0") { text.removeLast() }
        if text.utf8.last == UInt8(ascii: ".") { text.removeLast() }
        return text
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
