import Kernel
package import Platform

/// Rates that the operator has set: dated, and fixed until the operator sets others.
struct ExchangeRates: Sendable {
    /// The day that they are of; empty where none are set.
    let date: String
    /// Dollars for one unit of a currency, in millionths of a millionth.
    private let dollars: [String: Int64]

    static let none = ExchangeRates(date: "", dollars: [:])

    private init(date: String, dollars: [String: Int64]) {
        self.date = date
        self.dollars = dollars.merging(["USD": Self.unit]) { $1 }
    }

    private static let unit: Int64 = 1_000_000_000_000

    /// Reads `2026-11-20 CNY=0.14 JPY=0.0065`. Throws `ConfigurationError`.
    init(_ text: String) throws {
        let parts = text.bytewise.split(" ").map(String.init)
        guard let date = parts.first else {
            self = .none
            return
        }
        guard date.utf8.count == 10, Timestamp(text: date) != nil else {
            throw ConfigurationError("commerce_fx: '\(date)' is not a day; such as 2026-11-20 CNY=0.14 JPY=0.0065")
        }
        var dollars: [String: Int64] = [:]
        for part in parts.dropFirst() {
            let (code, rate) = part.bytewise.cut(at: "=")
            guard Currency(iso: String(code)) != nil, let rate, let value = Self.rate(String(rate)), value > 0 else {
                throw ConfigurationError("commerce_fx: '\(part)' is not a currency with its dollars, such as CNY=0.14")
            }
            dollars[String(code)] = value
        }
        self.init(date: date, dollars: dollars)
    }

    /// Decimal text with at most twelve places.
    private static func rate(_ text: String) -> Int64? {
        let (whole, places) = text.bytewise.cut(at: ".")
        let fraction = String(places ?? "")
        guard fraction.utf8.count <= 12, whole.utf8.count <= 6, !whole.isEmpty,
            (whole + fraction).utf8.allSatisfy({ (48...57).contains($0) })
        else { return nil }
        return Int64(whole + fraction + String(repeating: "0", count: 12 - fraction.utf8.count))
    }

    func has(_ currency: Currency) -> Bool { self.dollars[currency.code] != nil }

    /// The currencies that have a rate, dollars included.
    var currencies: [Currency] { self.dollars.keys.sorted().map { Currency(code: $0) } }

    /// Dollars for one unit, in decimal.
    func text(of currency: Currency) -> String? {
        self.dollars[currency.code].map { FixedPoint($0, places: 12).text }
    }

    /// In dollars, rounded half up to the cent; nil without a rate.
    func dollars(of money: Money) -> Int64? {
        if money.currency == .usd { return money.micros }
        guard money.micros >= 0, let rate = self.dollars[money.currency.code] else { return nil }
        let cent = Self.unit.multipliedFullWidth(by: 10_000)
        let product = money.micros.multipliedFullWidth(by: rate)
        let doubled = (Int128(product.high) << 64 | Int128(product.low)) * 2
        let divisor = Int128(cent.high) << 64 | Int128(cent.low)
        let cents = (doubled + divisor) / (divisor * 2)
        return cents > Int128(Int64.max / 10_000) ? nil : Int64(cents) * 10_000
    }

    /// The most of a currency that is not more than the bound, or the least that is not less: exact, in millionths. Nil without a rate.
    func bound(_ bound: Money, in currency: Currency, isUpper: Bool) -> Int64? {
        if bound.currency == currency { return bound.micros }
        guard let from = self.dollars[bound.currency.code], let to = self.dollars[currency.code] else { return nil }
        let product = Int128(bound.micros) * Int128(from)
        let (quotient, remainder) = product.quotientAndRemainder(dividingBy: Int128(to))
        let rounded = isUpper || remainder == 0 ? quotient : quotient + 1
        return rounded > Int128(Int64.max) ? (isUpper ? Int64.max : nil) : Int64(rounded)
    }
}

extension Setting {
    package static let exchangeRates = Setting(
        "commerce_fx",
        "a day and the dollars for one unit of each currency, such as 2026-11-20 CNY=0.14 JPY=0.0065 (none)"
    )
}
