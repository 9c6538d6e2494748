package import Hummingbird
package import Kernel
import Synchronization

/// A document as it is sent. It is written when it is first asked for: most servers start more often than anybody reads them.
package final class OpenAPIFile: Sendable {
    private let document: OpenAPIDocument
    private let edit: @Sendable (JSONValue) -> JSONValue
    private let kept = Mutex<(bytes: [UInt8], file: KeptText)?>(nil)

    /// - Parameter edit: what is made of the document: another edition of OpenAPI, another language.
    package init(_ document: OpenAPIDocument, edit: @escaping @Sendable (JSONValue) -> JSONValue = { $0 }) {
        (self.document, self.edit) = (document, edit)
    }

    package func text() throws -> [UInt8] { try self.written().bytes }

    package func response(to request: Request) throws -> Response { try self.written().file.response(to: request) }

    private func written() throws -> (bytes: [UInt8], file: KeptText) {
        try self.kept.withLock { kept in
            if let kept { return kept }
            let bytes = Array(try JSON.encode(self.edit(self.document.json)))
            let written = (bytes: bytes, file: KeptText(bytes, type: "application/json"))
            kept = written
            return written
        }
    }
}
