package import Kernel
package import Storage

/// Browsers that have shown a key. A session is known by the hash of its token, and ends with its key.
package struct SessionStore {
    let tx: Transaction

    package func insert(_ tokenHash: String, of credential: String, surface: String, until: Timestamp) throws {
        try self.tx.execute("DELETE FROM session WHERE expires_at <= \(self.tx.now)")
        try self.tx.execute(
            """
            INSERT INTO session (token_hash, surface, credential_id, expires_at)
            VALUES (\(tokenHash), \(surface), \(credential), \(until))
            """
        )
    }

    /// The credential of a session that has not run out.
    package func findCredential(_ tokenHash: String, surface: String) throws -> String? {
        try self.tx.value(
            """
            SELECT credential_id FROM session
            WHERE token_hash = \(tokenHash) AND surface = \(surface) AND expires_at > \(self.tx.now)
            """
        )
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
