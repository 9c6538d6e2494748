import Crypto
package import Kernel
package import Logging
package import Platform

/// The only place that authorises requests: to endpoints, actions and pages. It identifies the caller, and enforces the limits of keys and
/// of guesses.
package struct Door: Sendable {
    private let credentials: CredentialCache
    private let keyWindows = SlidingWindows(policy: "key", windowSeconds: 60)
    private let failures = SlidingWindows(policy: "failures", windowSeconds: 60)
    private let clock: WallClock
    private let logger: Logger

    /// Whose failed attempts are counted together. An attempt counts for a minute. Beyond the limit, further attempts are refused
    /// unchecked.
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

    /// A key with a daily cap spends, and changes nothing of its owner's: not what other keys may do, and not what the owner is told.
    package static let cappedKey = Problem(.forbidden, "capped_key")

    /// Throws ``cappedKey``.
    package static func requireUncapped(_ caller: Caller) throws {
        guard caller.dailyCap == nil else { throw Self.cappedKey }
    }

    package init(credentials: CredentialCache, clock: WallClock, logger: Logger) {
        self.credentials = credentials
        self.clock = clock
        self.logger = logger
    }

    /// Authorises the request, and charges its address's limit if it must.
    ///
    /// Checks in this order: the key can be read, is known, has not expired, has the role, is within its limit.
    func enter(_ arrival: Arrival, _ rule: AccessRule, _ effect: Effect) async throws -> Entry {
        switch rule {
        case .open:
            try arrival.chargeAddress()
            return Entry(arrival)
        case .undecided: return Entry(arrival)
        case .optional:
            guard let caller = try await arrival.identify(under: rule) else {
                try arrival.chargeAddress()
                return Entry(arrival)
            }
            return try self.admit(caller, rule, effect, arrival)
        case .key: return try self.admit(try await arrival.requireKey(under: rule), rule, effect, arrival)
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
        guard decision.isAllowed else { throw arrival.contract.problem(limitedBy: decision) }
        return Entry(arrival, caller: caller, limit: decision)
    }

    package func identify(_ key: PresentedKey, on contract: some SurfaceContract, under rule: AccessRule? = nil)
        async throws -> Caller
    {
        guard let credential = try await self.credentials.find(key.id, surface: contract.name, secret: key.secret)
        else {
            throw contract.problem(for: .unknown, under: rule)
        }
        guard !credential.isSuspended else { throw contract.problem(for: .suspended, under: rule) }
        if let expiresAt = credential.expiresAt, expiresAt <= self.clock.now() {
            throw contract.problem(for: .expired, under: rule)
        }
        return Caller(credential)
    }

    /// A wrong key was shown. Throws *limited* where the contract counts these and there were too many; a good key is looked at all the same.
    package func noteFailure(of address: String, on contract: some SurfaceContract) throws {
        guard let limit = contract.failuresPerMinute else { return }
        let decision = self.failures.take("\(contract.name) wrong \(address)", limit: limit, now: self.clock.now())
        guard decision.isAllowed else { throw contract.problem(limitedBy: decision) }
    }

    /// Runs a check of a secret. Each attempt counts before it is made, and is uncounted unless it was a wrong guess. So simultaneous
    /// attempts count, too. After too many wrong guesses, the check is not run.
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
            if (error as? Problem)?.kind == .unauthenticated {
                self.note(guessing, contract.name)
            } else {
                giveBack(counted)
            }
            throw error
        }
    }

    /// What was shown is not said: it may be a password for another place.
    private func note(_ guessing: [Guessing], _ surface: String) {
        let address = guessing.lazy.compactMap { if case .address(let address) = $0 { address } else { nil } }.first
        self.logger.warning(
            "a key or password was refused",
            metadata: ["surface": "\(surface)", "address": "\(address ?? "unknown")"]
        )
    }
}

extension Problem {
    /// When to come again, where the problem does not say so itself, and how the limit stands.
    package func limited(by decision: LimitDecision) -> Problem {
        let isSaid = self.headers.contains { $0.name == "Retry-After" }
        let again = isSaid ? [] : [Header("Retry-After", "\(decision.resetSeconds)")]
        return self.adding(again + decision.headers)
    }
}
