package import Storage

/// A text that the operator's key has sealed: whoever cannot open it has another key than the one that the database was written with.
package struct KeyCheckStore {
    let tx: Transaction

    private static let context = "key check"
    private static let text = Array("souk".utf8)

    package enum Finding: Sendable {
        /// It is the key of the database, or one of the earlier ones.
        case same(isPresent: Bool)
        case other
        /// Nothing was sealed yet.
        case new
    }

    /// Without a text of its own, an earlier version's database has secrets of webhooks.
    package func check(_ secrets: SecretBox) throws -> Finding {
        let sealed: [UInt8]? = try self.tx.value("SELECT sealed FROM key_check ORDER BY number DESC LIMIT 1")
        if let sealed {
            guard (try? secrets.open(sealed, context: Self.context)) == Self.text else { return .other }
            return .same(isPresent: secrets.isSealedByPresent(sealed))
        }
        let endpoint = try self.tx.row("SELECT id, sealed_secret FROM webhook_endpoint ORDER BY id LIMIT 1") { row in
            (id: try row.column(String.self), sealed: try row.column([UInt8].self))
        }
        guard let endpoint else { return .new }
        return (try? secrets.open(endpoint.sealed, context: endpoint.id)) == nil ? .other : .new
    }

    /// From now on, the database is known by the present key.
    package func put(_ secrets: SecretBox) throws {
        try self.tx.execute("DELETE FROM key_check")
        try self.tx.execute(
            "INSERT INTO key_check (sealed) VALUES (\(try secrets.seal(Self.text, context: Self.context)))"
        )
    }

    /// Whether anything was sealed before.
    package func isKnown() throws -> Bool {
        try self.tx.value("SELECT COUNT(*) FROM key_check", as: Int.self) != 0
    }
}

extension Transaction {
    package var keyCheck: KeyCheckStore { KeyCheckStore(tx: self) }
}
