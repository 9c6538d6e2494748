package import HTTPTypes
package import Kernel
package import Platform
package import Web

/// The gateway as clients see it: one error envelope, the Bearer scheme, and OpenAI's members on OpenAI's paths.
package struct GatewayContract: SurfaceContract {
    package static let name = "gateway"

    package var name: String { Self.name }
    package var guide: DocumentGuide { GatewayGuide.guide }
    package let title = "Souk gateway"
    package let version = "0.1.0"
    package let summary = """
        AI agents behind one door: providers, tools, sessions, an OpenAI-compatible endpoint, budgets, traces and costs.
        """
    package var words: Words { GatewayWords.all }

    static let shared = GatewayContract()

    // MARK: Problems

    package func body(for problem: Problem) -> JSONValue { self.body(for: problem, in: .english) }

    package func body(for problem: Problem, in language: Language) -> JSONValue {
        ["error": .object(Self.error(problem, in: language))]
    }

    package func body(for problem: Problem, in language: Language, answering path: String) -> JSONValue {
        guard Self.isOpenAI(path) else { return self.body(for: problem, in: language) }
        return ["error": .object(Self.openAIError(problem, in: language))]
    }

    package func headers(for problem: Problem, in language: Language, answering path: String) -> [Problem.Header] {
        let common: [Problem.Header] = [.init("Content-Language", language.rawValue), .init("Vary", "Accept-Language")]
        guard Self.isOpenAI(path) else { return common }
        let retry = Self.retry(problem)
        // A bucket knows better than the header's constant.
        let isSaid = problem.headers.contains { $0.name == Self.retryAfter }
        let again: [Problem.Header] =
            retry.isRetryable && !isSaid ? [.init(Self.retryAfter, "\(retry.milliseconds)")] : []
        return common + [.init("x-should-retry", retry.isRetryable ? "true" : "false")] + again
    }

    static let retryAfter = "retry-after-ms"

    /// The envelope's `error`, also in the middle of a stream.
    static func error(_ problem: Problem, in language: Language) -> [String: JSONValue] {
        // One sentence form for all: the contract's `message is required`.
        let fields = (problem.fields + problem.furtherFields).map {
            FieldError(path: $0.path, rule: $0.rule, isMalformed: false)
        }
        let whole = Problem(problem.kind, problem.code, problem.arguments, variant: problem.variant, fields: fields)
        let retry = self.retry(problem)
        var members: [String: JSONValue] = [
            "code": .string(self.code(of: problem)), "message": .string(GatewayWords.all.message(whole, in: language)),
            "retryable": .bool(retry.isRetryable), "retryAfterMs": .integer(retry.milliseconds),
        ]
        if !fields.isEmpty {
            members["details"] = .array(
                fields.map { field in
                    let one = Problem(.invalid, "invalid", fields: [field])
                    let message = GatewayWords.all.message(one, in: language)
                    return ["field": .string(field.path), "message": .string(message)]
                }
            )
        }
        if let details = problem.extra["details"] { members["details"] = details }
        return members
    }

    /// The same with what OpenAI's clients read.
    static func openAIError(_ problem: Problem, in language: Language) -> [String: JSONValue] {
        let (type, code) = self.openAI(problem)
        let field = (problem.fields + problem.furtherFields).first.map { JSONValue.string($0.path) }
        return self.error(problem, in: language).merging([
            "type": .string(type), "openai_code": .text(code), "param": problem.extra["param"] ?? field ?? .null,
        ]) { $1 }
    }

    /// What the contract calls a problem.
    static func code(of problem: Problem) -> String {
        if let own = self.ownCodes[problem.code] { return own }
        return switch problem.kind {
        case .unauthenticated, .forbidden: "UNAUTHORIZED"
        case .notFound, .gone: "NOT_FOUND"
        case .conflict: "FAILED_PRECONDITION"
        case .preconditionFailed: "FAILED_PRECONDITION"
        case .limited, .paymentRequired: "RESOURCE_EXHAUSTED"
        case .badGateway, .unavailable: "UNAVAILABLE"
        case .gatewayTimeout: "AGENT_TIMEOUT"
        case .internal: "INTERNAL"
        case .unreadable, .malformed, .missing, .invalid, .methodNotAllowed, .tooLarge, .unprocessable,
            .unsupportedMedia:
            "INVALID_REQUEST"
        }
    }

    /// Where the kind alone does not say it.
    private static let ownCodes = [
        "tenant_exists": "ALREADY_EXISTS", "provider_exists": "ALREADY_EXISTS", "agent_exists": "ALREADY_EXISTS",
        "already_made": "ALREADY_EXISTS", "tool_failed": "TOOL_ERROR", "notice_exists": "ALREADY_EXISTS",
    ]

    /// Whether the same request may succeed later, and after how long.
    static func retry(_ problem: Problem) -> (isRetryable: Bool, milliseconds: Int64) {
        let said = problem.headers.first { $0.name == "Retry-After" }.flatMap { Int64($0.value) }.map { $0 * 1000 }
        if problem.extra["final"] != nil { return (false, 0) }
        return switch problem.kind {
        case .limited: problem.code == "budget_used_up" ? (false, 0) : (true, said ?? 1000)
        case .unavailable: (true, said ?? 1000)
        case .badGateway: problem.code == "provider_refused" ? (false, 0) : (true, 1000)
        case .internal: (true, 1000)
        case .conflict: problem.code == "idempotency_key_running" ? (true, 1000) : (false, 0)
        default: (false, 0)
        }
    }

    private static func openAI(_ problem: Problem) -> (type: String, code: String?) {
        switch problem.code {
        case "budget_used_up": return ("insufficient_quota", "insufficient_quota")
        case "model_not_found": return ("invalid_request_error", "model_not_found")
        case "context_too_long": return ("invalid_request_error", "context_length_exceeded")
        case "provider_refused": return ("server_error", "provider_refused")
        case "provider_failed": return ("server_error", "provider_error")
        case "rate_limited": return ("rate_limit_error", "rate_limit_exceeded")
        default: break
        }
        return switch problem.kind {
        case .unauthenticated: ("authentication_error", "invalid_api_key")
        case .forbidden: ("permission_error", nil)
        case .notFound: ("not_found_error", nil)
        case .limited: ("rate_limit_error", nil)
        case .badGateway, .unavailable, .gatewayTimeout, .internal: ("server_error", nil)
        default: ("invalid_request_error", nil)
        }
    }

    private static func isOpenAI(_ path: String) -> Bool {
        ["/v1/chat/completions", "/v1/models", "/v1/embeddings", "/v1/responses"].contains {
            path.bytewise.ends(with: $0)
        }
            || path.bytewise.contains("/v1/models/")
    }

    package func status(for kind: Problem.Kind) -> HTTPResponse.Status {
        switch kind {
        case .malformed, .missing: .badRequest
        default: kind.usualStatus
        }
    }

    // MARK: Requests

    package var jsonBodies: JSONBodies {
        JSONBodies(
            limit: 1024 * 1024,
            refusesOtherTypes: false,
            refusesRepeatedMembers: true,
            refusesMultipart: true
        )
    }
    package var areReadsKept: Bool { false }
    package var failuresPerMinute: Int? { 10 }

    /// Nothing can be probed below `/v1/` without a key.
    package func asksForKeyFirst(_ path: String) -> Bool { path.bytewise.contains("/v1/") }

    package func addressCost(of request: HTTPRequest) -> AddressCost {
        request.headerFields[.authorization] == nil ? .one : .oneUnlessKnown
    }

    package func presentedKey(in headers: HTTPFields) throws(Problem) -> PresentedKey? {
        guard let header = headers[.authorization] else { return nil }
        let parts = header.bytewise.split(" ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased().bytewise.equals("bearer") else {
            throw GatewayProblems.invalidAPIKey
        }
        return Self.presented(String(parts[1]).trimmed)
    }

    /// An API key is known by its hash; whatever else is shown could be the gateway token.
    static func presented(_ secret: String) -> PresentedKey {
        let isKey = APIKey.isKey(secret)
        return PresentedKey(id: isKey ? APIKey.credentialID(of: secret) : APIKey.tokenCredential, secret: secret)
    }

    package func problem(for failure: AuthenticationFailure) -> Problem {
        switch failure {
        case .missing, .unknown, .expired, .suspended: GatewayProblems.invalidAPIKey
        case .limited: GatewayProblems.rateLimited
        }
    }

    package func problem(limitedBy decision: LimitDecision) -> Problem { GatewayProblems.rateLimited(by: decision) }

    package var refusesUnreadablePaths: Bool { true }
}
