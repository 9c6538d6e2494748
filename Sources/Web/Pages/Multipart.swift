import Foundation
import Kernel

/// A form with a file in it, as browsers encode it (RFC 7578); files are read as text. None of the packages reads it.
enum Multipart {
    /// Nil when the content type is another.
    static func boundary(of contentType: String) -> String? {
        guard contentType.lowercased().hasPrefix("multipart/form-data"),
            let start = contentType.range(of: "boundary=", options: .caseInsensitive)?.upperBound
        else { return nil }
        let text = contentType[start...].prefix { $0 != ";" }.trimmingCharacters(in: .init(charactersIn: "\" "))
        return text.isEmpty ? nil : text
    }

    /// The parts that have a name, in their order. Throws *unreadable* when one is not UTF-8.
    static func parts(of body: Data, boundary: String) throws -> [(name: String, value: String)] {
        // Every delimiter stands at the beginning of a line, the first one at the beginning of the body.
        let delimiter = Data("\r\n--\(boundary)".utf8)
        var rest = Data("\r\n".utf8) + body
        var parts: [(name: String, value: String)] = []
        while let start = rest.range(of: delimiter) {
            rest = rest[start.upperBound...]
            guard let end = rest.range(of: delimiter) else { break }
            if let part = try self.part(rest[..<end.lowerBound]) { parts.append(part) }
        }
        return parts
    }

    private static func part(_ bytes: Data) throws -> (name: String, value: String)? {
        guard let gap = bytes.range(of: Data("\r\n\r\n".utf8)) else { return nil }
        let head = String(decoding: bytes[..<gap.lowerBound], as: UTF8.self)
        guard let name = head.firstMatch(of: #/[; ]name="([^"]*)"/#)?.1 else { return nil }
        guard let value = String(validating: bytes[gap.upperBound...], as: UTF8.self) else {
            throw Problem(.unreadable, "not_utf8", "The file is not UTF-8; save it as CSV UTF-8")
        }
        return (String(name), value)
    }
}
