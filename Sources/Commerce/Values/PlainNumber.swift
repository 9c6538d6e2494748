import Kernel
import Web

/// Money where the contract has a JSON number: written digit by digit from its millionths, never through a floating-point number.
struct PlainNumber: Wire, Equatable {
    let micros: Int64

    init(_ micros: Int64) { self.micros = micros }

    static let shape = Shape<PlainNumber>(
        ["type": "number"],
        example: 24.95,
        show: { value, _ in Micros.shortest(value.micros) }
    ) { $1.raw(Array(Micros.shortest($0.micros).utf8)) }
}

/// Money with its currency: `{"amount": "24.95", "currency": "USD"}`, with exactly the places that the currency has.
struct MoneyOutput: Answer {
    let money: Money

    init(_ money: Money) { self.money = money }

    static let members: [Member<Self>] = [
        Member("amount", \.money.exactText, "In decimal, with the currency's places", example: "24.95"),
        Member("currency", \.money.currency, "ISO 4217", example: "USD"),
    ]
}

/// A share or a score with at most so many places, kept as a whole number of its last place.
struct FixedPoint: Wire, Equatable {
    let value: Int64
    let places: Int

    init(_ value: Int64, places: Int) { (self.value, self.places) = (value, places) }

    /// Rounded half up.
    init(rounding value: Double, places: Int) {
        let scale = (0..<places).reduce(1.0) { ten, _ in ten * 10 }
        self.init(Int64(nearest: (value * scale + 0.5).rounded(.down)), places: places)
    }

    var text: String {
        let digits = String(self.value.magnitude)
        let padded = String(repeating: "0", count: max(0, self.places + 1 - digits.utf8.count)) + digits
        var whole = Substring(padded.utf8.dropLast(self.places))
        let fraction = padded.utf8.suffix(self.places)
        var end = fraction.endIndex
        while end > fraction.startIndex, fraction[fraction.index(before: end)] == UInt8(ascii: "0") {
            end = fraction.index(before: end)
        }
        if whole.isEmpty { whole = "0" }
        let sign = self.value < 0 ? "-" : ""
        return end == fraction.startIndex ? "\(sign)\(whole)" : "\(sign)\(whole).\(Substring(fraction[..<end]))"
    }

    static let shape = Shape<FixedPoint>(
        ["type": "number"],
        example: 0.75,
        show: { value, _ in value.text }
    ) { $1.raw(Array($0.text.utf8)) }
}
