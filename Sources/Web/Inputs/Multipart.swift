import Foundation
import Kernel

/// A form with a file in it, as browsers encode it (RFC 7578); files are read as text. None of the packages reads it.
enum Multipart {
    /// Nil when the content type is another.
    static func boundary(of contentType: String) -> String? {
        let parts = contentType.bytewise.list(";")
        guard let kind = parts.first, kind.lowercased() == "multipart/form-data" else { return nil }
        for part in parts.dropFirst() {
            let (name, value) = part.bytewise.cut(at: "=")
            guard name.lowercased() == "boundary", let value, !value.isEmpty else { continue }
            let inner = value.bytewise.dropping(prefix: "\"")?.bytewise.dropping(suffix: "\"") ?? value
            // RFC 2046: 70 bytes of ASCII at the most.
            let isProper = (1...70).contains(inner.utf8.count) && inner.utf8.allSatisfy { $0 > 31 && $0 < 127 }
            return isProper ? String(inner) : nil
        }
        return nil
    }

    /// The parts that have a name, in their order, as text. Throws *unreadable* when one is not UTF-8.
    static func parts(of body: Data, boundary: String) throws -> [(name: String, value: String)] {
        try self.byteParts(of: body, boundary: boundary).map { name, bytes in
            guard let value = String(validating: bytes, as: UTF8.self) else { throw Problem(.unreadable, "not_utf8") }
            return (name, value)
        }
    }

    /// The same as they came.
    static func byteParts(of body: Data, boundary: String) -> [(name: String, value: Data)] {
        // Every delimiter stands at the beginning of a line, the first one at the beginning of the body.
        let delimiter = Data("\r\n--\(boundary)".utf8)
        var rest = Data("\r\n".utf8) + body
        var parts: [(name: String, value: Data)] = []
        // characters: bytes
        while let start = rest.range(of: delimiter) {
            rest = rest[start.upperBound...]
            // characters: bytes
            guard let end = rest.range(of: delimiter) else { break }
            if let part = self.part(rest[..<end.lowerBound]) { parts.append(part) }
        }
        return parts
    }

    private static func part(_ bytes: Data) -> (name: String, value: Data)? {
        // characters: bytes
        guard let gap = bytes.range(of: Data("\r\n\r\n".utf8)) else { return nil }
        let head = String(decoding: bytes[..<gap.lowerBound], as: UTF8.self)
        guard let name = self.name(in: head) else { return nil }
        return (name, bytes[gap.upperBound...])
    }

    /// Of a part's head: `Content-Disposition: form-data; name="csv"; filename="a.csv"`. Browsers write a quote as `%22`.
    private static func name(in head: String) -> String? {
        for line in head.bytewise.split(anyOf: "\r\n") {
            let (field, value) = line.bytewise.cut(at: ":")
            guard field.lowercased() == "content-disposition", let value else { continue }
            // What stands in quotes is not looked into for the name: the parts between quotes are every second one.
            let pieces = value.bytewise.split("\"", keepsEmpty: true)
            for (before, quoted) in zip(pieces, pieces.dropFirst()).enumerated().filter({ $0.offset % 2 == 0 }).map(
                \.element
            )
            where before.bytewise.list(";").last?.lowercased() == "name=" {
                return String(quoted)
            }
        }
        return nil
    }
}
