import HTTPTypes
import Hummingbird
import Kernel
import Web

/// The OpenAPI document.
struct DocumentRoutes: Sendable {
    static let tag = "Documents"

    let publicURL: String

    /// - Parameter operations: what the document tells of, beside itself.
    func endpoints(beside operations: [Endpoint]) -> [Endpoint] {
        let described = operations + [self.route(OpenAPIFile(self.document([])))]
        return [self.route(OpenAPIFile(self.document(described)))]
    }

    private func document(_ endpoints: [Endpoint]) -> OpenAPIDocument {
        OpenAPIDocument(
            [
                .init(
                    surface: Surface(ForumContract.shared, endpoints: endpoints, events: ForumCatalogue.described),
                    prefix: ""
                )
            ],
            title: ForumContract.shared.title,
            server: self.publicURL
        )
    }

    private func route(_ file: OpenAPIFile) -> Endpoint {
        Endpoint(
            raw: .get,
            "/openapi.json",
            "Get the OpenAPI document",
            tag: Self.tag,
            access: .open,
            answers: [AnswerDescription(status: .ok, summary: "OpenAPI 3.1", schema: ["type": "object"])]
        ) { call in try file.response(to: call.request) }
    }
}
