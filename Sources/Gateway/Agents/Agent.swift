import Kernel
import Storage

/// An agent of a tenant: a model with a character, tools and limits.
struct Agent: Sendable, Equatable, Identified {
    static let idPrefix = ""

    enum Status: String, Sendable, CaseIterable, SQLConvertible {
        case active, inactive, summoning, summonFailed = "summon_failed"
    }

    enum Kind: String, Sendable, CaseIterable { case open, predefined }

    let id: ID<Agent>
    let tenant: ID<Tenant>
    var key: String
    var owner: String
    var displayName: String
    var provider: String
    var model: String
    var status: Status
    var isDefault: Bool
    var details: Details
    let createdAt: Timestamp
    var updatedAt: Timestamp

    /// What nothing is looked up by.
    struct Details: Sendable, Equatable {
        var kind = Kind.predefined
        var contextWindow = 200_000
        var maximumTokens = 8192
        var maximumIterations = 30
        var thinking = ThinkingLevel.off
        var fallback: [ModelChoice] = []
        var emoji = ""
        var frontmatter = ""
        var description = ""
        /// Config objects as they were given, by their names.
        var objects: [String: JSONValue] = [:]
    }

    /// The key of the agent with which a tenant begins.
    static let defaultKey = "default"

    static let objectNames = [
        "tools_config", "sandbox_config", "subagents_config", "memory_config", "compaction_config", "context_pruning",
        "other_config",
    ]

    /// As people call it.
    var name: String { self.displayName.nonEmpty ?? self.key }

    func object(_ name: String) -> JSONValue { self.details.objects[name] ?? [:] }
}

/// A model of a provider.
struct ModelChoice: Sendable, Equatable {
    let provider: String
    let model: String
}

extension Agent: RowDecodable {
    static let columns: StaticString = """
        id, tenant_id, agent_key, owner_id, display_name, provider, model, status, is_default, details, created_at,
        updated_at
        """

    init(row: inout Row) throws {
        self.id = try row.column()
        self.tenant = try row.column()
        self.key = try row.column()
        self.owner = try row.column()
        self.displayName = try row.column()
        self.provider = try row.column()
        self.model = try row.column()
        self.status = try row.column()
        self.isDefault = try row.column()
        self.details = Details(stored: .parsed(try row.column()))
        self.createdAt = try row.column()
        self.updatedAt = try row.column()
    }
}

extension Agent.Details {
    var stored: JSONValue {
        [
            "kind": .string(self.kind.rawValue), "context_window": .int(self.contextWindow),
            "max_tokens": .int(self.maximumTokens), "max_tool_iterations": .int(self.maximumIterations),
            "thinking_level": .string(self.thinking.rawValue), "emoji": .string(self.emoji),
            "frontmatter": .string(self.frontmatter), "description": .string(self.description),
            "fallback": .array(
                self.fallback.map { ["provider": .string($0.provider), "model": .string($0.model)] }
            ), "objects": .object(self.objects),
        ]
    }

    init(stored value: JSONValue) {
        self.kind = value["kind"]?.string.flatMap { Agent.Kind(rawValue: $0) } ?? .predefined
        self.contextWindow = value["context_window"]?.integer.map { Int($0) } ?? 200_000
        self.maximumTokens = value["max_tokens"]?.integer.map { Int($0) } ?? 8192
        self.maximumIterations = value["max_tool_iterations"]?.integer.map { Int($0) } ?? 30
        self.thinking = value["thinking_level"]?.string.flatMap { ThinkingLevel(rawValue: $0) } ?? .off
        self.emoji = value["emoji"]?.string ?? ""
        self.frontmatter = value["frontmatter"]?.string ?? ""
        self.description = value["description"]?.string ?? ""
        self.fallback = (value["fallback"]?.array ?? []).compactMap { choice in
            guard let provider = choice["provider"]?.string, let model = choice["model"]?.string else { return nil }
            return ModelChoice(provider: provider, model: model)
        }
        self.objects = value["objects"]?.object ?? [:]
    }
}
