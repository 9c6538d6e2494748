import Crypto
import HTTPTypes
import Hummingbird
import Kernel
import NIOCore
import Platform
import Web

/// What agents and their developers read before they ask: the OpenAPI document, the card, the skill, and the protocols.
struct DocumentRoutes: Sendable {
    static let tag = "Documents"
    private static let maxAge = "public, max-age=300"

    let publicURL: String

    /// - Parameter operations: what the OpenAPI document tells of, beside these documents.
    func endpoints(beside operations: [Endpoint]) -> [Endpoint] {
        let described = operations + self.texts + [self.openAPI(Files([], self.publicURL))]
        return self.texts + [self.openAPI(Files(described, self.publicURL))]
    }

    // MARK: OpenAPI

    /// Each edition of the document, written when it is first asked for.
    private struct Files: Sendable {
        let english: OpenAPIFile
        let chinese: OpenAPIFile
        let current: OpenAPIFile

        init(_ endpoints: [Endpoint], _ publicURL: String) {
            let document = OpenAPIDocument(
                [.init(surface: Surface(CommerceContract.shared, endpoints: endpoints, events: []), prefix: "")],
                title: CommerceContract.shared.title,
                server: publicURL
            )
            self.english = OpenAPIFile(document) { OpenAPI30.of($0) }
            self.chinese = OpenAPIFile(document) { OpenAPI30.of(ChineseReference.of($0)) }
            self.current = OpenAPIFile(document)
        }
    }

    private func openAPI(_ files: Files) -> Endpoint {
        Endpoint(
            raw: .get,
            "/openapi.json",
            "Get the OpenAPI document",
            tag: Self.tag,
            access: .open,
            inputs: [
                FieldDescription(
                    "locale",
                    .query,
                    isRequired: false,
                    schema: ["type": "string", "default": "en"],
                    summary: "The language of its summaries: en or zh; en for any other"
                ),
                FieldDescription(
                    "openapi",
                    .query,
                    isRequired: false,
                    schema: ["type": "string", "default": "3.0"],
                    summary: "The edition: 3.0 or 3.1, which is in English; 3.0 for any other"
                ),
            ],
            answers: [AnswerDescription(status: .ok, summary: "OpenAPI 3.0.3, or 3.1", schema: ["type": "object"])]
        ) { call in
            let query = call.request.uri.fields
            let file =
                query["openapi"]?.bytewise.starts(with: "3.1") == true
                ? files.current : query["locale"] == "zh" ? files.chinese : files.english
            return try file.response(to: call.request)
        }
    }

    // MARK: Texts

    private var texts: [Endpoint] {
        let url = self.publicURL
        let documents = ProtocolDocument.allCases.map { document in
            self.markdown("/docs/\(document.rawValue).md", document.title) { document.markdown(publicURL: url) }
        }
        return documents + [
            self.markdown("/skills/\(Skill.name)/SKILL.md", "skill") { Skill.markdown(publicURL: url) },
            Endpoint(
                raw: .get,
                "/skills/install.sh",
                "Get the skill's installer",
                tag: Self.tag,
                access: .open,
                answers: [.init(status: .ok, summary: "A shell script", mediaType: "text/x-shellscript")]
            ) { call in
                Self.answer(call, "text/x-shellscript; charset=utf-8", Array(Skill.installer(publicURL: url).utf8))
            },
            Endpoint(
                raw: .get,
                "/.well-known/agent-card.json",
                "Get the agent card",
                tag: Self.tag,
                access: .open,
                answers: [.init(status: .ok, summary: "A card of A2A 1.0 and 0.3", schema: ["type": "object"])]
            ) { call in
                let card = AgentCard.json(publicURL: url, version: CommerceContract.shared.version)
                return Self.answer(call, "application/json", Array(try JSON.encode(card)))
            },
        ]
    }

    private func markdown(_ path: String, _ title: String, _ text: @escaping @Sendable () -> String) -> Endpoint {
        Endpoint(
            raw: .get,
            path,
            "Read the \(title)",
            tag: Self.tag,
            access: .open,
            answers: [
                AnswerDescription(status: .ok, summary: "Markdown", mediaType: "text/markdown").orAs("text/html")
            ]
        ) { call in
            guard call.request.headers[.accept]?.bytewise.contains("text/html") == true else {
                return Self.answer(call, "text/markdown; charset=utf-8", Array(text().utf8))
            }
            return HTML.page(title: title, body: "<pre tabindex=\"0\">\(text())</pre>")
        }
    }

    /// With an entity tag, so that clients that have it already are told so alone.
    private static func answer(_ call: Call, _ mediaType: String, _ bytes: [UInt8]) -> Response {
        let tag = "\"\(SHA256.hash(data: bytes).hex.prefix(32))\""
        let headers: HTTPFields = [.eTag: tag, .cacheControl: Self.maxAge, .vary: "Accept"]
        let known = call.request.headers[.ifNoneMatch].map { $0.bytewise.split(",").map { String($0).trimmed } } ?? []
        if [tag, "W/\(tag)", "*"].contains(where: { known.contains($0) }) {
            return Response(status: .notModified, headers: headers)
        }
        var response = Response(
            status: .ok,
            headers: [.contentType: mediaType],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        )
        response.headers.append(contentsOf: headers)
        return response
    }
}
