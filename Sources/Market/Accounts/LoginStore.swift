import Kernel
import Platform
import Storage

/// With what somebody signs in to the market's pages, beside their keys.
struct Login: Sendable {
    let identity: ID<Identity>
    let email: String
    let passwordHash: String
}

struct LoginStore {
    let tx: Transaction

    func find(email: String) throws -> Login? {
        try self.find("email_key = \(Self.key(email))")
    }

    func find(_ identity: ID<Identity>) throws -> Login? { try self.find("identity_id = \(identity)") }

    private func find(_ condition: SQL) throws -> Login? {
        try self.tx.row("SELECT identity_id, email, password_hash FROM market_login WHERE \(condition)") { row in
            Login(identity: try row.column(), email: try row.column(), passwordHash: try row.column())
        }
    }

    /// Throws `emailTaken`.
    func put(_ login: Login) throws {
        try mapping("market_login_email_key", to: MarketProblems.emailTaken) {
            try self.tx.execute(
                """
                INSERT INTO market_login (identity_id, email, email_key, password_hash, created_at)
                VALUES (\(login.identity), \(login.email.trimmed), \(Self.key(login.email)), \(login.passwordHash),
                    \(self.tx.now))
                ON CONFLICT (identity_id) DO UPDATE SET email = excluded.email, email_key = excluded.email_key,
                    password_hash = excluded.password_hash
                """
            )
        }
    }

    func update(_ identity: ID<Identity>, passwordHash: String) throws {
        try self.tx.execute(
            "UPDATE market_login SET password_hash = \(passwordHash) WHERE identity_id = \(identity)"
        )
    }

    private static func key(_ email: String) -> String { email.trimmed.lowercased() }
}

extension Transaction {
    var logins: LoginStore { LoginStore(tx: self) }
}
