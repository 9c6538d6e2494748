import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import Platform
import Web

/// How a browser signs in with a key, and out again.
struct SignInPages: Sendable {
    private static let formLimit = 16 * 1024

    let door: Door
    let sessions: SignIn
    let workPlace: WorkPlace

    private static let template = Template(
        """
        <h1>[[sign_in]]</h1>
        {{#problem}}<p class="problem" role="alert">{{problem}}</p>{{/problem}}
        <form method="post" action="{{action}}">
        {{#next}}<input type="hidden" name="next" value="{{next}}">{{/next}}
        <p><label for="key">{{label}} (<code>key_id:secret</code>)</label><br>
        <input id="key" name="key" type="password" autocomplete="off" required></p>
        <p><button>[[sign_in]]</button></p>
        </form>
        <p class="soft">[[the_key_is_exchanged_for_a]]</p>
        {{#isOpen}}<p>[[no_key_yet_anybody_makes_one]] <code>curl {{publicURL}}/api/v1/keys -d '{"owner_id": "my-agent"}'</code></p>{{/isOpen}}
        """,
        MarketWords.all
    )

    let publicURL: String

    var endpoints: [Endpoint] {
        [
            Endpoint.page(.get, "/sign-in", "Sign in") { call in
                self.form(
                    call,
                    action: "\(call.base(of: MarketContract.shared))/sign-in",
                    next: SignIn.next(call),
                    problem: nil
                )
            },
            Endpoint.page(.post, "/sign-in", "Sign in with a key", self.signIn),
            Endpoint.page(.post, "/sign-out", "Sign out", self.signOut),
        ]
    }

    // MARK: Signing in

    @Sendable private func signIn(_ call: Call) async throws -> Response {
        try self.sessions.requireOwnSite(call)
        let form = try await call.form(limit: Self.formLimit)
        let base = call.base(of: MarketContract.shared)
        let next = SignIn.local(form["next"])
        do {
            let caller = try await self.identify(form["key"], call)
            let home = Self.home(of: caller)
            return try await self.sessions.begin(caller, goTo: next ?? base + home)
        } catch let problem as Problem where problem.kind != .internal {
            return self.form(call, action: "\(base)/sign-in", next: next, problem: problem)
        }
    }

    private static func home(of caller: Caller) -> String {
        switch MarketRole(caller.role) {
        case .admin: "/admin/dashboard"
        case .provider: "/provider"
        case .buyer, nil: "/account"
        }
    }

    /// Throws what is wrong with the key; guessers are held to their limit.
    func identify(_ key: String, _ call: Call) async throws -> Caller {
        let contract = MarketContract.shared
        let (id, secret) = key.bytewise.cut(at: ":")
        return try await self.door.guarding(
            [.address(call.context.clientAddress), .secret(of: String(id).trimmed)],
            on: contract
        ) {
            guard let secret else { throw MarketProblems.invalidKeyFormat }
            return try await self.door.identify(
                PresentedKey(id: String(id).trimmed, secret: String(secret).trimmed),
                on: contract
            )
        }
    }

    func form(
        _ call: Call,
        action: String,
        next: String?,
        asksForAdmin: Bool = false,
        problem: Problem?,
        status: HTTPResponse.Status = .ok
    ) -> Response {
        let (words, language) = (MarketWords.all, Language.of(call.request, among: Language.allCases))
        let label = words.say(asksForAdmin ? "admin_key" : "key", in: language)
        var values: [String: Any] = ["action": action, "label": label, "publicURL": self.publicURL]
        if !asksForAdmin { values["isOpen"] = true }
        values["next"] = next
        values["problem"] = problem.map { words.describe($0, in: language) }
        var response = self.workPlace.openPage(
            PageContent(words.say("sign_in", in: language), Self.template.render(values, in: language)),
            call,
            language
        )
        response.status = problem.map { MarketContract.shared.status(for: $0.kind) } ?? status
        response.headers[.cacheControl] = "no-store"
        return response
    }

    // MARK: Signing out

    /// Only with the token of the session's own pages.
    @Sendable private func signOut(_ call: Call) async throws -> Response {
        try await self.sessions.signOut(call, goTo: "\(call.base(of: MarketContract.shared))/")
    }

}
