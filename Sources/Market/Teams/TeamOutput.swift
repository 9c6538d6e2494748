import Kernel
import Web

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
