import Kernel
import Platform
import Storage

/// Who signs in with an address and a password.
struct Login: Sendable {
    let identity: ID<Identity>
    let passwordHash: String
}

struct LoginStore {
    let tx: Transaction

    func find(email: String) throws -> Login? {
        try self.tx.row(
            "SELECT identity_id, password_hash FROM forum_login WHERE email = \(Self.key(email))"
        ) { Login(identity: try $0.column(), passwordHash: try $0.column()) }
    }

    func find(_ identity: ID<Identity>) throws -> Login? {
        try self.tx.row(
            "SELECT identity_id, password_hash FROM forum_login WHERE identity_id = \(identity)"
        ) { Login(identity: try $0.column(), passwordHash: try $0.column()) }
    }

    func email(of identity: ID<Identity>) throws -> String? {
        try self.tx.value("SELECT email FROM forum_login WHERE identity_id = \(identity)")
    }

    /// Throws `emailTaken`.
    func insert(_ email: String, _ login: Login) throws {
        try mapping("forum_login_pkey", to: ForumProblems.emailTaken) {
            try self.tx.execute(
                """
                INSERT INTO forum_login (email, identity_id, password_hash)
                VALUES (\(Self.key(email)), \(login.identity), \(login.passwordHash))
                """
            )
        }
    }

    func update(_ identity: ID<Identity>, passwordHash: String) throws {
        try self.tx.execute(
            "UPDATE forum_login SET password_hash = \(passwordHash) WHERE identity_id = \(identity)"
        )
    }

    func delete(_ identity: ID<Identity>) throws {
        try self.tx.execute("DELETE FROM forum_login WHERE identity_id = \(identity)")
    }

    private static func key(_ email: String) -> String { email.trimmed.lowercased() }
}

extension Transaction {
    var logins: LoginStore { LoginStore(tx: self) }
}
