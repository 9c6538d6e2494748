import Foundation
import HTTPTypes
package import Hummingbird
import Kernel
import NIOCore

/// The reference: a page of our own, which needs no script and follows the visitor's theme; beside it Swagger UI, where the set-up has fetched it.
package struct DocsPages: Sendable {
    private let document: OpenAPIDocument
    private let openAPIPath: String
    private let docsPath: String
    private let assetsDirectory: String

    private static let files = [
        "swagger-ui.css": "text/css", "swagger-ui-bundle.js": "text/javascript", "start.js": "text/javascript",
    ]

    package init(document: OpenAPIDocument, openAPIPath: String, docsPath: String, assetsDirectory: String) {
        self.document = document
        self.openAPIPath = openAPIPath
        self.docsPath = docsPath
        self.assetsDirectory = assetsDirectory
    }

    private var hasSwagger: Bool {
        FileManager.default.fileExists(atPath: "\(self.assetsDirectory)/swagger-ui-bundle.js")
    }

    package func page() -> Response {
        let interactive = self.hasSwagger ? "\(self.docsPath)/swagger" : nil
        return PlainReference(self.document.json, path: self.openAPIPath, interactive: interactive).response
    }

    /// Where operations can be tried out; it needs JavaScript.
    private func swagger() throws -> Response {
        guard self.hasSwagger else { throw Problem(.notFound, "not_found") }
        let text = """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><title>Reference</title>
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <link rel="stylesheet" href="\(self.docsPath)/swagger-ui.css"></head>
            <body><div id="swagger-ui" data-url="\(self.openAPIPath)"></div>
            <noscript><p>This page needs JavaScript; the document is at
            <a href="\(self.openAPIPath)">\(self.openAPIPath)</a>.</p></noscript>
            <script src="\(self.docsPath)/swagger-ui-bundle.js"></script>
            <script src="\(self.docsPath)/start.js"></script></body></html>
            """
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/html; charset=utf-8",
                .contentSecurityPolicy: """
                default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                connect-src 'self'; base-uri 'none'; frame-ancestors 'none'
                """,
            ],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text))
        )
    }

    package static func has(_ name: String) -> Bool { name == "swagger" || self.files[name] != nil }

    /// One of the page's own files; nothing else of the folder is served.
    package func file(_ name: String) throws -> Response {
        if name == "swagger" { return try self.swagger() }
        guard let type = Self.files[name] else { throw Problem(.notFound, "not_found") }
        let bytes: Data?
        if name == "start.js" {
            bytes = Data(Self.start.utf8)
        } else {
            bytes = FileManager.default.contents(atPath: "\(self.assetsDirectory)/\(name)")
        }
        guard let bytes else { throw Problem(.notFound, "not_found") }
        return Response(
            status: .ok,
            headers: [.contentType: "\(type); charset=utf-8", .cacheControl: "public, max-age=86400"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        )
    }

    private static let start = """
        const place = document.getElementById("swagger-ui");
        SwaggerUIBundle({url: place.dataset.url, domNode: place, deepLinking: true});
        """
}
