import Foundation
package import Kernel

/// How one kind of value is read from JSON and from a query, and how the document describes it.
package struct FieldType<Value: Sendable>: Sendable {
    /// The rule that a value of the wrong type breaks.
    let expected: String
    let schema: [String: JSONValue]
    /// Stands in for a value that could not be read, so that reading goes on and finds further errors.
    let placeholder: Value
    let fromJSON: @Sendable (JSONValue) -> Value?
    let fromText: @Sendable (String) -> Value?
    /// From all fields of one name in a form; nil where one text is the value.
    var fromTexts: (@Sendable ([String]) -> Value?)?

    init(
        expected: String,
        schema: [String: JSONValue],
        placeholder: Value,
        fromJSON: @escaping @Sendable (JSONValue) -> Value?,
        fromText: @escaping @Sendable (String) -> Value?,
        fromTexts: (@Sendable ([String]) -> Value?)?
    ) {
        (self.expected, self.schema, self.placeholder) = (expected, schema, placeholder)
        (self.fromJSON, self.fromText, self.fromTexts) = (fromJSON, fromText, fromTexts)
    }

    /// A kind of value of a surface's own.
    ///
    /// - Parameter expected: the code of the rule that a value of the wrong type breaks.
    package init(
        expected: String,
        schema: [String: JSONValue],
        placeholder: Value,
        fromJSON: @escaping @Sendable (JSONValue) -> Value?,
        fromText: @escaping @Sendable (String) -> Value?
    ) {
        self.init(
            expected: expected,
            schema: schema,
            placeholder: placeholder,
            fromJSON: fromJSON,
            fromText: fromText,
            fromTexts: nil
        )
    }
}

extension FieldType {
    /// The same type, described more closely in the document.
    package func describing(_ schema: [String: JSONValue]) -> FieldType {
        FieldType(
            expected: self.expected,
            schema: self.schema.merging(schema) { $1 },
            placeholder: self.placeholder,
            fromJSON: self.fromJSON,
            fromText: self.fromText,
            fromTexts: self.fromTexts
        )
    }
}

extension FieldType where Value == String {
    package static let string = FieldType(
        expected: "string",
        schema: ["type": "string", "pattern": .string(withoutNULPattern)],
        placeholder: "",
        fromJSON: { $0.string.flatMap(withoutNUL) },
        fromText: withoutNUL
    )
}

extension FieldType where Value == Int {
    package static let integer = FieldType(
        expected: "integer",
        schema: ["type": "integer", "format": "int64"],
        placeholder: 0,
        fromJSON: { $0.integer.map { Int($0) } },
        fromText: { Int($0) }
    )
}

extension FieldType where Value == Double {
    package static let number = FieldType(
        expected: "number",
        schema: ["type": "number"],
        placeholder: 0,
        fromJSON: { $0.number },
        fromText: { Double($0).flatMap { $0.isFinite ? $0 : nil } }
    )
}

extension FieldType where Value == [String: Double] {
    package static let numbers = FieldType(
        expected: "numbers",
        schema: ["type": "object", "additionalProperties": ["type": "number"]],
        placeholder: [:],
        fromJSON: { value in
            guard let members = value.object else { return nil }
            let numbers = members.compactMapValues(\.number)
            return numbers.count == members.count ? numbers : nil
        },
        fromText: { _ in nil }
    )
}

extension FieldType where Value == Bool {
    package static let boolean = FieldType(
        expected: "boolean",
        schema: ["type": "boolean"],
        placeholder: false,
        fromJSON: { if case .bool(let value) = $0 { value } else { nil } },
        fromText: { ["true": true, "1": true, "false": false, "0": false][$0.lowercased()] }
    )
}

extension FieldType where Value == [String] {
    package static let strings = FieldType(
        expected: "strings",
        schema: ["type": "array", "items": ["type": "string", "pattern": .string(withoutNULPattern)]],
        placeholder: [],
        fromJSON: { value in
            guard let values = value.array else { return nil }
            let strings = values.compactMap { $0.string.flatMap(withoutNUL) }
            return strings.count == values.count ? strings : nil
        },
        fromText: { _ in nil },
        // Boxes that are ticked, or words with commas between.
        fromTexts: { $0.flatMap { $0.bytewise.list(",") } }
    )
}

