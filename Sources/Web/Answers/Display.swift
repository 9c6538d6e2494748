import Foundation
package import Kernel

/// How the values of answers are shown to a person.
package struct Display: Sendable {
    package let language: Language
    package let timeZone: PageTimeZone
    /// The surface's own, which its days are counted in.
    let dayZone: PageTimeZone
    /// One value of an enumeration, by the name of its member: `status`, `pending`.
    package let word: @Sendable (_ member: String, _ value: String, Language) -> String

    package init(
        language: Language,
        timeZone: PageTimeZone = .utc,
        dayZone: PageTimeZone = .utc,
        word: @escaping @Sendable (_ member: String, _ value: String, Language) -> String = { _, value, _ in value }
    ) {
        self.language = language
        self.timeZone = timeZone
        self.dayZone = dayZone
        self.word = word
    }

    /// A moment in the time zone of the page, which the page names.
    package func moment(_ moment: Timestamp) -> String { self.timeZone.text(of: moment) }

    /// Where a period of days begins or ends, which no visitor's choice moves.
    package func boundary(_ moment: Timestamp) -> String { self.dayZone.text(of: moment) }

    /// `¥1,200` and `87.5%`; nil for units that stand beside the number.
    func amount(_ number: Double, _ unit: String) -> String? {
        switch unit {
        case "JPY": Self.yen(number, in: self.language)
        case "%": self.percent(number)
        default: nil
        }
    }

    package func yen(_ amount: Yen) -> String { Self.yen(amount.smallestUnits, in: self.language) }

    /// `1,234.50` and `−12,000`: with its thousands grouped, and no more places than the currency has.
    package func money(_ micros: Int64, _ currency: Currency) -> String {
        let text = Micros.text(micros)
        let (whole, places) = (text.bytewise.dropping(prefix: "-").map(String.init) ?? text).bytewise.cut(at: ".")
        let sign = micros < 0 ? "−" : ""
        let grouped = Self.grouped(String(whole), in: self.language)
        guard currency.exponent > 0, let places else { return sign + grouped }
        return "\(sign)\(grouped)\(self.language.separators.places)\(places)"
    }

    private static func grouped(_ text: String, in language: Language) -> String {
        let digits = Array(text)
        return digits.enumerated().map { index, digit in
            index > 0 && (digits.count - index).isMultiple(of: 3)
                ? "\(language.separators.thousands)\(digit)" : "\(digit)"
        }.joined()
    }

    package func percent(_ number: Double) -> String {
        "\(Self.plain(number).bytewise.replacing(".", with: self.language.separators.places))%"
    }

    private static func yen(_ amount: Int64, in language: Language) -> String {
        (amount < 0 ? "−¥" : "¥") + self.grouped(String(amount.magnitude), in: language)
    }

    private static func yen(_ number: Double, in language: Language) -> String {
        let whole = self.yen(Int64(nearest: number.rounded(.towardZero)), in: language)
        let places = self.plain(number).bytewise.cut(at: ".").after
        return places.map { "\(whole)\(language.separators.places)\($0)" } ?? whole
    }

    /// With two places at the most, and a point before them.
    static func plain(_ number: Double) -> String {
        number == number.rounded() && abs(number) < 1e15
            ? "\(Int64(nearest: number))" : "\((number * 100).rounded() / 100)"
    }
}

extension JSONValue {
    /// For templates: null, false and empty lists are nothing to show.
    package var shown: Any? {
        switch self {
        case .null: nil
        case .bool(let value): value
        case .integer(let value): "\(value)"
        case .number(let value): value == value.rounded() && abs(value) < 1e15 ? "\(Int64(nearest: value))" : "\(value)"
        case .decimal(let text): text
        case .string(let text): text
        case .array(let values): values.compactMap(\.shown)
        case .object(let members): members.compactMapValues(\.shown)
        }
    }
}
