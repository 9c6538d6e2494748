import Kernel
import NIOCore
import Platform
import Web

/// One action of the one endpoint, declared once: the declaration finds it, guards it, limits it, reads its parameters and
/// documents it.
struct Action: Sendable {
    let name: String
    let summary: String
    let access: Access
    let effect: Effect
    let inputs: [FieldDescription]
    let example: JSONValue
    /// Members of the answer that may be null or missing.
    let optional: Set<String>
    let perform: @Sendable (Call, _ parameters: JSONValue) async throws -> Data

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

    /// Who may do it (contract, section 10).
    enum Access: Sendable {
        /// Anybody; a key is not looked at.
        case open
        /// Whoever has a key.
        case common
        case publisher
        case agent

        func allows(_ role: String) -> Bool {
            switch self {
            case .open, .common: true
            case .publisher: AffiliateRole.publishing.contains(role)
            case .agent: role == AffiliateRole.agent.rawValue
            }
        }
    }

    /// Reads and writes are limited apart (contract, section 5).
    enum Effect: String, Sendable {
        case read, write
    }

    init<In: Input>(
        _ name: String,
        _ summary: String,
        _ access: Access,
        _ effect: Effect = .read,
        example: JSONValue,
        optional: Set<String> = [],
        _ perform: @escaping @Sendable (In, Call) async throws -> JSONValue
    ) {
        self.init(encoded: name, summary, access, effect, example: example, optional: optional) {
            (input: In, call: Call) in
            .json(try await perform(input, call))
        }
    }

    /// An action that answers what it keeps.
    init<In: Input>(
        encoded name: String,
        _ summary: String,
        _ access: Access,
        _ effect: Effect = .read,
        example: JSONValue,
        optional: Set<String> = [],
        _ perform: @escaping @Sendable (In, Call) async throws -> Data
    ) {
        self.name = name
        self.summary = summary
        self.access = access
        self.effect = effect
        self.inputs = InputReader.describe(In.self)
        self.example = example
        self.optional = optional
        self.perform = { call, parameters in try await perform(try call.read(In.self, from: parameters), call) }
    }
}
