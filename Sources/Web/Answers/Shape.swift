package import Kernel
package import Platform

/// What can stand in an answer.
package protocol Wire: Sendable {
    static var shape: Shape<Self> { get }
}

extension Wire {
    /// The value as templates show it.
    package func shown(_ display: Display) -> Any? { Self.shape.show(self, display) }
}

/// How a type is written and described. It is a value, so a member looks up the shape of its type only once, when it is declared.
package struct Shape<Value>: Sendable {
    package typealias Description = (schema: JSONValue, example: JSONValue)

    private let describe: @Sendable () -> Description
    package let write: @Sendable (Value, inout JSONWriter) -> Void
    package let isNull: @Sendable (Value) -> Bool
    /// The value as templates show it; nil for nothing.
    package let show: @Sendable (Value, Display) -> Any?
    /// The raw values of the enumerations that the value is or contains; each has a text.
    let words: @Sendable (Value) -> [String]
    /// The name by which their texts are found, if it is not the member's.
    let vocabulary: String?

    package init(
        describing describe: @escaping @Sendable () -> Description,
        isNull: @escaping @Sendable (Value) -> Bool = { _ in false },
        show: (@Sendable (Value, Display) -> Any?)? = nil,
        words: @escaping @Sendable (Value) -> [String] = { _ in [] },
        vocabulary: String? = nil,
        write: @escaping @Sendable (Value, inout JSONWriter) -> Void
    ) {
        self.describe = describe
        self.isNull = isNull
        self.write = write
        self.words = words
        self.vocabulary = vocabulary
        self.show = show ?? { value, _ in Self.json(of: value, write).shown }
    }

    package init(
        _ schema: @autoclosure @escaping @Sendable () -> JSONValue,
        example: @autoclosure @escaping @Sendable () -> JSONValue,
        isNull: @escaping @Sendable (Value) -> Bool = { _ in false },
        show: (@Sendable (Value, Display) -> Any?)? = nil,
        words: @escaping @Sendable (Value) -> [String] = { _ in [] },
        vocabulary: String? = nil,
        write: @escaping @Sendable (Value, inout JSONWriter) -> Void
    ) {
        self.init(
            describing: { (schema(), example()) },
            isNull: isNull,
            show: show,
            words: words,
            vocabulary: vocabulary,
            write: write
        )
    }

    /// The JSON Schema.
    package var schema: JSONValue { self.describe().schema }
    package var example: JSONValue { self.describe().example }

    package func bytes(of value: Value) -> [UInt8] {
        var writer = JSONWriter(capacity: 512)
        self.write(value, &writer)
        return writer.bytes
    }

    /// The value that a reader of the JSON gets.
    package func json(of value: Value) -> JSONValue { Self.json(of: value, self.write) }

    private static func json(of value: Value, _ write: (Value, inout JSONWriter) -> Void) -> JSONValue {
        var writer = JSONWriter(capacity: 512)
        write(value, &writer)
        return (try? JSON.read(writer.bytes)) ?? .null
    }
}

extension String: Wire {
    package static let shape = Shape<String>(["type": "string"], example: "text") { $1.write($0) }
}

extension Int: Wire {
    package static let shape = Shape<Int>(["type": "integer"], example: 1) { $1.write(Int64($0)) }
}

extension Int64: Wire {
    package static let shape = Shape<Int64>(["type": "integer"], example: 1) { $1.write($0) }
}

extension Double: Wire {
    package static let shape = Shape<Double>(["type": "number"], example: 1.5) { $1.write($0) }
}

extension Bool: Wire {
    package static let shape = Shape<Bool>(["type": "boolean"], example: true) { $1.raw($0 ? "true" : "false") }
}

/// JSON of no fixed type: data from elsewhere, or whatever a contract leaves open.
extension JSONValue: Wire {
    package static let shape = Shape<JSONValue>([:], example: [:], isNull: { $0 == .null }) { $1.write($0) }
}

extension Timestamp: Wire {
    package static let shape = Shape<Timestamp>(
        ["type": "string", "format": "date-time"],
        example: "2026-03-19T10:00:00.000000+00:00",
        show: { $1.moment($0) }
    ) { $1.write($0.text) }
}

