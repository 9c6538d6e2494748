import Kernel
import Storage

struct ImportStore {
    /// Further lines that are not taken are counted, and not kept.
    static let rejectLimit = 10_000

    let tx: Transaction

    func find(_ id: ID<CatalogImport>, in scope: MerchantScope = .all) throws -> CatalogImport? {
        let conditions: [SQL] = ["id = \(id)"] + scope.conditions(on: "merchant_id")
        return try self.tx.row(
            "SELECT \(raw: CatalogImport.columns) FROM commerce_import WHERE \(SQL.all(conditions))"
        )
    }

    /// Newest first.
    func list(in scope: MerchantScope, before cursor: Cursor?, limit: Int) throws -> Page<CatalogImport> {
        var conditions = scope.conditions(on: "merchant_id")
        if let cursor { conditions.append("(created_at, id) < (\(cursor.key), \(cursor.id))") }
        let fetched = try self.tx.rows(
            """
            SELECT \(raw: CatalogImport.columns) FROM commerce_import WHERE \(SQL.all(conditions))
            ORDER BY created_at DESC, id DESC LIMIT \(limit + 1)
            """,
            as: CatalogImport.self
        )
        return Page(fetched: fetched, limit: limit) { Cursor(key: $0.createdAt.microseconds, id: $0.id.text) }
    }

    /// Those that a crash may have left, oldest first.
    func listRunning() throws -> [CatalogImport] {
        try self.tx.rows(
            """
            SELECT \(raw: CatalogImport.columns) FROM commerce_import WHERE state = 'running' ORDER BY created_at, id
            """
        )
    }

    func insert(_ id: ID<CatalogImport>, merchant: String, _ options: CatalogImport.Options) throws {
        try self.tx.execute(
            """
            INSERT INTO commerce_import (id, merchant_id, input, state, byte_offset, line, records, created, updated,
                unchanged, duplicates, withdrawn, rejected, missing, created_at, updated_at)
            VALUES (\(id), \(merchant), \(try JSON.text(options)), 'running', 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, \(self.tx.now),
                \(self.tx.now))
            """
        )
    }

    /// The merchant's last import that has written anything, or found nothing to write.
    func findLatest(of merchant: String) throws -> CatalogImport? {
        let latest: [CatalogImport] = try self.tx.rows(
            """
            SELECT \(raw: CatalogImport.columns) FROM commerce_import
            WHERE merchant_id = \(merchant) AND state <> 'running' ORDER BY updated_at DESC LIMIT 20
            """
        )
        return latest.first { !$0.options.isDryRun && ($0.state == .completed || $0.progress.records > 0) }
    }

    /// What the feed's server calls the version that is imported; nothing where a part of it may be of another.
    func setEntityTag(_ id: ID<CatalogImport>, _ tag: String?) throws {
        try self.tx.execute(
            """
            UPDATE commerce_import SET entity_tag = CASE WHEN byte_offset = 0 AND entity_tag IS NULL THEN \(tag) END
            WHERE id = \(id) AND state = 'running'
            """
        )
    }

    func finishUnmodified(_ id: ID<CatalogImport>, _ tag: String?) throws {
        try self.tx.execute(
            """
            UPDATE commerce_import SET state = 'completed', is_unmodified = 1, entity_tag = \(tag), updated_at = \(self.tx.now)
            WHERE id = \(id) AND state = 'running' AND byte_offset = 0
            """
        )
    }

    /// Notes that a part could not be done; how often that has been.
    func countFailure(_ id: ID<CatalogImport>) throws -> Int {
        try self.tx.value(
            "UPDATE commerce_import SET failures = failures + 1 WHERE id = \(id) RETURNING failures",
            as: Int.self
        ) ?? 0
    }

    /// Forgets an import that has ended, its rejects first. Returns how many rows that were.
    func prune(before moment: Timestamp, limit: Int) throws -> Int {
        let old = try self.tx.row(
            """
            SELECT id FROM commerce_import WHERE state <> 'running' AND created_at < \(moment) ORDER BY created_at, id LIMIT 1
            """
        ) { try $0.column(ID<CatalogImport>.self) }
        guard let old else { return 0 }
        let rejects = try self.tx.count(
            """
            DELETE FROM commerce_import_reject WHERE import_id = \(old) AND line IN (
                SELECT line FROM commerce_import_reject WHERE import_id = \(old) ORDER BY line LIMIT \(limit))
            """
        )
        guard rejects < limit else { return rejects }
        try self.tx.execute("DELETE FROM commerce_import WHERE id = \(old)")
        return rejects + 1
    }

    func countRunning(of merchant: String) throws -> Int {
        try self.tx.value(
            "SELECT COUNT(*) FROM commerce_import WHERE state = 'running' AND merchant_id = \(merchant)"
        ) ?? 0
    }

    /// False where the import is not at `offset` any more.
    func update(_ id: ID<CatalogImport>, _ progress: CatalogImport.Progress, after offset: Int) throws -> Bool {
        try self.tx.value(
            """
            UPDATE commerce_import SET byte_offset = \(progress.offset), line = \(progress.line),
                records = \(progress.records), created = \(progress.created), updated = \(progress.updated),
                unchanged = \(progress.unchanged), duplicates = \(progress.duplicates), withdrawn = \(progress.withdrawn),
                rejected = \(progress.rejected), missing = \(progress.missing), failures = 0, updated_at = \(self.tx.now)
            WHERE id = \(id) AND byte_offset = \(offset) AND state = 'running' RETURNING 1
            """,
            as: Int.self
        ) != nil
    }

    func finish(_ id: ID<CatalogImport>, failure: String?) throws {
        try self.tx.execute(
            """
            UPDATE commerce_import SET state = \(failure == nil ? "completed" : "failed"), failure = \(failure),
                updated_at = \(self.tx.now)
            WHERE id = \(id) AND state = 'running'
            """
        )
    }

    func insert(_ rejects: [RejectedLine], of id: ID<CatalogImport>) throws {
        for reject in rejects {
            try self.tx.execute(
                """
                INSERT INTO commerce_import_reject (import_id, line, field, reason)
                VALUES (\(id), \(reject.line), \(reject.field), \(reject.reason)) ON CONFLICT DO NOTHING
                """
            )
        }
    }

    func listRejects(of id: ID<CatalogImport>, after line: Int, limit: Int) throws -> [RejectedLine] {
        try self.tx.rows(
            """
            SELECT \(raw: RejectedLine.columns) FROM commerce_import_reject WHERE import_id = \(id) AND line > \(line)
            ORDER BY line LIMIT \(limit)
            """
        )
    }
}

extension Transaction {
    var imports: ImportStore { ImportStore(tx: self) }
}
