import HTTPTypes
import Hummingbird
import Kernel
import NIOCore
import Platform
import Storage
import Web

/// What an `Idempotency-Key` asks for: the first answer again, sealed where it is kept.
struct Repetition: Sendable {
    let key: IdempotencyKey
    let fingerprint: [UInt8]
    let secrets: SecretBox

    static func scope(of operation: String, by account: String) -> String { "commerce \(operation) \(account)" }

    /// An answer that was given before.
    struct Known: Sendable {
        let status: Int
        let body: [UInt8]

        var response: Response {
            var response = Response(status: .init(code: self.status), jsonBytes: ByteBuffer(bytes: self.body))
            response.headers[HTTPField.Name("Idempotent-Replayed")!] = "true"
            return response
        }
    }

    /// Thrown where the request was done before: it is answered, and not done again.
    struct Repeated: Error {
        let known: Known
    }

    /// At the beginning of the commit, so that of two requests at once the second waits for the first one's answer. Throws ``Repeated``,
    /// `idempotencyKeyReused`.
    func begin(in tx: Transaction) throws {
        switch try tx.idempotency.find(self.key, fingerprint: self.fingerprint) {
        case .started: return
        // Nothing is begun here without its answer.
        case .running, .mismatch: throw CommerceProblems.idempotencyKeyReused
        case .replay(let answer):
            // What an earlier key of the operator has sealed cannot be told again, and is not done again either.
            guard let sealed = answer.body, let body = try? self.secrets.open(sealed, context: self.key.scope) else {
                throw CommerceProblems.idempotencyKeyReused
            }
            throw Repeated(known: Known(status: answer.status, body: body))
        }
    }

    /// In the commit of what it tells.
    func keep<Out: Wire>(_ status: Int, _ answer: Out, in tx: Transaction) throws {
        let sealed = try self.secrets.seal(Out.shape.bytes(of: answer), context: self.key.scope)
        try tx.idempotency.keep(
            self.key,
            fingerprint: self.fingerprint,
            .init(status: status, headers: [], body: sealed)
        )
    }
}

extension Call {
    /// Nil without an `Idempotency-Key`. Throws `idempotencyKeyLength`.
    func repetition(of operation: String, by account: String, _ body: JSONValue?, _ secrets: SecretBox)
        throws -> Repetition?
    {
        guard let key = self.header(.idempotencyKey) else { return nil }
        guard (1...IdempotencyStore.keyLengthLimit).contains(key.utf8.count) else {
            throw CommerceProblems.idempotencyKeyLength
        }
        return Repetition(
            key: IdempotencyKey(
                scope: Repetition.scope(of: operation, by: account),
                key: key,
                holder: self.trace.requestID
            ),
            // A body may hold a password: without the operator's key, nothing can be tried against what is kept of it.
            fingerprint: IdempotencyStore.fingerprint([
                secrets.derivedKeys("commerce repetition")[0], Array(operation.utf8),
                body.map { JSON.text(of: $0) }.map { Array($0.utf8) } ?? [],
            ]),
            secrets: secrets
        )
    }
}
