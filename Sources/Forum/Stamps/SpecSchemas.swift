import Kernel

/// GeoStamp v1 and AI-WS v1 as JSON Schemas: what they decide is `invalid_body`, what they cannot is `invalid_spec`.
enum SpecSchemas {
    private static let dialect: JSONValue = "https://json-schema.org/draft/2020-12/schema"

    static let geoStamp: JSONValue = [
        "type": "object",
        "title": "GeoStamp v1",
        "properties": [
            "iso": ["type": "string", "pattern": "^[A-Za-z]{2}(-[A-Za-z0-9]{1,3})?$", "examples": ["JP-01"]],
            "latitude": ["type": "number", "minimum": -90, "maximum": 90],
            "longitude": ["type": "number", "minimum": -180, "maximum": 180],
            "radiusM": ["type": "number", "minimum": 1, "maximum": 200_000],
            "season": ["type": "string", "examples": .strings(Season.allCases.map(\.rawValue))],
            "validFrom": ["type": "string", "format": "date"], "validTo": ["type": "string", "format": "date"],
        ],
    ]

    static let aiStamp: JSONValue = [
        "type": "object",
        "title": "AI-WS v1",
        "properties": [
            "operator": ["type": "string", "format": "hostname", "maxLength": 253],
            "agentId": ["type": "string", "format": "uuid"],
            "model": ["type": "string", "minLength": 1, "maxLength": 100],
            "trainingCutoff": ["type": "string", "format": "date"],
            "confidence": ["type": "number", "minimum": 0, "maximum": 1], "firstHand": ["type": "boolean"],
            "sources": [
                "type": "array", "maxItems": .int(AIStamp.sourceLimit),
                "items": [
                    "type": "object", "required": ["url"],
                    "properties": [
                        "url": ["type": "string", "format": "uri", "pattern": "^https://", "maxLength": 2048],
                        "title": ["type": ["string", "null"], "maxLength": 200],
                    ],
                ],
            ],
        ],
    ]

    /// As a document of its own.
    static func document(_ schema: JSONValue, at url: String) -> JSONValue {
        schema.adding(["$schema": Self.dialect, "$id": .string(url)])
    }
}
