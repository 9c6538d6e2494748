/// A currency by its code. Amounts of different currencies never meet in one ledger account.
package struct Currency: Hashable, Sendable, Codable {
    package let code: String
    package init(_ code: String) { self.code = code }

    package static let usdc = Currency("USDC")
    package static let jpy = Currency("JPY")
}

/// An amount in millionths of a currency's unit; exact, and never a floating-point number.
package struct Money: Hashable, Sendable {
    package let micros: Int64
    package let currency: Currency

    package init(micros: Int64, _ currency: Currency) {
        self.micros = micros
        self.currency = currency
    }

    /// The amount in decimal, with at least two and at most six places: `0.05`, `12.00`, `0.000001`.
    package var text: String { Micros.text(self.micros) }
}

/// Decimal text to millionths and back, exactly.
package enum Micros {
    package static let perUnit: Int64 = 1_000_000

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
        let places = parts.count == 2 ? parts[1] : []
        guard places.count <= 6 else { throw .tooManyPlaces }
        var micros: Int64 = 0
        let zeros = ArraySlice(repeating: UInt8(ascii: "0"), count: 6 - places.count)
        for digit in parts[0] + places + zeros {
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
        places = String(repeating: "0", count: 6 - places.count) + places
        while places.count > 2, places.bytewise.ends(with: "0") { places.removeLast() }
        return "\(micros < 0 ? "-" : "")\(units).\(places)"
    }

    /// `amount × basisPoints / 10,000`, rounded down. Basis points are hundredths of a percent, 0 to 10,000.
    package static func share(_ micros: Int64, basisPoints: Int64) -> Int64 {
        let product = micros.multipliedFullWidth(by: basisPoints)
        return Int64(10_000).dividingFullWidth(product).quotient
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
