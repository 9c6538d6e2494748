package import HTTPTypes
package import Kernel
package import Platform

/// What differs between the contracts of the surfaces.
package protocol SurfaceContract: Sendable {
    /// The surface's word in paths, settings and keys.
    var name: String { get }
    var title: String { get }
    var version: String { get }
    var summary: String { get }
    /// Of its pages, the first one where a browser prefers none of them.
    var languages: [Language] { get }
    /// The time zone of its pages for visitors who have chosen none.
    var timeZone: PageTimeZone { get }
    /// What it says, in every language.
    var words: Words { get }

    /// What its document says beside its operations.
    var guide: DocumentGuide { get }

    /// The contract's error body.
    func body(for problem: Problem) -> JSONValue
    /// The same in the client's language, in contracts that have several.
    func body(for problem: Problem, in language: Language) -> JSONValue
    /// The same as an answer to a request, in contracts that have several forms.
    ///
    /// - Parameter path: of the request, with whatever prefix stands before it.
    func body(for problem: Problem, in language: Language, answering path: String) -> JSONValue
    /// The body with the request that it answers, in contracts whose errors name it.
    func naming(request id: String, in body: JSONValue) -> JSONValue
    /// What robots do not read, below its prefix; and whether it has a `/sitemap.xml`.
    var robots: (disallowed: [String], hasSitemap: Bool) { get }
    /// Headers of the contract's own that belong to the problem.
    func headers(for problem: Problem, in language: Language, answering path: String) -> [Problem.Header]
    /// Where whoever has no key learns nothing else: neither which paths there are, nor with which methods.
    func asksForKeyFirst(_ path: String) -> Bool
    /// So many wrong keys of one address in a minute are told apart from a limit; nil for the address's own limit alone.
    var failuresPerMinute: Int? { get }
    /// The contract's status for a kind of problem.
    func status(for kind: Problem.Kind) -> HTTPResponse.Status
    /// What the client presents; nil when nothing. Throws the contract's problem when it cannot be read.
    func presentedKey(in headers: HTTPFields) throws(Problem) -> PresentedKey?
    /// A second key, which must be good too where it is shown; nil in contracts that have none.
    func secondKey(in headers: HTTPFields) throws(Problem) -> PresentedKey?
    /// The header of its own in which a role's key comes; nil for the Bearer scheme.
    func keyHeader(of role: Role) -> HTTPField.Name?
    /// What it takes as a JSON body.
    var jsonBodies: JSONBodies { get }
    /// Whether answers to reads may be kept by whoever gets them, where they do not say so themselves.
    var areReadsKept: Bool { get }
    /// What a request takes of its address's limit.
    func addressCost(of request: HTTPRequest) -> AddressCost
    /// How often a key may ask; nil for as often as it likes.
    func keyLimit(of caller: Caller, _ effect: Effect) -> KeyLimit?
    /// The contract's words for a key that is missing, unknown or expired, and for a limit that is reached.
    func problem(for failure: AuthenticationFailure) -> Problem
    /// The same, where it depends on whom the operation asks for; nil for no operation.
    func problem(for failure: AuthenticationFailure, under rule: AccessRule?) -> Problem
    /// A limit that is reached, with when to come again.
    func problem(limitedBy decision: LimitDecision) -> Problem
    /// Whether a path that is not percent-encoded UTF-8 is 400, and not 404.
    var refusesUnreadablePaths: Bool { get }
}

/// One action of an endpoint that has many, by its name.
package struct NamedAction: Sendable {
    package let name: String
    /// What it refuses of itself.
    package let refusals: [Problem]

    package init(name: String, refusals: [Problem]) {
        self.name = name
        self.refusals = refusals
    }
}

/// A contract with the endpoints that keep it.
package struct Surface: Sendable {
    package let contract: any SurfaceContract
    package let endpoints: [Endpoint]
    /// The actions of one endpoint, in contracts that have actions instead of paths.
    package let actions: [NamedAction]
    /// What webhooks subscribe to.
    package let events: [WebhookEvent]
    /// Counts a request of a known key that leads to no operation; what its answer says of the limit.
    package let counting: @Sendable (Caller) async -> [Problem.Header]

    package var name: String { self.contract.name }

    package init(
        _ contract: any SurfaceContract,
        endpoints: [Endpoint],
        actions: [NamedAction] = [],
        events: [WebhookEvent] = [],
        counting: @escaping @Sendable (Caller) async -> [Problem.Header] = { _ in [] }
    ) {
        self.contract = contract
        self.endpoints = endpoints
        self.actions = actions
        self.events = events
        self.counting = counting
    }
}

