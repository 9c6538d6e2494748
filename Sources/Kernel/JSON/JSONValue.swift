import Foundation

/// Any JSON value. Objects keep no order and are written with sorted keys.
package enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case integer(Int64)
    /// A number that is not an integer. Never used for money.
    case number(Double)
    /// A number that no `Double` says exactly, as it was written. Only reading makes one.
    case decimal(String)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])
}

extension JSONValue {
    package subscript(key: String) -> JSONValue? {
        if case .object(let members) = self { members[key] } else { nil }
    }

    package var string: String? {
        if case .string(let value) = self { value } else { nil }
    }

    package var integer: Int64? {
        if case .integer(let value) = self { value } else { nil }
    }

    /// Of an integer or of another number; the nearest one. Nil beyond what a `Double` holds.
    package var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        case .decimal(let text): Double(text).flatMap { $0.isFinite ? $0 : nil }
        default: nil
        }
    }

    package var array: [JSONValue]? {
        if case .array(let values) = self { values } else { nil }
    }

    package var object: [String: JSONValue]? {
        if case .object(let members) = self { members } else { nil }
    }

    /// With one more member; only for objects.
    package func adding(_ name: String, _ value: JSONValue) -> JSONValue {
        .object((self.object ?? [:]).merging([name: value]) { $1 })
    }

    /// With further members, which stand before those of the same name; only for objects.
    package func adding(_ members: [String: JSONValue]) -> JSONValue {
        .object((self.object ?? [:]).merging(members) { $1 })
    }

    // MARK: From values

    /// The text, or null.
    package static func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }

    package static func time(_ value: Timestamp?) -> JSONValue { .text(value?.text) }

    package static func strings(_ values: [String]) -> JSONValue { .array(values.map { .string($0) }) }

    /// What was kept as JSON text.
    package static func parsed(_ text: String) -> JSONValue { (try? JSON.read(text.utf8)) ?? .null }

    package static func count(_ values: some Collection) -> JSONValue { .integer(Int64(values.count)) }

    package static func int(_ value: Int) -> JSONValue { .integer(Int64(value)) }

    /// A number with two places at the most, from its hundredths.
    package static func hundredths(_ value: Int) -> JSONValue { .number(Double(value) / 100) }

    /// Money where a contract wants a number: made from the exact decimal text.
    package static func money(_ money: Money) -> JSONValue { .number(Double(money.text) ?? 0) }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByFloatLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(floatLiteral value: Double) { self = .number(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(Dictionary(elements) { _, last in last })
    }
}

extension JSONValue: Encodable {
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .decimal(let text): try container.encode(Decimal(string: text) ?? 0)
        case .string(let value): try container.encode(value)
        case .array(let values): try container.encode(values)
        case .object(let members): try container.encode(members)
        }
    }
}
