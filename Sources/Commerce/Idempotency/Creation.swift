import HTTPTypes
import Hummingbird
import Kernel
import Platform
import Web

/// Makes something, once for each `Idempotency-Key`.
struct Creation<In: Input, Who: Sendable, Out: Wire>: Sendable {
    let summary: String
    let access: Access<Who>
    /// What it refuses of itself.
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
            HTTPField.Name.idempotencyKey.rawName,
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
        account: @escaping @Sendable (Who, Call) -> String
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
            let once = try call.repetition(of: path, by: account(who, call), body, secrets, CommerceProblems.repetition)
            do {
                return Response(status: .created, answer: try await self.make(input, who, call, once))
            } catch let repeated as Repetition.Repeated { return repeated.known.response }
        }
        .refusing([CommerceProblems.idempotencyKeyLength, CommerceProblems.idempotencyKeyReused] + self.refusals)
    }
}

extension Creation where Who == Caller {
    func endpoint(_ path: String, tag: String, secrets: SecretBox) -> Endpoint {
        self.endpoint(path, tag: tag, secrets: secrets) { caller, _ in caller.identity.text }
    }
}
