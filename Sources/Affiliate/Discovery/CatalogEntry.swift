import Kernel
import Storage
import Web

/// A program in the catalogue.
struct CatalogEntry: Sendable, RowDecodable {
    let id: ProgramID
    let name: String
    let categoryName: String
    let categorySlug: String
    let terms: Terms

    static let columns: StaticString = "p.id, p.name, c.name, c.slug, p.terms"

    init(row: inout Row) throws {
        self.id = try row.column()
        self.name = try row.column()
        self.categoryName = try row.column()
        self.categorySlug = try row.column()
        self.terms = try Terms(text: try row.column())
    }
}

/// The lightweight form of the catalogue.
extension CatalogEntry: Answer {
    static let members: [Member<Self>] = [
        Member("id", \.id, "The program", example: 42),
        Member("program_id", \.id, "The same", example: 42),
        Member("name", \.name, "Its name", example: "Sketch AI"),
        Member("category", \.categoryName, "The category's name", example: "Image generation"),
        Member("category_slug", \.categorySlug, "The category's name in addresses", example: "image-generation"),
        Member("reward_type", \.terms.rewardType, "What is paid", example: "cpa"),
        Member("reward_unit", \.terms.unit, "yen or percent", example: "yen"),
        Member("reward_amount", \.terms.typicalReward, "What a usual order earns", unit: "JPY", example: 1200),
    ]
}
