import Kernel
import Platform
import Storage
import Web

/// Signing in with an address and a password: members, moderators and partners alike.
struct LoginService: Sendable {
    /// A session of the own operations, in hours.
    static let tokenHours: Int64 = 12

    let database: any Database
    let ids: IDGenerator
    let clock: WallClock

    /// Accounts that are opened from one address within an hour; counted by each node.
    static let signUpLimit = 10
    private let signUps = SlidingWindows(policy: "sign-ups", windowSeconds: 3600)

    init(database: any Database, ids: IDGenerator, clock: WallClock) {
        (self.database, self.ids, self.clock) = (database, ids, clock)
    }

    /// Throws `tooManySignUps`.
    func countSignUp(from address: String) throws {
        let decision = self.signUps.take(address, limit: Self.signUpLimit, now: self.clock.now())
        guard decision.isAllowed else { throw ForumProblems.tooManySignUps.limited(by: decision) }
    }

    func hash(_ password: String) async throws -> String { try await PasswordSignIn.hash(password, ids: self.ids) }

    /// Whether the password is the address's own; the identity behind it. Takes the same time for an address that nobody has.
    func verify(email: String, password: String) async throws -> ID<Identity>? {
        let found = try await self.database.read { try $0.logins.find(email: email) }
        guard try await PasswordSignIn.verify(password, against: found?.passwordHash) else { return nil }
        return found?.identity
    }

    /// Throws `wrongPassword`.
    func signIn(email: String, password: String) async throws -> Caller {
        guard let identity = try await self.verify(email: email, password: password),
            let credential = try await self.database.read({
                try $0.identities.find(credential: Self.credentialID(of: identity), surface: ForumContract.name)
            })
        else { throw ForumProblems.wrongPassword }
        return Caller(credential)
    }

    /// A token for the own operations, which ends by itself.
    func makeToken(for caller: Caller) async throws -> (token: String, until: Timestamp) {
        let token = ForumContract.memberPrefix + self.ids.bytes(32).base64URL
        return try await self.database.write { tx in
            guard let owner = try tx.identities.find(caller.identity) else { throw ForumProblems.wrongPassword }
            try tx.identities.deleteExpired(of: owner.id, surface: ForumContract.name)
            let until = tx.now.adding(seconds: Self.tokenHours * 3600)
            try tx.identities.insert(
                Credential(
                    id: ForumContract.presented(token).id,
                    surface: ForumContract.name,
                    owner: owner,
                    role: caller.role,
                    secretHash: CredentialCache.hash(token),
                    rateLimit: 0,
                    walletAddress: nil,
                    createdAt: tx.now,
                    expiresAt: until
                )
            )
            return (token, until)
        }
    }

    /// Other sessions end. Throws `wrongPassword` when the present one is not given.
    func changePassword(of caller: Caller, from present: String, to next: String, session: String?, _ trace: Trace)
        async throws
    {
        let login = try await self.database.read { try $0.logins.find(caller.identity) }
        guard try await PasswordSignIn.verify(present, against: login?.passwordHash) else {
            throw ForumProblems.wrongPassword
        }
        let hash = try await self.hash(next)
        try await self.database.write { tx in
            // Somebody else may have changed it meanwhile.
            guard try tx.logins.find(caller.identity)?.passwordHash == login?.passwordHash else {
                throw ForumProblems.wrongPassword
            }
            try tx.logins.update(caller.identity, passwordHash: hash)
            try tx.oneTimeCodes.delete(.password, of: caller.identity, surface: ForumContract.name)
            try Self.endSessions(of: caller.identity, except: (session, caller.credential), in: tx)
            try tx.audit.record(
                actor: caller.credential,
                action: "password.changed",
                subject: caller.identity.text,
                trace: trace
            )
        }
    }

    // MARK: The credential behind a password

    static func credentialID(of identity: ID<Identity>) -> String { "forum password:\(identity.text)" }

    /// What sessions hang on; nobody knows its secret, so that it is no key.
    static func open(_ identity: Identity, _ role: ForumRole, secret: [UInt8], in tx: Transaction) throws -> Credential
    {
        let credential = Credential(
            id: Self.credentialID(of: identity.id),
            surface: ForumContract.name,
            owner: identity,
            role: role.role,
            secretHash: CredentialCache.hash(secret.hex),
            rateLimit: 0,
            walletAddress: nil,
            createdAt: tx.now,
            expiresAt: nil
        )
        try tx.identities.insert(credential)
        return credential
    }
}

extension LoginService: PasswordAccounts {
    func find(email: String, in tx: Transaction) throws -> ID<Identity>? { try tx.logins.find(email: email)?.identity }
    func email(of identity: ID<Identity>, in tx: Transaction) throws -> String? { try tx.logins.email(of: identity) }

    func set(passwordHash: String, of identity: ID<Identity>, in tx: Transaction) throws -> Caller {
        try tx.logins.update(identity, passwordHash: passwordHash)
        try Self.endSessions(of: identity, except: (nil, nil), in: tx)
        let credential = try tx.identities.find(
            credential: Self.credentialID(of: identity),
            surface: ForumContract.name
        )
        guard let credential, !credential.isSuspended else { throw ForumContract.shared.problem(for: .suspended) }
        return Caller(credential)
    }

    /// - Parameter except: a session of a browser, and a token, that go on.
    private static func endSessions(
        of identity: ID<Identity>,
        except: (session: String?, credential: String?),
        in tx: Transaction
    ) throws {
        try tx.sessions.delete(ofCredential: self.credentialID(of: identity), except: except.session)
        let tokens = try tx.identities.list(of: identity, surface: ForumContract.name)
        for token in tokens where ForumContract.isSession(token.id) && token.id != except.credential {
            _ = try tx.identities.revoke(credential: token.id, of: identity)
        }
    }
}
