import Foundation
import Kernel
import Storage

/// Latitude or longitude in millionths of a degree, read from its digits: the seventh place rounds half away from zero.
struct MicroDegrees: Hashable, Sendable {
    let value: Int64

    init(millionths value: Int64) { self.value = value }

    /// Nil for what is no number.
    init?(_ json: JSONValue) {
        let text: String
        switch json {
        case .integer(let value): text = "\(value)"
        case .number(let value): text = "\(value)"
        case .decimal(let digits): text = digits
        default: return nil
        }
        guard var exact = Decimal(string: text, locale: Locale(identifier: "en_US_POSIX")) else { return nil }
        exact *= 1_000_000
        var rounded = Decimal()
        NSDecimalRound(&rounded, &exact, 0, .plain)
        // Far outside of any degree, which is all that has to be known.
        let bounded = min(max(rounded, -1_000_000_000_000), 1_000_000_000_000)
        self.value = NSDecimalNumber(decimal: bounded).int64Value
    }

    var degrees: Double { Double(self.value) / 1_000_000 }
}

extension MicroDegrees: SQLConvertible {
    init(sqlValue: SQLValue) throws { self.value = try Int64(sqlValue: sqlValue) }
    var sqlValue: SQLValue { .integer(self.value) }
}
