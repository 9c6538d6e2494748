import Kernel

/// What an operation answers.
package protocol Answer: Wire {
    /// Stands in the OpenAPI document, written as every answer is.
    static var example: Self { get }
}

/// An object whose members are named once: how it is written and described follows.
package protocol ObjectPart: Wire {
    static var members: [Member<Self>] { get }
}

/// An object that an operation answers.
package protocol ObjectAnswer: Answer, ObjectPart {}

extension ObjectPart {
    package static var shape: Shape<Self> { Shape(members: Self.members) }
}

/// One member: its name, where it is found, what it means.
package struct Member<Root>: Sendable {
    let name: String
    let schema: @Sendable () -> JSONValue
    let isRequired: Bool
    /// Writes a comma, name and value, unless the value is left out.
    let write: @Sendable (Root, inout JSONWriter) -> Void

    /// - Parameters:
    ///   - get: written as a key path, which the compiler turns into direct access.
    ///   - unit: of a number or an amount: `ms`, `USDC`.
    ///   - leavesOutNull: for contracts that leave the member out instead of writing `null`.
    package init<Value: Wire>(
        _ name: String,
        _ get: @escaping @Sendable (Root) -> Value,
        _ summary: String,
        unit: String? = nil,
        leavesOutNull: Bool = false
    ) {
        let shape = Value.shape
        let (write, isNull) = (shape.write, shape.isNull)
        let start = Array(",\"\(name)\":".utf8)
        self.name = name
        self.schema = {
            let text = unit.map { "\(summary) (\($0))" } ?? summary
            return shape.schema.adding("description", .string(text))
        }
        self.isRequired = !leavesOutNull
        self.write = { root, writer in
            let value = get(root)
            if leavesOutNull, isNull(value) { return }
            writer.raw(start)
            write(value, &writer)
        }
    }

    private init<Part>(_ part: Member<Part>, of get: @escaping @Sendable (Root) -> Part) {
        (self.name, self.schema, self.isRequired) = (part.name, part.schema, part.isRequired)
        self.write = { part.write(get($0), &$1) }
    }

    /// The members of a part, as if they were the whole's own.
    package static func all<Part: ObjectPart>(of get: @escaping @Sendable (Root) -> Part) -> [Member] {
        Part.members.map { Member($0, of: get) }
    }
}

extension Shape {
    /// An object, its names sorted as every answer has them.
    package init(members: [Member<Value>]) {
        let sorted = members.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        precondition(Set(members.map(\.name)).count == members.count, "a member is named twice")
        let writes = sorted.map(\.write)
        self.init(
            [
                "type": "object",
                "properties": .object(Dictionary(uniqueKeysWithValues: members.map { ($0.name, $0.schema()) })),
                "required": .strings(sorted.filter(\.isRequired).map(\.name)),
            ]
        ) { value, writer in
            let start = writer.count
            for write in writes { write(value, &writer) }
            // The first member's comma is where the object begins.
            if writer.count == start { writer.raw("{") } else { writer.replaceByte(at: start, with: UInt8(ascii: "{")) }
            writer.raw("}")
        }
    }
}
