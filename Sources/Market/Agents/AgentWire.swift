import Kernel
import Web

enum AgentRules {
    static let displayName: [Rule<String>] = [
        .notBlank(of: "display_name"), .line(of: "display_name"),
        .atMost(200, of: "display_name"),
    ]
    static let identityType = Rule<String>.oneOf(Agent.IdentityType.allCases.map(\.rawValue))
    static let status = Rule<String>.oneOf(Agent.Status.allCases.map(\.rawValue))
    static let capabilities = Rule<[String]>.atMost(
        50,
        ofLength: 50,
        of: "capabilities"
    )
    static let walletAddress = Rule<String>.atMost(200)
    static let metadata = Rule<[String: JSONValue]>.atMostBytes(16_384)
}

struct AgentPath: Input {
    let id: ID<Agent>
    init(_ read: inout InputReader) { self.id = ID(read.path("agent_id", "The agent")) }
}

struct RegisterAgent: Input {
    let draft: AgentService.Draft

    init(_ read: inout InputReader) {
        let name = read.body("display_name", .string, "Agent's display name", rules: AgentRules.displayName)
        let type = read.body(
            "identity_type",
            .string,
            default: "api_key_only",
            json: "api_key_only",
            "api_key_only, kya_jwt or did_vc",
            AgentRules.identityType
        )
        let capabilities = read.body(
            "capabilities",
            .strings,
            default: [],
            json: [],
            "Declared capabilities",
            AgentRules.capabilities
        )
        let wallet = read.optionalBody("wallet_address", .string, "USDC wallet address", AgentRules.walletAddress)
        let metadata = read.body(
            "metadata",
            .object,
            default: [:],
            json: [:],
            "Custom metadata, up to 16 KiB of JSON",
            AgentRules.metadata
        )
        self.draft = AgentService.Draft(
            displayName: name.trimmed,
            identityType: Agent.IdentityType(rawValue: type) ?? .keyOnly,
            capabilities: capabilities,
            walletAddress: wallet,
            metadata: JSON.text(of: .object(metadata))
        )
    }
}

struct UpdateAgent: Input {
    let id: ID<Agent>
    let change: AgentService.Change

    init(_ read: inout InputReader) {
        self.id = ID(read.path("agent_id", "The agent"))
        let status = read.optionalBody(
            "status",
            .string,
            "active, suspended or deactivated",
            AgentRules.status
        )
        let metadata = read.optionalBody("metadata", .object, "Updated metadata", AgentRules.metadata)
        self.change = AgentService.Change(
            displayName: read.optionalBody("display_name", .string, "New display name", rules: AgentRules.displayName)?
                .trimmed,
            capabilities: read.optionalBody(
                "capabilities",
                .strings,
                "Updated capabilities",
                AgentRules.capabilities
            ),
            walletAddress: read.optionalBody(
                "wallet_address",
                .string,
                "New wallet address",
                AgentRules.walletAddress
            ),
            status: status.flatMap { Agent.Status(rawValue: $0) },
            metadata: metadata.map { JSON.text(of: .object($0)) }
        )
    }
}

struct ListAgents: Input {
    let status: Agent.Status
    let limit: Int
    let offset: Int

    init(_ read: inout InputReader) {
        let status = read.query(
            "status",
            .string,
            default: "active",
            json: "active",
            "active, suspended or deactivated",
            AgentRules.status
        )
        self.status = Agent.Status(rawValue: status) ?? .active
        self.limit = read.pageLimit(default: 50)
        self.offset = read.pageOffset()
    }
}

struct SearchAgents: Input {
    let text: String
    let limit: Int

    init(_ read: inout InputReader) {
        self.text = read.query("q", .string, default: "", json: "", "Words of the name, or parts of the id")
        self.limit = read.pageLimit(default: 20)
    }
}

/// An agent as everybody may see it.
struct AgentOutput: ExampleAnswer {
    let agent: Agent
    init(_ agent: Agent) { self.agent = agent }

    static let members: [Member<Self>] = [
        Member("agent_id", \.agent.id, "The agent"),
        Member("display_name", \.agent.displayName, "Its name"),
        Member("identity_type", \.agent.identityType, "How it shows who it is"),
        Member("capabilities", \.agent.capabilities, "What it can do"),
        Member("wallet_address", \.agent.walletAddress, "Where USDC is sent"),
        Member("verified", \.agent.isVerified, "Whether the operator has verified it"),
        Member("reputation_score", { Hundredths($0.agent.reputationHundredths) }, "0 to 10"),
        Member("status", \.agent.status, "Its state"),
        Member("created_at", \.agent.createdAt, "When it was registered"),
        Member("updated_at", \.agent.updatedAt, "When it was last changed"),
    ]

    static let example = AgentOutput(.example)
}

extension Agent.Status: Wire {}
extension Agent.IdentityType: Wire {}

/// What the owner gets for a new agent: also whose it is.
struct RegisteredAgent: ExampleAnswer {
    let output: AgentOutput
    init(_ agent: Agent) { self.output = AgentOutput(agent) }

    static let members =
        Member.all(of: \.output) + [Member<Self>("owner_id", \.output.agent.ownerName, "Whose it is")]

    static let example = RegisteredAgent(.example)
}

struct AgentList: ExampleAnswer {
    let agents: [AgentOutput]
    init(_ agents: [Agent]) { self.agents = agents.map(AgentOutput.init) }

    static let members: [Member<Self>] = [
        Member("agents", \.agents, "What was found"),
        Member("count", \.agents.count, "How many stand here"),
    ]

    static let example = AgentList([.example])
}

struct AgentDeactivated: ExampleAnswer {
    let id: ID<Agent>
    init(_ id: ID<Agent>) { self.id = id }

    static let members: [Member<Self>] = [
        Member("status", { _ in "deactivated" }, "deactivated"),
        Member("agent_id", \.id, "The agent"),
    ]

    static let example = AgentDeactivated(ID("550e8400-e29b-41d4-a716-446655440000"))
}

extension Agent {
    /// For the document.
    fileprivate static let example = Agent(
        id: ID("550e8400-e29b-41d4-a716-446655440000"),
        owner: ID("acc_550e8400-e29b-41d4-a716-446655440001"),
        ownerName: "my-agent",
        AgentService.Draft(
            displayName: "My AI Agent",
            identityType: .keyOnly,
            capabilities: ["nlp", "inference"],
            walletAddress: "0x1234567890abcdef1234567890abcdef12345678",
            metadata: "{}"
        ),
        createdAt: Timestamp(seconds: 1_773_914_400)
    )
}
