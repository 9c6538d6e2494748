package import Kernel
package import Platform
package import Storage
import Web

/// Signing up and in, with e-mail and password.
package struct AccountService: Sendable {
    static let passwordLength = PasswordSignIn.lengths

    let database: any Database
    let secrets: SecretBox
    let ids: IDGenerator
    let clock: WallClock

    /// Tries to open an account from one address within an hour; counted by each node.
    static let signUpLimit = 30
    private let signUps = SlidingWindows(policy: "sign-ups", windowSeconds: 3600)

    init(database: any Database, secrets: SecretBox, ids: IDGenerator, clock: WallClock) {
        self.database = database
        self.secrets = secrets
        self.ids = ids
        self.clock = clock
    }

    struct SignUp: Sendable {
        let name: String
        let role: AffiliateRole
        let email: String
        let password: String
        let profile: AffiliateAccount.Profile
    }

    /// Throws `tooManySignUps`, then `nameTaken`, then `emailTaken`.
    func signUp(_ order: SignUp, from address: String, trace: Trace) async throws -> Caller {
        let decision = self.signUps.take(address, limit: Self.signUpLimit, now: self.clock.now())
        guard decision.isAllowed else { throw AffiliateProblems.tooManySignUps.limited(by: decision) }
        let (ids, id) = (self.ids, self.ids.next(Identity.self))
        // Asked first, since a hash is slow.
        try await self.database.read { tx in
            if try tx.identities.find(name: order.name) != nil { throw AffiliateProblems.nameTaken }
            if try tx.affiliateAccounts.findSignIn(email: order.email.lowercased()) != nil {
                throw AffiliateProblems.emailTaken
            }
        }
        let passwordHash = try await PasswordSignIn.hash(order.password, ids: ids)
        // The house's own accounts go by this name.
        guard order.name.lowercased() != "souk" else { throw AffiliateProblems.nameTaken }
        let secretHash = CredentialCache.hash(ids.bytes(32).hex)
        return try await self.database.write { tx in
            let identity = Identity(id: id, name: order.name, createdAt: tx.now)
            let login = Self.signInCredential(of: identity, order.role, secretHash: secretHash)
            try mapping("identity_name", to: AffiliateProblems.nameTaken) { try tx.identities.insert(identity) }
            try mapping("affiliate_account_email", to: AffiliateProblems.emailTaken) {
                try tx.affiliateAccounts.insert(
                    id,
                    role: order.role,
                    order.profile,
                    email: order.email.lowercased(),
                    passwordHash: passwordHash
                )
            }
            try tx.identities.insert(login)
            try tx.audit.record(
                actor: login.id,
                action: "account.created",
                subject: id.text,
                detail: order.role.rawValue,
                trace: trace
            )
            return Caller(login)
        }
    }

    /// Takes the same time for an address that nobody has. Throws `wrongPassword`, then `accountSuspended`.
    func signIn(email: String, password: String) async throws -> Caller {
        let found = try await self.database.read { try $0.affiliateAccounts.findSignIn(email: email.lowercased()) }
        guard try await PasswordSignIn.verify(password, against: found?.passwordHash), let found else {
            throw AffiliateProblems.wrongPassword
        }
        return try await self.database.read { try Self.caller(found.id, in: $0) }
    }

    /// Who signs in as the account. Throws `accountSuspended`.
    private static func caller(_ id: ID<Identity>, in tx: Transaction) throws -> Caller {
        guard try tx.affiliateAccounts.require(id).suspendedAt == nil,
            let credential = try tx.identities.find(credential: self.signInID(of: id), surface: AffiliateContract.name),
            !credential.isSuspended
        else { throw AffiliateProblems.accountSuspended }
        return Caller(credential)
    }

    /// Throws `wrongPresentPassword` when the present one is not given.
    func changePassword(
        of caller: Caller,
        from present: String,
        to next: String,
        keeping session: String?,
        trace: Trace
    )
        async throws
    {
        let ids = self.ids
        let account = try await self.database.read { try $0.affiliateAccounts.require(caller.identity) }
        let found = try await self.database.read { try $0.affiliateAccounts.findSignIn(email: account.email ?? "") }
        guard try await PasswordSignIn.verify(present, against: found?.passwordHash) else {
            throw AffiliateProblems.wrongPresentPassword
        }
        let hash = try await PasswordSignIn.hash(next, ids: ids)
        try await self.database.write { tx in
            // Somebody else may have changed it meanwhile.
            let stored = try tx.affiliateAccounts.findSignIn(email: account.email ?? "")
            guard stored?.passwordHash == found?.passwordHash else { throw AffiliateProblems.wrongPresentPassword }
            try tx.affiliateAccounts.update(caller.identity, passwordHash: hash)
            try tx.oneTimeCodes.delete(.password, of: caller.identity, surface: AffiliateContract.name)
            // Whoever else knew the old one is out.
            try tx.sessions.delete(ofCredential: Self.signInID(of: caller.identity), except: session)
            try tx.audit.record(
                actor: caller.credential,
                action: "password.changed",
                subject: caller.identity.text,
                trace: trace
            )
        }
    }

    /// Gives an account an address and a new password, at the operator's console; its sessions end.
    ///
    /// Throws `accountNotFound`, `emailTaken`.
    package func setPassword(_ password: String, of owner: String, email: String) async throws {
        let ids = self.ids
        let hash = try await PasswordSignIn.hash(password, ids: ids)
        let secretHash = CredentialCache.hash(ids.bytes(32).hex)
        try await self.database.write { tx in
            guard let identity = try tx.identities.find(name: owner),
                let account = try tx.affiliateAccounts.find(identity.id)
            else { throw AffiliateProblems.accountNotFound }
            try mapping("affiliate_account_email", to: AffiliateProblems.emailTaken) {
                try tx.affiliateAccounts.update(identity.id, email: email.lowercased())
            }
            try tx.affiliateAccounts.update(identity.id, passwordHash: hash)
            try tx.oneTimeCodes.delete(.password, of: identity.id, surface: AffiliateContract.name)
            try tx.sessions.delete(ofCredential: Self.signInID(of: identity.id), except: nil)
            if try tx.identities.find(credential: Self.signInID(of: identity.id), surface: AffiliateContract.name)
                == nil
            {
                try tx.identities.insert(Self.signInCredential(of: identity, account.role, secretHash: secretHash))
            }
        }
    }

    // MARK: The credential behind a password

    private static func signInID(of id: ID<Identity>) -> String { "password:\(id.text)" }

    /// What sessions hang on; nobody knows its secret, so that it is no key.
    private static func signInCredential(of identity: Identity, _ role: AffiliateRole, secretHash: [UInt8])
        -> Credential
    {
        Credential(
            id: self.signInID(of: identity.id),
            surface: AffiliateContract.name,
            owner: identity,
            role: role.role,
            secretHash: secretHash,
            rateLimit: 0,
            walletAddress: nil,
            createdAt: identity.createdAt,
            expiresAt: nil
        )
    }
}

extension AccountService: PasswordAccounts {
    package func find(email: String, in tx: Transaction) throws -> ID<Identity>? {
        try tx.affiliateAccounts.findSignIn(email: email.lowercased())?.id
    }

    package func email(of identity: ID<Identity>, in tx: Transaction) throws -> String? {
        guard let email = try tx.affiliateAccounts.find(identity)?.email else { return nil }
        return try self.find(email: email, in: tx) == nil ? nil : email
    }

    package func set(passwordHash: String, of identity: ID<Identity>, in tx: Transaction) throws -> Caller {
        try tx.affiliateAccounts.update(identity, passwordHash: passwordHash)
        try tx.sessions.delete(ofCredential: Self.signInID(of: identity), except: nil)
        return try Self.caller(identity, in: tx)
    }
}
