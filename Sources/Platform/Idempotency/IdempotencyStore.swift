import Crypto
import Kernel
package import Storage

/// Remembers what was answered under an `Idempotency-Key`, so that a repeated request is answered and not done again.
package struct IdempotencyStore {
    let tx: Transaction

    /// A key is remembered this long.
    package static let lifetimeSeconds: Int64 = 24 * 3600
    package static let keyLengthLimit = 255

    /// An answer as it is given again.
    package struct Answer: Sendable, Equatable, Codable {
        package let status: Int
        package let headers: [[String]]
        /// Nil when it was streamed and not kept.
        package let body: [UInt8]?

        package init(status: Int, headers: [[String]], body: [UInt8]?) {
            self.status = status
            self.headers = headers
            self.body = body
        }
    }

    package enum Begin: Sendable, Equatable {
        /// Nobody used the key: it is this request's now.
        case started
        case replay(Answer)
        /// The first request is still running.
        case running
        /// The key was used with another request.
        case mismatch
    }

    /// - Parameters:
    ///   - scope: whose key it is, and for what: keys of different scopes never meet.
    ///   - fingerprint: of the request, from ``fingerprint(_:)``.
    ///   - holdSeconds: after this time a request that never ended no longer holds its key.
    package func begin(scope: String, key: String, fingerprint: [UInt8], holdSeconds: Int64) throws -> Begin {
        let now = self.tx.now
        try self.tx.execute(
            """
            DELETE FROM idempotency WHERE scope = \(scope) AND key = \(key)
                AND (expires_at <= \(now) OR (answer IS NULL AND held_until <= \(now)))
            """
        )
        let inserted = try self.tx.count(
            """
            INSERT INTO idempotency (scope, key, fingerprint, held_until, expires_at)
            VALUES (\(scope), \(key), \(fingerprint), \(now.adding(seconds: holdSeconds)),
                \(now.adding(seconds: Self.lifetimeSeconds)))
            ON CONFLICT (scope, key) DO NOTHING
            """
        )
        if inserted == 1 { return .started }
        let (known, answer) = try self.tx.row(
            "SELECT fingerprint, answer FROM idempotency WHERE scope = \(scope) AND key = \(key)"
        ) { (try $0.column([UInt8].self), try $0.optional([UInt8].self)) }!
        guard known == fingerprint else { return .mismatch }
        return try answer.map { .replay(try JSON.decode(Answer.self, from: $0)) } ?? .running
    }

    /// Keeps the answer for repetitions.
    package func finish(scope: String, key: String, _ answer: Answer) throws {
        try self.tx.execute(
            """
            UPDATE idempotency SET answer = \(try JSON.encode(answer)) WHERE scope = \(scope) AND key = \(key)
            """
        )
    }

    /// Forgets a request that came to nothing, so that it may be tried again.
    package func abandon(scope: String, key: String) throws {
        try self.tx.execute("DELETE FROM idempotency WHERE scope = \(scope) AND key = \(key) AND answer IS NULL")
    }

    /// Forgets a request whatever became of it: its effect was taken back.
    package func forget(scope: String, key: String) throws {
        try self.tx.execute("DELETE FROM idempotency WHERE scope = \(scope) AND key = \(key)")
    }

    /// Forgets what is past its time. Returns how many keys.
    package func sweep(limit: Int) throws -> Int {
        try self.tx.count(
            """
            DELETE FROM idempotency WHERE (scope, key) IN (
                SELECT scope, key FROM idempotency WHERE expires_at <= \(self.tx.now) ORDER BY expires_at LIMIT \(limit)
            )
            """
        )
    }

    /// Of the parts, each with its length, so that no two requests share one.
    package static func fingerprint(_ parts: [[UInt8]]) -> [UInt8] {
        var hash = SHA256()
        for part in parts {
            hash.update(data: Array("\(part.count):".utf8))
            hash.update(data: part)
        }
        return Array(hash.finalize())
    }
}

extension Transaction {
    package var idempotency: IdempotencyStore { IdempotencyStore(tx: self) }
}
