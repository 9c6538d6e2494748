package import HTTPTypes
package import Kernel
import Platform
package import Web

/// The market as clients see it: `detail` for errors, `Bearer key_id:secret` for keys.
package struct MarketContract: SurfaceContract {
    package static let name = "market"

    package var name: String { Self.name }
    package let title = "Souk market"
    package let version = "0.6.0"
    package let summary = """
        A marketplace of paid APIs: list services, find them, and call them through a proxy that pays.
        """

    package var words: Words { MarketWords.all }
    package var guide: DocumentGuide { MarketGuide.guide }

    static let shared = MarketContract()

    package func body(for problem: Problem) -> JSONValue {
        .object(problem.extra.merging(["detail": .string(self.words.message(problem))]) { $1 })
    }

    package func presentedKey(in headers: HTTPFields) throws(Problem) -> PresentedKey? {
        guard let header = headers[.authorization] else { return nil }
        let parts = header.bytewise.split(" ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        let (id, secret) = parts[1].bytewise.cut(at: ":")
        guard let secret else { throw MarketProblems.invalidKeyFormat }
        return PresentedKey(id: String(id).trimmed, secret: String(secret))
    }

    package func problem(for failure: AuthenticationFailure) -> Problem {
        switch failure {
        case .missing: MarketProblems.keyRequired
        case .unknown: MarketProblems.invalidKey
        case .expired: MarketProblems.keyExpired
        case .suspended: MarketProblems.accountSuspended
        case .limited: MarketProblems.rateLimited
        }
    }
}

extension Caller {
    var isAdmin: Bool { self.has(MarketRole.admin) }
}

extension Access where Who == Caller {
    static var provider: Access {
        .key(roles: [MarketRole.provider.role, MarketRole.admin.role], denial: MarketProblems.providerRequired)
    }
    static var admin: Access { .key(roles: [MarketRole.admin.role], denial: MarketProblems.adminRequired) }
}
