import Kernel
import Web

/// An agent as its users see it; what it may spend, for its owner and admins alone.
struct AgentOutput: VersionedAnswer {
    let agent: Agent
    var version: String { self.agent.updatedAt.version }
    /// Nil for whoever may not see it.
    var budget: JSONValue?
    var monthlyCents: Int?

    static let members: [Member<Self>] = [
        Member("id", \.agent.id, "The agent"), Member("tenant_id", \.agent.tenant, "The tenant"),
        Member("agent_key", \.agent.key, "Its key in the tenant", example: "default"),
        Member("display_name", \.agent.displayName, "As people call it", example: "Default"),
        Member("name", \.agent.name, "Its display name, or its key", example: "Default"),
        Member("frontmatter", \.agent.details.frontmatter, "What it is good for, in short"),
        Member("owner_id", \.agent.owner, "Whose it is", example: "alice"),
        Member("provider", \.agent.provider, "Where it answers", example: "echo"),
        Member("model", \.agent.model, "Who answers", example: "echo"),
        Member("context_window", \.agent.details.contextWindow, "Tokens that it can read"),
        Member("max_tokens", \.agent.details.maximumTokens, "Tokens of an answer"),
        Member("max_tool_iterations", \.agent.details.maximumIterations, "Calls of the model in a run"),
        Member("workspace", \.agent.key, "Where its files are", example: "default"),
        Member("restrict_to_workspace", { _ in true }, "Always"),
        Member("agent_type", \.agent.details.kind.rawValue, "Whose its context files are", example: "predefined"),
        Member("is_default", \.agent.isDefault, "Whether it answers where none is named"),
        Member("status", \.agent.status.rawValue, "Whether it runs", example: "active"),
        Member("budget_monthly_cents", \.monthlyCents, "What its models may cost a month, in US cents"),
        Member("tools_config", { $0.agent.object("tools_config") }, "Its tools, and how far it may go with them"),
        Member("sandbox_config", { $0.agent.object("sandbox_config") }, "Settings of its own"),
        Member("subagents_config", { $0.agent.object("subagents_config") }, "Settings of its own"),
        Member("memory_config", { $0.agent.object("memory_config") }, "Settings of its own"),
        Member("compaction_config", { $0.agent.object("compaction_config") }, "Settings of its own"),
        Member("context_pruning", { $0.agent.object("context_pruning") }, "Settings of its own"),
        Member("other_config", { $0.agent.object("other_config") }, "Settings of its own"),
        Member("model_fallback", \.fallback, "Who answers when the first one does not"),
        Member("emoji", \.agent.details.emoji, "Shown beside its name"),
        Member("agent_description", \.agent.details.description, "What it is for"),
        Member("thinking_level", \.agent.details.thinking.rawValue, "How much it thinks", example: "off"),
        Member("budget", \.budget, "What is left of its month, for its owner", leavesOutNull: true),
        Member("created_at", { Moment($0.agent.createdAt) }, "When it was made"),
        Member("updated_at", { Moment($0.agent.updatedAt) }, "When it was changed last"),
    ]

    private var fallback: [JSONValue] {
        self.agent.details.fallback.map { ["provider": .string($0.provider), "model": .string($0.model)] }
    }
}

struct UpdatedAgent: Answer {
    let agent: AgentOutput
    static let members: [Member<Self>] = Member.all(of: \.agent) + [Member("ok", { _ in true }, "It was changed")]
}

struct AgentList: Answer {
    let agents: [AgentOutput]
    let total: Int
    static let members: [Member<Self>] = [
        Member("agents", \.agents, "Newest first"), Member("total", \.total, "How many there are"),
    ]
}