extension FieldType where Value == [[String: JSONValue]] {
    package static let objects = FieldType(
        expected: "objects",
        schema: ["type": "array", "items": ["type": "object"]],
        placeholder: [],
        fromJSON: { value in
            guard let values = value.array else { return nil }
            let objects = values.compactMap(\.object)
            return objects.count == values.count ? objects : nil
        },
        fromText: { _ in nil }
    )
}

extension FieldType where Value == [String: JSONValue] {
    package static let object = FieldType(
        expected: "object",
        schema: ["type": "object"],
        placeholder: [:],
        fromJSON: { $0.object },
        fromText: { _ in nil }
    )
}

private let withoutNULPattern = "^[^\\u0000]*$"

/// PostgreSQL cannot hold U+0000 in text, and nobody means it.
@Sendable private func withoutNUL(_ text: String) -> String? { text.utf8.contains(0) ? nil : text }

/// A rule over a value that has the right type.
package struct Rule<Value: Sendable>: Sendable {
    /// Made when it is broken: most requests break none.
    private let tell: @Sendable () -> FieldRule
    package var rule: FieldRule { self.tell() }
    /// What the document says of the rule.
    package let schema: [String: JSONValue]
    /// Whether breaking it counts as malformed: ranges of query parameters do.
    let isMalformed: Bool
    package let holds: @Sendable (Value) -> Bool

    package init(
        _ rule: @autoclosure @escaping @Sendable () -> FieldRule,
        schema: [String: JSONValue] = [:],
        isMalformed: Bool = false,
        _ holds: @escaping @Sendable (Value) -> Bool
    ) {
        self.tell = rule
        self.schema = schema
        self.isMalformed = isMalformed
        self.holds = holds
    }
}

extension Rule {
    /// The same rule, described more closely in the document.
    package func describing(_ schema: [String: JSONValue]) -> Rule {
        Rule(self.rule, schema: self.schema.merging(schema) { $1 }, isMalformed: self.isMalformed, self.holds)
    }

    /// The same rule, told by a sentence of its own.
    package func saying(_ rule: @autoclosure @escaping @Sendable () -> FieldRule) -> Rule {
        Rule(rule(), schema: self.schema, isMalformed: self.isMalformed, self.holds)
    }
}

extension Rule where Value == String {
    /// - Parameter subject: what sentences call the field, as below.
    package static func notBlank(of subject: String? = nil) -> Rule {
        Rule(
            FieldRule("blank", of: subject),
            schema: ["minLength": 1, "pattern": "^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$"]
        ) {
            !$0.trimmed.isEmpty
        }
    }

    /// One line of text: no control characters, no line separators, nothing that changes the direction of the text around it. Use it after
    /// ``notBlank(of:)``, whose message says what is missing.
    package static func line(of subject: String? = nil, canBeBlank: Bool = false) -> Rule {
        Rule(FieldRule("line", of: subject), schema: ["pattern": .string(self.linePattern(canBeBlank: canBeBlank))]) {
            self.isLine($0)
        }
    }

    fileprivate static func linePattern(canBeBlank: Bool) -> String {
        let hidden = HiddenScalars.ranges.map { range in
            "\\u\(Self.hex(range.lowerBound))-\\u\(Self.hex(range.upperBound))"
        }.joined()
        return canBeBlank ? "^[^\(hidden)]*$" : "^[^\(hidden)]*[^\\s\(hidden)][^\(hidden)]*$"
    }

    fileprivate static func isLine(_ text: String) -> Bool {
        !text.hasHiddenScalars
    }

