import Crypto
import HTTPTypes
import Hummingbird
package import Kernel
package import Platform

/// Finds out who calls, and holds every key and every guesser to its limit.
package struct Authentication: Sendable {
    private let credentials: CredentialCache
    private let keyWindows = SlidingWindows(policy: "key", windowSeconds: 60)
    private let failures = SlidingWindows(policy: "failures", windowSeconds: 60)
    private let clock: WallClock

    /// Whose failed tries are counted together, each for a minute, after which further ones are refused unread.
    package enum Guessing: Sendable {
        /// From one address.
        case address(String)
        /// At one key or one account, from wherever they come.
        case secret(of: String)

        package static let limitOfAddress = 5
        package static let limitOfSecret = 20

        fileprivate var key: String {
            switch self {
            case .address(let address): "address \(AddressRules.limitKey(address))"
            // What is guessed at is the guesser's own text, of any length.
            case .secret(let owner): "secret \(SHA256.hash(data: Array(owner.utf8)).hex)"
            }
        }

        fileprivate var limit: Int {
            switch self {
            case .address: Self.limitOfAddress
            case .secret: Self.limitOfSecret
            }
        }
    }

    package init(credentials: CredentialCache, clock: WallClock) {
        self.credentials = credentials
        self.clock = clock
    }

    struct Entry {
        let caller: Caller?
        let limit: LimitDecision?
    }

    /// Also settles what the request takes of its address's limit.
    ///
    /// In order: what is presented, whether the key is known, its age, its role, its limit.
    func admit(_ request: Request, _ context: AppContext, to endpoint: Endpoint, of surface: some Surface) async throws
        -> Entry
    {
        let roles: (allowed: Set<String>?, denial: Problem)?
        switch endpoint.access {
        case .open:
            try context.charge?.take()
            return Entry(caller: nil, limit: nil)
        case .own, .token: return Entry(caller: nil, limit: nil)
        case .optional: roles = nil
        case .key(let allowed, let denial): roles = (allowed, denial)
        }
        guard let presented = try surface.presentedKey(in: request.headers) else {
            if roles != nil { throw surface.problem(for: .missing) }
            try context.charge?.take()
            return Entry(caller: nil, limit: nil)
        }
        let caller = try await self.identify(presented, on: surface)
        context.charge?.skip()
        if let allowed = roles?.allowed, !allowed.contains(caller.role), let denial = roles?.denial { throw denial }
        guard caller.rateLimit > 0 else { return Entry(caller: caller, limit: nil) }
        let decision = self.keyWindows.take(caller.credential, limit: caller.rateLimit, now: self.clock.now())
        guard decision.isAllowed else { throw surface.problem(for: .limited).limited(by: decision) }
        return Entry(caller: caller, limit: decision)
    }

    /// Holds a caller who came without showing a key, in a session, to the key's limit. Throws the surface's problem.
    package func hold(_ caller: Caller, on surface: some Surface) throws {
        guard caller.rateLimit > 0 else { return }
        let decision = self.keyWindows.take(caller.credential, limit: caller.rateLimit, now: self.clock.now())
        guard decision.isAllowed else { throw surface.problem(for: .limited).limited(by: decision) }
    }

    package func identify(_ key: PresentedKey, on surface: some Surface) async throws -> Caller {
        guard let credential = try await self.credentials.find(key.id, surface: surface.name, secret: key.secret) else {
            throw surface.problem(for: .unknown)
        }
        if let expiresAt = credential.expiresAt, expiresAt <= self.clock.now() { throw surface.problem(for: .expired) }
        return Caller(credential)
    }

    /// Runs what checks secrets. Each try is counted before it is made and given back when it was no wrong guess, so that tries at
    /// the same time are counted, too; whoever has failed too often is refused before.
    package func guarding<T: Sendable>(
        _ guessing: [Guessing],
        on surface: some Surface,
        _ body: () async throws -> T
    ) async throws -> T {
        let now = self.clock.now()
        var counted: [Guessing] = []
        let giveBack = { (tries: [Guessing]) in
            for one in tries { self.failures.giveBack("\(surface.name) \(one.key)", takenAt: now) }
        }
        for one in guessing {
            guard self.failures.take("\(surface.name) \(one.key)", limit: one.limit, now: now).isAllowed else {
                giveBack(counted)
                throw surface.problem(for: .limited).adding([.init("Retry-After", "60")])
            }
            counted.append(one)
        }
        do {
            let result = try await body()
            giveBack(counted)
            return result
        } catch {
            if (error as? Problem)?.kind != .unauthenticated { giveBack(counted) }
            throw error
        }
    }
}

extension Problem {
    package func limited(by decision: LimitDecision) -> Problem {
        self.adding([.init("Retry-After", "\(decision.resetSeconds)")] + decision.headers)
    }
}
