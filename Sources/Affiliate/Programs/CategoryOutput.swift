import Kernel
import Web

/// A category as clients see it.
struct CategoryOutput: Answer {
    let category: ProgramCategory

    static let members: [Member<Self>] = [
        Member("id", \.category.id, "The category", example: 1),
        Member("name", \.category.name, "Its name in English", example: "AI chatbots"),
        Member("name_ja", \.category.japaneseName, "Its name in Japanese", example: "AIチャットボット"),
        Member("slug", \.category.slug, "Its name in addresses", example: "ai-chatbot"),
        Member(
            "description",
            \.category.description,
            "What belongs to it",
            example: "Assistants that talk with people"
        ),
        Member("sort_order", \.category.sortOrder, "Low ones come first", example: 10),
    ]
}

struct CategoryList: Answer {
    let categories: [CategoryOutput]
    static let members = [Member<Self>("categories", \.categories, "In their order")]
}
