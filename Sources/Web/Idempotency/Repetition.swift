import HTTPTypes
package import Hummingbird
package import Kernel
import NIOCore
package import Platform
package import Storage

/// What an `Idempotency-Key` asks for: the first answer again, sealed where it is kept.
package struct Repetition: Sendable {
    /// How a surface words it.
    package struct Rules: Sendable {
        let surface: String
        /// Not 1 to 255 bytes.
        let length: Problem
        /// The key was used for another body.
        let reused: Problem

        package init(surface: String, length: Problem, reused: Problem) {
            (self.surface, self.length, self.reused) = (surface, length, reused)
        }

        package func scope(of operation: String, by account: String) -> String {
            "\(self.surface) \(operation) \(account)"
        }
    }

    let key: IdempotencyKey
    let fingerprint: [UInt8]
    let secrets: SecretBox
    let rules: Rules

    /// An answer that was given before.
    package struct Known: Sendable {
        package let status: Int
        package let body: [UInt8]

        package var response: Response {
            var response = Response(status: .init(code: self.status), jsonBytes: ByteBuffer(bytes: self.body))
            response.headers[HTTPField.Name("Idempotent-Replayed")!] = "true"
            return response
        }
    }

    /// Thrown where the request was done before: it is answered, and not done again.
    package struct Repeated: Error {
        package let known: Known
    }

    /// At the beginning of the commit, so that of two requests at once the second waits for the first one's answer. Throws ``Repeated``,
    /// `Rules.reused`.
    package func begin(in tx: Transaction) throws {
        switch try tx.idempotency.find(self.key, fingerprint: self.fingerprint) {
        case .started: return
        // Nothing is begun here without its answer.
        case .running, .mismatch: throw self.rules.reused
        case .replay(let answer):
            // What an earlier key of the operator has sealed cannot be told again, and is not done again either.
            guard let sealed = answer.body, let body = try? self.secrets.open(sealed, context: self.key.scope) else {
                throw self.rules.reused
            }
            throw Repeated(known: Known(status: answer.status, body: body))
        }
    }

    /// In the commit with which something begins that ends later: the key is held until it is kept or forgotten, or the time is over. Throws
    /// ``Repeated``, `Rules.reused`, `running`.
    package func hold(seconds: Int64, else running: Problem, in tx: Transaction) throws {
        switch try tx.idempotency.begin(self.key, fingerprint: self.fingerprint, holdSeconds: seconds) {
        case .started: return
        case .running: throw running
        case .mismatch, .replay: try self.begin(in: tx)
        }
    }

    /// In the commit of what it tells.
    package func keep<Out: Wire>(_ status: Int, _ answer: Out, in tx: Transaction) throws {
        try self.keep(status, Out.shape.bytes(of: answer), in: tx)
    }

    package func keep(_ status: Int, _ body: [UInt8], in tx: Transaction) throws {
        let sealed = try self.secrets.seal(body, context: self.key.scope)
        try tx.idempotency.keep(
            self.key,
            fingerprint: self.fingerprint,
            .init(status: status, headers: [], body: sealed)
        )
    }
}

extension Call {
    /// Nil without an `Idempotency-Key`. Throws `Repetition.Rules.length`.
    package func repetition(
        of operation: String,
        by account: String,
        _ body: JSONValue?,
        _ secrets: SecretBox,
        _ rules: Repetition.Rules
    ) throws -> Repetition? {
        guard let key = self.header(.idempotencyKey) else { return nil }
        guard (1...IdempotencyStore.keyLengthLimit).contains(key.utf8.count) else { throw rules.length }
        return Repetition(
            key: IdempotencyKey(
                scope: rules.scope(of: operation, by: account),
                key: key,
                holder: self.trace.requestID
            ),
            // A body may hold a password: without the operator's key, nothing can be tried against what is kept of it.
            fingerprint: IdempotencyStore.fingerprint([
                secrets.derivedKeys("\(rules.surface) repetition")[0], Array(operation.utf8),
                body.map { JSON.text(of: $0) }.map { Array($0.utf8) } ?? [],
            ]),
            secrets: secrets,
            rules: rules
        )
    }
}
