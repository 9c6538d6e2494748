import Crypto
import HTTPTypes
package import Hummingbird
package import Kernel
package import Platform
package import Storage

/// Keeps a browser signed in until it has asked for nothing for twelve hours. The key is exchanged for a cookie, so it appears in no page and no URL.
package struct Sessions: Sendable {
    /// Without a request.
    package static let lifetimeSeconds: Int64 = 12 * 3600
    /// With requests, too: then one signs in again.
    private static let longestSeconds: Int64 = 30 * 86_400
    /// Not every request writes down that the session goes on.
    private static let renewalSeconds: Int64 = 600

    private let database: any Database
    private let credentials: CredentialCache
    private let ids: IDGenerator
    private let clock: WallClock
    /// True if browsers reach this server over https. The cookie is then sent over https only.
    let isSecure: Bool

    package init(
        database: any Database,
        credentials: CredentialCache,
        ids: IDGenerator,
        clock: WallClock,
        isSecure: Bool
    ) {
        self.database = database
        self.credentials = credentials
        self.ids = ids
        self.clock = clock
        self.isSecure = isSecure
    }

    /// A session under way.
    package struct Session: Sendable {
        package let caller: Caller
        /// The CSRF token for the forms of this session.
        package let formToken: String
        let surface: String
        package let tokenHash: String
    }

    /// Begins a session; the `Set-Cookie` of the answer.
    package func begin(_ caller: Caller, surface: String) async throws -> String {
        let token = self.ids.bytes(32).hex
        let hash = Self.hash(token)
        try await self.database.write { tx in
            try tx.sessions.insert(
                hash,
                of: caller.credential,
                surface: surface,
                until: tx.now.adding(seconds: Self.lifetimeSeconds)
            )
        }
        return self.cookie(token, surface, seconds: Self.longestSeconds)
    }

    /// Whether the operator has suspended whoever signs in.
    func isSuspended(_ caller: Caller, surface: String) async throws -> Bool {
        try await self.credentials.find(caller.credential, surface: surface)?.isSuspended ?? false
    }

    /// The request's session, unless it or its key has ended.
    package func find(_ request: Request, surface: String) async throws -> Session? {
        guard let token = request.cookies(named: self.name(surface)).first else { return nil }
        let hash = Self.hash(token)
        let now = self.clock.now()
        guard let known = try await self.database.read({ try $0.sessions.find(hash, surface: surface) }),
            let credential = try await self.credentials.find(known.credential, surface: surface),
            !credential.isSuspended, credential.expiresAt.map({ $0 > now }) ?? true
        else { return nil }
        let until = min(
            now.adding(seconds: Self.lifetimeSeconds),
            known.createdAt.adding(seconds: Self.longestSeconds)
        )
        if until.seconds(since: known.until) >= Self.renewalSeconds {
            try await self.database.write { try $0.sessions.update(hash, until: until) }
        }
        return Session(
            caller: Caller(credential),
            formToken: Self.hash("form \(token)"),
            surface: surface,
            tokenHash: hash
        )
    }

    /// Ends a session; the `Set-Cookie` of the answer.
    package func end(_ session: Session) async throws -> String {
        try await self.database.write { try $0.sessions.delete(session.tokenHash) }
        return self.cookie("", session.surface, seconds: 0)
    }

    // MARK: Cookie

    /// `__Host-` keeps other hosts of the domain, and plain http, from setting it.
    /// Each surface has its own, so that somebody can be signed in to several.
    private func name(_ surface: String) -> String { "\(self.isSecure ? "__Host-" : "")souk_session_\(surface)" }

    private func cookie(_ token: String, _ surface: String, seconds: Int64) -> String {
        let secure = self.isSecure ? "; Secure" : ""
        return "\(self.name(surface))=\(token); Path=/; Max-Age=\(seconds); HttpOnly; SameSite=Lax\(secure)"
    }

    private static func hash(_ text: String) -> String { SHA256.hash(data: Array(text.utf8)).hex }
}
