import Kernel
import Platform
import Storage

/// Agents that work together: who they are, who gets which task, and what their results must reach.
struct Team: Sendable, Equatable, Identified, RowDecodable {
    static let idPrefix = ""

    let id: ID<Team>
    let owner: ID<Identity>
    let ownerName: String
    var name: String
    var description: String
    /// A JSON object of the owner's own; kept as text.
    var config: String
    var status: Status
    let createdAt: Timestamp
    var updatedAt: Timestamp

    enum Status: String, Sendable, SQLConvertible, CaseIterable {
        case active, archived
    }

    static let columns: StaticString = """
        t.id, t.owner_id, identity.name, t.name, t.description, t.config, t.status, t.created_at, t.updated_at
        """

    init(row: inout Row) throws {
        self.id = try row.column()
        self.owner = try row.column()
        self.ownerName = try row.column()
        self.name = try row.column()
        self.description = try row.column()
        self.config = try row.column()
        self.status = try row.column()
        self.createdAt = try row.column()
        self.updatedAt = try row.column()
    }

    init(
        id: ID<Team>,
        owner: ID<Identity>,
        ownerName: String,
        name: String,
        description: String,
        config: String,
        createdAt: Timestamp
    ) {
        self.id = id
        self.owner = owner
        self.ownerName = ownerName
        self.name = name
        self.description = description
        self.config = config
        self.status = .active
        self.createdAt = createdAt
        self.updatedAt = createdAt
    }
}

struct TeamMember: Sendable, Equatable, Identified, RowDecodable {
    static let idPrefix = ""

    let id: ID<TeamMember>
    let team: ID<Team>
    let agent: ID<Agent>
    let role: Role
    let skills: [String]
    let joinedAt: Timestamp

    enum Role: String, Sendable, SQLConvertible, CaseIterable {
        case leader, worker, reviewer, router
    }

    static let columns: StaticString = "m.id, m.team_id, m.agent_id, m.role, m.skills, m.joined_at"

    init(row: inout Row) throws {
        self.id = try row.column()
        self.team = try row.column()
        self.agent = try row.column()
        self.role = try row.column()
        self.skills = try JSON.decode([String].self, from: Array(try row.column(String.self).utf8))
        self.joinedAt = try row.column()
    }

    init(id: ID<TeamMember>, team: ID<Team>, agent: ID<Agent>, role: Role, skills: [String], joinedAt: Timestamp) {
        self.id = id
        self.team = team
        self.agent = agent
        self.role = role
        self.skills = skills
        self.joinedAt = joinedAt
    }
}

/// Sends tasks that mention one of the keywords to an agent.
struct RoutingRule: Sendable, Equatable, Identified, RowDecodable {
    static let idPrefix = ""

    let id: ID<RoutingRule>
    let team: ID<Team>
    let name: String
    let keywords: [String]
    let target: ID<Agent>
    /// The higher, the sooner.
    let priority: Int
    let isEnabled: Bool

    static let columns: StaticString = "id, team_id, name, keywords, target_agent_id, priority, enabled"

    init(row: inout Row) throws {
        self.id = try row.column()
        self.team = try row.column()
        self.name = try row.column()
        self.keywords = try JSON.decode([String].self, from: Array(try row.column(String.self).utf8))
        self.target = try row.column()
        self.priority = try row.column()
        self.isEnabled = try row.column()
    }

    init(
        id: ID<RoutingRule>,
        team: ID<Team>,
        name: String,
        keywords: [String],
        target: ID<Agent>,
        priority: Int
    ) {
        self.id = id
        self.team = team
        self.name = name
        self.keywords = keywords
        self.target = target
        self.priority = priority
        self.isEnabled = true
    }
}

/// What a result must reach before it leaves the team.
struct QualityGate: Sendable, Equatable, Identified, RowDecodable {
    static let idPrefix = ""

    let id: ID<QualityGate>
    let team: ID<Team>
    let type: Kind
    /// In millionths, 0 to 10.
    let thresholdMicros: Int64
    /// The lower, the sooner.
    let order: Int
    let config: String
    let isEnabled: Bool

    enum Kind: String, Sendable, SQLConvertible, CaseIterable {
        case qualityScore = "quality_score"
        case latency
        case errorRate = "error_rate"
        case coverage, custom

        /// Whether a measure must stay at or below the threshold, rather than reach it.
        var isCeiling: Bool { self == .latency || self == .errorRate }
    }

    static let columns: StaticString = "id, team_id, gate_type, threshold_micros, gate_order, config, enabled"

    init(row: inout Row) throws {
        self.id = try row.column()
        self.team = try row.column()
        self.type = try row.column()
        self.thresholdMicros = try row.column()
        self.order = try row.column()
        self.config = try row.column()
        self.isEnabled = try row.column()
    }

    init(id: ID<QualityGate>, team: ID<Team>, type: Kind, thresholdMicros: Int64, order: Int, config: String) {
        self.id = id
        self.team = team
        self.type = type
        self.thresholdMicros = thresholdMicros
        self.order = order
        self.config = config
        self.isEnabled = true
    }
}