/// What a contract takes as a JSON body.
package struct JSONBodies: Sendable {
    /// Bytes beyond which a body is refused.
    package let limit: Int
    /// Whether a body is refused that says it is something else.
    package let refusesOtherTypes: Bool
    /// Whether a member that comes twice is refused.
    package let refusesRepeatedMembers: Bool
    /// Whether a form with files is refused as such, and not as JSON that cannot be read.
    package let refusesMultipart: Bool

    package init(
        limit: Int,
        refusesOtherTypes: Bool,
        refusesRepeatedMembers: Bool = false,
        refusesMultipart: Bool = false
    ) {
        (self.limit, self.refusesOtherTypes) = (limit, refusesOtherTypes)
        (self.refusesRepeatedMembers, self.refusesMultipart) = (refusesRepeatedMembers, refusesMultipart)
    }

    package static let usual = JSONBodies(limit: 1024 * 1024, refusesOtherTypes: false)

    /// Throws *unsupported media*. A body without a type is read as JSON; so is an object that says it is a form, as curl does of its own
    /// accord.
    func check(type: String?, of body: some Sequence<UInt8>) throws {
        guard self.refusesOtherTypes || self.refusesMultipart, let type else { return }
        let essence = String(type.bytewise.cut(at: ";").before).trimmed.lowercased()
        guard self.refusesOtherTypes else {
            if essence.bytewise.starts(with: "multipart/") {
                throw Problem(.unsupportedMedia, "unsupported_media_type")
            }
            return
        }
        if essence == "application/json" || essence == "text/json" || essence.bytewise.ends(with: "+json") { return }
        let isObject = body.first { $0 > UInt8(ascii: " ") } == UInt8(ascii: "{")
        guard essence == "application/x-www-form-urlencoded", isObject else {
            throw Problem(.unsupportedMedia, "unsupported_media_type")
        }
    }
}

/// What a request takes of the limit of its address.
package enum AddressCost: Sendable {
    case one
    /// Nothing for a request with a valid key, because the key's own limit applies.
    case oneUnlessKnown
    /// A tenth: what many people behind one address do at once.
    case tenth
}

extension SurfaceContract {
    package func keyLimit(of caller: Caller, _: Effect) -> KeyLimit? {
        caller.rateLimit > 0 ? KeyLimit(policy: "key", requests: caller.rateLimit) : nil
    }

    package func addressCost(of request: HTTPRequest) -> AddressCost {
        request.headerFields[.authorization] == nil ? .one : .oneUnlessKnown
    }

    package func problem(for failure: AuthenticationFailure, under _: AccessRule?) -> Problem {
        self.problem(for: failure)
    }

    package func problem(limitedBy decision: LimitDecision) -> Problem {
        self.problem(for: .limited).limited(by: decision)
    }

    package var refusesUnreadablePaths: Bool { false }

    package func secondKey(in _: HTTPFields) throws(Problem) -> PresentedKey? { nil }

    package func keyHeader(of _: Role) -> HTTPField.Name? { nil }

    package func body(for problem: Problem, in _: Language) -> JSONValue { self.body(for: problem) }

    package func body(for problem: Problem, in language: Language, answering _: String) -> JSONValue {
        self.body(for: problem, in: language)
    }

    package func headers(for _: Problem, in _: Language, answering _: String) -> [Problem.Header] { [] }

    package func asksForKeyFirst(_: String) -> Bool { false }
    package var robots: (disallowed: [String], hasSitemap: Bool) { ([], false) }
    package func naming(request _: String, in body: JSONValue) -> JSONValue { body }

    package var failuresPerMinute: Int? { nil }

    package var guide: DocumentGuide { .none }

    package var jsonBodies: JSONBodies { .usual }

    package var areReadsKept: Bool { true }

    package var languages: [Language] { Language.allCases }

    package var timeZone: PageTimeZone { .utc }

    /// A surface without a contract of its own to say otherwise.
    package func status(for kind: Problem.Kind) -> HTTPResponse.Status { kind.usualStatus }
}

extension Problem.Kind {
    /// As most contracts have it.
    package var usualStatus: HTTPResponse.Status {
        switch self {
        case .unreadable, .invalid: .badRequest
        case .malformed, .missing, .unprocessable: .unprocessableContent
        case .unauthenticated: .unauthorized
        case .paymentRequired: .paymentRequired
        case .forbidden: .forbidden
        case .notFound: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .conflict: .conflict
        case .preconditionFailed: .preconditionFailed
        case .gone: .gone
        case .unsupportedMedia: .unsupportedMediaType
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
package enum AuthenticationFailure: Sendable, CaseIterable {
    case missing
    case unknown
    case expired
    /// The operator has suspended the owner.
    case suspended
    case limited
}

extension HTTPResponse.Status {
    package static let paymentRequired = HTTPResponse.Status(code: 402, reasonPhrase: "Payment Required")
}
