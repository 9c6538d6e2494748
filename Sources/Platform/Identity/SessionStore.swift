package import Kernel
package import Storage

/// Browsers that have shown a key. A session is known by the hash of its token, and ends with its key.
package struct SessionStore {
    let tx: Transaction

    package func insert(_ tokenHash: String, of credential: String, surface: String, until: Timestamp) throws {
        try self.tx.execute("DELETE FROM session WHERE expires_at <= \(self.tx.now)")
        try self.tx.execute(
            """
            INSERT INTO session (token_hash, surface, credential_id, expires_at, created_at)
            VALUES (\(tokenHash), \(surface), \(credential), \(until), \(self.tx.now))
            """
        )
    }

    /// A session that has not run out.
    package struct Known: Sendable {
        package let credential: String
        package let until: Timestamp
        package let createdAt: Timestamp
    }

    package func find(_ tokenHash: String, surface: String) throws -> Known? {
        try self.tx.row(
            """
            SELECT credential_id, expires_at, created_at FROM session
            WHERE token_hash = \(tokenHash) AND surface = \(surface) AND expires_at > \(self.tx.now)
            """
        ) { Known(credential: try $0.column(), until: try $0.column(), createdAt: try $0.column()) }
    }

    /// It goes on until then.
    package func update(_ tokenHash: String, until: Timestamp) throws {
        try self.tx.execute("UPDATE session SET expires_at = \(until) WHERE token_hash = \(tokenHash)")
    }

    /// Ends the sessions of a credential, but for one.
    package func delete(ofCredential credential: String, except tokenHash: String?) throws {
        try self.tx.execute(
            "DELETE FROM session WHERE credential_id = \(credential) AND token_hash <> \(tokenHash ?? "")"
        )
    }

    package func delete(_ tokenHash: String) throws {
        try self.tx.execute("DELETE FROM session WHERE token_hash = \(tokenHash)")
    }
}

extension Transaction {
    package var sessions: SessionStore { SessionStore(tx: self) }
}
