import Kernel

/// The body of a post as a JSON Schema.
enum PostSchema {
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
