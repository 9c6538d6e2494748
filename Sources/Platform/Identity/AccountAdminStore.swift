package import Kernel
package import Storage

/// Who has an account or a key, on whatever surface, for the operator.
package struct AccountAdminStore {
    let tx: Transaction

    package struct Filter: Sendable {
        /// A part of the name; empty for all.
        package var text = ""
        package var surface: String?
        package var isSuspended: Bool?

        package init() {}
    }

    /// Newest first.
    package func list(_ filter: Filter, after cursor: Cursor?, limit: Int) throws -> Page<AccountSummary> {
        let (time, id) = cursor.map { ($0.key, $0.id) } ?? (.max, "")
        var conditions: [SQL] = [
            "identity.created_at <= \(time) AND (identity.created_at < \(time) OR identity.id < \(id))"
        ]
        if !filter.text.isEmpty {
            conditions.append(
                "LOWER(identity.name) LIKE LOWER(\(LikePattern.containing(filter.text))) ESCAPE '!'"
            )
        }
        if let surface = filter.surface {
            conditions.append(
                "EXISTS (SELECT 1 FROM credential c WHERE c.identity_id = identity.id AND c.surface = \(surface))"
            )
        }
        if let isSuspended = filter.isSuspended {
            conditions.append(isSuspended ? "identity.suspended_at IS NOT NULL" : "identity.suspended_at IS NULL")
        }
        let fetched: [AccountSummary] = try self.tx.rows(
            """
            SELECT \(raw: AccountSummary.columns) FROM identity WHERE \(SQL.all(conditions))
            ORDER BY identity.created_at DESC, identity.id DESC LIMIT \(limit + 1)
            """
        )
        return Page(fetched: fetched, limit: limit) { Cursor(key: $0.createdAt.microseconds, id: $0.id.text) }
    }

    /// - Parameter text: the account's id, or its name: names may have a slash, which no path carries.
    package func find(_ text: String) throws -> AccountSummary? {
        let byID: AccountSummary? = try self.tx.row(
            "SELECT \(raw: AccountSummary.columns) FROM identity WHERE identity.id = \(text)"
        )
        return try byID ?? self.find(name: text)
    }

    package func find(name: String) throws -> AccountSummary? {
        try self.tx.row("SELECT \(raw: AccountSummary.columns) FROM identity WHERE identity.name = \(name)")
    }

    /// Of all surfaces, with revoked ones; newest first.
    package func listKeys(of owner: ID<Identity>, limit: Int) throws -> [KeySummary] {
        try self.tx.rows(
            """
            SELECT \(raw: KeySummary.columns) FROM credential JOIN identity ON identity.id = credential.identity_id
            WHERE credential.identity_id = \(owner) ORDER BY credential.created_at DESC, credential.id DESC LIMIT \(limit)
            """
        )
    }

    /// Of all accounts; newest first.
    package func listKeys(surface: String?, limit: Int) throws -> [KeySummary] {
        let which: SQL = surface.map { "AND credential.surface = \($0)" } ?? ""
        return try self.tx.rows(
            """
            SELECT \(raw: KeySummary.columns) FROM credential JOIN identity ON identity.id = credential.identity_id
            WHERE credential.revoked_at IS NULL \(which)
            ORDER BY credential.created_at DESC, credential.id DESC LIMIT \(limit)
            """
        )
    }

    package func findKey(_ id: String) throws -> KeySummary? {
        try self.tx.row(
            """
            SELECT \(raw: KeySummary.columns) FROM credential JOIN identity ON identity.id = credential.identity_id
            WHERE credential.id = \(id)
            """
        )
    }

    /// Its keys and sessions work no more, on no surface, until it is reinstated. Effective everywhere once committed.
    ///
    /// With its entry in the audit log. One that is suspended already stays so since then, with the new reason.
    package func suspend(_ account: AccountSummary, reason: String, by actor: String, trace: Trace) throws {
        try self.tx.execute(
            """
            UPDATE identity SET suspended_at = COALESCE(suspended_at, \(self.tx.now)), suspended_reason = \(reason)
            WHERE id = \(account.id)
            """
        )
        try self.forget(account.id)
        // Ended for good: whoever is reinstated signs in again.
        try self.tx.execute(
            "DELETE FROM session WHERE credential_id IN (SELECT id FROM credential WHERE identity_id = \(account.id))"
        )
        try self.tx.audit.record(
            actor: actor,
            action: "account.suspended",
            subject: account.name,
            detail: reason,
            trace: trace
        )
    }

    /// With its entry in the audit log, unless it was not suspended.
    package func reinstate(_ account: AccountSummary, by actor: String, trace: Trace) throws {
        guard account.suspendedAt != nil else { return }
        try self.tx.execute(
            "UPDATE identity SET suspended_at = NULL, suspended_reason = NULL WHERE id = \(account.id)"
        )
        try self.forget(account.id)
        try self.tx.audit.record(actor: actor, action: "account.reinstated", subject: account.name, trace: trace)
    }

    /// Requests a minute; 0 lifts the limit.
    package func setRateLimit(_ key: KeySummary, to limit: Int) throws {
        try self.tx.execute("UPDATE credential SET rate_limit = \(limit) WHERE id = \(key.id)")
        try self.tx.invalidate(CredentialCache.topic, key.id)
    }

    private func forget(_ id: ID<Identity>) throws {
        let keys = try self.tx.rows("SELECT id FROM credential WHERE identity_id = \(id)") {
            row in try row.column(String.self)
        }
        for key in keys { try self.tx.invalidate(CredentialCache.topic, key) }
    }
}

/// An account as the operator sees it.
package struct AccountSummary: Sendable, RowDecodable {
    package let id: ID<Identity>
    package let name: String
    package let createdAt: Timestamp
    package let suspendedAt: Timestamp?
    package let suspendedReason: String?
    /// Those that were not revoked.
    package let keys: Int

    package static let columns: StaticString = """
        identity.id, identity.name, identity.created_at, identity.suspended_at, identity.suspended_reason,
        (SELECT COUNT(*) FROM credential WHERE credential.identity_id = identity.id AND credential.revoked_at IS NULL)
        """

    package init(row: inout Row) throws {
        self.id = try row.column()
        self.name = try row.column()
        self.createdAt = try row.column()
        self.suspendedAt = try row.optional()
        self.suspendedReason = try row.optional()
        self.keys = try row.column()
    }
}

/// A key without its secret.
package struct KeySummary: Sendable, RowDecodable {
    package let id: String
    package let surface: String
    package let owner: ID<Identity>
    package let ownerName: String
    package let role: Role
    package let rateLimit: Int
    package let createdAt: Timestamp
    package let expiresAt: Timestamp?
    package let revokedAt: Timestamp?
    /// Micro-units of USDC that it may spend of the balance in a UTC day; nil for no cap.
    package let dailyCap: Int64?

    package static let columns: StaticString = """
        credential.id, credential.surface, credential.identity_id, identity.name, credential.role,
        credential.rate_limit, credential.created_at, credential.expires_at, credential.revoked_at,
        credential.daily_cap
        """

    package init(row: inout Row) throws {
        self.id = try row.column()
        self.surface = try row.column()
        self.owner = try row.column()
        self.ownerName = try row.column()
        self.role = try row.column()
        self.rateLimit = try row.column()
        self.createdAt = try row.column()
        self.expiresAt = try row.optional()
        self.revokedAt = try row.optional()
        self.dailyCap = try row.optional()
    }
}

extension Transaction {
    package var accountAdmin: AccountAdminStore { AccountAdminStore(tx: self) }
}
