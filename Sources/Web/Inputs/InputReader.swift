import Hummingbird
package import Kernel

/// What an endpoint takes. Its initializer names each field once; the same code reads a request and describes the input.
package protocol Input: Sendable {
    init(_ read: inout InputReader)
}

/// An endpoint that takes nothing but its path.
package struct NoInput: Input {
    package init(_: inout InputReader) {}
}

/// A field as the document shows it.
package struct FieldDescription: Sendable {
    package enum Place: String, Sendable {
        case path, query, header, body
    }

    package let name: String
    package let place: Place
    package let isRequired: Bool
    package let schema: [String: JSONValue]
    package let summary: String

    package init(_ name: String, _ place: Place, isRequired: Bool, schema: [String: JSONValue], summary: String) {
        self.name = name
        self.place = place
        self.isRequired = isRequired
        self.schema = schema
        self.summary = summary
    }
}

/// Reads fields and collects what is wrong with them, or, without a request, collects what fields there are.
package struct InputReader {
    private enum Source {
        /// Only what fields there are is asked.
        case nothing
        case request(Call, body: JSONValue?, query: [String: String])
        case page(PageFields)
    }

    private var source: Source
    private var validation = Validation()
    private var wrappers: [String] = []
    private var fields: [FieldDescription] = []

    init(reading call: Call, body: JSONValue?) {
        let query = Dictionary(
            call.request.uri.fields.map { (String($0.key), String($0.value)) },
            uniquingKeysWith: { first, _ in first }
        )
        self.source = .request(call, body: body, query: query)
        if let body, body.object == nil { self.validation.malformed("body", FieldRule("object")) }
    }

    init(page: PageFields) { self.source = .page(page) }

    private init() { self.source = .nothing }

    private var isDescribing: Bool { if case .nothing = self.source { true } else { false } }

    /// The fields that an input's initializer asks for.
    package static func describe<In: Input>(_: In.Type) -> [FieldDescription] {
        var reader = InputReader()
        _ = In(&reader)
        return reader.fields
    }

    /// Members of the body in which an input's initializer finds others.
    static func wrappers<In: Input>(of _: In.Type) -> [String] {
        var reader = InputReader()
        _ = In(&reader)
        return reader.wrappers
    }

    func check() throws(Problem) { try self.validation.check() }

    /// Adds an error of its own, for rules over several fields.
    package mutating func require(_ holds: Bool, _ path: String, _ rule: FieldRule, isParameter: Bool = false) {
        if !self.isDescribing { self.validation.require(holds, path, rule, isParameter: isParameter) }
    }

    /// A field that must be there only because of others. One that is there and wrong, by this name or another, is not missing.
    package mutating func missing(_ path: String, orAs others: String..., isParameter: Bool = false) {
        let isWrong = self.validation.errors.contains { $0.path == path || others.contains($0.path) }
        if !self.isDescribing, !isWrong { self.validation.missing(path, isParameter: isParameter) }
    }

    /// Goes on with the members of an object in the body, where it is one: some clients wrap what others write flat.
    package mutating func unwrap(_ name: String) {
        if self.isDescribing { self.wrappers.append(name) }
        guard case .request(let call, let body, let query) = self.source, case .object(let inner)? = body?[name] else {
            return
        }
        self.source = .request(call, body: .object(inner.merging(body?.object ?? [:]) { own, _ in own }), query: query)
        if case .request(_, .object(var members)?, _) = self.source, members[name] == body?[name] {
            members[name] = nil
            self.source = .request(call, body: .object(members), query: query)
        }
    }

    // MARK: Places

    /// - Parameter schema: what the document says of it beside that it is a string.
    package mutating func path(_ name: String, _ summary: String, schema: [String: JSONValue] = [:]) -> String {
        switch self.source {
        case .request(let call, _, _): return call.context.pathParameter(name)
        case .page(let fields): return fields.path(name)
        case .nothing:
            self.note(name, .path, isRequired: true, FieldType.string.describing(schema), [], nil, summary)
            return ""
        }
    }

    /// A member of the body that must be there.
    package mutating func body<Value>(
        _ name: String,
        _ type: FieldType<Value>,
        _ summary: String,
        _ rules: Rule<Value>...
    ) -> Value { self.body(name, type, summary, rules: rules) }

    package mutating func body<Value>(
        _ name: String,
        _ type: FieldType<Value>,
        _ summary: String,
        rules: [Rule<Value>]
    ) -> Value {
        self.note(name, .body, isRequired: true, type, rules, nil, summary)
        guard !self.isDescribing else { return type.placeholder }
        guard let value = self.member(name, type) else {
            self.validation.missing(name)
            return type.placeholder
        }
        return self.accept(name, value, type, rules) ?? type.placeholder
    }

    /// A member of the body that may be missing; an explicit null is the same as missing.
    package mutating func optionalBody<Value>(
        _ name: String,
        _ type: FieldType<Value>,
        _ summary: String,
        _ rules: Rule<Value>...
    ) -> Value? { self.optionalBody(name, type, summary, rules: rules) }

    package mutating func optionalBody<Value>(
        _ name: String,
        _ type: FieldType<Value>,
        _ summary: String,
        rules: [Rule<Value>]
    ) -> Value? {
        self.note(name, .body, isRequired: false, type, rules, nil, summary)
        guard let value = self.member(name, type) else { return nil }
        return self.accept(name, value, type, rules)
    }

    /// Whether a member of the body is there and is null, or a field of a page was emptied: where that means something else than that it
    /// is missing.
    package func isNull(_ name: String) -> Bool {
        switch self.source {
        case .nothing: false
        case .request(_, let body, _): body?[name] == .null
        case .page(let fields): fields.isEmptied(name)
        }
    }

    /// A member of the body that must be there and may be null.
    package mutating func nullableBody<Value>(
        _ name: String,
        _ type: FieldType<Value>,
        _ summary: String,
        _ rules: Rule<Value>...
    ) -> Value? { self.nullableBody(name, type, summary, rules: rules) }

    package mutating func nullableBody<Value>(
        _ name: String,
        _ type: FieldType<Value>,
        _ summary: String,
        rules: [Rule<Value>]
    ) -> Value? {
        self.note(name, .body, isRequired: true, type, rules, nil, summary, isNullable: true)
        guard !self.isDescribing else { return nil }
        if case .request(_, let body, _) = self.source, body?[name] == nil {
            self.validation.missing(name)
            return nil
        }
        guard let value = self.member(name, type) else { return nil }
        return self.accept(name, value, type, rules)
    }

    /// A member of the body with a default.
    package mutating func body<Value>(
        _ name: String,
        _ type: FieldType<Value>,
        default value: Value,
        json: JSONValue,
        _ summary: String,
        _ rules: Rule<Value>...
    ) -> Value { self.body(name, type, default: value, json: json, summary, rules: rules) }

    package mutating func body<Value>(
        _ name: String,
        _ type: FieldType<Value>,
        default value: Value,
        json: JSONValue,
        _ summary: String,
        rules: [Rule<Value>]
    ) -> Value {
        self.note(name, .body, isRequired: false, type, rules, json, summary)
        guard let given = self.member(name, type) else { return value }
        return self.accept(name, given, type, rules) ?? value
    }

    package mutating func query<Value>(
        _ name: String,
        _ type: FieldType<Value>,
        _ summary: String,
        _ rules: Rule<Value>...
    ) -> Value? {
        self.note(name, .query, isRequired: false, type, rules, nil, summary)
        guard let value = self.queried(name, type) else { return nil }
        return self.accept(name, value, type, rules, isParameter: true)
    }

    package mutating func query<Value>(
        _ name: String,
        _ type: FieldType<Value>,
        default value: Value,
        json: JSONValue,
        _ summary: String,
        _ rules: Rule<Value>...
    ) -> Value {
        self.note(name, .query, isRequired: false, type, rules, json, summary)
        guard let given = self.queried(name, type) else { return value }
        return self.accept(name, given, type, rules, isParameter: true) ?? value
    }

    /// A parameter of the query that must be there.
    package mutating func requiredQuery<Value>(
        _ name: String,
        _ type: FieldType<Value>,
        _ summary: String,
        _ rules: Rule<Value>...
    ) -> Value {
        self.note(name, .query, isRequired: true, type, rules, nil, summary)
        guard !self.isDescribing else { return type.placeholder }
        guard let value = self.queried(name, type) else {
            self.validation.missing(name, isParameter: true)
            return type.placeholder
        }
        return self.accept(name, value, type, rules, isParameter: true) ?? type.placeholder
    }

    // MARK: Steps

    /// A member of the body: nil if it is missing or null, `.some(nil)` if it has the wrong type.
    private func member<Value>(_ name: String, _ type: FieldType<Value>) -> Value?? {
        switch self.source {
        case .request(_, let body, _):
            guard let value = body?[name], value != .null else { return nil }
            return .some(type.fromJSON(value))
        case .page(let fields): return fields.value(name, type)
        case .nothing: return nil
        }
    }

    private func queried<Value>(_ name: String, _ type: FieldType<Value>) -> Value?? {
        switch self.source {
        case .request(_, _, let query): query[name].map { type.fromText($0) }
        case .page(let fields): fields.value(name, type)
        case .nothing: nil
        }
    }

    private mutating func accept<Value>(
        _ name: String,
        _ value: Value?,
        _ type: FieldType<Value>,
        _ rules: [Rule<Value>],
        isParameter: Bool = false
    ) -> Value? {
        guard let value else {
            self.validation.malformed(name, FieldRule(type.expected), isParameter: isParameter)
            return nil
        }
        // One broken rule a field is enough: later rules often follow from earlier ones.
        if let broken = rules.first(where: { !$0.holds(value) }) {
            if broken.isMalformed {
                self.validation.malformed(name, broken.rule, isParameter: isParameter)
            } else {
                self.validation.require(false, name, broken.rule, isParameter: isParameter)
            }
            return nil
        }
        return value
    }

    private mutating func note<Value>(
        _ name: String,
        _ place: FieldDescription.Place,
        isRequired: Bool,
        _ type: FieldType<Value>,
        _ rules: [Rule<Value>],
        _ standard: JSONValue?,
        _ summary: String,
        isNullable: Bool = false
    ) {
        guard self.isDescribing else { return }
        var schema = rules.reduce(type.schema) { $0.merging($1.schema) { $1 } }
        // Generators of clients take no object as a default.
        if standard?.object == nil { schema["default"] = standard }
        if place == .body, !isRequired || isNullable { schema = Self.nullable(schema) }
        self.fields.append(FieldDescription(name, place, isRequired: isRequired, schema: schema, summary: summary))
    }

    private static func nullable(_ schema: [String: JSONValue]) -> [String: JSONValue] {
        var schema = schema
        if case .string(let type)? = schema["type"] { schema["type"] = .array([.string(type), "null"]) }
        if case .array(let values)? = schema["enum"] { schema["enum"] = .array(values + [.null]) }
        return schema
    }
}
