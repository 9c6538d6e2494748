import HTTPTypes
import Hummingbird
import Kernel
import NIOCore
import Platform
import Storage
import Web

/// Lets partners in: the key, the hour's limit, the partner's state, and only then what was sent.
struct PartnerDoor: Sendable {
    let directory: PartnerDirectory
    let secrets: SecretBox
    let clock: WallClock
    /// Headers of paths that will end.
    let notices: @Sendable (_ path: String) async throws -> [Problem.Header]

    /// A request of a partner who may.
    struct Visit: Sendable {
        let partner: Partner
        let caller: Caller
        let call: Call
        let now: Timestamp
    }

    static let refusals = [
        ForumProblems.unauthorized,
        ForumProblems.rateLimited(limit: 600, until: Timestamp(seconds: 3600), now: Timestamp(seconds: 0)),
        ForumProblems.notApproved(.pending),
    ]

    /// A request without a body.
    func reading<Out: Wire>(
        _ path: String,
        _ summary: String,
        tag: String,
        inputs: [FieldDescription] = [],
        of _: Out.Type,
        refusing refusals: [Problem] = [],
        _ answer: @escaping @Sendable (Visit) async throws -> Response
    ) -> Endpoint {
        let known = KnownNames(inputs)
        return Endpoint(
            raw: .get,
            path,
            summary,
            tag: tag,
            access: .partner,
            inputs: inputs,
            answers: [AnswerDescription(status: .ok, summary: "Success", of: Out.self)]
        ) { (caller: Caller, call: Call) in
            try await self.enter(caller, call, path) { visit in
                let unknown = try call.unknownNames(in: [:], known)
                return Self.telling(unknown, try await answer(visit))
            }
        }.refusing(Self.refusals + refusals)
    }

    /// Makes something of an input, once for each `Idempotency-Key`.
    func creation<In: Input>(
        _ path: String,
        _ summary: String,
        tag: String,
        answer: AnswerDescription,
        refusing refusals: [Problem],
        _ make: @escaping @Sendable (In, Visit, Repetition?) async throws -> Response
    ) -> Endpoint {
        self.creation(
            path,
            summary,
            tag: tag,
            inputs: InputReader.describe(In.self),
            answer: answer,
            refusing: refusals
        ) { body, visit, once in try await make(try visit.call.read(In.self, from: body), visit, once) }
    }

    /// The same with a body that the maker reads itself: an object.
    func creation(
        _ path: String,
        _ summary: String,
        tag: String,
        inputs: [FieldDescription] = [],
        body: BodyDescription? = nil,
        answer: AnswerDescription,
        refusing refusals: [Problem],
        _ make: @escaping @Sendable (JSONValue, Visit, Repetition?) async throws -> Response
    ) -> Endpoint {
        let known = KnownNames(inputs, schema: body?.description.schema)
        return Endpoint(
            raw: .post,
            path,
            summary,
            tag: tag,
            access: .partner,
            inputs: inputs + [Self.keyField],
            body: body,
            answers: [answer]
        ) { (caller: Caller, call: Call) in
            try await self.enter(caller, call, path) { visit in
                let body = try await call.readJSON() ?? [:]
                let unknown = try call.unknownNames(in: body, known)
                let once = try call.repetition(
                    of: path,
                    by: visit.partner.id.text,
                    body,
                    self.secrets,
                    ForumProblems.repetition
                )
                do { return Self.telling(unknown, try await make(body, visit, once)) } catch let repeated
                    as Repetition.Repeated
                {
                    var response = repeated.known.response
                    let permalink = (try? JSON.read(repeated.known.body))?["data"]?["permalink"]?.string
                    if let permalink { response.headers[.location] = permalink }
                    return response
                }
            }
        }.refusing(Self.refusals + refusals + [ForumProblems.idempotencyKeyReused])
    }

    /// Changes something that there is.
    func changing(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ summary: String,
        tag: String,
        inputs: [FieldDescription],
        body: BodyDescription? = nil,
        answer: AnswerDescription,
        refusing refusals: [Problem],
        _ change: @escaping @Sendable (JSONValue, Visit) async throws -> Response
    ) -> Endpoint {
        let known = KnownNames(inputs, schema: body?.description.schema)
        return Endpoint(
            raw: method,
            path,
            summary,
            tag: tag,
            access: .partner,
            inputs: inputs,
            body: body,
            answers: [answer]
        ) { (caller: Caller, call: Call) in
            try await self.enter(caller, call, path) { visit in
                let body = try await call.readJSON() ?? [:]
                let unknown = try call.unknownNames(in: body, known)
                return Self.telling(unknown, try await change(body, visit))
            }
        }.refusing(Self.refusals + refusals)
    }

    /// The answer, with what nobody has read.
    private static func telling(_ unknown: String?, _ response: Response) -> Response {
        var response = response
        response.headers[.warning] = unknown
        return response
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

    private func enter(
        _ caller: Caller,
        _ call: Call,
        _ path: String,
        _ answer: (Visit) async throws -> Response
    ) async throws -> Response {
        let (partner, limit) = try await self.directory.enter(caller)
        let headers = (limit?.headers ?? []) + (try await self.notices(path))
        do {
            var response = try await answer(Visit(partner: partner, caller: caller, call: call, now: self.clock.now()))
            for header in headers {
                response.headers.append(HTTPField(name: HTTPField.Name(header.name)!, value: header.value))
            }
            return response
        } catch let problem as Problem { throw problem.adding(headers) }
    }
}

extension Access where Who == Caller {
    /// A partner's token; a session of its people is none.
    static var partner: Access {
        Access(.key(roles: [ForumRole.partner.role]) { _ in ForumProblems.unauthorized }) { _, caller in
            guard let caller, ForumContract.isPartnersKey(caller.credential) else { throw ForumProblems.unauthorized }
            return caller
        }
    }
}
