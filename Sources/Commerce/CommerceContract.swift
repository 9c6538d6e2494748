import Crypto
package import HTTPTypes
package import Kernel
package import Platform
package import Web

/// Commerce as clients see it: `{"error": code, "message": text}`, and a header of its own for each kind of key.
package struct CommerceContract: SurfaceContract {
    package static let name = "commerce"

    package var name: String { Self.name }
    package var guide: DocumentGuide { CommerceGuide.guide }
    package let title = "Souk commerce"
    package let version = "0.1.0"
    package let summary = """
        From a shopper's sentence to product cards, a link, and an order that is attributed to whoever brought it.
        """
    /// Of a key that says nothing else.
    package static let requestsPerMinute = 120

    package var words: Words { CommerceWords.all }

    static let shared = CommerceContract()

    package func body(for problem: Problem) -> JSONValue { self.body(for: problem, in: .english) }

    /// `error` stays what it is; `message` and the reasons are for people.
    package func body(for problem: Problem, in language: Language) -> JSONValue {
        let fields = problem.fields + problem.furtherFields
        let all = Problem(problem.kind, problem.code, problem.arguments, variant: problem.variant, fields: fields)
        var members: [String: JSONValue] = [
            "error": .string(Self.code(of: problem, fields)), "message": .string(self.words.message(all, in: language)),
        ]
        if !fields.isEmpty {
            let reasons = fields.map { ($0.path, JSONValue.string(self.reason($0, in: language))) }
            members["fields"] = .object(Dictionary(reasons) { first, _ in first })
        }
        return .object(problem.extra.merging(members) { $1 })
    }

    /// Without the field's name, which stands before it.
    private func reason(_ field: FieldError, in language: Language) -> String {
        let sentence = self.words.message(Problem(.invalid, "", fields: [field]), in: language)
        for start in ["\(field.path): ", "\(field.path) "] {
            if let rest = sentence.bytewise.dropping(prefix: start) { return String(rest) }
        }
        return sentence
    }

    /// A fault of the body is told apart from one of the path and the query; what is only missing or blank has a code of its own.
    private static func code(of problem: Problem, _ fields: [FieldError]) -> String {
        guard !fields.isEmpty else { return self.codes[problem.code] ?? problem.code }
        if fields.allSatisfy({ $0.isMissing || $0.rule.code == "blank" }) { return "missing_fields" }
        return fields.allSatisfy(\.isParameter) ? "invalid_parameter" : "invalid_body"
    }

    /// What the house calls otherwise.
    private static let codes = [
        "invalid_json": "invalid_body", "not_utf8": "invalid_body", "too_deep": "invalid_body",
        "too_large_json": "invalid_body", "bad_request": "invalid_body", "field_encoding": "invalid_parameter",
        "too_large": "body_too_large",
    ]

    /// The contract has no 422: what is wrong with an input is 400.
    package func status(for kind: Problem.Kind) -> HTTPResponse.Status {
        switch kind {
        case .malformed, .missing: .badRequest
        default: kind.usualStatus
        }
    }

    package var jsonBodies: JSONBodies { JSONBodies(limit: 256 * 1024, refusesOtherTypes: true) }

    /// Documents say for how long.
    package var areReadsKept: Bool { false }

    /// Nothing for whoever is known, by whatever header.
    package func addressCost(of request: HTTPRequest) -> AddressCost {
        let shown = [.authorization, Self.merchantHeader, Self.supplyHeader].contains { (name: HTTPField.Name) in
            request.headerFields.contains(name)
        }
        return shown ? .oneUnlessKnown : .one
    }

    // MARK: Keys

    static let merchantHeader = HTTPField.Name("X-Merchant-Token")!
    static let supplyHeader = HTTPField.Name("X-Supply-Key")!

    /// A token in a header of its own; else what the Bearer scheme carries.
    package func presentedKey(in headers: HTTPFields) throws(Problem) -> PresentedKey? {
        if let token = headers[Self.merchantHeader] ?? headers[Self.supplyHeader] {
            return Self.presented(token.trimmed)
        }
        return Self.bearer(headers)
    }

    package func secondKey(in headers: HTTPFields) throws(Problem) -> PresentedKey? {
        guard headers[Self.merchantHeader] ?? headers[Self.supplyHeader] != nil else { return nil }
        return Self.bearer(headers)
    }

    package func keyHeader(of role: Role) -> HTTPField.Name? {
        switch CommerceRole(role) {
        case .merchant: Self.merchantHeader
        case .supply: Self.supplyHeader
        default: nil
        }
    }

    private static func bearer(_ headers: HTTPFields) -> PresentedKey? {
        guard let header = headers[.authorization] else { return nil }
        let parts = header.bytewise.split(" ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return Self.presented(String(parts[1]).trimmed)
    }

    /// No key has a public part: each is known by its hash.
    static func presented(_ key: String) -> PresentedKey {
        PresentedKey(id: "co:\(SHA256.hash(data: Array("key \(key)".utf8)).hex)", secret: key)
    }

    package func problem(for failure: AuthenticationFailure) -> Problem { self.problem(for: failure, under: nil) }

    /// The code names the kind of key that the operation asks for.
    package func problem(for failure: AuthenticationFailure, under rule: AccessRule?) -> Problem {
        let isMissing = if case .missing = failure { true } else { false }
        if case .limited = failure { return CommerceProblems.rateLimited }
        guard let roles = rule.flatMap({ CommerceRole.asked(by: $0) }), roles.count == 1 else {
            return isMissing ? CommerceProblems.missingAPIKey : CommerceProblems.invalidAPIKey
        }
        return switch roles[0] {
        case .console: isMissing ? CommerceProblems.missingDeveloperToken : CommerceProblems.invalidDeveloperToken
        case .merchant:
            isMissing ? CommerceProblems.missingRegistrationToken : CommerceProblems.invalidRegistrationToken
        case .supply: CommerceProblems.invalidSupplyKey
        case .developer, .reader: isMissing ? CommerceProblems.missingAPIKey : CommerceProblems.invalidAPIKey
        }
    }
}

/// For whom there are keys.
package enum CommerceRole: String, SurfaceRole {
    package static let surface = CommerceContract.name

    /// An API key: `MA2A.`
    case developer
    /// An API key that only reads.
    case reader
    /// A console token: `MA2D.`
    case console
    /// A merchant's token: `mrt_`
    case merchant
    /// The operator's: `sup_`
    case supply

    /// Whom an operation asks for alone; nil where several kinds of keys may.
    static func asked(by rule: AccessRule) -> [CommerceRole]? {
        guard case .key(let roles?, _) = rule else { return nil }
        let asked = roles.compactMap { CommerceRole($0) }.filter { $0 != .reader }
        return asked.isEmpty ? nil : asked
    }
}
