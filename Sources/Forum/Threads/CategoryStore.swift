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
