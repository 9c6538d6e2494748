import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import Platform
import Web

/// How a browser signs in with a key, and out again.
struct SignInPages: Sendable {
    private static let formLimit = 16 * 1024

    let authentication: Authentication
    let sessions: Sessions

    private static let template = Template(
        """
        <h1>Sign in</h1>
        {{#problem}}<p class="problem" role="alert">{{problem}}</p>{{/problem}}
        <form method="post" action="{{action}}">
        {{#next}}<input type="hidden" name="next" value="{{next}}">{{/next}}
        <p><label for="key">{{label}}, as <code>key_id:secret</code></label><br>
        <input id="key" name="key" type="password" autocomplete="off" required></p>
        <p><button>Sign in</button></p>
        </form>
        <p class="soft">The key is exchanged for a cookie that lasts an hour; it is not kept.</p>
        {{#isOpen}}<p>No key yet? Anybody makes one: <code>curl {{publicURL}}/api/v1/keys -d '{"owner_id": "my-agent"}'</code></p>{{/isOpen}}
        """
    )

    let publicURL: String

    var endpoints: [Endpoint] {
        [
            Endpoint.page(.get, "/sign-in", "Sign in") { call in
                self.form(call, action: "\(WorkPlace.base(of: call))/sign-in", next: Self.next(call), problem: nil)
            },
            Endpoint.page(.post, "/sign-in", "Sign in with a key", self.signIn),
            Endpoint.page(.post, "/sign-out", "Sign out", self.signOut),
        ]
    }

    // MARK: Signing in

    @Sendable private func signIn(_ call: Call) async throws -> Response {
        try Self.requireOwnSite(call)
        let form = try await call.form(limit: Self.formLimit)
        let base = WorkPlace.base(of: call)
        let next = Self.local(form["next"])
        do {
            let caller = try await self.identify(form["key"], call)
            let home = ["admin": "/admin/dashboard", "provider": "/provider"][caller.role] ?? "/account"
            return try await self.begin(caller, goTo: next ?? base + home)
        } catch let problem as Problem where problem.kind != .internal {
            return self.form(call, action: "\(base)/sign-in", next: next, problem: problem)
        }
    }

    /// Not from a page of another site, which could sign a visitor in as somebody else.
    static func requireOwnSite(_ call: Call) throws {
        let site = call.request.headers[.init("Sec-Fetch-Site")!]
        guard site == nil || site == "same-origin" || site == "none" else { throw MarketProblems.formToken }
        // Browsers that know no fetch metadata, and all of them over plain http, still say where a form comes from.
        guard let origin = call.request.headers[.origin] else { return }
        let host = origin.split(separator: "/", maxSplits: 2).last.map(String.init)
        guard origin.contains("://"), host == call.request.head.authority else { throw MarketProblems.formToken }
    }

    /// Throws what is wrong with the key; guessers are held to their limit.
    func identify(_ key: String, _ call: Call) async throws -> Caller {
        let surface = MarketSurface(endpoints: [])
        return try await self.authentication.guarding(call.context.clientAddress, on: surface) {
            guard let colon = key.firstIndex(of: ":") else { throw MarketProblems.invalidKeyFormat }
            return try await self.authentication.identify(
                PresentedKey(
                    id: String(key[..<colon]).trimmed,
                    secret: String(key[key.index(after: colon)...]).trimmed
                ),
                on: surface
            )
        }
    }

    /// Begins a session and sends the browser on; the redirect takes a key out of the address and the history.
    func begin(_ caller: Caller, goTo path: String) async throws -> Response {
        var response = Response.redirect(to: path, type: .normal)
        response.headers[.setCookie] = try await self.sessions.begin(caller, surface: MarketSurface.name)
        response.headers[.cacheControl] = "no-store"
        return response
    }

    func form(
        _ call: Call,
        action: String,
        next: String?,
        label: String = "Key",
        problem: Problem?,
        status: HTTPResponse.Status = .ok
    ) -> Response {
        var values: [String: Any] = ["action": action, "label": label, "publicURL": self.publicURL]
        if label == "Key" { values["isOpen"] = true }
        values["next"] = next
        values["problem"] = problem?.message
        var response = HTML.page(title: "Sign in · Souk market", body: Self.template.render(values))
        response.status = problem.map { MarketSurface(endpoints: []).status(for: $0.kind) } ?? status
        response.headers[.cacheControl] = "no-store"
        return response
    }

    // MARK: Signing out

    /// Only with the token of the session's own pages.
    @Sendable private func signOut(_ call: Call) async throws -> Response {
        try await self.signOut(call, goTo: "\(WorkPlace.base(of: call))/")
    }

    func signOut(_ call: Call, goTo path: String) async throws -> Response {
        let form = try await call.form(limit: Self.formLimit)
        guard let session = try await self.sessions.find(call.request, surface: MarketSurface.name) else {
            return .redirect(to: path, type: .normal)
        }
        guard form["form_token"] == session.formToken else { throw MarketProblems.formToken }
        var response = Response.redirect(to: path, type: .normal)
        response.headers[.setCookie] = try await self.sessions.end(session)
        return response
    }

    // MARK: Where to

    private static func next(_ call: Call) -> String? {
        self.local(call.request.uri.queryParameters["next"].map(String.init) ?? "")
    }

    /// A path of this server; nil for anything that a browser could take for another place.
    static func local(_ path: String) -> String? {
        let isLocal =
            path.hasPrefix("/") && !path.hasPrefix("//") && path.utf8.allSatisfy { $0 > 32 && $0 < 127 && $0 != 92 }
        return isLocal ? path : nil
    }
}
