import Kernel
import Storage

/// A part of the forum. What it is called stands in the words, as `category.kyoto`.
struct Category: Sendable, RowDecodable {
    let slug: String
    let order: Int
    let isOpen: Bool

    static let seeded = [
        "hokkaido", "tokyo", "kyoto", "osaka", "hiroshima", "fukuoka", "okinawa", "transport", "food", "stay", "esim",
        "etiquette", "general",
    ]

    static let columns: StaticString = "slug, place, is_open"

    init(row: inout Row) throws {
        self.slug = try row.column()
        self.order = Int(try row.column(Int64.self))
        self.isOpen = try row.column()
    }
}
