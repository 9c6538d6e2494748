import Crypto
package import Kernel
package import Platform

/// The one place where requests are let in: endpoints, actions of an endpoint, and pages alike. It finds out who calls, and holds
/// every key and every guesser to its limit.
package struct Door: Sendable {
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

    /// Also settles what the request takes of its address's limit.
    ///
    /// In order: what is presented, whether the key is known, its age, its role, its limit.
    func enter(_ arrival: Arrival, _ rule: AccessRule, _ effect: Effect) async throws -> Entry {
        switch rule {
        case .open:
            try arrival.chargeAddress()
            return Entry(arrival)
        case .undecided: return Entry(arrival)
        case .optional:
            guard let caller = try await arrival.identify() else {
                try arrival.chargeAddress()
                return Entry(arrival)
            }
            return try self.admit(caller, rule, effect, arrival)
        case .key: return try self.admit(try await arrival.requireKey(), rule, effect, arrival)
        }
    }

    func admit(_ caller: Caller, _ rule: AccessRule, _ effect: Effect, _ arrival: Arrival) throws -> Entry {
        if case .key(_, let denial) = rule, !rule.allows(caller.role) { throw denial(caller.role) }
        // What is a part of a request was paid for with it.
        if case .within = arrival.identification { return Entry(arrival, caller: caller) }
        guard let limit = arrival.contract.keyLimit(of: caller, effect) else { return Entry(arrival, caller: caller) }
        let decision = self.keyWindows.take(
            "\(limit.policy) \(caller.credential)",
            limit: limit.requests,
            as: limit.policy,
            now: self.clock.now()
        )
        guard decision.isAllowed else { throw arrival.contract.problem(for: .limited).limited(by: decision) }
        return Entry(arrival, caller: caller, limit: decision)
    }

    package func identify(_ key: PresentedKey, on contract: some SurfaceContract) async throws -> Caller {
        guard let credential = try await self.credentials.find(key.id, surface: contract.name, secret: key.secret)
        else {
            throw contract.problem(for: .unknown)
        }
        if let expiresAt = credential.expiresAt, expiresAt <= self.clock.now() { throw contract.problem(for: .expired) }
        return Caller(credential)
    }

    /// Runs what checks secrets. Each try is counted before it is made and given back when it was no wrong guess, so that tries at
    /// the same time are counted, too; whoever has failed too often is refused before.
    package func guarding<T: Sendable>(
        _ guessing: [Guessing],
        on contract: some SurfaceContract,
        _ body: () async throws -> T
    ) async throws -> T {
        let now = self.clock.now()
        var counted: [Guessing] = []
        let giveBack = { (tries: [Guessing]) in
            for one in tries { self.failures.giveBack("\(contract.name) \(one.key)", takenAt: now) }
        }
        for one in guessing {
            guard self.failures.take("\(contract.name) \(one.key)", limit: one.limit, now: now).isAllowed else {
                giveBack(counted)
                throw contract.problem(for: .limited).adding([.init("Retry-After", "60")])
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
