import Kernel
import Web

enum TeamRules {
    static let name: [Rule<String>] = [
        .notBlank("Team name is required"), .line("Team name must not contain control characters"),
        .atMost(200, "Team name too long (max 200)"),
    ]
    static let description = Rule<String>.atMost(5000, "Description too long (max 5000)")
    static let config = Rule<[String: JSONValue]>.atMostBytes(16_384)
    static let role = Rule<String>.oneOf(
        TeamMember.Role.allCases.map(\.rawValue),
        "role must be one of leader, worker, reviewer, router"
    )
    static let skills = Rule<[String]>.atMost(50, ofLength: 50, "At most 50 skills of at most 50 characters")
    static let ruleName: [Rule<String>] = [
        .notBlank("Rule name is required"), .line("Rule name must not contain control characters"),
        .atMost(200, "Rule name too long (max 200)"),
    ]
    static let keywords: [Rule<[String]>] = [
        .atLeastOne("At least one keyword is required"),
        .atMost(50, ofLength: 100, "At most 50 keywords of at most 100 characters"),
    ]
    static let priority = Rule<Int>.range(-1_000_000...1_000_000, "priority must be between -1000000 and 1000000")
    static let gateType = Rule<String>.oneOf(
        QualityGate.Kind.allCases.map(\.rawValue),
        "gate_type must be one of quality_score, latency, error_rate, coverage, custom"
    )
    static let threshold = Rule<Double>.range(0...10, "threshold must be between 0.0 and 10.0")
    static let gateOrder = Rule<Int>.range(-1_000_000...1_000_000, "gate_order must be between -1000000 and 1000000")
    static let task: [Rule<String>] = [
        .notBlank("text is required"), .atMost(20_000, "text too long (max 20000)"),
    ]
}

// MARK: Inputs

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
        self.body("skills", .strings, default: [], json: [], summary, TeamRules.skills)
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

// MARK: Outputs

struct TeamCreated: ObjectOutput {
    let json: JSONValue

    init(_ team: Team) {
        self.json = [
            "id": .string(team.id.text), "name": .string(team.name), "owner_id": .string(team.ownerName),
        ]
    }

    static let example = TeamCreated(.example)
}

struct TeamOutput: ObjectOutput {
    let json: JSONValue

    init(_ team: Team) {
        self.json = [
            "id": .string(team.id.text),
            "name": .string(team.name),
            "owner_id": .string(team.ownerName),
            "description": .string(team.description),
            "config": .parsed(team.config),
            "status": .string(team.status.rawValue),
            "created_at": .string(team.createdAt.text),
            "updated_at": .string(team.updatedAt.text),
        ]
    }

    static let example = TeamOutput(.example)
}

struct TeamList: ObjectOutput {
    let json: JSONValue

    init(_ teams: [Team]) {
        self.json = ["teams": .array(teams.map { TeamOutput($0).json }), "count": .count(teams)]
    }

    static let example = TeamList([.example])
}

struct TeamDetail: ObjectOutput {
    let json: JSONValue

    init(_ team: Team, members: [TeamMember], rules: [RoutingRule], gates: [QualityGate]) {
        self.json = TeamOutput(team).json
            .adding(
                "members",
                .array(
                    members.map { member in
                        [
                            "id": .string(member.id.text), "agent_id": .string(member.agent.text),
                            "role": .string(member.role.rawValue), "skills": .strings(member.skills),
                        ]
                    }
                )
            )
            .adding(
                "routing_rules",
                .array(
                    rules.map { rule in
                        [
                            "id": .string(rule.id.text), "name": .string(rule.name),
                            "keywords": .strings(rule.keywords), "target_agent_id": .string(rule.target.text),
                            "priority": .int(rule.priority),
                        ]
                    }
                )
            )
            .adding(
                "quality_gates",
                .array(
                    gates.map { gate in
                        [
                            "id": .string(gate.id.text), "gate_type": .string(gate.type.rawValue),
                            "threshold": .number(gate.threshold), "gate_order": .int(gate.order),
                        ]
                    }
                )
            )
    }

    static let example = TeamDetail(.example, members: [.example], rules: [.example], gates: [.example])
}

struct TeamArchived: ObjectOutput {
    let json: JSONValue
    init(_ id: ID<Team>) { self.json = ["status": "archived", "id": .string(id.text)] }
    static let example = TeamArchived(Team.example.id)
}

struct RoutedTask: ObjectOutput {
    let json: JSONValue

    init(_ team: ID<Team>, _ routed: (member: TeamMember, reason: TeamRouting.Reason)?) {
        let (reason, rule, matched, why): (String, JSONValue, [String], String) =
            switch routed?.reason {
            case .rule(let rule, let keywords):
                (
                    "rule", ["id": .string(rule.id.text), "name": .string(rule.name)], keywords,
                    "Rule \"\(rule.name)\" (priority \(rule.priority)) matches \(keywords.joined(separator: ", "))"
                )
            case .skills(let skills): ("skills", .null, skills, "Has the skills \(skills.joined(separator: ", "))")
            case .leader: ("leader", .null, [], "No rule and no skill matches: the leader takes it")
            case nil: ("none", .null, [], "No rule and no skill matches, and the team has no active leader")
            }
        self.json = [
            "team_id": .string(team.text),
            "agent_id": .text(routed?.member.agent.text),
            "member_id": .text(routed?.member.id.text),
            "reason": .string(reason),
            "rule": rule,
            "matched": .strings(matched),
            "explanation": .string(why),
        ]
    }

