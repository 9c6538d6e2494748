import Kernel

/// Categories as clients see them.
enum CategoryOutput {
    static func json(_ category: ProgramCategory) -> JSONValue {
        [
            "id": .integer(category.id), "name": .string(category.name), "name_ja": .string(category.japaneseName),
            "slug": .string(category.slug), "description": .string(category.description),
            "sort_order": .int(category.sortOrder),
        ]
    }

    static let example: JSONValue = [
        "id": 1, "name": "AI chatbots", "name_ja": "AIチャットボット", "slug": "ai-chatbot",
        "description": "Assistants that talk with people", "sort_order": 10,
    ]
}
