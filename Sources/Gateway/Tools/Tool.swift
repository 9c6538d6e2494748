import Kernel
import Platform

/// Something that an agent can do.
struct Tool: Sendable {
    let traits: ToolTraits
    let description: String
    /// A JSON Schema of an object.
    let parameters: JSONValue
    let run: @Sendable (ToolInput) async throws -> ToolResult

    var name: String { self.traits.name }
    var kind: ToolTraits.Kind { self.traits.kind }

    var model: ModelTool { ModelTool(name: self.name, description: self.description, parameters: self.parameters) }

    init(
        _ name: String,
        _ description: String,
        _ kind: ToolTraits.Kind,
        group: String,
        parameters: JSONValue,
        run: @escaping @Sendable (ToolInput) async throws -> ToolResult
    ) {
        self.traits = ToolTraits(name: name, kind: kind, group: group)
        (self.description, self.parameters, self.run) = (description, parameters, run)
    }

    /// An object of these properties.
    static func schema(_ properties: [String: JSONValue], required: [String] = []) -> JSONValue {
        [
            "type": "object", "properties": .object(properties), "required": .strings(required),
            "additionalProperties": false,
        ]
    }
}

/// One call of a tool, its arguments checked.
struct ToolInput: Sendable {
    let arguments: [String: JSONValue]
    let context: ToolContext

    func text(_ name: String) -> String? { self.arguments[name]?.string }
    func integer(_ name: String) -> Int? { self.arguments[name]?.integer.map { Int(clamping: $0) } }
    func flag(_ name: String) -> Bool { self.arguments[name] == true }
}

/// In which run a tool is called.
struct ToolContext: Sendable {
    let tenant: Tenant
    let agent: Agent
    let policy: ToolPolicy
    let user: String
    /// Whether the caller is the agent's owner or an admin.
    let isOwners: Bool
    let language: String
    let run: String
    let session: String
    /// The id of this call; also its span's.
    let call: String
    let trace: Trace
    /// Whether the run has taken in what strangers wrote.
    let isTainted: Bool
    /// Services of the market that the run's own searches have found.
    let found: Set<String>
    /// The account of the affiliate network that the agent is linked to.
    let link: Neighbours.NetworkLink?
    let spender: Spender
}

/// What a tool has come to.
struct ToolResult: Sendable {
    var text: String
    var isError = false
    /// Whether strangers wrote it.
    var isUntrusted = false
    /// What it has paid.
    var cost: Dollars = 0
    var details: [String: JSONValue] = [:]
    /// Services of the market that it has found.
    var found: Set<String> = []
    /// A label that must stand in an answer with one of these links.
    var advertising: Advertising?

    struct Advertising: Sendable, Equatable {
        let links: [String]
        let label: String
    }

    init(_ text: String, isUntrusted: Bool = false) { (self.text, self.isUntrusted) = (text, isUntrusted) }

    static func error(_ text: String) -> ToolResult {
        var result = ToolResult(text)
        result.isError = true
        return result
    }
}
