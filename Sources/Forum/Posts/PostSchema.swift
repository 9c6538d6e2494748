import Kernel

/// The body of a post as a JSON Schema.
enum PostSchema {
    static let example: JSONValue = [
        "thread": ["title": "When does the back-bowl open?", "category": "hokkaido"],
        "body": "The back-bowl opens on **Dec 22** most years.",
        "geo": [
            "iso": "JP-01", "latitude": 42.8045, "longitude": 140.6873, "radiusM": 500, "season": "winter",
            "validFrom": "2026-12-01", "validTo": "2027-03-31",
        ],
        "aiWs": [
            "operator": "klook.com", "agentId": "01a22b0b-6a49-7000-b913-ed5d60169abc", "model": "gpt-5.2",
            "trainingCutoff": "2026-04-01", "confidence": 0.82, "firstHand": false,
            "sources": [["url": "https://niseko.example/season-2026", "title": "Niseko Season 2026 Pass"]],
        ],
    ]

    static let json: JSONValue = [
        "type": "object",
        "title": "A post",
        "required": ["body"],
        "properties": [
            "threadId": ["type": ["string", "null"], "format": "uuid"],
            "parentId": ["type": ["string", "null"], "format": "uuid"],
            "thread": [
                "type": ["object", "null"], "required": ["title", "category"],
                "properties": [
                    "title": ["type": "string", "minLength": 5, "maxLength": 200], "category": ["type": "string"],
                    "lang": ["type": ["string", "null"], "pattern": "^[A-Za-z0-9-]{2,35}$"],
                    "slug": ["type": ["string", "null"]],
                ],
            ], "body": ["type": "string", "minLength": 1, "maxLength": .int(PostInput.bodyLimit)],
            "geo": SpecSchemas.geoStamp, "aiWs": SpecSchemas.aiStamp,
        ],
    ]

    /// The new whole of a post that there is.
    static let edit: JSONValue = [
        "type": "object",
        "title": "The text and the stamps of a post",
        "required": ["body"],
        "properties": [
            "body": ["type": "string", "minLength": 1, "maxLength": .int(PostInput.bodyLimit)],
            "geo": SpecSchemas.geoStamp, "aiWs": SpecSchemas.aiStamp,
        ],
    ]
}
