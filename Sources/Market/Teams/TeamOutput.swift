import Kernel
import Web

struct TeamCreated: ExampleAnswer {
    let team: Team
    init(_ team: Team) { self.team = team }

    static let members: [Member<Self>] = [
        Member("id", \.team.id, "The team"),
        Member("name", \.team.name, "Its name"),
        Member("owner_id", \.team.ownerName, "Whose it is"),
    ]

    static let example = TeamCreated(.example)
}

struct TeamOutput: ExampleAnswer {
    let team: Team
    init(_ team: Team) { self.team = team }

    static let members: [Member<Self>] = [
        Member("id", \.team.id, "The team"),
        Member("name", \.team.name, "Its name"),
        Member("owner_id", \.team.ownerName, "Whose it is"),
        Member("description", \.team.description, "What it does"),
        Member("config", { JSONValue.parsed($0.team.config) }, "The owner's own settings"),
        Member("status", \.team.status, "Its state"),
        Member("created_at", \.team.createdAt, "When it was made"),
        Member("updated_at", \.team.updatedAt, "When it was last changed"),
    ]

    static let example = TeamOutput(.example)
}

extension Team.Status: Wire {}
extension TeamMember.Role: Wire {}
extension QualityGate.Kind: Wire {}

struct TeamList: ExampleAnswer {
    let teams: [TeamOutput]
    init(_ teams: [Team]) { self.teams = teams.map(TeamOutput.init) }

    static let members: [Member<Self>] = [
        Member("teams", \.teams, "Your teams"),
        Member("count", \.teams.count, "How many stand here"),
    ]

    static let example = TeamList([.example])
}

/// A team with its parts.
struct TeamDetail: ExampleAnswer {
    let team: TeamOutput
    let parts: [TeamMember]
    let rules: [RoutingRule]
    let gates: [QualityGate]

    init(_ team: Team, members: [TeamMember], rules: [RoutingRule], gates: [QualityGate]) {
        self.team = TeamOutput(team)
        self.parts = members
        self.rules = rules
        self.gates = gates
    }

    struct MemberPart: Answer {
        let member: TeamMember

        static let members: [Member<Self>] = [
            Member("id", \.member.id, "The membership"),
            Member("agent_id", \.member.agent, "The agent"),
            Member("role", \.member.role, "What it does in the team"),
            Member("skills", \.member.skills, "Words that tasks are matched by"),
        ]
    }

    struct RulePart: Answer {
        let rule: RoutingRule

        static let members: [Member<Self>] = [
            Member("id", \.rule.id, "The rule"),
            Member("name", \.rule.name, "Its name"),
            Member("keywords", \.rule.keywords, "Any of them in a task matches"),
            Member("target_agent_id", \.rule.target, "Which agent gets the task"),
            Member("priority", \.rule.priority, "The highest is asked first"),
        ]
    }

    struct GatePart: Answer {
        let gate: QualityGate

        static let members: [Member<Self>] = [
            Member("id", \.gate.id, "The gate"),
            Member("gate_type", \.gate.type, "What is measured"),
            Member("threshold", \.gate.threshold, "latency and error_rate must be at most this, others at least"),
            Member("gate_order", \.gate.order, "Its place among the gates"),
        ]
    }

    static let members =
        Member.all(of: \.team) + [
            Member<Self>("members", { $0.parts.map(MemberPart.init) }, "Its agents"),
            Member("routing_rules", { $0.rules.map(RulePart.init) }, "Highest priority first"),
            Member("quality_gates", { $0.gates.map(GatePart.init) }, "In their order"),
        ]

    static let example = TeamDetail(.example, members: [.example], rules: [.example], gates: [.example])
}

struct TeamArchived: ExampleAnswer {
    let id: ID<Team>
    init(_ id: ID<Team>) { self.id = id }

    static let members: [Member<Self>] = [
        Member("status", { _ in "archived" }, "archived"),
        Member("id", \.id, "The team"),
    ]

    static let example = TeamArchived(Team.example.id)
}

/// Which agent gets a task, and why.
struct RoutedTask: ExampleAnswer {
    let team: ID<Team>
    let member: TeamMember?
    let reason: String
    let rule: Rule?
    let matched: [String]
    let explanation: String

    struct Rule: Answer {
        let rule: RoutingRule

        static let members: [Member<Self>] = [
            Member("id", \.rule.id, "The rule"),
            Member("name", \.rule.name, "Its name"),
        ]
    }

    init(_ team: ID<Team>, _ routed: (member: TeamMember, reason: TeamRouting.Reason)?) {
        self.team = team
        self.member = routed?.member
        switch routed?.reason {
        case .rule(let rule, let keywords):
            let words = keywords.joined(separator: ", ")
            (self.reason, self.rule, self.matched) = ("rule", Rule(rule: rule), keywords)
            self.explanation = "Rule \"\(rule.name)\" (priority \(rule.priority)) matches \(words)"
        case .skills(let skills):
            (self.reason, self.rule, self.matched) = ("skills", nil, skills)
            self.explanation = "Has the skills \(skills.joined(separator: ", "))"
        case .leader:
            (self.reason, self.rule, self.matched) = ("leader", nil, [])
            self.explanation = "No rule and no skill matches: the leader takes it"
        case nil:
            (self.reason, self.rule, self.matched) = ("none", nil, [])
            self.explanation = "No rule and no skill matches, and the team has no active leader"
        }
    }

    static let members: [Member<Self>] = [
        Member("team_id", \.team, "The team"),
        Member("agent_id", \.member?.agent, "Which agent gets the task"),
        Member("member_id", \.member?.id, "Its membership"),
        Member("reason", \.reason, "rule, skills, leader or none"),
        Member("rule", \.rule, "The rule that matched"),
        Member("matched", \.matched, "The keywords or skills that matched"),
        Member("explanation", \.explanation, "The same as a sentence"),
    ]

    static let example = RoutedTask(Team.example.id, (.example, .rule(.example, keywords: ["nlp"])))
}

extension QualityGate {
    var threshold: Double { Double(self.thresholdMicros) / Double(Micros.perUnit) }
}

// MARK: Examples

extension Team {
    static let example = Team(
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
    static let example = TeamMember(
        id: ID("550e8400-e29b-41d4-a716-446655440011"),
        team: Team.example.id,
        agent: ID("550e8400-e29b-41d4-a716-446655440000"),
        role: .worker,
        skills: ["nlp"],
        joinedAt: Timestamp(seconds: 1_773_914_400)
    )
}

extension RoutingRule {
    static let example = RoutingRule(
        id: ID("550e8400-e29b-41d4-a716-446655440012"),
        team: Team.example.id,
        name: "NLP tasks",
        keywords: ["nlp", "text"],
        target: TeamMember.example.agent,
        priority: 10
    )
}

extension QualityGate {
    static let example = QualityGate(
        id: ID("550e8400-e29b-41d4-a716-446655440013"),
        team: Team.example.id,
        type: .qualityScore,
        thresholdMicros: 8_500_000,
        order: 0,
        config: "{}"
    )
}
