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

    /// A body for an operation: what was left empty is left out, and is the operation's to miss.
    ///
    /// - Parameters:
    ///   - integers: fields that are numbers; what is no number stays text, so that the operation names it.
    ///   - lists: fields that are sent several times, such as boxes that are ticked.
    ///   - words: fields that hold a list with commas between its words.
    package func body(
        _ names: [String],
        integers: [String] = [],
        lists: [String] = [],
        words: [String] = []
    ) -> JSONValue {
        var body: [String: JSONValue] = [:]
        for name in names where !self[name].isEmpty { body[name] = .string(self[name]) }
        for name in integers where !self[name].isEmpty {
            body[name] = Int64(self[name]).map { .integer($0) } ?? .string(self[name])
        }
        for name in lists { body[name] = .strings(self.all(name)) }
        for name in words {
            body[name] = .strings(self[name].bytewise.list(","))
        }
        return .object(body)
    }
}

extension Call {
    /// A form's body, as browsers encode it. Throws *too large*.
    package func form(limit: Int) async throws -> Form {
        let held = try await self.collectBody(upTo: limit)
        let body = held.bytes
        var values: [String: [String]] = [:]
        if let boundary = self.header(.contentType).flatMap(Multipart.boundary) {
            for (name, value) in try Multipart.parts(of: Data(body.readableBytesView), boundary: boundary) {
                values[name, default: []].append(value.bytewise.replacing("\0", with: "").bytewise.replacing("\r\n", with: "\n"))
            }
            return Form(values)
        }
        for pair in String(buffer: body).bytewise.split("&") {
            let parts = pair.bytewise.split("=", maxSplits: 1, keepsEmpty: true).map { part in
                // U+0000 is nothing that anybody can type.
                (part.bytewise.replacing("+", with: " ").removingPercentEncoding ?? "").bytewise.replacing("\0", with: "")
            }
            // Browsers send the lines of a text with a return and a line feed between them.
            if parts.count == 2 { values[parts[0], default: []].append(parts[1].bytewise.replacing("\r\n", with: "\n")) }
        }
        return Form(values)
    }
}