    private static func hex(_ value: UInt32) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }

    /// - Parameter limit: in Unicode scalars, as JSON Schema counts.
    package static func atMost(_ limit: Int, of subject: String? = nil) -> Rule {
        Rule(FieldRule("at_most", ["limit": "\(limit)"], of: subject), schema: ["maxLength": .integer(Int64(limit))]) {
            $0.unicodeScalars.count <= limit
        }
    }

    /// - Parameter isTrimmed: what stands around the text does not count.
    package static func length(_ range: ClosedRange<Int>, isTrimmed: Bool = false) -> Rule {
        Rule(
            FieldRule("length", ["low": "\(range.lowerBound)", "high": "\(range.upperBound)"]),
            schema: ["minLength": .int(range.lowerBound), "maxLength": .int(range.upperBound)]
        ) { range.contains((isTrimmed ? $0.trimmed : $0).unicodeScalars.count) }
    }

    /// Nothing that a reader cannot see, so that two names that look alike are alike.
    package static var visible: Rule {
        Rule(FieldRule("visible"), schema: ["pattern": "^[!-~]([ -~]*[!-~])?$"]) { text in
            text.trimmed == text && text.precomposedStringWithCanonicalMapping == text
                && !text.unicodeScalars.contains(where: \.isInvisible)
        }
    }

    package static func oneOf(_ values: [String]) -> Rule {
        Rule(.oneOf(values), schema: ["enum": .array(values.map { .string($0) })]) { values.contains($0) }
    }
}

extension Rule where Value == Int {
    package static func range(_ range: ClosedRange<Int>, isMalformed: Bool = false) -> Rule {
        Rule(
            .between("\(range.lowerBound)", "\(range.upperBound)"),
            schema: ["minimum": .integer(Int64(range.lowerBound)), "maximum": .integer(Int64(range.upperBound))],
            isMalformed: isMalformed
        ) { range.contains($0) }
    }
}

extension Rule where Value == Double {
    package static func range(_ range: ClosedRange<Double>) -> Rule {
        Rule(
            .between("\(range.lowerBound)", "\(range.upperBound)"),
            schema: ["minimum": .number(range.lowerBound), "maximum": .number(range.upperBound)]
        ) {
            range.contains($0)
        }
    }
}

extension Rule where Value == [String] {
    package static func atLeastOne(of subject: String) -> Rule {
        Rule(FieldRule("at_least_one_\(subject)"), schema: ["minItems": 1]) { !$0.isEmpty }
    }

    /// Every string is one line that is not blank.
    ///
    /// - Parameter length: what the rule beside it allows, for the document.
    package static func lines(of subject: String, length: Int) -> Rule {
        let pattern = Rule<String>.linePattern(canBeBlank: false)
        let items: JSONValue = ["type": "string", "maxLength": .int(length), "pattern": .string(pattern)]
        return Rule(FieldRule("lines", of: subject), schema: ["items": items]) { lines in
            lines.allSatisfy { !$0.trimmed.isEmpty && Rule<String>.isLine($0) }
        }
    }

    /// At most `count` strings of at most `length` Unicode scalars each.
    package static func atMost(_ count: Int, ofLength length: Int, of subject: String) -> Rule {
        Rule(
            FieldRule("\(subject)_limit", ["count": "\(count)", "length": "\(length)"]),
            schema: [
                "maxItems": .integer(Int64(count)),
                "items": [
                    "type": "string", "maxLength": .integer(Int64(length)), "pattern": .string(withoutNULPattern),
                ],
            ]
        ) { $0.count <= count && $0.allSatisfy { $0.unicodeScalars.count <= length } }
    }
}

extension Rule where Value == [String: JSONValue] {
    /// For objects that clients hang onto records: at most so many bytes of JSON.
    package static func atMostBytes(_ limit: Int) -> Rule {
        Rule(FieldRule("at_most_bytes", ["limit": "\(limit)"])) { (try? JSON.encode($0).count) ?? .max <= limit }
    }

    /// Objects and lists within each other, the outermost counted.
    package static func nested(atMost limit: Int) -> Rule {
        Rule(FieldRule("nested_at_most", ["limit": "\(limit)"])) { JSONValue.object($0).depth <= limit }
    }
}

extension JSONValue {
    /// How deep objects and lists stand within each other; 0 for what is neither.
    package var depth: Int {
        switch self {
        case .object(let members): 1 + (members.values.map(\.depth).max() ?? 0)
        case .array(let values): 1 + (values.map(\.depth).max() ?? 0)
        default: 0
        }
    }
}
