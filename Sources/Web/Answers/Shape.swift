package import Kernel

/// What can stand in an answer.
package protocol Wire: Sendable {
    static var shape: Shape<Self> { get }
}

/// How a type is written and described. A value, so that a member takes the shape of what it holds once, when it is declared.
package struct Shape<Value>: Sendable {
    private let describe: @Sendable () -> JSONValue
    package let write: @Sendable (Value, inout JSONWriter) -> Void
    package let isNull: @Sendable (Value) -> Bool

    package init(
        _ describe: @autoclosure @escaping @Sendable () -> JSONValue,
        isNull: @escaping @Sendable (Value) -> Bool = { _ in false },
        write: @escaping @Sendable (Value, inout JSONWriter) -> Void
    ) {
        self.describe = describe
        self.isNull = isNull
        self.write = write
    }

    /// The JSON Schema.
    package var schema: JSONValue { self.describe() }

    package func bytes(of value: Value) -> [UInt8] {
        var writer = JSONWriter(capacity: 512)
        self.write(value, &writer)
        return writer.bytes
    }

    /// The value as whoever reads the bytes has it.
    package func json(of value: Value) -> JSONValue { (try? JSON.read(self.bytes(of: value))) ?? .null }
}

extension String: Wire {
    package static let shape = Shape<String>(["type": "string"]) { $1.write($0) }
}

extension Int: Wire {
    package static let shape = Shape<Int>(["type": "integer"]) { $1.write(Int64($0)) }
}

extension Int64: Wire {
    package static let shape = Shape<Int64>(["type": "integer"]) { $1.write($0) }
}

extension Double: Wire {
    package static let shape = Shape<Double>(["type": "number"]) { $1.write($0) }
}

extension Bool: Wire {
    package static let shape = Shape<Bool>(["type": "boolean"]) { $1.raw($0 ? "true" : "false") }
}

/// What has no form of its own: somebody else's data, or what a contract leaves open.
extension JSONValue: Wire {
    package static let shape = Shape<JSONValue>([:], isNull: { $0 == .null }) { $1.write($0) }
}

extension Timestamp: Wire {
    package static let shape = Shape<Timestamp>(["type": "string", "format": "date-time"]) { $1.write($0.text) }
}

extension ID: Wire {
    package static var shape: Shape<ID> { Shape(["type": "string"]) { $1.write($0.text) } }
}

extension Currency: Wire {
    package static let shape = Shape<Currency>(["type": "string"]) { $1.write($0.code) }
}

extension Optional: Wire where Wrapped: Wire {
    package static var shape: Shape<Wrapped?> {
        let wrapped = Wrapped.shape
        return Shape(["anyOf": [wrapped.schema, ["type": "null"]]], isNull: { $0 == nil }) {
            if let value = $0 { wrapped.write(value, &$1) } else { $1.raw("null") }
        }
    }
}

extension Array: Wire where Element: Wire {
    package static var shape: Shape<[Element]> {
        let element = Element.shape
        return Shape(["type": "array", "items": element.schema]) { values, writer in
            writer.raw("[")
            for (index, value) in values.enumerated() {
                if index > 0 { writer.raw(",") }
                element.write(value, &writer)
            }
            writer.raw("]")
        }
    }
}

extension Dictionary: Wire where Key == String, Value: Wire {
    package static var shape: Shape<[String: Value]> {
        let value = Value.shape
        return Shape(["type": "object", "additionalProperties": value.schema]) { members, writer in
            writer.raw("{")
            let sorted = members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            for (index, member) in sorted.enumerated() {
                if index > 0 { writer.raw(",") }
                writer.write(member.key)
                writer.raw(":")
                value.write(member.value, &writer)
            }
            writer.raw("}")
        }
    }
}

/// An enumeration shows its raw values, and the schema lists them.
extension Wire where Self: RawRepresentable & CaseIterable, RawValue == String {
    package static var shape: Shape<Self> {
        Shape(["type": "string", "enum": .strings(Self.allCases.map(\.rawValue))]) { $1.write($0.rawValue) }
    }
}

/// Money as most contracts write it: `"0.05"`.
package struct DecimalText: Wire {
    let micros: Int64
    package init(_ micros: Int64) { self.micros = micros }

    package static let shape = Shape<DecimalText>(["type": "string", "pattern": "^-?[0-9]+\\.[0-9]{2,6}$"]) {
        $1.write(Micros.text($0.micros))
    }
}

/// Money where a contract wants a number: made from the exact decimal text.
package struct DecimalNumber: Wire {
    let micros: Int64
    package init(_ micros: Int64) { self.micros = micros }

    package static let shape = Shape<DecimalNumber>(["type": "number"]) {
        $1.write(Double(Micros.text($0.micros)) ?? 0)
    }
}

/// A number with two places at the most, kept as hundredths.
package struct Hundredths: Wire {
    let value: Int
    package init(_ value: Int) { self.value = value }

    package static let shape = Shape<Hundredths>(["type": "number"]) { $1.write(Double($0.value) / 100) }
}

/// What has been written already, and is kept.
package struct Written<Value: Wire>: Wire {
    package let bytes: [UInt8]
    package init(_ value: Value, _ shape: Shape<Value> = Value.shape) { self.bytes = shape.bytes(of: value) }
    package init(text: String) { self.bytes = Array(text.utf8) }

    package var text: String { String(decoding: self.bytes, as: UTF8.self) }

    package static var shape: Shape<Written> {
        let shape = Value.shape
        return Shape(shape.schema) { $1.raw($0.bytes) }
    }
}

extension Written: Answer where Value: Answer {
    package static var example: Written { Written(.example) }
}
