import Kernel
import Platform
import Storage
import Web

/// What an `Idempotency-Key` asks for: something is done once, and whoever repeats the request is told the same again. Without a
/// key, nothing is remembered.
struct Once: Sendable {
    let key: IdempotencyKey?

    init(_ key: IdempotencyKey?) { self.key = key }

    var isAsked: Bool { self.key != nil }

    /// The answer to a request that was done before; nil when it is to be done now. Throws `idempotencyRunning`,
    /// `idempotencyMismatch`.
    ///
    /// - Parameter holdSeconds: after which a request that has told no end may be begun anew.
    func begin(
        _ fingerprint: @autoclosure () -> [UInt8],
        holdSeconds: Int64,
        in tx: Transaction
    ) throws -> IdempotencyStore.Answer? {
        guard let key else { return nil }
        switch try tx.idempotency.begin(key, fingerprint: fingerprint(), holdSeconds: holdSeconds) {
        case .started: return nil
        case .replay(let answer): return answer
        case .running: throw MarketProblems.idempotencyRunning
        case .mismatch: throw MarketProblems.idempotencyMismatch
        }
    }

    enum Begun: Sendable {
        /// Nil without a key.
        case started(RunningKey?)
        case replay(IdempotencyStore.Answer)
    }

    /// The same, where requests under way stand in memory.
    func begin(_ fingerprint: @autoclosure () -> [UInt8], among running: RunningKeys) async throws -> Begun {
        guard let key else { return .started(nil) }
        switch try await running.begin(key, fingerprint: fingerprint()) {
        case .started(let begun): return .started(begun)
        case .replay(let answer): return .replay(answer)
        case .running: throw MarketProblems.idempotencyRunning
        case .mismatch: throw MarketProblems.idempotencyMismatch
        }
    }

    /// Keeps what was answered.
    func finish(_ answer: @autoclosure () -> IdempotencyStore.Answer, in tx: Transaction) throws {
        if let key { try tx.idempotency.finish(key, answer()) }
    }

    /// It came to nothing: the key may be used again.
    func forget(in tx: Transaction) throws { if let key { try tx.idempotency.forget(key) } }

    /// Whether the request was begun before. Changes nothing.
    func isKnown(in tx: Transaction, among running: RunningKeys?) throws -> Bool {
        guard let key else { return false }
        return try running?.isRunning(key) ?? false || tx.idempotency.exists(key)
    }
}

extension Transaction {
    /// Makes something once; what was told of it (its name, or the whole answer) is told again to whoever repeats the request.
    ///
    /// Throws as `Once.begin`; what the transaction throws later forgets the key with it.
    func once(_ key: IdempotencyKey?, _ request: [String], make: () throws -> String) throws -> String {
        let once = Once(key)
        let fingerprint = { IdempotencyStore.fingerprint(request.map { Array($0.utf8) }) }
        if let told = try once.begin(fingerprint(), holdSeconds: 60, in: self) {
            return String(decoding: told.body ?? [], as: UTF8.self)
        }
        let told = try make()
        try once.finish(.init(status: 201, headers: [], body: Array(told.utf8)), in: self)
        return told
    }
}

extension Call {
    /// The `Idempotency-Key`, if there is one. Throws `idempotencyKeyLength`.
    func idempotencyKey() throws -> String? {
        guard let key = self.header(.idempotencyKey) else { return nil }
        guard (1...IdempotencyStore.keyLengthLimit).contains(key.utf8.count) else {
            throw MarketProblems.idempotencyKeyLength
        }
        return key
    }
}
