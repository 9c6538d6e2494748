package import Kernel

package enum SQLValue: Sendable, Equatable {
    case null
    case integer(Int64)
    /// Only for measurements, such as an average latency; never for money.
    case real(Double)
    case text(String)
    case blob([UInt8])
}

package protocol SQLConvertible {
    init(sqlValue: SQLValue) throws
    var sqlValue: SQLValue { get }
}

/// A column held something else than the code expects.
package struct ColumnMismatch: Error {
    package let value: SQLValue
    package let expected: String

    package init(value: SQLValue, expected: String) {
        self.value = value
        self.expected = expected
    }
}

extension SQLValue: SQLConvertible {
    package init(sqlValue: SQLValue) { self = sqlValue }
    package var sqlValue: SQLValue { self }
}

extension Int64: SQLConvertible {
    package init(sqlValue: SQLValue) throws {
        guard case .integer(let value) = sqlValue else { throw ColumnMismatch(value: sqlValue, expected: "integer") }
        self = value
    }
    package var sqlValue: SQLValue { .integer(self) }
}

extension Int: SQLConvertible {
    package init(sqlValue: SQLValue) throws { self = Int(try Int64(sqlValue: sqlValue)) }
    package var sqlValue: SQLValue { .integer(Int64(self)) }
}

extension Bool: SQLConvertible {
    package init(sqlValue: SQLValue) throws { self = try Int64(sqlValue: sqlValue) != 0 }
    package var sqlValue: SQLValue { .integer(self ? 1 : 0) }
}

extension Double: SQLConvertible {
    package init(sqlValue: SQLValue) throws {
        switch sqlValue {
        case .real(let value): self = value
        case .integer(let value): self = Double(value)
        default: throw ColumnMismatch(value: sqlValue, expected: "real")
        }
    }
    package var sqlValue: SQLValue { .real(self) }
}

extension String: SQLConvertible {
    package init(sqlValue: SQLValue) throws {
        guard case .text(let value) = sqlValue else { throw ColumnMismatch(value: sqlValue, expected: "text") }
        self = value
    }
    package var sqlValue: SQLValue { .text(self) }
}

extension [UInt8]: SQLConvertible {
    package init(sqlValue: SQLValue) throws {
        guard case .blob(let bytes) = sqlValue else { throw ColumnMismatch(value: sqlValue, expected: "blob") }
        self = bytes
    }
    package var sqlValue: SQLValue { .blob(self) }
}

extension Timestamp: SQLConvertible {
    package init(sqlValue: SQLValue) throws { self.init(microseconds: try Int64(sqlValue: sqlValue)) }
    package var sqlValue: SQLValue { .integer(self.microseconds) }
}

/// In the currency's smallest unit.
extension Amount: SQLConvertible {
    package init(sqlValue: SQLValue) throws { self.init(try Int64(sqlValue: sqlValue)) }
    package var sqlValue: SQLValue { .integer(self.smallestUnits) }
}

extension ID: SQLConvertible {
    package init(sqlValue: SQLValue) throws { self.init(try String(sqlValue: sqlValue)) }
    package var sqlValue: SQLValue { .text(self.text) }
}

extension NumericID: SQLConvertible {
    package init(sqlValue: SQLValue) throws { self.init(try Int64(sqlValue: sqlValue)) }
    package var sqlValue: SQLValue { .integer(self.value) }
}

extension SQLConvertible where Self: RawRepresentable, RawValue == String {
    package init(sqlValue: SQLValue) throws {
        guard let value = Self(rawValue: try String(sqlValue: sqlValue)) else {
            throw ColumnMismatch(value: sqlValue, expected: "\(Self.self)")
        }
        self = value
    }
    package var sqlValue: SQLValue { .text(self.rawValue) }
}
