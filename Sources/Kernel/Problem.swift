/// What went wrong, in terms that every surface can render in its own envelope.
package struct Problem: Error, Sendable, Equatable {
    /// Which status family an envelope chooses from.
    package enum Kind: Sendable, Equatable, CaseIterable {
        /// The request cannot be read at all: broken JSON, a body that is not UTF-8.
        case unreadable
        /// A field has the wrong type.
        case malformed
        /// A field that must be there is not; contracts that do not tell it from *malformed* answer both alike.
        case missing
        /// A field breaks a rule: its range, length or format.
        case invalid
        case unauthenticated
        case paymentRequired
        case forbidden
        case notFound
        case methodNotAllowed
        case conflict
        /// The client has named a state that no longer holds.
        case preconditionFailed
        /// It was there once and never will be again.
        case gone
        case tooLarge
        /// It can be read and understood, and still cannot be done so.
        case unprocessable
        /// The body's media type is none that can be read.
        case unsupportedMedia
        case limited
        case `internal`
        /// An upstream server failed, or could not be reached.
        case badGateway
        case unavailable
        case gatewayTimeout
    }

    package let kind: Kind
    /// Stable and machine readable: clients switch on it, and sentences are made of it in every language.
    package let code: String
    /// Which of the code's sentences is said, where it has several.
    package let variant: String?
    /// What the sentence names.
    package let arguments: [String: String]
    package let fields: [FieldError]
    /// Fields that break rules, beside those that cannot be read: some contracts tell of all at once.
    package let furtherFields: [FieldError]
    /// Headers that belong to this answer whatever the envelope: `Retry-After`, `Allow`, the rail's requirements.
    package let headers: [Header]
    /// A body that a rail prescribes, merged into the envelope's members.
    package let extra: [String: JSONValue]

    package struct Header: Sendable, Equatable {
        package let name: String
        package let value: String
        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package init(
        _ kind: Kind,
        _ code: String,
        _ arguments: [String: String] = [:],
        variant: String? = nil,
        fields: [FieldError] = [],
        furtherFields: [FieldError] = [],
        headers: [Header] = [],
        extra: [String: JSONValue] = [:]
    ) {
        self.kind = kind
        self.code = code
        self.variant = variant
        self.arguments = arguments
        self.fields = fields
        self.furtherFields = furtherFields
        self.headers = headers
        self.extra = extra
    }

    /// The same problem with further headers.
    package func adding(_ headers: [Header]) -> Problem {
        Problem(
            self.kind,
            self.code,
            self.arguments,
            variant: self.variant,
            fields: self.fields,
            furtherFields: self.furtherFields,
            headers: self.headers + headers,
            extra: self.extra
        )
    }
}

/// One field that is wrong, and why.
package struct FieldError: Sendable, Equatable {
    /// As the client wrote it: `line_items[2].amount`.
    package let path: String
    package let rule: FieldRule
    /// Whether the field is missing or of the wrong type, rather than breaking a rule.
    package let isMalformed: Bool
    /// Whether it is not there at all.
    package let isMissing: Bool
    /// Whether it stands in the path or the query, and not in the body.
    package let isParameter: Bool

    package init(
        path: String,
        rule: FieldRule,
        isMalformed: Bool,
        isMissing: Bool = false,
        isParameter: Bool = false
    ) {
        self.path = path
        self.rule = rule
        self.isMalformed = isMalformed
        self.isMissing = isMissing
        self.isParameter = isParameter
    }
}