extension ID: Wire {
    package static var shape: Shape<ID> {
        Shape(["type": "string"], example: "0198c5d2-7b40-7000-8000-000000000001") { $1.write($0.text) }
    }
}

extension Role: Wire {
    package static let shape = Shape<Role>(["type": "string"], example: "agent", words: { [$0.name] }) {
        $1.write($0.name)
    }
}

extension NumericID: Wire {
    package static var shape: Shape<NumericID> { Shape(["type": "integer"], example: 1) { $1.write($0.value) } }
}

extension Currency: Wire {
    package static let shape = Shape<Currency>(["type": "string"], example: "USDC") { $1.write($0.code) }
}

extension Optional: Wire where Wrapped: Wire {
    package static var shape: Shape<Wrapped?> {
        let wrapped = Wrapped.shape
        return Shape(
            ["anyOf": [wrapped.schema, ["type": "null"]]],
            example: wrapped.example,
            isNull: { $0 == nil },
            show: { value, display in value.flatMap { wrapped.show($0, display) } },
            words: { $0.map { wrapped.words($0) } ?? [] },
            vocabulary: wrapped.vocabulary
        ) { if let value = $0 { wrapped.write(value, &$1) } else { $1.raw("null") } }
    }
}

extension Array: Wire where Element: Wire {
    package static var shape: Shape<[Element]> {
        let element = Element.shape
        return Shape(
            ["type": "array", "items": element.schema],
            example: [element.example],
            show: { values, display in values.compactMap { element.show($0, display) } },
            words: { $0.flatMap { element.words($0) } },
            vocabulary: element.vocabulary
        ) { values, writer in
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
        return Shape(
            ["type": "object", "additionalProperties": value.schema],
            example: ["name": value.example],
            show: { members, display in members.compactMapValues { value.show($0, display) } }
        ) { members, writer in
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

/// An enumeration whose words are found by a name of its own, and not by the member's: `state` is several things.
package protocol Vocabulary {
    static var vocabulary: String { get }
}

/// An enumeration shows its raw values, and the schema lists them.
extension Wire where Self: RawRepresentable & CaseIterable, RawValue == String {
    package static var shape: Shape<Self> {
        let values = Self.allCases.map(\.rawValue)
        return Shape(
            ["type": "string", "enum": .strings(values)],
            example: .text(values.first),
            words: { [$0.rawValue] },
            vocabulary: (Self.self as? any Vocabulary.Type)?.vocabulary
        ) { $1.write($0.rawValue) }
    }
}

/// What has been written already, and is kept.
package struct Written<Value: Wire>: Wire {
    package let bytes: [UInt8]
    /// Nil where the text alone was kept.
    package let value: Value?

    package init(_ value: Value, _ shape: Shape<Value> = Value.shape) {
        self.bytes = shape.bytes(of: value)
        self.value = value
    }

    package init(text: String) { self.init(bytes: Array(text.utf8)) }

    package init(bytes: [UInt8]) {
        self.bytes = bytes
        self.value = nil
    }

    package var text: String { String(decoding: self.bytes, as: UTF8.self) }

    package static var shape: Shape<Written> {
        let shape = Value.shape
        return Shape(
            shape.schema,
            example: shape.example,
            show: { written, display in
                guard let value = written.value else { return (try? JSON.read(written.bytes))?.shown }
                return shape.show(value, display)
            }
        ) { $1.raw($0.bytes) }
    }
}

/// One of two answers, which the schema tells apart.
package enum OneOf<First: Wire, Second: Wire>: Wire {
    case first(First)
    case second(Second)

    package static var shape: Shape<OneOf> {
        let (first, second) = (First.shape, Second.shape)
        return Shape(
            ["anyOf": [first.schema, second.schema]],
            example: first.example,
            show: { value, display in
                switch value {
                case .first(let value): first.show(value, display)
                case .second(let value): second.show(value, display)
                }
            }
        ) { value, writer in
            switch value {
            case .first(let value): first.write(value, &writer)
            case .second(let value): second.write(value, &writer)
            }
        }
    }
}
