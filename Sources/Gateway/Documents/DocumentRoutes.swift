import HTTPTypes
import Hummingbird
import Kernel
import Platform
import Web

/// The reference, as a page and as a document.
struct DocumentRoutes: Sendable {
    static let tag = "Documents"

    let publicURL: String
    /// Whether it can be read without a key.
    let arePublic: Bool
    let actors: ActorReader
    let assetsDirectory: String?

    /// - Parameter operations: what the document tells of, beside itself.
    func endpoints(beside operations: [Endpoint]) -> [Endpoint] {
        let empty = OpenAPIFile(self.document([]))
        let described = operations + self.routes(empty, self.document([]))
        let document = self.document(described)
        return self.routes(OpenAPIFile(document), document)
    }

    private func document(_ endpoints: [Endpoint]) -> OpenAPIDocument {
        OpenAPIDocument(
            [.init(surface: Surface(GatewayContract.shared, endpoints: endpoints), prefix: "")],
            title: GatewayContract.shared.title,
            server: self.publicURL
        )
    }

    private func routes(_ file: OpenAPIFile, _ document: OpenAPIDocument) -> [Endpoint] {
        let files = ["/docs/openapi.json", "/openapi.json", "/v1/openapi.json"].map { path in
            self.get(
                path,
                "Get the OpenAPI document",
                .init(status: .ok, summary: "OpenAPI 3.1", schema: ["type": "object"])
            ) {
                call in try file.response(to: call.request)
            }
        }
        let assets = self.assetsDirectory.map { "\($0)/swagger-ui" } ?? ""
        let page = self.get(
            "/docs",
            "Read the reference",
            .init(status: .ok, summary: "A page", mediaType: "text/html")
        ) { call in
            let base = call.base(of: GatewayContract.shared)
            return DocsPages(
                document: document,
                openAPIPath: "\(base)/docs/openapi.json",
                docsPath: "\(base)/docs",
                assetsDirectory: assets
            ).page()
        }
        return files + [page]
    }

    private func get(
        _ path: String,
        _ summary: String,
        _ answer: AnswerDescription,
        _ respond: @escaping @Sendable (Call) throws -> Response
    ) -> Endpoint {
        guard self.arePublic else {
            return Endpoint(raw: .get, path, summary, tag: Self.tag, access: .scope(.read), answers: [answer]) {
                (caller: Caller, call: Call) in
                _ = try await self.actors.actor(caller, call)
                return try respond(call)
            }
        }
        return Endpoint(raw: .get, path, summary, tag: Self.tag, access: .open, answers: [answer]) { call in
            try respond(call)
        }
    }
}
