import Foundation
import HTTPTypes
import Kernel
import NIOCore

/// A file that somebody has sent: as the body itself, or as a part of a form.
package struct Upload: Sendable {
    package let bytes: [UInt8]
    /// The form's other fields.
    package let form: Form
}

extension Call {
    /// Throws *too large*, and *unreadable* for a form that cannot be read.
    ///
    /// - Parameter field: the name of the part that is the file.
    package func upload(field: String, limit: Int) async throws -> Upload {
        let body = try await self.collectBody(upTo: limit)
        let bytes = Array(body.bytes.readableBytesView)
        guard let boundary = Multipart.boundary(of: self.header(.contentType) ?? "") else {
            return Upload(bytes: bytes, form: .none)
        }
        var (file, fields): ([UInt8], [String: [String]]) = ([], [:])
        for (name, value) in Multipart.byteParts(of: Data(bytes), boundary: boundary) {
            if name.bytewise.equals(field) {
                file = Array(value)
            } else if let text = String(validating: value, as: UTF8.self) {
                fields[name, default: []].append(text)
            } else {
                throw Problem(.unreadable, "not_utf8")
            }
        }
        return Upload(bytes: file, form: Form(fields))
    }
}
