package import Kernel

/// An object in an operation's answer. Its members are declared once; its JSON, description and example are derived from them.
package protocol Answer: Wire {
    static var members: [Member<Self>] { get }
}

extension Answer {
    package static var shape: Shape<Self> { Shape(members: Self.members) }

    /// For events and stored copies. The answer of an endpoint is written directly.
    package var text: String { String(decoding: Self.shape.bytes(of: self), as: UTF8.self) }
    package var json: JSONValue { Self.shape.json(of: self) }
}

/// An answer whose example is a whole value instead of the examples of its members.
package protocol ExampleAnswer: Answer {
    static var example: Self { get }
}

extension ExampleAnswer {
    package static var shape: Shape<Self> {
        let shape = Shape(members: Self.members)
        return Shape(shape.schema, example: shape.json(of: Self.example), show: shape.show, write: shape.write)
    }
}

/// One member: its name, where it is found, what it means.
package struct Member<Root>: Sendable {
    let name: String
    let describe: @Sendable () -> Shape<Root>.Description
    let isRequired: Bool
    /// Writes a comma, name and value, unless the value is left out.
    let write: @Sendable (Root, inout JSONWriter) -> Void
    /// Adds what templates show of it: the value, and for enumerations their words as `status_text`.
    let show: @Sendable (Root, Display, inout [String: Any]) -> Void

    /// - Parameters:
    ///   - get: written as a key path, which the compiler turns into direct access.
    ///   - unit: of a number or an amount: `ms`, `USDC`.
    ///   - leavesOutNull: for contracts that leave the member out instead of writing `null`.
    ///   - shown: what templates show instead of the value: a text in the visitor's language.
    package init<Value: Wire>(
        _ name: String,
        _ get: @escaping @Sendable (Root) -> Value,
        _ summary: String,
        unit: String? = nil,
        example: JSONValue? = nil,
        leavesOutNull: Bool = false,
        shown: (@Sendable (Root, Display) -> Any?)? = nil
    ) {
        let shape = Value.shape
        let (write, isNull) = (shape.write, shape.isNull)
        let start = Array(",\"\(name)\":".utf8)
        self.name = name
        self.describe = {
            let text = unit.map { "\(summary) (\($0))" } ?? summary
            return (shape.schema.adding("description", .string(text)), example ?? shape.example)
        }
        self.isRequired = !leavesOutNull
        self.write = { root, writer in
            let value = get(root)
            if leavesOutNull, isNull(value) { return }
            writer.raw(start)
            write(value, &writer)
        }
        let show = shown
        self.show = { root, display, into in
            if let show {
                into[name] = show(root, display)
                return
            }
            let value = get(root)
            let amount = unit.flatMap { unit in shape.json(of: value).number.flatMap { display.amount($0, unit) } }
            into[name] = amount ?? shape.show(value, display)
            let words = shape.words(value).map { display.word(shape.vocabulary ?? name, $0, display.language) }
            if !words.isEmpty { into["\(name)_text"] = words.joined(separator: ", ") }
        }
    }

    /// Where a period of days begins or ends: shown as the surface counts days, whatever time zone a visitor has chosen.
    package init(_ name: String, boundary get: @escaping @Sendable (Root) -> Timestamp, _ summary: String) {
        self.init(name, get, summary, shown: { $1.boundary(get($0)) })
    }

    private init<Part>(_ part: Member<Part>, of get: @escaping @Sendable (Root) -> Part) {
        (self.name, self.describe, self.isRequired) = (part.name, part.describe, part.isRequired)
        self.write = { part.write(get($0), &$1) }
        self.show = { part.show(get($0), $1, &$2) }
    }

    /// The members of a part, as if they were the whole's own.
    package static func all<Part: Answer>(
        of get: @escaping @Sendable (Root) -> Part,
        but left: Set<String> = []
    ) -> [Member] {
        Part.members.filter { !left.contains($0.name) }.map { Member($0, of: get) }
    }
}

extension Shape {
    /// An object, its names sorted as every answer has them.
    package init(members: [Member<Value>]) {
        let sorted = members.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        precondition(Set(members.map(\.name)).count == members.count, "a member is named twice")
        let writes = sorted.map(\.write)
        self.init(
            describing: { Self.describe(sorted) },
            show: { value, display in
                members.reduce(into: [String: Any]()) { shown, member in member.show(value, display, &shown) }
            }
        ) { value, writer in
            let start = writer.count
            for write in writes { write(value, &writer) }
            // The first member's comma is where the object begins.
            if writer.count == start { writer.raw("{") } else { writer.replaceByte(at: start, with: UInt8(ascii: "{")) }
            writer.raw("}")
        }
    }

    private static func describe(_ members: [Member<Value>]) -> Description {
        let described = members.map { (name: $0.name, description: $0.describe()) }
        return (
            [
                "type": "object",
                "properties": .object(
                    Dictionary(uniqueKeysWithValues: described.map { ($0.name, $0.description.schema) })
                ),
                "required": .strings(members.filter(\.isRequired).map(\.name)),
                SchemaName.mark: .string(SchemaName.of(Value.self)),
            ], .object(Dictionary(uniqueKeysWithValues: described.map { ($0.name, $0.description.example) }))
        )
    }
}
