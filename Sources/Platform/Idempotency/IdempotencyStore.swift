import Crypto
import Kernel
package import Storage

/// A client's `Idempotency-Key` in the hands of one request.
package struct IdempotencyKey: Sendable, Equatable {
    /// Whose key it is, and for what: keys of different scopes never meet.
    package let scope: String
    package let key: String
    /// The request: one that has lost the key to a later one no longer changes anything.
    package let holder: String

    package init(scope: String, key: String, holder: String) {
        self.scope = scope
        self.key = key
        self.holder = holder
    }
}

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
    ///   - fingerprint: of the request, from ``fingerprint(_:)``.
    ///   - holdSeconds: after this time a request that never ended no longer holds its key.
    package func begin(_ key: IdempotencyKey, fingerprint: [UInt8], holdSeconds: Int64) throws -> Begin {
        let now = self.tx.now
        try self.tx.execute(
            """
            DELETE FROM idempotency WHERE scope = \(key.scope) AND key = \(key.key)
                AND (expires_at <= \(now) OR (answer IS NULL AND held_until <= \(now)))
            """
        )
        let inserted = try self.tx.count(
            """
            INSERT INTO idempotency (scope, key, holder, fingerprint, held_until, expires_at)
            VALUES (\(key.scope), \(key.key), \(key.holder), \(fingerprint), \(now.adding(seconds: holdSeconds)),
                \(now.adding(seconds: Self.lifetimeSeconds)))
            ON CONFLICT (scope, key) DO NOTHING
            """
        )
        return inserted == 1 ? .started : try self.find(key, fingerprint: fingerprint)
    }

    /// How the key stands, as `begin` tells it. Changes nothing.
    package func find(_ key: IdempotencyKey, fingerprint: [UInt8]) throws -> Begin {
        let now = self.tx.now
        let known = try self.tx.row(
            """
            SELECT fingerprint, answer FROM idempotency WHERE scope = \(key.scope) AND key = \(key.key)
                AND expires_at > \(now) AND (answer IS NOT NULL OR held_until > \(now))
            """
        ) { (fingerprint: try $0.column([UInt8].self), answer: try $0.optional([UInt8].self)) }
        guard let known else { return .started }
        guard known.fingerprint == fingerprint else { return .mismatch }
        return try known.answer.map { .replay(try JSON.decode(Answer.self, from: $0)) } ?? .running
    }

    /// Stores the answer to a request that stood in no row while it ran.
    package func keep(_ key: IdempotencyKey, fingerprint: [UInt8], _ answer: Answer) throws {
        let now = self.tx.now
        try self.tx.execute("DELETE FROM idempotency WHERE scope = \(key.scope) AND key = \(key.key)")
        try self.tx.execute(
            """
            INSERT INTO idempotency (scope, key, holder, fingerprint, held_until, expires_at, answer)
            VALUES (\(key.scope), \(key.key), \(key.holder), \(fingerprint), \(now),
                \(now.adding(seconds: Self.lifetimeSeconds)), \(try JSON.encode(answer)))
            """
        )
    }

    /// Whether the key is in use, or answered.
    package func exists(_ key: IdempotencyKey) throws -> Bool {
        try self.tx.value(
            """
            SELECT COUNT(*) FROM idempotency WHERE scope = \(key.scope) AND key = \(key.key)
                AND expires_at > \(self.tx.now)
            """,
            as: Int.self
        ) != 0
    }

    /// Keeps the answer for repetitions.
    package func finish(_ key: IdempotencyKey, _ answer: Answer) throws {
        try self.tx.execute(
            """
            UPDATE idempotency SET answer = \(try JSON.encode(answer))
            WHERE scope = \(key.scope) AND key = \(key.key) AND holder = \(key.holder)
            """
        )
    }

    /// Forgets a request that came to nothing, or whose effect was taken back, so that it may be tried again.
    package func forget(_ key: IdempotencyKey) throws {
        try self.tx.execute(
            "DELETE FROM idempotency WHERE scope = \(key.scope) AND key = \(key.key) AND holder = \(key.holder)"
        )
    }

    /// Forgets every key of a scope, with the answers.
    package func forget(scope: String) throws {
        try self.tx.execute("DELETE FROM idempotency WHERE scope = \(scope)")
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
