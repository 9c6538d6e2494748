import Kernel
import Platform
import Storage
import Web

/// Makes keys: `MA2A.` for developers and `sup_` for the operator, with 32 random bytes each.
package struct CommerceKeyService: Sendable {
    static let apiKeyPrefix = "MA2A."
    static let supplyPrefix = "sup_"
    /// Keys of an account that work.
    static let limit = 20
    /// Of a key, what is shown to tell it from others.
    private static let shownCharacters = 11

    let database: any Database
    let ids: IDGenerator
    let secrets: SecretBox
    private var credentials: CredentialService {
        CredentialService(surface: CommerceContract.name, database: self.database)
    }

    /// A key with its text.
    struct Made: Sendable {
        let key: APIKey
        let text: String
    }

    /// Makes a key at the operator's console, and the account where there is none. Only its hash is kept. Throws `ConfigurationError` for a merchant that there is not.
    ///
    /// - Parameter merchants: whom a supply key is limited to; all without any.
    package func createAtConsole(owner: String, role: CommerceRole, rateLimit: Int, merchants: [String] = [])
        async throws -> String
    {
        let text = (role == .supply ? Self.supplyPrefix : Self.apiKeyPrefix) + self.ids.bytes(32).base64URL
        let (newOwner, id) = (self.ids.next(Identity.self), self.ids.next(APIKey.self))
        _ = try await self.credentials.create(
            Self.order(text, role, rateLimit),
            by: "console",
            trace: .none,
            owner: { tx in
                if let known = try tx.identities.find(name: owner) { return known }
                let identity = Identity(id: newOwner, name: owner, createdAt: tx.now)
                try tx.identities.insert(identity)
                return identity
            },
            beside: { tx, credential in
                try tx.apiKeys.insert(
                    id,
                    of: credential,
                    prefix: Self.prefix(of: text),
                    label: "console",
                    scopes: [Self.scope(of: role)],
                    sealed: nil
                )
                for merchant in merchants where try tx.merchants.find(merchant) == nil {
                    throw ConfigurationError("there is no merchant \(merchant)")
                }
                try tx.merchants.limit(credential.id, to: merchants)
            }
        )
        return text
    }

    /// Throws `inviteRequired`, `keyLimitReached`.
    func create(label: String?, scopes: [String], by caller: Caller, trace: Trace, _ once: Repetition?) async throws
        -> Made
    {
        let text = Self.apiKeyPrefix + self.ids.bytes(32).base64URL
        let id: ID<APIKey> = self.ids.next()
        let sealed = try self.secrets.seal(Array(text.utf8), context: "commerce key \(id)")
        // characters: a list of texts, not a text.
        let role: CommerceRole = scopes.contains("commerce") ? .developer : .reader
        _ = try await self.credentials.create(
            Self.order(text, role, CommerceContract.requestsPerMinute),
            by: caller.credential,
            trace: trace,
            owner: { tx in
                try once?.begin(in: tx)
                guard let developer = try tx.developers.find(caller.identity), developer.inviteVerifiedAt != nil,
                    let identity = try tx.identities.find(caller.identity)
                else { throw CommerceProblems.inviteRequired }
                guard try tx.apiKeys.countActive(of: caller.identity) < Self.limit else {
                    throw CommerceProblems.keyLimitReached
                }
                return identity
            },
            beside: { tx, credential in
                try tx.apiKeys.insert(
                    id,
                    of: credential,
                    prefix: Self.prefix(of: text),
                    label: label,
                    scopes: scopes,
                    sealed: sealed
                )
                let key = try tx.apiKeys.find(id, of: caller.identity)!
                try once?.keep(201, self.answer(Made(key: key, text: text)), in: tx)
            }
        )
        let key = try await self.database.read { try $0.apiKeys.find(id, of: caller.identity) }
        guard let key else { throw CommerceProblems.keyNotFound }
        return Made(key: key, text: text)
    }

    func answer(_ made: Made) -> KeyMade {
        KeyMade(key: self.output(made.key), text: made.text)
    }

    private static func order(_ text: String, _ role: CommerceRole, _ rateLimit: Int) -> CredentialService.Order {
        CredentialService.Order(
            id: CommerceContract.presented(text).id,
            secret: text,
            role: role.role,
            rateLimit: rateLimit
        )
    }

    private static func prefix(of text: String) -> String { String(Substring(text.utf8.prefix(self.shownCharacters))) }

    private static func scope(of role: CommerceRole) -> String {
        switch role {
        case .reader: "commerce:read"
        case .supply: "supply"
        default: "commerce"
        }
    }

    // MARK: Afterwards

    /// Throws `keyNotFound`, also for a deleted one.
    func relabel(_ id: ID<APIKey>, _ label: String?, by caller: Caller) async throws -> APIKey {
        try await self.database.write { tx in
            _ = try self.require(id, of: caller, in: tx)
            try tx.apiKeys.update(id, label: label)
            return try self.require(id, of: caller, in: tx)
        }
    }

    /// Effective with the answer; repeated, it is answered alike. Throws `keyNotFound`.
    func end(_ id: ID<APIKey>, as status: APIKey.Status, by caller: Caller, trace: Trace) async throws -> APIKey {
        try await self.database.write { tx in
            guard let key = try tx.apiKeys.find(id, of: caller.identity), key.status != .deleted || status == .deleted
            else { throw CommerceProblems.keyNotFound }
            guard key.status != status else { return key }
            try tx.apiKeys.end(id, as: status)
            // An answer that is kept for repetitions has the key's text in it.
            try tx.idempotency.forget(
                scope: CommerceProblems.repetition.scope(of: DeveloperRoutes.keysPath, by: key.owner.text)
            )
            _ = try tx.identities.revoke(credential: key.credential, of: key.owner)
            try tx.audit.record(
                actor: caller.credential,
                action: "key.\(status.rawValue)",
                subject: id.text,
                detail: key.prefix,
                trace: trace
            )
            return try tx.apiKeys.find(id, of: caller.identity)!
        }
    }

    /// Throws `keyNotFound`, then `keyUnavailable`.
    func reveal(_ id: ID<APIKey>, by caller: Caller, trace: Trace) async throws -> Made {
        try await self.database.write { tx in
            let key = try self.require(id, of: caller, in: tx)
            guard let text = self.text(of: key) else { throw CommerceProblems.keyUnavailable }
            try tx.audit.record(
                actor: caller.credential,
                action: "key.revealed",
                subject: id.text,
                detail: key.prefix,
                trace: trace
            )
            return Made(key: key, text: text)
        }
    }

    func output(_ key: APIKey) -> KeyOutput { KeyOutput(key: key, canReveal: self.text(of: key) != nil) }

    private func text(of key: APIKey) -> String? {
        guard key.status == .active, let sealed = key.sealed,
            let text = try? self.secrets.open(sealed, context: "commerce key \(key.id)")
        else { return nil }
        return String(decoding: text, as: UTF8.self)
    }

    private func require(_ id: ID<APIKey>, of caller: Caller, in tx: Transaction) throws -> APIKey {
        guard let key = try tx.apiKeys.find(id, of: caller.identity), key.status != .deleted else {
            throw CommerceProblems.keyNotFound
        }
        return key
    }
}
