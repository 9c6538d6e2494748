import HTTPTypes
import Kernel
import Web

/// Configurations to begin with; the contract lists them.
struct TemplateRoutes: Sendable {
    private static let tag = "Templates"

    var endpoints: [Endpoint] {
        [
            Endpoint(.get, "/api/v1/templates/teams", tag: Self.tag, self.teams),
            Endpoint(.get, "/api/v1/templates/services", tag: Self.tag, self.services),
        ]
    }

    var teams: Operation<NoInput, TeamTemplates> {
        Operation("List team templates", access: .open) { _, _ in TeamTemplates.example }
    }

    var services: Operation<NoInput, ServiceTemplates> {
        Operation("List service templates", access: .open) { _, _ in ServiceTemplates.example }
    }
}

struct TeamTemplates: ExampleAnswer {
    struct Template: Answer {
        let name: String
        let agents: Int
        let gates: [Gate]
        let description: String

        init(_ name: String, agents: Int, gates: [Double], _ description: String) {
            self.name = name
            self.agents = agents
            self.gates = gates.map { Gate(threshold: $0) }
            self.description = description
        }

        static let members: [Member<Self>] = [
            Member("name", \.name, "Its name"),
            Member("agents", \.agents, "How many agents the team has"),
            Member("quality_gates", \.gates, "In their order"),
            Member("description", \.description, "Who it is for"),
        ]
    }

    struct Gate: Answer {
        let threshold: Double

        static let members: [Member<Self>] = [
            Member("type", { _ in "quality_score" }, "What is measured"),
            Member("threshold", \.threshold, "What it must be at least"),
        ]
    }

    static let members: [Member<Self>] = [
        Member(
            "templates",
            { _ in
                [
                    Template("solo", agents: 1, gates: [7.0], "Single agent for individual developers"),
                    Template("small_team", agents: 4, gates: [8.0, 8.5], "Collaborative team with keyword routing"),
                    Template(
                        "enterprise",
                        agents: 6,
                        gates: [8.5, 9.0, 9.0],
                        "Production-grade with skill-based routing"
                    ),
                ]
            },
            "From the smallest"
        )
    ]

    static let example = TeamTemplates()
}

struct ServiceTemplates: ExampleAnswer {
    struct Template: Answer {
        let name: String
        let category: String
        let price: String
        let freeCalls: Int

        static let members: [Member<Self>] = [
            Member("name", \.name, "Its name"),
            Member("category", \.category, "The category"),
            Member("price_per_call", \.price, "Price of a call", unit: "USDC"),
            Member("free_tier_calls", \.freeCalls, "Calls that each buyer has free"),
        ]
    }

    static let members: [Member<Self>] = [
        Member(
            "templates",
            { _ in
                [
                    Template(name: "ai_api", category: "ai", price: "0.05", freeCalls: 100),
                    Template(name: "data_pipeline", category: "data", price: "0.10", freeCalls: 50),
                    Template(name: "content_api", category: "content", price: "0.02", freeCalls: 200),
                ]
            },
            "What to begin with"
        )
    ]

    static let example = ServiceTemplates()
}
