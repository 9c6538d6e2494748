import Kernel
import Platform
import Storage

struct IntentStore {
    let tx: Transaction

    /// - Parameter isKept: whether it stays although nothing cites it: what was posted does, what was asked in passing does not.
    func insert(_ intent: Intent, isKept: Bool) throws {
        try self.tx.execute(
            """
            INSERT INTO commerce_intent (id, account_id, raw_query, region, channel, details, is_kept, created_at, updated_at,
                expires_at)
            VALUES (\(intent.id), \(intent.account), \(intent.rawQuery), \(intent.region ?? ""), \(intent.channel ?? ""),
                \(JSON.text(of: intent.details.stored)), \(isKept), \(intent.createdAt), \(intent.updatedAt),
                \(intent.expiresAt))
            """
        )
    }

    func find(_ id: ID<Intent>) throws -> Intent? {
        try self.tx.row("SELECT \(raw: Intent.columns) FROM commerce_intent i WHERE i.id = \(id)")
    }

    /// Throws `intentNotFound`, also for another account's.
    func require(_ id: ID<Intent>, of account: String) throws -> Intent {
        let found: Intent? = try self.tx.row(
            "SELECT \(raw: Intent.columns) FROM commerce_intent i WHERE i.id = \(id) AND i.account_id = \(account)"
        )
        guard let found else { throw CommerceProblems.intentNotFound }
        return found
    }

    /// Newest first.
    func list(of account: String, before cursor: Cursor?, limit: Int) throws -> Page<Intent> {
        let after: SQL = cursor.map { "AND (i.created_at, i.id) < (\($0.key), \($0.id))" } ?? ""
        let fetched = try self.tx.rows(
            """
            SELECT \(raw: Intent.columns) FROM commerce_intent i WHERE i.account_id = \(account) \(after)
            ORDER BY i.created_at DESC, i.id DESC LIMIT \(limit + 1)
            """,
            as: Intent.self
        )
        return Page(fetched: fetched, limit: limit) { Cursor(key: $0.createdAt.microseconds, id: $0.id.text) }
    }
}

extension Transaction {
    var intents: IntentStore { IntentStore(tx: self) }
}
