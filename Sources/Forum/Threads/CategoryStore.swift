import Kernel
import Storage

struct CategoryStore {
    let tx: Transaction

    func list() throws -> [Category] {
        try self.tx.rows("SELECT \(raw: Category.columns) FROM forum_category ORDER BY place, slug")
    }

    func find(_ slug: String) throws -> Category? {
        try self.tx.row("SELECT \(raw: Category.columns) FROM forum_category WHERE slug = \(slug)")
    }

    /// A new one, or what has become of one that there is.
    func put(_ category: Category) throws {
        try self.tx.execute(
            """
            INSERT INTO forum_category (slug, place, is_open, names)
            VALUES (\(category.slug), \(Int64(category.order)), \(category.isOpen), \(category.namesText))
            ON CONFLICT (slug) DO UPDATE SET
                place = excluded.place, is_open = excluded.is_open, names = excluded.names
            """
        )
        // Every page names its category.
        try self.tx.invalidate(ThreadTopic.name, "")
    }

    /// What a new forum has.
    func seed() throws {
        for (index, slug) in Category.seeded.enumerated() {
            try self.tx.execute(
                """
                INSERT INTO forum_category (slug, place, is_open) VALUES (\(slug), \(Int64(index)), 1)
                ON CONFLICT (slug) DO NOTHING
                """
            )
        }
    }
}

extension Transaction {
    var categories: CategoryStore { CategoryStore(tx: self) }
}
