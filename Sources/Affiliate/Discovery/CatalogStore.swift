import Kernel
import Storage

/// What the catalogue has in all.
struct CatalogStore {
    let tx: Transaction

    /// Every active program, by name.
    func list() throws -> [CatalogEntry] {
        try self.tx.rows(
            """
            SELECT \(raw: CatalogEntry.columns) FROM affiliate_program p
            JOIN affiliate_category c ON c.id = p.category_id WHERE p.status = 'active' ORDER BY p.name, p.id
            """
        )
    }

    /// Approved conversions of all programs, also of those that have ended.
    func countApproved() throws -> Int64 {
        try self.tx.value("SELECT CAST(COALESCE(SUM(approved_count), 0) AS BIGINT) FROM affiliate_program") ?? 0
    }

    func countActive() throws -> Int {
        try self.tx.value("SELECT COUNT(*) FROM affiliate_program WHERE status = 'active'") ?? 0
    }
}

extension Transaction {
    var catalog: CatalogStore { CatalogStore(tx: self) }
}
