import HTTPTypes
import Hummingbird
import Kernel
import NIOCore
import Platform
import Storage
import Web

/// The two stamps as the forum publishes them, and a validator that writes nothing.
struct SpecRoutes: Sendable {
    static let tag = "Spec"
    private static let bodyLimit = 256 * 1024

    let judge: StampJudge
    let database: any Database
    let publicURL: String

    private static let schemaType = "application/schema+json"
    private static let json = AnswerDescription(status: .ok, summary: "The specification", of: SpecOutput.self)

    var endpoints: [Endpoint] {
        [
            Endpoint(
                raw: .get,
                "/spec",
                "GeoStamp v1, AI-WS v1, and what is refused how",
                tag: Self.tag,
                access: .open,
                answers: [Self.json.orAs("text/html")]
            ) { call in
                let wantsJSON = (call.header(.accept) ?? "").bytewise.contains("application/json")
                return wantsJSON ? Response(status: .ok, answer: try await self.spec()) : SpecPage.response(call)
            },
            self.document("geostamp-v1", "GeoStamp v1", SpecSchemas.geoStamp),
            self.document("ai-ws-v1", "AI-WS v1", SpecSchemas.aiStamp),
            self.document("post-v1", "The body of a post", PostSchema.json),
            Endpoint.page(.post, "/spec/check", "Check stamps") { call in
                let sent = try await call.form(limit: Self.bodyLimit)["stamps"]
                let verdict: SpecVerdict? =
                    if let body = try? JSON.read(Array(sent.utf8)) { try await self.verdict(body, for: nil) } else {
                        nil
                    }
                return SpecPage.response(call, SpecPage.Checked(stamps: sent, verdict: verdict))
            },
            Endpoint(
                raw: .post,
                "/spec/validate",
                "What would be said of a post's stamps",
                tag: Self.tag,
                access: .optional,
                body: BodyDescription(example: PostSchema.example) { (PostSchema.json, [:]) },
                answers: [AnswerDescription(status: .ok, summary: "What is wrong", of: SpecVerdict.self)]
            ) { (caller: Caller?, call: Call) in
                let body = try await call.readJSON() ?? [:]
                return Response(status: .ok, answer: try await self.verdict(body, for: caller))
            },
        ]
    }

    private func document(_ name: String, _ summary: String, _ schema: JSONValue) -> Endpoint {
        let body = ByteBuffer(
            bytes: Array(JSON.text(of: SpecSchemas.document(schema, at: "\(self.publicURL)/spec/\(name).json")).utf8)
        )
        return Endpoint(
            raw: .get,
            "/spec/\(name).json",
            "\(summary), as JSON Schema 2020-12",
            tag: Self.tag,
            access: .open,
            answers: [
                AnswerDescription(
                    status: .ok,
                    summary: "The schema",
                    mediaType: Self.schemaType,
                    schema: ["type": "object"]
                )
            ]
        ) { call in
            var response = Response(
                status: .ok,
                headers: [.contentType: Self.schemaType],
                body: ResponseBody(byteBuffer: body)
            ).tagged("schema", body, for: call.request)
            response.headers[.cacheControl] = "public, max-age=3600"
            return response
        }
    }

    private func spec() async throws -> SpecOutput {
        let categories = try await self.database.read { try $0.categories.list() }
        return SpecOutput(categories: categories.filter(\.isOpen).map(\.slug))
    }

    /// Without a partner's token, what depends on the partner is not judged.
    private func verdict(_ body: JSONValue, for caller: Caller?) async throws -> SpecVerdict {
        var validation = Validation()
        if body.object == nil { validation.malformed("$", FieldRule("object")) }
        let fields = StampFields(body.object ?? [:], &validation)
        let owner = try await self.owner(of: fields, caller)
        guard validation.errors.isEmpty else {
            return SpecVerdict(faults: validation.errors, spec: SpecFaults(completeness: 0), isOwn: owner != nil)
        }
        return SpecVerdict(faults: [], spec: self.judge.judge(fields, owner).faults, isOwn: owner != nil)
    }

    private func owner(of fields: StampFields, _ caller: Caller?) async throws -> StampOwner? {
        guard let caller, caller.has(ForumRole.partner) else { return nil }
        return try await self.database.read { tx in
            guard let partner = try tx.partners.find(caller.identity) else { return nil }
            let agent = try fields.ai.agent.flatMap { try tx.agents.find(ID($0), of: partner.id) }
            return StampOwner(domain: partner.domain, agent: agent)
        }
    }
}

/// Any object.
struct JSONObject: Answer {
    static let members: [Member<Self>] = []
}

struct SpecOutput: Answer {
    let categories: [String]

    static let members: [Member<Self>] = [
        Member("version", { _ in "1" }, "Of the stamps", example: "1"),
        Member("geoStamp", { _ in SpecSchemas.geoStamp }, "GeoStamp v1", example: [:]),
        Member("aiWs", { _ in SpecSchemas.aiStamp }, "AI-WS v1", example: [:]),
        Member("post", { _ in PostSchema.json }, "The body of a post", example: [:]),
        Member("errors", { _ in SpecFacts.errors }, "In order of precedence; clients compare type", example: []),
        Member(
            "events",
            { _ in JSONValue.strings(ForumCatalogue.events) },
            "What webhooks tell of",
            example: ["post.created"]
        ),
        Member("limits", { _ in SpecFacts.limits }, "What is the most", example: [:]),
        Member("categories", \.categories, "Where threads can be opened", example: ["kyoto"]),
        Member(
            "decision",
            { _ in ForumWords.all.say("spec_decision", in: .english) },
            "What is 422 and what is 412",
            example: "…"
        ),
    ]
}

struct SpecVerdict: Answer {
    /// Of single values.
    let faults: [FieldError]
    let spec: SpecFaults
    /// Whether it was judged for a partner.
    let isOwn: Bool

    var isValid: Bool { self.status == 201 }
    var status: Int { !self.faults.isEmpty ? 422 : self.spec.isEmpty ? 201 : 412 }
    private static let partners = ["aiWs.operator", "aiWs.agentId", "aiWs.model", "aiWs.trainingCutoff"]

    static let members: [Member<Self>] = [
        Member("valid", \.isValid, "Whether it would be taken"),
        Member("status", \.status, "201, 412 or 422", example: 201),
        Member("missing", \.spec.missing, "Members that are missing", example: []),
        Member(
            "conflicts",
            { verdict in
                verdict.spec.conflicts.map { conflict -> JSONValue in
                    [
                        "path": .string(conflict.path), "rule": .string(conflict.rule),
                        "message": .string(conflict.message),
                    ]
                }
            },
            "Values that disagree",
            example: []
        ),
        Member(
            "details",
            { verdict in
                verdict.faults.map { fault -> JSONValue in
                    [
                        "path": .string(fault.path), "rule": .string(fault.rule.code),
                        "message": .string(ForumContract.shared.reason(fault, in: .english)),
                    ]
                }
            },
            "Values that are impossible",
            example: []
        ),
        Member(
            "completeness",
            { Double($0.spec.completeness) / 10_000 },
            "Of the AI-WS fields, from 0 to 1",
            example: 1
        ),
        Member("unchecked", { $0.isOwn ? [] : Self.partners }, "What only a partner's token decides"),
    ]
}
