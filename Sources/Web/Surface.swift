package import HTTPTypes
package import Kernel

/// One product surface: where it lives, how it speaks, and what it can do.
package protocol Surface: Sendable {
    /// The word of `operations.tsv`, and the prefix on the main listener.
    var name: String { get }
    var title: String { get }
    var version: String { get }
    var summary: String { get }
    var endpoints: [Endpoint] { get }
    /// Of its pages, the first one where a browser prefers none of them.
    var languages: [Language] { get }
    /// A problem as people read it on a page.
    func describe(_ problem: Problem, in language: Language) -> String
    /// What one of the endpoints does by name, in contracts that have actions instead of paths.
    var actions: [String] { get }

    /// The contract's error body.
    func body(for problem: Problem) -> JSONValue
    /// The contract's status for a kind of problem.
    func status(for kind: Problem.Kind) -> HTTPResponse.Status
    /// What the client presents; nil when nothing. Throws the contract's problem when it cannot be read.
    func presentedKey(in headers: HTTPFields) throws(Problem) -> PresentedKey?
    /// What a request takes of its address's limit.
    func addressCost(of request: HTTPRequest) -> AddressCost
    /// The contract's words for a key that is missing, unknown or expired, and for a limit that is reached.
    func problem(for failure: AuthenticationFailure) -> Problem
}

/// What a request takes of the limit of its address.
package enum AddressCost: Sendable {
    case one
    /// Nothing for whoever shows a good key, which is held to the key's own limit.
    case oneUnlessKnown
    /// A tenth: what many people behind one address do at once.
    case tenth
}

extension Surface {
    package func addressCost(of request: HTTPRequest) -> AddressCost {
        request.headerFields[.authorization] == nil ? .one : .oneUnlessKnown
    }

    package var actions: [String] { [] }
    package var languages: [Language] { [.english] }
    package func describe(_ problem: Problem, in _: Language) -> String { problem.message }

    /// A surface without a contract of its own to say otherwise.
    package func status(for kind: Problem.Kind) -> HTTPResponse.Status { kind.usualStatus }
}

extension Problem.Kind {
    /// As most contracts have it.
    package var usualStatus: HTTPResponse.Status {
        switch self {
        case .unreadable, .invalid: .badRequest
        case .malformed, .missing: .unprocessableContent
        case .unauthenticated: .unauthorized
        case .paymentRequired: .paymentRequired
        case .forbidden: .forbidden
        case .notFound: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .conflict: .conflict
        case .tooLarge: .contentTooLarge
        case .limited: .tooManyRequests
        case .internal: .internalServerError
        case .badGateway: .badGateway
        case .unavailable: .serviceUnavailable
        case .gatewayTimeout: .gatewayTimeout
        }
    }
}

/// A key as a client shows it.
package struct PresentedKey: Sendable {
    package let id: String
    package let secret: String

    package init(id: String, secret: String) {
        self.id = id
        self.secret = secret
    }
}

/// Why a request is not let in.
package enum AuthenticationFailure: Sendable {
    case missing
    case unknown
    case expired
    case limited
}

extension HTTPResponse.Status {
    package static let paymentRequired = HTTPResponse.Status(code: 402, reasonPhrase: "Payment Required")
}
