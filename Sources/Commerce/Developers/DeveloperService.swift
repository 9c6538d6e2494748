package import Kernel
package import Platform
package import Storage
import Web

/// Developers: signing up and in, console sessions, and invites.
package struct DeveloperService: Sendable {
    static let tokenPrefix = "MA2D."
    /// Accounts opened from one address in an hour.
    static let signUpLimit = 5
    /// Wrong passwords from one address, or for one account, in a quarter of an hour.
    static let failureLimit = 5
    /// Codes tried by one account, and from one address, in an hour.
    static let inviteLimit = 10
    static let inviteAddressLimit = 20

    let database: any Database
    let ids: IDGenerator
    let clock: WallClock
    private let signUps = SlidingWindows(policy: "sign-ups", windowSeconds: 3600)
    private let failures = SlidingWindows(policy: "failures", windowSeconds: 900)
    private let invites = SlidingWindows(policy: "invites", windowSeconds: 3600)

    init(database: any Database, ids: IDGenerator, clock: WallClock) {
        (self.database, self.ids, self.clock) = (database, ids, clock)
    }

    /// An account that has come in, with the token of its session, which is shown once.
    struct Opened: Sendable {
        let developer: Developer
        let session: ConsoleSession
        let token: String
        let caller: Caller
    }

    // MARK: Signing up

    struct SignUp: Sendable {
        let displayName: String
        let email: String
        let password: String
        let company: String
        let website: String
        let metadata: JSONValue
        let inviteCode: String?
    }

    /// Throws `rateLimited`, `accountExists`, and *invalid* for a wrong code, which makes no account.
    func register(_ order: SignUp, from address: String, trace: Trace, _ once: Repetition? = nil) async throws -> Opened
    {
        try self.take(self.signUps, address, Self.signUpLimit)
        if order.inviteCode != nil { try self.take(self.invites, "address \(address)", Self.inviteAddressLimit) }
        let key = Developer.key(of: order.email)
        // Asked first, since a hash is slow.
        let isKnown = try await self.database.read { tx in
            try once?.begin(in: tx)
            return try tx.developers.findSignIn(emailKey: key) != nil
        }
        guard !isKnown else { throw CommerceProblems.accountExists }
        let hash = try await PasswordSignIn.hash(order.password, ids: self.ids)
        let (id, session) = (self.ids.next(Identity.self), self.newSession())
        return try await self.database.write { tx in
            try once?.begin(in: tx)
            let identity = Identity(id: id, name: "commerce:\(id.text)", createdAt: tx.now)
            try tx.identities.insert(identity)
            try mapping("commerce_developer_email_key", to: CommerceProblems.accountExists) {
                try tx.developers.insert(
                    id,
                    .init(
                        displayName: order.displayName,
                        email: order.email.trimmed,
                        passwordHash: hash,
                        company: order.company,
                        website: order.website,
                        metadata: order.metadata
                    )
                )
            }
            if let code = order.inviteCode {
                guard try tx.developers.useInvite(InviteCode.hash(code)) else {
                    var validation = Validation()
                    validation.require(false, "invite_code", FieldRule("invite_code"))
                    try validation.check()
                    throw CommerceProblems.invalidInviteCode
                }
                try tx.developers.verify(id)
            }
            try tx.audit.record(actor: id.text, action: "developer.created", subject: id.text, trace: trace)
            let opened = try self.open(session, of: identity, in: tx)
            try once?.keep(201, DeveloperOpened(opened: opened, status: "created"), in: tx)
            return opened
        }
    }

    // MARK: Signing in

    /// Takes the same time for an address that nobody has. Throws `rateLimited`, `invalidCredentials`, `accountSuspended`.
    func login(email: String, password: String, from address: String) async throws -> Opened {
        let key = Developer.key(of: email)
        let windows = ["address \(address)", "account \(CredentialCache.hash(key).hex)"]
        guard let found = try await self.verify(password, of: key, counting: windows) else {
            throw CommerceProblems.invalidCredentials
        }
        let session = self.newSession()
        return try await self.database.write { tx in
            // Whoever has changed it meanwhile has ended what it opens.
            guard try tx.developers.findSignIn(emailKey: key) == found else {
                throw CommerceProblems.invalidCredentials
            }
            guard let developer = try tx.developers.find(found.id), developer.isActive,
                let identity = try tx.identities.find(found.id)
            else { throw CommerceProblems.accountSuspended }
            return try self.open(session, of: identity, in: tx)
        }
    }

    /// Who has the address and the password; nil where nobody does. Throws `rateLimited`.
    ///
    /// - Parameter names: of the windows in which wrong ones are counted.
    private func verify(_ password: String, of key: String, counting names: [String]) async throws
        -> DeveloperStore.SignIn?
    {
        let now = self.clock.now()
        for (index, name) in names.enumerated() {
            let decision = self.failures.take(name, limit: Self.failureLimit, now: now)
            guard decision.isAllowed else {
                for taken in names.prefix(index) { self.failures.giveBack(taken, takenAt: now) }
                throw CommerceProblems.rateLimited.limited(by: decision)
            }
        }
        let found = try await self.database.read { try $0.developers.findSignIn(emailKey: key) }
        guard try await PasswordSignIn.verify(password, against: found?.passwordHash), let found else { return nil }
        for name in names { self.failures.giveBack(name, takenAt: now) }
        return found
    }

    /// Other sessions end, and codes for a new password with them. Throws `rateLimited`, `wrongPresentPassword`.
    func changePassword(_ change: PasswordChangeInput, of caller: Caller, trace: Trace) async throws {
        let developer = try await self.database.read { try $0.developers.find(caller.identity) }
        guard let developer else { throw CommerceProblems.invalidDeveloperToken }
        let key = Developer.key(of: developer.email)
        // Counted apart from sign-ins, which strangers may fail at.
        let verified = try await self.verify(change.present, of: key, counting: ["change \(caller.identity)"])
        guard let verified else { throw CommerceProblems.wrongPresentPassword }
        let hash = try await PasswordSignIn.hash(change.next, ids: self.ids)
        try await self.database.write { tx in
            // Somebody else may have changed it meanwhile.
            guard try tx.developers.findSignIn(emailKey: key) == verified else {
                throw CommerceProblems.wrongPresentPassword
            }
            try tx.developers.update(caller.identity, passwordHash: hash)
            try tx.oneTimeCodes.delete(.password, of: caller.identity, surface: CommerceContract.name)
            for session in try tx.developers.listSessions(of: caller.identity)
            where !session.credential.bytewise.equals(caller.credential) {
                try tx.developers.revokeSession(session)
            }
            try tx.audit.record(
                actor: caller.credential,
                action: "password.changed",
                subject: caller.identity.text,
                trace: trace
            )
        }
    }

    private func newSession() -> (id: ID<ConsoleSession>, token: String) {
        (self.ids.next(), Self.tokenPrefix + self.ids.bytes(32).base64URL)
    }

    private func open(_ new: (id: ID<ConsoleSession>, token: String), of identity: Identity, in tx: Transaction) throws
        -> Opened
    {
        let presented = CommerceContract.presented(new.token)
        let session = ConsoleSession(id: new.id, identity: identity.id, credential: presented.id, createdAt: tx.now)
        let credential = Credential(
            id: presented.id,
            surface: CommerceContract.name,
            owner: identity,
            role: .console,
            secretHash: CredentialCache.hash(new.token),
            rateLimit: CommerceContract.requestsPerMinute,
            walletAddress: nil,
            createdAt: tx.now,
            expiresAt: session.expiresAt
        )
        let working = try tx.developers.listSessions(of: identity.id)
        for old in working.prefix(max(0, working.count - ConsoleSession.limit + 1)) {
            try tx.developers.revokeSession(old)
        }
        try tx.identities.insert(credential)
        try tx.developers.insert(session)
        guard let developer = try tx.developers.find(identity.id) else { throw CommerceProblems.invalidDeveloperToken }
        return Opened(developer: developer, session: session, token: new.token, caller: Caller(credential))
    }

    /// Ends the session that asks.
    func logout(_ caller: Caller) async throws {
        try await self.database.write { tx in
            if let session = try tx.developers.findSession(credential: caller.credential) {
                try tx.developers.revokeSession(session)
            }
        }
    }

    // MARK: Invites

    /// Throws `rateLimited`, `invalidInviteCode`. An account that is verified already uses nothing up.
    func verifyInvite(_ code: String, by caller: Caller, from address: String, trace: Trace) async throws -> Developer {
        let known = try await self.database.read { try $0.developers.find(caller.identity) }
        guard let known else { throw CommerceProblems.invalidDeveloperToken }
        guard known.inviteVerifiedAt == nil else { return known }
        try self.take(self.invites, "account \(caller.identity)", Self.inviteLimit)
        try self.take(self.invites, "address \(address)", Self.inviteAddressLimit)
        let hash = InviteCode.hash(code)
        return try await self.database.write { tx in
            guard let developer = try tx.developers.find(caller.identity) else {
                throw CommerceProblems.invalidDeveloperToken
            }
            guard developer.inviteVerifiedAt == nil else { return developer }
            guard try tx.developers.useInvite(hash) else { throw CommerceProblems.invalidInviteCode }
            try tx.developers.verify(caller.identity)
            try tx.audit.record(
                actor: caller.credential,
                action: "invite.verified",
                subject: caller.identity.text,
                trace: trace
            )
            return try tx.developers.find(caller.identity)!
        }
    }

    /// A new code, which is shown once. Throws `inviteInvalid`.
    package func createInvite(uses: Int, days: Int, by actor: String) async throws -> String {
        let code = self.newInviteCode()
        try await self.createInvite(code, uses: uses, days: days, by: actor) { _ in }
        return code
    }

    func newInviteCode() -> String { InviteCode.make(self.ids) }

    /// Throws `inviteInvalid`.
    ///
    /// - Parameter beside: in the same commit, first.
    func createInvite(
        _ code: String,
        uses: Int,
        days: Int,
        by actor: String,
        beside: @escaping @Sendable (Transaction) throws -> Void
    ) async throws {
        guard (1...10_000).contains(uses), (1...365).contains(days) else { throw CommerceProblems.inviteInvalid }
        try await self.database.write { tx in
            try beside(tx)
            try tx.developers.insertInvite(
                InviteCode.hash(code),
                uses: uses,
                until: tx.now.adding(seconds: Int64(days) * 86_400),
                by: actor
            )
            try tx.audit.record(
                actor: actor,
                action: "invite.created",
                subject: String(code.utf8.prefix(8)) ?? "",
                detail: "\(uses) uses, \(days) days",
                trace: .none
            )
        }
    }

    private func take(_ window: SlidingWindows, _ name: String, _ limit: Int) throws {
        let decision = window.take(name, limit: limit, now: self.clock.now())
        guard decision.isAllowed else { throw CommerceProblems.rateLimited.limited(by: decision) }
    }
}

extension DeveloperService: PasswordAccounts {
    package func find(email: String, in tx: Transaction) throws -> ID<Identity>? {
        try tx.developers.findSignIn(emailKey: Developer.key(of: email))?.id
    }

    package func email(of identity: ID<Identity>, in tx: Transaction) throws -> String? {
        try tx.developers.find(identity)?.email
    }

    package func set(passwordHash: String, of identity: ID<Identity>, in tx: Transaction) throws -> Caller {
        try tx.developers.update(identity, passwordHash: passwordHash)
        for session in try tx.developers.listSessions(of: identity) { try tx.developers.revokeSession(session) }
        guard let developer = try tx.developers.find(identity), developer.isActive,
            let owner = try tx.identities.find(identity)
        else { throw CommerceProblems.accountSuspended }
        return try self.open(self.newSession(), of: owner, in: tx).caller
    }
}
