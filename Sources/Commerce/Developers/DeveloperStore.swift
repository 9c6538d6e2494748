import Kernel
import Platform
import Storage

struct DeveloperStore {
    let tx: Transaction

    func find(_ id: ID<Identity>) throws -> Developer? {
        try self.tx.row("SELECT \(raw: Developer.columns) FROM commerce_developer d WHERE d.identity_id = \(id)")
    }

    /// Who signs in with an address, and the hash of their password.
    struct SignIn: Sendable, Hashable {
        let id: ID<Identity>
        let passwordHash: String
    }

    func findSignIn(emailKey: String) throws -> SignIn? {
        try self.tx.row(
            "SELECT identity_id, password_hash FROM commerce_developer WHERE email_key = \(emailKey)"
        ) { SignIn(id: try $0.column(), passwordHash: try $0.column()) }
    }

    /// What somebody opens an account with.
    struct NewDeveloper: Sendable {
        let displayName: String
        let email: String
        let passwordHash: String
        let company: String
        let website: String
        let metadata: JSONValue
    }

    /// Throws `StorageError.constraint` named `commerce_developer_email` when the address is taken.
    func insert(_ id: ID<Identity>, _ new: NewDeveloper) throws {
        try self.tx.execute(
            """
            INSERT INTO commerce_developer (identity_id, display_name, email, email_key, password_hash, company, website,
                metadata, is_active, created_at, updated_at)
            VALUES (\(id), \(new.displayName), \(new.email), \(Developer.key(of: new.email)), \(new.passwordHash),
                \(new.company), \(new.website), \(JSON.text(of: new.metadata)), 1, \(self.tx.now), \(self.tx.now))
            """
        )
    }

    func verify(_ id: ID<Identity>) throws {
        try self.tx.execute(
            """
            UPDATE commerce_developer SET invite_verified_at = \(self.tx.now), updated_at = \(self.tx.now)
            WHERE identity_id = \(id) AND invite_verified_at IS NULL
            """
        )
    }

    func update(_ id: ID<Identity>, passwordHash: String) throws {
        try self.tx.execute(
            """
            UPDATE commerce_developer SET password_hash = \(passwordHash), updated_at = \(self.tx.now)
            WHERE identity_id = \(id)
            """
        )
    }

    // MARK: Invites

    func insertInvite(_ hash: [UInt8], uses: Int, until moment: Timestamp, by actor: String) throws {
        try self.tx.execute(
            """
            INSERT INTO commerce_invite (code_hash, uses_left, expires_at, created_by, created_at)
            VALUES (\(hash), \(uses), \(moment), \(actor), \(self.tx.now))
            """
        )
    }

    /// Whether a use of the code was taken: one of several at once gets the last.
    func useInvite(_ hash: [UInt8]) throws -> Bool {
        try self.tx.count(
            """
            UPDATE commerce_invite SET uses_left = uses_left - 1
            WHERE code_hash = \(hash) AND uses_left > 0 AND expires_at > \(self.tx.now)
            """
        ) == 1
    }

    struct Invite: RowDecodable {
        let usesLeft: Int
        let expiresAt: Timestamp
        let createdBy: String
        let createdAt: Timestamp

        static let columns: StaticString = "uses_left, expires_at, created_by, created_at"

        init(row: inout Row) throws {
            self.usesLeft = try row.column()
            self.expiresAt = try row.column()
            self.createdBy = try row.column()
            self.createdAt = try row.column()
        }
    }

    /// Newest first; the codes themselves are not known.
    func listInvites(limit: Int) throws -> [Invite] {
        try self.tx.rows(
            "SELECT \(raw: Invite.columns) FROM commerce_invite ORDER BY created_at DESC LIMIT \(limit)"
        )
    }

    // MARK: Sessions

    func insert(_ session: ConsoleSession) throws {
        try self.tx.execute(
            """
            INSERT INTO commerce_console (id, identity_id, credential_id, created_at, expires_at)
            VALUES (\(session.id), \(session.identity), \(session.credential), \(session.createdAt), \(session.expiresAt))
            """
        )
    }

    func findSession(credential: String) throws -> ConsoleSession? {
        try self.tx.row(
            "SELECT \(raw: ConsoleSession.columns) FROM commerce_console s WHERE s.credential_id = \(credential)"
        )
    }

    /// Those that work, the oldest first.
    func listSessions(of id: ID<Identity>) throws -> [ConsoleSession] {
        try self.tx.rows(
            """
            SELECT \(raw: ConsoleSession.columns) FROM commerce_console s
            WHERE s.identity_id = \(id) AND s.revoked_at IS NULL AND s.expires_at > \(self.tx.now)
            ORDER BY s.created_at, s.id
            """
        )
    }

    func revokeSession(_ session: ConsoleSession) throws {
        try self.tx.execute("UPDATE commerce_console SET revoked_at = \(self.tx.now) WHERE id = \(session.id)")
        _ = try self.tx.identities.revoke(credential: session.credential, of: session.identity)
    }

    func touchSession(_ id: ID<ConsoleSession>) throws {
        try self.tx.execute("UPDATE commerce_console SET last_used_at = \(self.tx.now) WHERE id = \(id)")
    }
}

extension Transaction {
    var developers: DeveloperStore { DeveloperStore(tx: self) }
}
