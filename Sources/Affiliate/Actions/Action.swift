import Kernel
import NIOCore
import Platform
import Web

/// One action of the one endpoint, declared once: the declaration finds it, lets callers in, reads its parameters and documents it.
struct Action: Sendable {
    let name: String
    let summary: String
    let access: AccessRule
    let effect: Effect
    let inputs: [FieldDescription]
    let example: JSONValue
    /// Members of the answer that may be null or missing.
    let optional: Set<String>
    let perform: @Sendable (Entry, Call, _ parameters: JSONValue) async throws -> Data

    /// What it answers.
    enum Data: Sendable {
        case json(JSONValue)
        /// JSON that is kept, or put together of parts that are kept.
        case bytes(ByteBuffer)

        var bytes: ByteBuffer {
            get throws {
                switch self {
                case .json(let value): ByteBuffer(bytes: try JSON.encode(value))
                case .bytes(let bytes): bytes
                }
            }
        }
    }

    init<In: Input, Who>(
        _ name: String,
        _ summary: String,
        _ access: Access<Who>,
        _ effect: Effect = .read,
        example: JSONValue,
        optional: Set<String> = [],
        _ perform: @escaping @Sendable (In, Who, Call) async throws -> JSONValue
    ) {
        self.init(encoded: name, summary, access, effect, example: example, optional: optional) {
            (input: In, who: Who, call: Call) in
            .json(try await perform(input, who, call))
        }
    }

    /// The same for everybody: there is no caller to receive.
    init<In: Input>(
        _ name: String,
        _ summary: String,
        _ access: Access<Void>,
        _ effect: Effect = .read,
        example: JSONValue,
        optional: Set<String> = [],
        _ perform: @escaping @Sendable (In, Call) async throws -> JSONValue
    ) {
        self.init(encoded: name, summary, access, effect, example: example, optional: optional) {
            (input: In, _: Void, call: Call) in
            .json(try await perform(input, call))
        }
    }

    /// An action that answers what it keeps.
    init<In: Input, Who>(
        encoded name: String,
        _ summary: String,
        _ access: Access<Who>,
        _ effect: Effect = .read,
        example: JSONValue,
        optional: Set<String> = [],
        _ perform: @escaping @Sendable (In, Who, Call) async throws -> Data
    ) {
        self.name = name
        self.summary = summary
        self.access = access.rule
        self.effect = effect
        self.inputs = InputReader.describe(In.self)
        self.example = example
        self.optional = optional
        self.perform = { entry, call, parameters in
            try await perform(try call.read(In.self, from: parameters), try entry.grant(access), call)
        }
    }
}

/// Who may do an action (contract, section 10).
extension Access where Who == Caller {
    static var common: Access { .action(nil) }
    static var publisher: Access { .action(.publishers) }
    static var agent: Access { .action([AffiliateRole.agent.rawValue]) }

    private static func action(_ roles: Set<String>?) -> Access {
        .key(roles: roles, denial: AffiliateProblems.roleForbidden)
    }
}
