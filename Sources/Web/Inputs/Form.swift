import Foundation
import Hummingbird
package import Kernel

/// The fields of a form that a browser has sent.
package struct Form: Sendable {
    private let values: [String: [String]]

    package static let none = Form([:])

    package init(_ values: [String: [String]]) { self.values = values }

    /// The first value of the name; empty when there is none.
    package subscript(name: String) -> String { self.values[name]?.first ?? "" }

    package func all(_ name: String) -> [String] { self.values[name] ?? [] }

    package var names: [String] { self.values.keys.sorted() }

    /// The body for an operation. Empty fields are omitted; the operation reports them as missing.
    package func body(_ names: [String]) -> JSONValue {
        var body: [String: JSONValue] = [:]
        for name in names where !self[name].isEmpty { body[name] = .string(self[name]) }
        return .object(body)
    }
}

extension Form {
    /// A form's body as browsers encode it, in either way. Throws *unreadable*.
    package static func read(_ body: [UInt8], contentType: String) throws -> Form {
        var values: [String: [String]] = [:]
        if let boundary = Multipart.boundary(of: contentType) {
            for (name, value) in try Multipart.parts(of: Data(body), boundary: boundary) {
                values[name, default: []].append(Self.typed(value))
            }
            return Form(values)
        }
        for pair in String(decoding: body, as: UTF8.self).bytewise.split("&") {
            let (name, value) = pair.bytewise.cut(at: "=")
            if let value { values[Self.decoded(name), default: []].append(Self.typed(Self.decoded(value))) }
        }
        return Form(values)
    }

    private static func decoded(_ text: Substring) -> String {
        text.bytewise.replacing("+", with: " ").removingPercentEncoding ?? ""
    }

    /// Removes U+0000, which nobody can type, and turns the CR LF that browsers send between lines into LF.
    private static func typed(_ text: String) -> String {
        text.bytewise.replacing("\0", with: "").bytewise.replacing("\r\n", with: "\n")
    }
}

extension Call {
    /// Throws *too large* and *unreadable*.
    package func form(limit: Int) async throws -> Form {
        let body = try await self.collectBody(upTo: limit)
        return try Form.read(Array(body.bytes.readableBytesView), contentType: self.header(.contentType) ?? "")
    }
}