    static let optionalFields: Set<String> = ["agent_id", "member_id", "rule"]
    static let example = RoutedTask(Team.example.id, (.example, .rule(.example, keywords: ["nlp"])))
}

struct MemberAdded: ObjectOutput {
    let json: JSONValue

    init(_ member: TeamMember) {
        self.json = [
            "id": .string(member.id.text), "team_id": .string(member.team.text),
            "agent_id": .string(member.agent.text),
        ]
    }

    static let example = MemberAdded(.example)
}

struct MemberList: ObjectOutput {
    let json: JSONValue

    init(_ members: [TeamMember]) {
        let values: [JSONValue] = members.map { member in
            [
                "id": .string(member.id.text), "team_id": .string(member.team.text),
                "agent_id": .string(member.agent.text), "role": .string(member.role.rawValue),
                "skills": .strings(member.skills), "joined_at": .string(member.joinedAt.text),
            ]
        }
        self.json = ["members": .array(values), "count": .count(members)]
    }

    static let example = MemberList([.example])
}

struct RuleAdded: ObjectOutput {
    let json: JSONValue
    init(_ rule: RoutingRule) { self.json = ["id": .string(rule.id.text), "name": .string(rule.name)] }
    static let example = RuleAdded(.example)
}

struct RuleList: ObjectOutput {
    let json: JSONValue

    init(_ rules: [RoutingRule]) {
        let values: [JSONValue] = rules.map { rule in
            [
                "id": .string(rule.id.text), "name": .string(rule.name), "keywords": .strings(rule.keywords),
                "target_agent_id": .string(rule.target.text), "priority": .int(rule.priority),
                "enabled": .bool(rule.isEnabled),
            ]
        }
        self.json = ["rules": .array(values), "count": .count(rules)]
    }

    static let example = RuleList([.example])
}

struct GateAdded: ObjectOutput {
    let json: JSONValue
    init(_ gate: QualityGate) {
        self.json = ["id": .string(gate.id.text), "gate_type": .string(gate.type.rawValue)]
    }
    static let example = GateAdded(.example)
}

struct GateList: ObjectOutput {
    let json: JSONValue

    init(_ gates: [QualityGate]) {
        let values: [JSONValue] = gates.map { gate in
            [
                "id": .string(gate.id.text), "gate_type": .string(gate.type.rawValue),
                "threshold": .number(gate.threshold), "gate_order": .int(gate.order), "config": .parsed(gate.config),
                "enabled": .bool(gate.isEnabled),
            ]
        }
        self.json = ["gates": .array(values), "count": .count(gates)]
    }

    static let example = GateList([.example])
}

struct GatesChecked: ObjectOutput {
    let json: JSONValue

    init(_ team: ID<Team>, _ verdicts: [QualityGate.Verdict]) {
        let values: [JSONValue] = verdicts.map { verdict in
            [
                "id": .string(verdict.gate.id.text), "gate_type": .string(verdict.gate.type.rawValue),
                "metric": .string(verdict.gate.metric), "threshold": .number(verdict.gate.threshold),
                "measure": verdict.measure.map { .number($0) } ?? .null, "passed": .bool(verdict.isPassed),
            ]
        }
        self.json = [
            "team_id": .string(team.text), "passed": .bool(verdicts.allSatisfy(\.isPassed)), "gates": .array(values),
        ]
    }

    static let optionalFields: Set<String> = ["measure"]
    static let example = GatesChecked(Team.example.id, [QualityGate.example.check(["quality_score": 8.7])])
}

/// Of a member, a rule or a gate.
struct PartRemoved: ObjectOutput {
    let json: JSONValue = ["status": "removed"]
    static let example = PartRemoved()
}

extension QualityGate {
    fileprivate var threshold: Double { Double(self.thresholdMicros) / Double(Micros.perUnit) }
}

// MARK: Examples

extension Team {
    fileprivate static let example = Team(
        id: ID("550e8400-e29b-41d4-a716-446655440010"),
        owner: ID("acc_550e8400-e29b-41d4-a716-446655440001"),
        ownerName: "my-agent",
        name: "My AI Team",
        description: "NLP processing team",
        config: "{}",
        createdAt: Timestamp(seconds: 1_773_914_400)
    )
}

extension TeamMember {
    fileprivate static let example = TeamMember(
        id: ID("550e8400-e29b-41d4-a716-446655440011"),
        team: Team.example.id,
        agent: ID("550e8400-e29b-41d4-a716-446655440000"),
        role: .worker,
        skills: ["nlp"],
        joinedAt: Timestamp(seconds: 1_773_914_400)
    )
}

extension RoutingRule {
    fileprivate static let example = RoutingRule(
        id: ID("550e8400-e29b-41d4-a716-446655440012"),
        team: Team.example.id,
        name: "NLP tasks",
        keywords: ["nlp", "text"],
        target: TeamMember.example.agent,
        priority: 10
    )
}

extension QualityGate {
    fileprivate static let example = QualityGate(
        id: ID("550e8400-e29b-41d4-a716-446655440013"),
        team: Team.example.id,
        type: .qualityScore,
        thresholdMicros: 8_500_000,
        order: 0,
        config: "{}"
    )
}
