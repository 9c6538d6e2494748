import Kernel

/// The card by which other agents find what commerce can do: one document that readers of A2A 1.0 and of 0.3 understand.
///
/// It names what answers today: the operations of the OpenAPI document, under the binding that has that document's address.
enum AgentCard {
    private struct Skill {
        let id: String
        let name: String
        let summary: String
        let examples: [String]
    }

    /// The binding of plain HTTP by an OpenAPI document.
    private static let binding = "https://spec.openapis.org/oas/v3.0.3"

    private static let skills = [
        Skill(
            id: "recommend_products",
            name: "Recommend products",
            summary:
                "GET /v1/recommend: product cards for a shopper's sentence, within its limits of price and region.",
            examples: ["wireless mouse under $30", "200元以内的无线鼠标", "5000円以下のワイヤレスマウス", "chuột không dây dưới 700k"]
        ),
        Skill(
            id: "get_product_card",
            name: "Get a product's card",
            summary: "GET /v1/products/{productId}/card: the card of one product.",
            examples: ["Show me product 101"]
        ),
        Skill(
            id: "lookup_card",
            name: "Look a card up",
            summary: "GET /v1/cards/{recId}: a card as it was shown.",
            examples: ["Show me that recommendation again"]
        ),
        Skill(
            id: "get_creator_showcase",
            name: "Get a creator's showcase",
            summary: "GET /v1/creators/{username}/showcase: what a creator has shown in videos.",
            examples: ["What does desk.stories show?"]
        ),
        Skill(
            id: "submit_intent",
            name: "Submit an intent",
            summary: "POST /v1/intents: what somebody looks for, kept for later questions.",
            examples: ["Remember that I need a monitor by Friday"]
        ),
    ]

    static func json(publicURL: String, version: String) -> JSONValue {
        [
            "name": "Souk commerce",
            "description": .string(CommerceContract.shared.summary),
            "version": .string(version),
            "provider": ["organization": "Souk", "url": .string(publicURL)],
            "documentationUrl": .string("\(publicURL)/connect"),
            "supportedInterfaces": [
                ["url": .string(publicURL), "protocolBinding": .string(self.binding), "protocolVersion": "1.0"]
            ],
            "capabilities": ["streaming": false, "pushNotifications": false, "extendedAgentCard": false],
            "defaultInputModes": ["text/plain", "application/json"],
            "defaultOutputModes": ["application/json"],
            "securitySchemes": [
                "key": [
                    "httpAuthSecurityScheme": ["scheme": "Bearer", "description": "An API key: MA2A. and 43 letters"],
                    "type": "http", "scheme": "bearer",
                ]
            ],
            "securityRequirements": [["schemes": ["key": ["list": []]]]],
            "skills": .array(
                self.skills.map { skill in
                    [
                        "id": .string(skill.id), "name": .string(skill.name), "description": .string(skill.summary),
                        "tags": ["commerce", "shopping"], "examples": .array(skill.examples.map { .string($0) }),
                    ]
                }
            ),
            // What readers of 0.3 look for.
            "protocolVersion": "0.3.0",
            "url": .string(publicURL),
            "preferredTransport": .string(self.binding),
            "additionalInterfaces": [["url": .string(publicURL), "transport": .string(self.binding)]],
            "security": [["key": []]],
        ]
    }
}
