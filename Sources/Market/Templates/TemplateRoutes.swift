import HTTPTypes
import Kernel
import Web

/// Configurations to begin with; the contract lists them.
struct TemplateRoutes: Sendable {
    private static let tag = "Templates"

    var endpoints: [Endpoint] {
        [
            Endpoint(.get, "/api/v1/templates/teams", "List team templates", tag: Self.tag, access: .open) {
                (_: NoInput, _: Call) in TeamTemplates.example
            },
            Endpoint(.get, "/api/v1/templates/services", "List service templates", tag: Self.tag, access: .open) {
                (_: NoInput, _: Call) in ServiceTemplates.example
            },
        ]
    }
}

private struct TeamTemplates: ObjectOutput {
    let json: JSONValue = [
        "templates": [
            template("solo", agents: 1, gates: [7.0], "Single agent for individual developers"),
            template("small_team", agents: 4, gates: [8.0, 8.5], "Collaborative team with keyword routing"),
            template("enterprise", agents: 6, gates: [8.5, 9.0, 9.0], "Production-grade with skill-based routing"),
        ]
    ]

    private static func template(_ name: String, agents: Int, gates: [Double], _ description: String) -> JSONValue {
        [
            "name": .string(name),
            "agents": .int(agents),
            "quality_gates": .array(gates.map { ["type": "quality_score", "threshold": .number($0)] }),
            "description": .string(description),
        ]
    }

    static let example = TeamTemplates()
}

private struct ServiceTemplates: ObjectOutput {
    let json: JSONValue = [
        "templates": [
            template("ai_api", "ai", price: "0.05", freeCalls: 100),
            template("data_pipeline", "data", price: "0.10", freeCalls: 50),
            template("content_api", "content", price: "0.02", freeCalls: 200),
        ]
    ]

    private static func template(_ name: String, _ category: String, price: String, freeCalls: Int) -> JSONValue {
        [
            "name": .string(name), "category": .string(category), "price_per_call": .string(price),
            "free_tier_calls": .int(freeCalls),
        ]
    }

    static let example = ServiceTemplates()
}
