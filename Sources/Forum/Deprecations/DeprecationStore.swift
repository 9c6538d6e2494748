import Kernel
import Platform
import Storage

struct DeprecationStore {
    let tx: Transaction

    func insert(_ made: Deprecation) throws {
        try self.tx.execute(
            """
            INSERT INTO forum_deprecation (id, feature, version, announced_at, sunset_at, replacement, documentation)
            VALUES (\(made.id), \(made.feature), \(made.version), \(made.announcedAt), \(made.sunsetAt),
                \(made.replacement), \(made.documentation))
            """
        )
        try self.tx.invalidate(DeprecationNotices.topic, "")
    }

    /// The newest first.
    func list() throws -> [Deprecation] {
        try self.tx.rows(
            "SELECT \(raw: Deprecation.columns) FROM forum_deprecation ORDER BY announced_at DESC, id DESC LIMIT 100"
        )
    }
}

extension Transaction {
    var deprecations: DeprecationStore { DeprecationStore(tx: self) }
}
