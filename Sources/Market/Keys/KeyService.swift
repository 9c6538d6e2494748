import Kernel
package import Platform
import Storage

package enum MarketRole: String, SurfaceRole {
    case buyer, provider, admin

    package static let surface = MarketContract.name
}

/// Makes the market's keys, and says who may have one.
package struct KeyService: Sendable {
    let database: any Database
    let ids: IDGenerator
    private var credentials: CredentialService {
        CredentialService(surface: MarketContract.name, database: self.database)
    }

    package static let lifetimeDays: Int64 = 365

    /// A key as it is shown once.
    package struct NewKey: Sendable {
        package let credential: Credential
        package let secret: String

        /// What follows `Bearer `.
        package var authorization: String { "\(self.credential.id):\(self.secret)" }
    }

    package struct Order: Sendable {
        package let ownerName: String
        package let role: MarketRole
        package let rateLimit: Int
        package let walletAddress: String?

        package init(ownerName: String, role: MarketRole, rateLimit: Int, walletAddress: String? = nil) {
            self.ownerName = ownerName
            self.role = role
            self.rateLimit = rateLimit
            self.walletAddress = walletAddress
        }
    }

    /// Makes a key for a caller, or for nobody in particular.
    ///
    /// Throws `providerKeyNeedsKey` or `adminKeyNeedsKey`, then `adminKeyNeedsAdmin`, `cappedKey`, `ownerTaken`.
    func create(_ order: Order, by caller: Caller?, trace: Trace) async throws -> NewKey {
        let isAdmin = caller?.has(MarketRole.admin) ?? false
        switch order.role {
        case .buyer: break
        case .provider: if caller == nil { throw MarketProblems.providerKeyNeedsKey }
        case .admin:
            if caller == nil { throw MarketProblems.adminKeyNeedsKey }
            if !isAdmin { throw MarketProblems.adminKeyNeedsAdmin }
        }
        if let caller, caller.dailyCap != nil { throw MarketProblems.cappedKey }
        // The house's own accounts go by this name.
        guard order.ownerName.lowercased() != "souk" else { throw MarketProblems.ownerTaken }
        return try await self.create(order, actor: caller?.credential ?? "anonymous", trace: trace) { owner in
            guard !isAdmin else { return }
            // A new owner belongs to whoever makes its first key, and that is a buyer's.
            if owner == nil, order.role == .buyer { return }
            guard let owner, caller?.identity == owner.id else { throw MarketProblems.ownerTaken }
        }
    }

    /// Makes a key at the operator's console, where everything is allowed.
    package func createAtConsole(_ order: Order) async throws -> NewKey {
        try await self.create(order, actor: "console", trace: .none) { _ in }
    }

    private func create(
        _ order: Order,
        actor: String,
        trace: Trace,
        _ permit: @escaping @Sendable (Identity?) throws -> Void
    ) async throws -> NewKey {
        let (keyID, secret) = ("acf_" + self.ids.bytes(8).hex, "sec_" + self.ids.bytes(20).hex)
        let newOwner: ID<Identity> = self.ids.next()
        let credential = try await self.credentials.create(
            CredentialService.Order(
                id: keyID,
                secret: secret,
                role: order.role.role,
                rateLimit: order.rateLimit,
                walletAddress: order.walletAddress,
                lifetimeDays: Self.lifetimeDays
            ),
            by: actor,
            trace: trace,
            owner: { tx in
                let known = try tx.identities.find(name: order.ownerName)
                try permit(known)
                if let known { return known }
                let owner = Identity(id: newOwner, name: order.ownerName, createdAt: tx.now)
                try mapping("identity_name", to: MarketProblems.ownerTaken) { try tx.identities.insert(owner) }
                return owner
            }
        )
        return NewKey(credential: credential, secret: secret)
    }

    /// The keys of the caller's account that are not revoked.
    func list(of caller: Caller) async throws -> [Credential] {
        let all = try await self.database.read {
            try $0.identities.list(of: caller.identity, surface: MarketContract.name)
        }
        return all.filter { !LoginCredential.isOne($0.id) }
    }

    /// Effective with the answer, also for the key that asks. A key with a cap revokes itself alone. Throws `cappedKey`, `keyNotFound`, then `notYourKey`.
    func revoke(_ id: String, by caller: Caller, trace: Trace) async throws {
        if caller.dailyCap != nil, id != caller.credential { throw MarketProblems.cappedKey }
        try await self.credentials.revoke(id, by: caller, trace: trace) { tx in
            guard !LoginCredential.isOne(id),
                let key = try tx.identities.find(credential: id, surface: MarketContract.name)
            else {
                throw MarketProblems.keyNotFound
            }
            // A key that was lost does not lock the operator out.
            let isAdministrators = key.role == MarketRole.admin.role && !caller.has(MarketRole.admin)
            guard !isAdministrators, key.owner == caller.identity else { throw MarketProblems.notYourKey }
            return "\(key.role) of \(key.ownerName)"
        }
    }
}
