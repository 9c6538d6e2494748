import Kernel
import Testing

@testable import Market

@Suite("Routing a task to a member of a team")
struct TeamRoutingTests {
    @Test(
        "words are found as words, whatever their case and accents; scripts without spaces anywhere",
        arguments: [
            ("Summarise this TEXT please", "text", true), ("a context", "text", false),
            ("text-to-speech", "text", true),
            ("Un café noir", "cafe", true), ("translate to French", "to french", true), ("tofrench", "french", false),
            ("画像を生成して", "画像", true), ("", "text", false), ("text", " ", false), ("nlp2", "nlp", false),
            ("context text", "text", true),
        ]
    )
    func mentions(text: String, words: String, isMentioned: Bool) {
        #expect(TeamRouting.mentions(text, words) == isMentioned)
    }

    private func member(_ agent: String, _ role: TeamMember.Role = .worker, skills: [String] = []) -> TeamMember {
        TeamMember(
            id: ID("m-\(agent)"),
            team: ID("t"),
            agent: ID(agent),
            role: role,
            skills: skills,
            joinedAt: Timestamp(seconds: 0)
        )
    }

    private func rule(_ name: String, _ keywords: [String], to agent: String) -> RoutingRule {
        RoutingRule(id: ID(name), team: ID("t"), name: name, keywords: keywords, target: ID(agent), priority: 0)
    }

    @Test("rules come first in their order, then skills, then the leader")
    func order() {
        let routing = TeamRouting(
            rules: [
                self.rule("gone", ["text"], to: "nobody"), self.rule("nlp", ["text", "nlp"], to: "ann"),
                self.rule("late", ["text"], to: "bob"),
            ],
            members: [
                self.member("ann"), self.member("bob", skills: ["maps"]),
                self.member("eve", skills: ["Maps", "Routes"]),
                self.member("lea", .leader),
            ]
        )
        let byRule = routing.route("Some text about nlp")
        #expect(byRule?.member.agent.text == "ann")
        #expect(byRule?.reason == .rule(routing.rules[1], keywords: ["text", "nlp"]))
        #expect(routing.route("maps and routes")?.member.agent.text == "eve")
        #expect(routing.route("anything", skills: ["maps"])?.member.agent.text == "bob")
        #expect(routing.route("anything")?.reason == .leader)
        #expect(TeamRouting(rules: [], members: [self.member("ann")]).route("x")?.member == nil)
    }

    @Test("a gate is a floor, but for latency and errors; without its measure it is not passed")
    func gates() {
        let gate = { (type: QualityGate.Kind, config: String) in
            QualityGate(id: ID("g"), team: ID("t"), type: type, thresholdMicros: 5_000_000, order: 0, config: config)
        }
        #expect(gate(.qualityScore, "{}").check(["quality_score": 5]).isPassed)
        #expect(!gate(.qualityScore, "{}").check(["quality_score": 4.999]).isPassed)
        #expect(gate(.latency, "{}").check(["latency": 5]).isPassed)
        #expect(!gate(.errorRate, "{}").check(["error_rate": 5.001]).isPassed)
        #expect(!gate(.coverage, "{}").check([:]).isPassed)
        #expect(gate(.custom, "{\"metric\": \"taste\"}").check(["taste": 6]).isPassed)
    }
}
