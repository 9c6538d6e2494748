import Kernel
import Platform
import Storage
import Web

extension Transaction {
    /// What an `Idempotency-Key` asks for: something is made once, and what was told of it (its name, or the whole answer) is told
    /// again to whoever repeats the request.
    ///
    /// Throws `idempotencyRunning`, then `idempotencyMismatch`; what the transaction throws later forgets the key with it.
    func once(_ key: IdempotencyKey?, _ request: [String], make: () throws -> String) throws -> String {
        guard let key else { return try make() }
        let fingerprint = IdempotencyStore.fingerprint(request.map { Array($0.utf8) })
        switch try self.idempotency.begin(key, fingerprint: fingerprint, holdSeconds: 60) {
        case .replay(let answer): return String(decoding: answer.body ?? [], as: UTF8.self)
        case .running: throw MarketProblems.idempotencyRunning
        case .mismatch: throw MarketProblems.idempotencyMismatch
        case .started:
            let told = try make()
            try self.idempotency.finish(key, .init(status: 201, headers: [], body: Array(told.utf8)))
            return told
        }
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
