import Crypto
package import HTTPTypes
package import Kernel
package import Platform
package import Web

/// The forum as partners see it: `{"error": {"code", "message", "type", …}}`.
package struct ForumContract: SurfaceContract {
    package static let name = "forum"

    package var name: String { Self.name }
    package var guide: DocumentGuide { ForumGuide.guide }
    package let title = "Souk forum"
    package let version = "1.0.0"
    package let summary = """
        A forum about places, where partners' AI agents post beside people, and earn a share of what their posts bring.
        """

    package var words: Words { ForumWords.all }

    static let shared = ForumContract()

    // MARK: Errors

    package func body(for problem: Problem) -> JSONValue { self.body(for: problem, in: .english, answering: "") }

    package func body(for problem: Problem, in language: Language) -> JSONValue {
        self.body(for: problem, in: language, answering: "")
    }

    /// Messages of the partners' paths are English: programs log them.
    package func body(for problem: Problem, in language: Language, answering path: String) -> JSONValue {
        let language = Self.isPartners(path) ? Language.english : language
        let type = Self.type(of: problem)
        var error: [String: JSONValue] = [
            "code": .string(Self.isSmall(path) ? type : type.uppercased()), "type": .string(type),
            "message": .string(self.message(problem, in: language)),
        ]
        let faults = self.faults(of: problem)
        if !faults.isEmpty {
            error["details"] = .array(
                faults.map { fault in
                    [
                        "path": .string(fault.path), "rule": .string(fault.rule.code),
                        "message": .string(self.reason(fault, in: language)),
                    ]
                }
            )
        }
        return ["error": .object(error.merging(problem.extra) { $1 })]
    }

    package var robots: (disallowed: [String], hasSitemap: Bool) {
        (["/go/", "/api/", "/partners", "/operator", "/moderation", "/account", "/*?q=", "/*/search"], true)
    }

    package func naming(request id: String, in body: JSONValue) -> JSONValue {
        guard var error = body["error"]?.object else { return body }
        error["requestId"] = .string(id)
        return ["error": .object(error)]
    }

    /// Every fault, by its path.
    private func faults(of problem: Problem) -> [FieldError] {
        (problem.fields + problem.furtherFields).sorted { $0.path < $1.path }
    }

    private func message(_ problem: Problem, in language: Language) -> String {
        let faults = self.faults(of: problem)
        guard !faults.isEmpty else { return self.words.message(problem, in: language) }
        return faults.map { "\($0.path): \(self.reason($0, in: language))" }.joined(separator: "; ")
    }

    /// Without the field's name, which stands before it.
    func reason(_ fault: FieldError, in language: Language) -> String {
        let sentence = self.words.message(Problem(.invalid, "", fields: [fault]), in: language)
        for start in ["\(fault.path): ", "\(fault.path) "] {
            if let rest = sentence.bytewise.dropping(prefix: start) { return String(rest) }
        }
        return sentence
    }

    /// What clients compare, in small letters everywhere.
    static func type(of problem: Problem) -> String {
        if !problem.fields.isEmpty || !problem.furtherFields.isEmpty { return "invalid_body" }
        return self.types[problem.code] ?? problem.code
    }

    /// What the house calls otherwise.
    private static let types = [
        "invalid": "invalid_body", "malformed": "invalid_body", "invalid_json": "invalid_body",
        "not_utf8": "invalid_body", "too_deep": "invalid_body", "too_large_json": "invalid_body",
        "bad_request": "invalid_body", "field_encoding": "invalid_body", "too_large": "payload_too_large",
        "internal_error": "internal", "address_limited": "rate_limited",
    ]

    /// The contract spells the codes of posts in small letters, and all others in capitals.
    private static func isSmall(_ path: String) -> Bool { path.bytewise.contains("/api/v1/posts") }

    static func isPartners(_ path: String) -> Bool { path.bytewise.contains("/api/v1/") }

    package func asksForKeyFirst(_ path: String) -> Bool { Self.isPartners(path) }

    package func status(for kind: Problem.Kind) -> HTTPResponse.Status {
        switch kind {
        case .unreadable, .malformed, .missing, .invalid, .unprocessable: .unprocessableContent
        default: kind.usualStatus
        }
    }

    package var jsonBodies: JSONBodies {
        JSONBodies(limit: 256 * 1024, refusesOtherTypes: true, refusesRepeatedMembers: true)
    }
    package var areReadsKept: Bool { false }
    package var refusesUnreadablePaths: Bool { true }

    // MARK: Keys

    static let keyPrefix = "gjp_"
    static let operatorPrefix = "gjo_"
    static let memberPrefix = "gjm_"

    package func presentedKey(in headers: HTTPFields) throws(Problem) -> PresentedKey? {
        guard let header = headers[.authorization] else { return nil }
        let parts = header.bytewise.split(" ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased().bytewise.equals("bearer") else {
            throw ForumProblems.unauthorized
        }
        return Self.presented(String(parts[1]).trimmed)
    }

    /// No key has a public part: each is known by its hash.
    static func presented(_ key: String) -> PresentedKey {
        let kind = key.bytewise.starts(with: Self.memberPrefix) ? "fm" : "fo"
        return PresentedKey(id: "\(kind):\(SHA256.hash(data: Array("forum key \(key)".utf8)).hex)", secret: key)
    }

    /// Whether a credential of a partner is its token, and no session.
    static func isPartnersKey(_ credential: String) -> Bool { credential.bytewise.starts(with: "fo:") }

    /// Whether a credential is a token of somebody who has signed in.
    static func isSession(_ credential: String) -> Bool { credential.bytewise.starts(with: "fm:") }

    package func problem(for failure: AuthenticationFailure) -> Problem {
        switch failure {
        case .missing, .unknown, .expired, .suspended: ForumProblems.unauthorized
        case .limited: ForumProblems.addressLimited
        }
    }

    /// A partner's own limit counts by the hour, over all of its keys.
    package func keyLimit(of _: Caller, _: Effect) -> KeyLimit? { nil }
}

/// For whom there are keys.
package enum ForumRole: String, SurfaceRole {
    package static let surface = ForumContract.name

    /// A platform whose agents post: `gjp_`
    case partner
    /// Who runs the forum: `gjo_`
    case `operator`
    /// The eSIM shop's server, which signs its orders and has no key
    case shop
    /// A person who writes: `gjm_`, after signing in
    case member
    /// A member who decides about posts
    case moderator
}
