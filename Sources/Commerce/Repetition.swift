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
    func keep(_ status: Int, _ text: String, in tx: Transaction) throws {
        let sealed = try self.secrets.seal(Array(text.utf8), context: self.key.scope)
        try tx.idempotency.keep(
            self.key,
            fingerprint: self.fingerprint,
            .init(status: status, headers: [], body: sealed)
        )
    }
}

extension Call {
    /// Nil without an `Idempotency-Key`. Throws `idempotencyKeyLength`.
    fileprivate func repetition(of operation: String, by account: String, _ body: JSONValue?, _ secrets: SecretBox)
        throws -> Repetition?
    {
        guard let key = self.header(.init("Idempotency-Key")!) else { return nil }
        guard (1...IdempotencyStore.keyLengthLimit).contains(key.utf8.count) else {
            throw CommerceProblems.idempotencyKeyLength
        }
        return Repetition(
            key: IdempotencyKey(scope: "commerce \(operation) \(account)", key: key, holder: self.trace.requestID),
            fingerprint: IdempotencyStore.fingerprint([
                Array(operation.utf8), body.map { JSON.text(of: $0) }.map { Array($0.utf8) } ?? [],
            ]),
            secrets: secrets
        )
    }
}

/// Makes something, once for each `Idempotency-Key`.
struct Creation<In: Input, Who: Sendable, Out: Wire>: Sendable {
    let summary: String
    let access: Access<Who>
    /// What it refuses of itself, in order of precedence.
    let refusals: [Problem]
    /// Begins with the repetition in its commit, and keeps its answer there.
    let make: @Sendable (In, Who, Call, Repetition?) async throws -> Out

    init(
        _ summary: String,
        access: Access<Who>,
        refusing refusals: [Problem] = [],
        _ make: @escaping @Sendable (In, Who, Call, Repetition?) async throws -> Out
    ) {
        (self.summary, self.access, self.refusals, self.make) = (summary, access, refusals, make)
    }

    /// For the pages, which send no key.
    var operation: Operation<In, Out> {
        Operation(self.summary, access: self.access, effect: .write) { try await self.make($0, $1, $2, nil) }
            .refusing(self.refusals)
    }

    private static var keyField: FieldDescription {
        FieldDescription(
            "Idempotency-Key",
            .header,
            isRequired: false,
            schema: ["type": "string", "minLength": 1, "maxLength": .int(IdempotencyStore.keyLengthLimit)],
            summary: "The same key and body within 24 hours: the first answer again, and nothing made twice"
        )
    }

    /// - Parameter account: whose the key is.
    func endpoint(
        _ path: String,
        tag: String,
        secrets: SecretBox,
        account: @escaping @Sendable (In, Who) -> String
    ) -> Endpoint {
        Endpoint(
            raw: .post,
            path,
            self.summary,
            tag: tag,
            access: self.access,
            inputs: InputReader.describe(In.self) + [Self.keyField],
            answers: [AnswerDescription(status: .created, summary: "Success", of: Out.self)]
        ) { (who: Who, call: Call) in
            try call.requireReadableQuery()
            let body = try await call.readJSON()
            let input: In = try call.read(from: body ?? [:])
            let once = try call.repetition(of: path, by: account(input, who), body, secrets)
            do {
                return Response(status: .created, answer: try await self.make(input, who, call, once))
            } catch let repeated as Repetition.Repeated { return repeated.known.response }
        }
        .refusing([CommerceProblems.idempotencyKeyLength, CommerceProblems.idempotencyKeyReused] + self.refusals)
    }
}

extension Creation where Who == Caller {
    func endpoint(_ path: String, tag: String, secrets: SecretBox) -> Endpoint {
        self.endpoint(path, tag: tag, secrets: secrets) { $1.identity.text }
    }
}
