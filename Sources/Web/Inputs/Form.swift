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

    /// Reads a form that belongs to no page of the console. Empty fields count as missing.
    ///
    /// - Parameter given: fields that stand before the form's own.
    package func read<In: Input>(_: In.Type = In.self, given: [String: JSONValue] = [:]) throws -> In {
        var reader = InputReader(page: PageFields(given: given, form: self, emptied: []) { _ in "" })
        let input = In(&reader)
        try reader.check()
        return input
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
        guard let text = String(validating: body, as: UTF8.self) else { throw Problem(.unreadable, "field_encoding") }
        for pair in text.bytewise.split("&") {
            let (name, value) = pair.bytewise.cut(at: "=")
            if let value { values[try Self.decoded(name), default: []].append(Self.typed(try Self.decoded(value))) }
        }
        return Form(values)
    }

    private static func decoded(_ text: Substring) throws -> String {
        guard let decoded = text.bytewise.replacing("+", with: " ").removingPercentEncoding else {
            throw Problem(.unreadable, "field_encoding")
        }
        return decoded
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
