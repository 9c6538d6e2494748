import Kernel
import Storage

/// A month of UTC, by which budgets count and shares are paid.
struct Month: Hashable, Comparable, Sendable {
    /// `2026-05`
    let text: String
    let start: Timestamp

    /// Nil for what is no month.
    init?(text: String) {
        guard text.utf8.count == 7, let start = Timestamp(text: "\(text)-01") else { return nil }
        (self.text, self.start) = (text, start)
    }

    init(of moment: Timestamp) {
        self.text = moment.monthText
        self.start = Timestamp(text: "\(self.text)-01") ?? moment
    }

    /// The first instant of the next one.
    var end: Timestamp { self.start.nextMonth }
    var next: Month { Month(of: self.end) }

    static func < (left: Self, right: Self) -> Bool { left.start < right.start }
}

/// What a dollar is in yen, of a month.
struct ConversionRate: Sendable, Equatable {
    static let places = 4
    private static let scale: Int64 = 10_000
    private static let range: ClosedRange<Int64> = (50 * 10_000)...(500 * 10_000)

    /// Ten-thousandths of a yen.
    let value: Int64
    let source: String
    /// The day of which it is.
    let asOf: String

    /// Nil for what is no rate: `156.72`, at most four decimals, 50 to 500.
    static func value(of text: String) -> Int64? {
        let (whole, rest) = text.bytewise.cut(at: ".")
        let digits = rest.map(String.init) ?? ""
        guard (1...3).contains(whole.utf8.count), whole.utf8.allSatisfy(\.isDigit), digits.utf8.count <= self.places,
            rest == nil || !digits.isEmpty, digits.utf8.allSatisfy(\.isDigit)
        else { return nil }
        let padded = digits + String(repeating: "0", count: self.places - digits.utf8.count)
        guard let yen = Int64(whole), let fraction = Int64(padded) else { return nil }
        let value = yen * self.scale + fraction
        return self.range.contains(value) ? value : nil
    }

    var text: String {
        let fraction = "\(self.value % Self.scale)"
        var digits = String(repeating: "0", count: Self.places - fraction.utf8.count) + fraction
        while digits.utf8.count > 2, digits.utf8.last == UInt8(ascii: "0") { digits.removeLast() }
        return "\(self.value / Self.scale).\(digits)"
    }

    /// Whole yen, rounded down.
    ///
    /// - Parameter micros: micro-USD, not negative.
    func yen(_ micros: Int64) -> Int64 {
        let product = micros.multipliedFullWidth(by: self.value)
        return (1_000_000 * Self.scale).dividingFullWidth(product).quotient
    }
}

/// A month with its rate, once that is entered.
struct RatedMonth: Sendable, RowDecodable {
    let month: String
    let rate: ConversionRate
    let closedAt: Timestamp?

    static let columns: StaticString = "month, rate, source, as_of, closed_at"

    init(row: inout Row) throws {
        self.month = try row.column()
        self.rate = ConversionRate(value: try row.column(), source: try row.column(), asOf: try row.column())
        self.closedAt = try row.optional()
    }
}
