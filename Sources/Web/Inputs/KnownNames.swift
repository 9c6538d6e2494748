package import HTTPTypes
import Hummingbird
package import Kernel

/// The names that an operation takes in its body and its query: what else stands there does nothing, and is told.
package struct KnownNames: Sendable {
    private let body: Set<String>
    private let query: Set<String>

    /// Of an input.
    package init<In: Input>(of _: In.Type) {
        self.init(InputReader.describe(In.self), wrappers: InputReader.wrappers(of: In.self))
    }

    /// - Parameter schema: of a body that the endpoint reads itself.
    package init(_ fields: [FieldDescription], schema: JSONValue? = nil, also names: [String] = []) {
        self.init(fields, wrappers: names + (schema?["properties"]?.object?.keys.map { $0 } ?? []))
    }

    init(_ fields: [FieldDescription], wrappers: [String]) {
        self.body = Set(fields.filter { $0.place == .body }.map(\.name) + wrappers)
        self.query = Set(fields.filter { $0.place == .query }.map(\.name))
    }

    /// What nobody reads, bodies before queries, each by name.
    func unknown(in body: JSONValue?, _ request: Request) -> Unknown {
        let names = request.uri.query == nil ? [] : Set(request.uri.fields.map { String($0.key) })
        let members = self.body.isEmpty ? [:] : body?.object ?? [:]
        return Unknown(
            body: members.keys.filter { !self.body.contains($0) }.sorted(),
            query: names.isEmpty ? [] : names.subtracting(self.query).sorted()
        )
    }

    package struct Unknown: Sendable {
        let body: [String]
        let query: [String]

        var isEmpty: Bool { self.body.isEmpty && self.query.isEmpty }

        /// For `Prefer: handling=strict` (RFC 7240).
        var errors: [(path: String, isParameter: Bool)] {
            self.body.map { ($0, false) } + self.query.map { ($0, true) }
        }

        /// For the header.
        var text: String {
            let parts = [("unknown fields", self.body), ("unknown query names", self.query)].filter { !$1.isEmpty }
            return parts.map { "\($0): \(Self.listed($1))" }.joined(separator: "; ")
        }

        private static let shown = 10
        private static let length = 50

        private static func listed(_ names: [String]) -> String {
            let shown = names.prefix(self.shown).map { name in
                String(
                    decoding: name.utf8.prefix(self.length).map { (33..<127).contains($0) ? $0 : UInt8(ascii: "?") },
                    as: UTF8.self
                )
            }
            return (shown + (names.count > self.shown ? ["…"] : [])).joined(separator: ", ").bytewise.replacing(
                "…",
                with: "..."
            )
        }
    }
}

extension Request {
    /// Whether the client would rather be refused than be understood in part.
    var isStrict: Bool {
        (self.headers[.prefer] ?? "").lowercased().bytewise.list(",").map { $0.bytewise.replacing(" ", with: "") }
            .contains(
                "handling=strict"
            )
    }
}

extension HTTPField.Name {
    static let prefer = Self("Prefer")!
    /// Names what nobody has read.
    package static let warning = Self("Souk-Warning")!
}
