import Kernel
import Web

struct MemberAdded: ExampleAnswer {
    let member: TeamMember
    init(_ member: TeamMember) { self.member = member }

    static let members: [Member<Self>] = [
        Member("id", \.member.id, "The membership"),
        Member("team_id", \.member.team, "The team"),
        Member("agent_id", \.member.agent, "The agent"),
    ]

    static let example = MemberAdded(.example)
}

struct MemberList: ExampleAnswer {
    let parts: [Part]
    init(_ members: [TeamMember]) { self.parts = members.map { Part(part: .init(member: $0)) } }

    struct Part: Answer {
        let part: TeamDetail.MemberPart

        static let members =
            Member.all(of: \.part) + [
                Member<Self>("team_id", \.part.member.team, "The team"),
                Member("joined_at", \.part.member.joinedAt, "When it joined"),
            ]
    }

    static let members: [Member<Self>] = [
        Member("members", \.parts, "The team's agents"),
        Member("count", \.parts.count, "How many stand here"),
    ]

    static let example = MemberList([.example])
}

struct RuleAdded: ExampleAnswer {
    let rule: RoutingRule
    init(_ rule: RoutingRule) { self.rule = rule }

    static let members: [Member<Self>] = [
        Member("id", \.rule.id, "The rule"),
        Member("name", \.rule.name, "Its name"),
    ]

    static let example = RuleAdded(.example)
}

struct RuleList: ExampleAnswer {
    let rules: [Part]
    init(_ rules: [RoutingRule]) { self.rules = rules.map { Part(part: .init(rule: $0)) } }

    struct Part: Answer {
        let part: TeamDetail.RulePart

        static let members =
            Member.all(of: \.part) + [Member<Self>("enabled", \.part.rule.isEnabled, "Whether it is asked")]
    }

    static let members: [Member<Self>] = [
        Member("rules", \.rules, "Highest priority first"),
        Member("count", \.rules.count, "How many stand here"),
    ]

    static let example = RuleList([.example])
}

struct GateAdded: ExampleAnswer {
    let gate: QualityGate
    init(_ gate: QualityGate) { self.gate = gate }

    static let members: [Member<Self>] = [
        Member("id", \.gate.id, "The gate"),
        Member("gate_type", \.gate.type, "What is measured"),
    ]

    static let example = GateAdded(.example)
}

struct GateList: ExampleAnswer {
    let gates: [Part]
    init(_ gates: [QualityGate]) { self.gates = gates.map { Part(part: .init(gate: $0)) } }

    struct Part: Answer {
        let part: TeamDetail.GatePart

        static let members =
            Member.all(of: \.part) + [
                Member<Self>("config", { JSONValue.parsed($0.part.gate.config) }, "The owner's own settings"),
                Member("enabled", \.part.gate.isEnabled, "Whether it is checked"),
            ]
    }

    static let members: [Member<Self>] = [
        Member("gates", \.gates, "In their order"),
        Member("count", \.gates.count, "How many stand here"),
    ]

    static let example = GateList([.example])
}

struct GatesChecked: ExampleAnswer {
    let team: ID<Team>
    let gates: [Verdict]

    struct Verdict: Answer {
        let verdict: QualityGate.Verdict

        static let members: [Member<Self>] = [
            Member("id", \.verdict.gate.id, "The gate"),
            Member("gate_type", \.verdict.gate.type, "What is measured"),
            Member("metric", \.verdict.gate.metric, "The member of the request that was looked at"),
            Member("threshold", \.verdict.gate.threshold, "What it is compared with"),
            Member("measure", \.verdict.measure, "What was measured; null where nothing was given"),
            Member("passed", \.verdict.isPassed, "Whether the gate is passed"),
        ]
    }

    init(_ team: ID<Team>, _ verdicts: [QualityGate.Verdict]) {
        self.team = team
        self.gates = verdicts.map { Verdict(verdict: $0) }
    }

    static let members: [Member<Self>] = [
        Member("team_id", \.team, "The team"),
        Member("passed", { $0.gates.allSatisfy(\.verdict.isPassed) }, "Whether all gates are passed"),
        Member("gates", \.gates, "In their order"),
    ]

    static let example = GatesChecked(Team.example.id, [QualityGate.example.check(["quality_score": 8.7])])
}

/// Of a member, a rule or a gate.
struct PartRemoved: ExampleAnswer {
    static let members: [Member<Self>] = [Member("status", { _ in "removed" }, "removed")]
    static let example = PartRemoved()
}
