import Crypto
import HTTPTypes
package import Hummingbird
package import Kernel
package import NIOCore

/// An answer that shows one thing with a version: its `ETag` is the version and what stands in the answer besides.
package protocol VersionedAnswer: Answer {
    /// Letters and digits; another one after each change of the thing.
    var version: String { get }
}

package enum EntityTag {
    /// A strong tag of an answer.
    package static func of(_ version: String, _ body: ByteBuffer) -> String {
        var hash = SHA256()
        hash.update(data: body.readableBytesView)
        return "\"\(version).\(Array(hash.finalize().prefix(8)).hex)\""
    }

    /// Throws `changed` where an `If-Match` names another version.
    package static func require(_ ifMatch: String?, version: String, else changed: Problem) throws {
        if let ifMatch, !self.names(ifMatch, version: version) { throw changed }
    }

    /// Whether an `If-Match` names the version, whatever else the answer held.
    package static func names(_ ifMatch: String, version: String) -> Bool {
        ifMatch.bytewise.split(",").contains { tag in
            let tag = String(tag).trimmed
            return tag == "*" || tag.bytewise.starts(with: "\"\(version).")
        }
    }
}

extension Response {
    /// With its tag; without a body where the client has the same already.
    package func tagged(_ version: String, _ body: ByteBuffer, for request: Request) -> Response {
        let tag = EntityTag.of(version, body)
        let known = request.headers[.ifNoneMatch].map { $0.bytewise.split(",").map { String($0).trimmed } } ?? []
        // Who compresses an answer on its way makes its tag a weak one.
        if [tag, "W/\(tag)"].contains(where: known.contains) || known == ["*"] {
            return Response(status: .notModified, headers: [.eTag: tag])
        }
        var response = self
        response.headers[.eTag] = tag
        return response
    }
}
