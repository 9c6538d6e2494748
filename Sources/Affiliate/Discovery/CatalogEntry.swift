import Kernel
import Storage

/// A programme in the catalogue.
struct CatalogEntry: Sendable, RowDecodable {
    let id: Int64
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

    /// The lightweight form of the catalogue.
    var json: JSONValue {
        [
            "id": .integer(self.id), "program_id": .integer(self.id), "name": .string(self.name),
            "category": .string(self.categoryName), "category_slug": .string(self.categorySlug),
            "reward_type": .string(self.terms.rewardType.rawValue),
            "reward_unit": .string(self.terms.unit.rawValue), "reward_amount": .integer(self.terms.typicalReward),
        ]
    }

    static let example: JSONValue = [
        "id": 42, "program_id": 42, "name": "Sketch AI", "category": "Image generation",
        "category_slug": "image-generation", "reward_type": "cpa", "reward_unit": "yen", "reward_amount": 1200,
    ]
}
