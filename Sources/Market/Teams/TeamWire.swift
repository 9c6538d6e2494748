import Kernel
import Web

enum TeamRules {
    static let name: [Rule<String>] = [
        .notBlank(of: "team_name"), .line(of: "team_name"),
        .atMost(200, of: "team_name"),
    ]
    static let description = Rule<String>.atMost(5000, of: "description")
    static let config = Rule<[String: JSONValue]>.atMostBytes(16_384)
    static let role = Rule<String>.oneOf(TeamMember.Role.allCases.map(\.rawValue))
    static let skills: [Rule<[String]>] = [
        .atMost(50, ofLength: 50, of: "skills"),
        .lines(of: "skills", length: 50),
    ]
    static let ruleName: [Rule<String>] = [
        .notBlank(of: "rule_name"), .line(of: "rule_name"),
        .atMost(200, of: "rule_name"),
    ]
    static let keywords: [Rule<[String]>] = [
        .atLeastOne(of: "keyword"),
        .atMost(50, ofLength: 100, of: "keywords"),
        .lines(of: "keywords", length: 100),
    ]
    static let priority = Rule<Int>.range(-1_000_000...1_000_000)
    static let gateType = Rule<String>.oneOf(QualityGate.Kind.allCases.map(\.rawValue))
    static let threshold = Rule<Double>.range(0...10)
    static let gateOrder = Rule<Int>.range(-1_000_000...1_000_000)
    static let task: [Rule<String>] = [
        .notBlank(), .atMost(20_000),
    ]
}

struct TeamPath: Input {
    let id: ID<Team>
    init(_ read: inout InputReader) { self.id = read.team() }
}

extension InputReader {
    fileprivate mutating func team() -> ID<Team> { ID(self.path("team_id", "The team")) }

    fileprivate mutating func config() -> [String: JSONValue] {
        self.body("config", .object, default: [:], json: [:], "Custom, up to 16 KiB of JSON", TeamRules.config)
    }

    fileprivate mutating func skills(_ summary: String) -> [String] {
        self.body("skills", .strings, default: [], json: [], summary, rules: TeamRules.skills)
    }
}

struct CreateTeam: Input {
    let name: String
    let description: String
    let config: [String: JSONValue]

    init(_ read: inout InputReader) {
        self.name = read.body("name", .string, "Team name", rules: TeamRules.name)
        self.description = read.body(
            "description",
            .string,
            default: "",
            json: "",
            "Team description",
            TeamRules.description
        )
        self.config = read.config()
    }
}

struct ListTeams: Input {
    let limit: Int
    init(_ read: inout InputReader) { self.limit = read.pageLimit(default: 50) }
}

struct UpdateTeam: Input {
    let id: ID<Team>
    let name: String?
    let description: String?
    let config: [String: JSONValue]?

    init(_ read: inout InputReader) {
        self.id = read.team()
        self.name = read.optionalBody("name", .string, "New name", rules: TeamRules.name)
        self.description = read.optionalBody("description", .string, "New description", TeamRules.description)
        self.config = read.optionalBody("config", .object, "Updated configuration", TeamRules.config)
    }
}

struct RouteTask: Input {
    let team: ID<Team>
    let text: String
    let skills: [String]

    init(_ read: inout InputReader) {
        self.team = read.team()
        self.text = read.body("text", .string, "The task", rules: TeamRules.task)
        self.skills = read.skills("Skills that the task needs, beside those that its text names")
    }
}

struct AddMember: Input {
    let team: ID<Team>
    let agent: ID<Agent>
    let role: TeamMember.Role
    let skills: [String]

    init(_ read: inout InputReader) {
        self.team = read.team()
        self.agent = ID(read.body("agent_id", .string, "Agent to add"))
        let role = read.body(
            "role",
            .string,
            default: "worker",
            json: "worker",
            "leader, worker, reviewer or router",
            TeamRules.role
        )
        self.role = TeamMember.Role(rawValue: role) ?? .worker
        self.skills = read.skills("Agent's skills for routing")
    }
}

struct MemberPath: Input {
    let team: ID<Team>
    let agent: ID<Agent>

    init(_ read: inout InputReader) {
        self.team = read.team()
        self.agent = ID(read.path("agent_id", "The member's agent"))
    }
}

struct AddRule: Input {
    let team: ID<Team>
    let name: String
    let keywords: [String]
    let target: ID<Agent>
    let priority: Int

    init(_ read: inout InputReader) {
        self.team = read.team()
        self.name = read.body("name", .string, "Rule name", rules: TeamRules.ruleName)
        self.keywords = read.body(
            "keywords",
            .strings,
            "Keywords that trigger this rule",
            rules: TeamRules.keywords
        )
        self.target = ID(read.body("target_agent_id", .string, "Agent to route to"))
        self.priority = read.body(
            "priority",
            .integer,
            default: 0,
            json: 0,
            "Higher priority is evaluated first",
            TeamRules.priority
        )
    }
}

struct RulePath: Input {
    let team: ID<Team>
    let rule: ID<RoutingRule>

    init(_ read: inout InputReader) {
        self.team = read.team()
        self.rule = ID(read.path("rule_id", "The rule"))
    }
}

struct AddGate: Input {
    let team: ID<Team>
    let type: QualityGate.Kind
    let thresholdMicros: Int64
    let order: Int
    let config: [String: JSONValue]

    init(_ read: inout InputReader) {
        self.team = read.team()
        let type = read.body(
            "gate_type",
            .string,
            "quality_score, latency, error_rate, coverage or custom",
            TeamRules.gateType
        )
        self.type = QualityGate.Kind(rawValue: type) ?? .custom
        let threshold = read.body(
            "threshold",
            .number,
            "To be reached; for latency and error_rate, not to be passed",
            TeamRules.threshold
        )
        self.thresholdMicros = Int64((min(max(threshold, 0), 10) * Double(Micros.perUnit)).rounded())
        self.order = read.body(
            "gate_order",
            .integer,
            default: 0,
            json: 0,
            "Execution order; lower is first",
            TeamRules.gateOrder
        )
        self.config = read.config()
    }
}

struct GatePath: Input {
    let team: ID<Team>
    let gate: ID<QualityGate>

    init(_ read: inout InputReader) {
        self.team = read.team()
        self.gate = ID(read.path("gate_id", "The gate"))
    }
}

struct CheckGates: Input {
    let team: ID<Team>
    let measures: [String: Double]

    init(_ read: inout InputReader) {
        self.team = read.team()
        self.measures = read.body(
            "measures",
            .numbers,
            "Measures by name: quality_score, latency, error_rate, coverage, or a custom gate's metric"
        )
    }
}
