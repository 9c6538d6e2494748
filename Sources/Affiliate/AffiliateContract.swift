import Crypto
package import HTTPTypes
package import Kernel
package import Platform
package import Web

/// The affiliate network as clients see it: `{success, message, data}`, and `Bearer aa_…` for keys.
package struct AffiliateContract: SurfaceContract {
    package static let name = "affiliate"

    package var name: String { Self.name }
    package var guide: DocumentGuide { AffiliateGuide.guide }
    package let title = "Souk affiliate network"
    package let version = "1.0.0"
    package let summary = """
        An affiliate network: find programs, become a partner, send traffic, have conversions counted once, and get paid.
        """
    /// The limit of writes of a key, however many reads it has (docs/affiliate.md, Actions).
    static let writesPerMinute = 30

    package var words: Words { AffiliateWords.all }
    package var timeZone: PageTimeZone { PageTimeZone(name: "JST", offsetSeconds: JapanTime.offsetSeconds) }

    static let shared = AffiliateContract()

    package func body(for problem: Problem) -> JSONValue {
        .object(problem.extra.merging(["success": false, "message": .string(self.words.message(problem))]) { $1 })
    }

    /// 422 is for parameters that are missing, 400 for all that are wrong (docs/affiliate.md, Actions).
    package func status(for kind: Problem.Kind) -> HTTPResponse.Status {
        kind == .malformed ? .badRequest : kind.usualStatus
    }

    package func presentedKey(in headers: HTTPFields) throws(Problem) -> PresentedKey? {
        guard let header = headers[.authorization] else { return nil }
        let parts = header.bytewise.split(" ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return Self.presented(String(parts[1]).trimmed)
    }

    /// A key has no public part: it is known by its hash.
    static func presented(_ key: String) -> PresentedKey {
        PresentedKey(id: "aa:\(SHA256.hash(data: Array("key \(key)".utf8)).hex)", secret: key)
    }

    /// Clicks and pixels come from many people behind one address, postbacks from one server for all of its orders.
    package func addressCost(of request: HTTPRequest) -> AddressCost {
        let path = (request.path ?? "").utf8.prefix { $0 != UInt8(ascii: "?") }
        let parts = path.split(separator: UInt8(ascii: "/")).suffix(2).map { Substring($0) }
        if parts.last?.bytewise.equals("postback") ?? false { return .oneUnlessKnown }
        if parts.last?.bytewise.equals("pixel") ?? false || parts.count == 2 && ["t", "js"].contains(parts[0]) {
            return .tenth
        }
        return request.headerFields[.authorization] == nil ? .one : .oneUnlessKnown
    }

    /// Reads and writes are limited apart.
    package func keyLimit(of caller: Caller, _ effect: Effect) -> KeyLimit? {
        guard caller.rateLimit > 0 else { return nil }
        return switch effect {
        case .read: KeyLimit(policy: "reads", requests: caller.rateLimit)
        case .write: KeyLimit(policy: "writes", requests: Self.writesPerMinute)
        }
    }

    package func problem(for failure: AuthenticationFailure) -> Problem {
        switch failure {
        case .missing: AffiliateProblems.keyRequired
        case .unknown, .expired, .suspended: AffiliateProblems.invalidKey
        case .limited: AffiliateProblems.rateLimited
        }
    }
}
