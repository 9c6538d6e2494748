import Kernel
import Platform
import Storage
import Web

/// Accounts that people open in the browser: with a mail address and a password beside their keys.
struct AccountService: Sendable {
    /// Tries to open an account from one address within an hour; counted by each node.
    static let signUpLimit = 30

    let database: any Database
    let ids: IDGenerator
    let clock: WallClock
    let addresses: NoticeAddresses
    private let mail: SecurityMail
    private let signUps = SlidingWindows(policy: "sign-ups", windowSeconds: 3600)

    init(_ house: SurfaceDependencies) {
        (self.database, self.ids, self.clock) = (house.database, house.ids, house.clock)
        self.addresses = NoticeAddresses(house, MarketContract.shared)
        self.mail = SecurityMail(house, MarketContract.shared)
    }

    struct SignUp: Sendable {
        let name: String
        let role: MarketRole
        let email: String
        let password: String
        let language: Language
    }

    /// Throws `tooManySignUps`, then `nameTaken`, then `emailTaken`.
    func signUp(_ order: SignUp, from address: String, trace: Trace) async throws -> Caller {
        let decision = self.signUps.take(address, limit: Self.signUpLimit, now: self.clock.now())
        guard decision.isAllowed else { throw MarketProblems.tooManySignUps.limited(by: decision) }
        // Asked first, since a hash is slow. The house's own accounts go by `souk`.
        guard order.name.lowercased() != "souk" else { throw MarketProblems.nameTaken }
        try await self.database.read { tx in
            if try tx.identities.find(name: order.name) != nil { throw MarketProblems.nameTaken }
            if try tx.logins.find(email: order.email) != nil { throw MarketProblems.emailTaken }
        }
        let hash = try await PasswordSignIn.hash(order.password, ids: self.ids)
        let (id, secret, code) = (self.ids.next(Identity.self), self.ids.bytes(32), OneTimeCode(self.ids))
        return try await self.database.write { tx in
            let identity = Identity(id: id, name: order.name, createdAt: tx.now)
            try mapping("identity_name", to: MarketProblems.nameTaken) { try tx.identities.insert(identity) }
            try tx.logins.put(Login(identity: id, email: order.email, passwordHash: hash))
            let credential = LoginCredential.make(of: identity, order.role.role, secret: secret, at: tx.now)
            try tx.identities.insert(credential)
            try self.addresses.set(order.email, of: id, code: code, in: order.language, tx)
            try tx.audit.record(
                actor: credential.id,
                action: "account.created",
                subject: id.text,
                detail: order.role.rawValue,
                trace: trace
            )
            return Caller(credential)
        }
    }

    /// Takes the same time for an address that nobody has. Throws `wrongPassword`, `accountSuspended`.
    func signIn(email: String, password: String) async throws -> Caller {
        let found = try await self.database.read { try $0.logins.find(email: email) }
        guard try await PasswordSignIn.verify(password, against: found?.passwordHash), let found else {
            throw MarketProblems.wrongPassword
        }
        return try await self.database.read { try LoginCredential.caller(of: found.identity, in: $0) }
    }

    /// The account signs in with these from now on. Other sessions end.
    ///
    /// Throws `wrongCurrentPassword` where the account has a password already and it is not given; `emailTaken`, `accountSuspended`.
    func setLogin(_ order: SetLogin, of caller: Caller, keeping session: String?, trace: Trace) async throws {
        let present = try await self.database.read { try $0.logins.find(caller.identity) }
        if let present {
            guard try await PasswordSignIn.verify(order.currentPassword, against: present.passwordHash) else {
                throw MarketProblems.wrongCurrentPassword
            }
        }
        let (email, verified) = (order.email, present?.passwordHash)
        guard let password = order.password ?? (present == nil ? nil : order.currentPassword) else {
            throw MarketProblems.passwordRequired
        }
        let hash = try await PasswordSignIn.hash(password, ids: self.ids)
        let secret = self.ids.bytes(32)
        try await self.database.write { tx in
            guard let identity = try tx.identities.find(caller.identity) else { throw MarketProblems.accountUnknown }
            // Somebody else may have set it since the present password was looked at.
            guard try tx.logins.find(identity.id)?.passwordHash == verified else {
                throw MarketProblems.wrongCurrentPassword
            }
            try tx.logins.put(Login(identity: identity.id, email: email, passwordHash: hash))
            try tx.oneTimeCodes.delete(.password, of: identity.id, surface: MarketContract.name)
            try LoginCredential.open(identity, caller.role, secret: secret, keeping: session, in: tx)
            // To the address from before: whoever reads it learns of a change that was not theirs.
            if let present { try self.mail.tellChange(of: present.email, in: tx) }
            try tx.audit.record(
                actor: caller.credential,
                action: "password.changed",
                subject: identity.id.text,
                trace: trace
            )
        }
    }

    /// At the operator's console. Throws `accountUnknown`, `emailTaken`.
    func setPassword(_ password: String, of owner: String, email: String) async throws {
        let hash = try await PasswordSignIn.hash(password, ids: self.ids)
        let secret = self.ids.bytes(32)
        try await self.database.write { tx in
            guard let identity = try tx.identities.find(name: owner) else { throw MarketProblems.accountUnknown }
            try tx.logins.put(Login(identity: identity.id, email: email, passwordHash: hash))
            let roles = Set(try tx.identities.list(of: identity.id, surface: MarketContract.name).map(\.role))
            let role: MarketRole = roles.contains(MarketRole.provider.role) ? .provider : .buyer
            if let login = try LoginCredential.revoked(of: identity.id, in: tx) {
                // The console's word ends what the operator has revoked.
                try tx.identities.revive(login, secretHash: CredentialCache.hash(secret.hex))
            }
            try LoginCredential.open(identity, role.role, secret: secret, keeping: nil, in: tx)
            try tx.oneTimeCodes.delete(.password, of: identity.id, surface: MarketContract.name)
            try tx.audit.record(
                actor: "console",
                action: "password.changed",
                subject: identity.id.text,
                trace: .none
            )
        }
    }

    /// Whoever signs in to the account sells from now on, too. Throws `noLogin`.
    func becomeProvider(_ caller: Caller, trace: Trace) async throws {
        try await self.database.write { tx in
            guard LoginCredential.isOne(caller.credential),
                let login = try LoginCredential.find(of: caller.identity, in: tx)
            else { throw MarketProblems.noLogin }
            guard login.role == MarketRole.buyer.role else { return }
            try tx.identities.update(roleOf: login.id, to: MarketRole.provider.role)
            try tx.audit.record(
                actor: caller.credential,
                action: "account.provider",
                subject: caller.identity.text,
                trace: trace
            )
        }
    }
}

extension AccountService: PasswordAccounts {
    func find(email: String, in tx: Transaction) throws -> ID<Identity>? { try tx.logins.find(email: email)?.identity }

    func email(of identity: ID<Identity>, in tx: Transaction) throws -> String? {
        try tx.logins.find(identity)?.email
    }

    func set(passwordHash: String, of identity: ID<Identity>, in tx: Transaction) throws -> Caller {
        try tx.logins.update(identity, passwordHash: passwordHash)
        try tx.sessions.delete(ofCredential: LoginCredential.id(of: identity), except: nil)
        return try LoginCredential.caller(of: identity, in: tx)
    }
}
