import HTTPTypes
import Hummingbird
import Kernel
import Platform
import Web

extension GatewayProblems {
    static let repetition = Repetition.Rules(
        surface: GatewayContract.name,
        length: idempotencyKeyLength,
        reused: idempotencyKeyReused
    )
}

/// Makes something, once for each `Idempotency-Key` of a credential and the user that it acts for.
struct GatewayCreation<In: Input, Out: Wire>: Sendable {
    let summary: String
    let access: Access<Caller>
    let actors: ActorReader
    var refusals: [Problem] = []
    /// Begins with the repetition in its commit, and keeps its answer there.
    let make: @Sendable (In, GatewayActor, Call, Repetition?) async throws -> Out

    /// For the pages, which send no key.
    var operation: Operation<In, Out> {
        .acting(self.summary, needs: self.access, effect: .write, by: self.actors) {
            try await self.make($0, $1, $2, nil)
        }
        .refusing(self.refusals)
    }

    func endpoint(
        _ path: String,
        tag: String,
        secrets: SecretBox,
        status: HTTPResponse.Status = .created
    ) -> Endpoint {
        let field = FieldDescription(
            HTTPField.Name.idempotencyKey.rawName,
            .header,
            isRequired: false,
            schema: ["type": "string", "minLength": 1, "maxLength": .int(IdempotencyStore.keyLengthLimit)],
            summary: "The same key and body within 24 hours: the first answer again, and nothing made twice"
        )
        let known = KnownNames(of: In.self)
        return Endpoint(
            raw: .post,
            path,
            self.summary,
            tag: tag,
            access: self.access,
            inputs: InputReader.describe(In.self) + [field],
            answers: [AnswerDescription(status: status, summary: "Success", of: Out.self)]
        ) { (caller: Caller, call: Call) in
            let actor = try await self.actors.actor(caller, call)
            try call.requireReadableQuery()
            let body = try await call.readJSON()
            let unknown = try call.unknownNames(in: body ?? [:], known)
            let input: In = try call.read(from: body ?? [:])
            let account = "\(caller.credential) \(actor.tenant.id) \(actor.userID)"
            let once = try call.repetition(of: path, by: account, body, secrets, GatewayProblems.repetition)
            do {
                var response = Response(status: status, answer: try await self.make(input, actor, call, once))
                response.headers[.warning] = unknown
                return response
            } catch let repeated as Repetition.Repeated { return repeated.known.response }
        }
        .refusing(ActorReader.refusals)
        .refusing([GatewayProblems.idempotencyKeyLength, GatewayProblems.idempotencyKeyReused] + self.refusals)
    }
}
