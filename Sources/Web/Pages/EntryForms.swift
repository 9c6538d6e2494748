package import HTTPTypes
package import Hummingbird
package import Kernel
package import Platform

/// A form by which somebody comes in: with a key, with a password, or by signing up.
package struct EntryForm: Sendable {
    let path: String
    /// The word for its title and its button.
    let title: String
    let template: Template
    let values: @Sendable (Call, Form, Language) -> [String: Any]
    let enter: @Sendable (Call, Form) async throws -> Caller?
    /// Below the surface: where it goes on when nobody has come in by it.
    let next: String
    /// The status of a page that somebody has to come in to; the form then stands on that page. Nil for a form on a page of its own.
    let status: HTTPResponse.Status?

    /// - Parameters:
    ///   - path: below the surface, also where the form is sent to.
    ///   - fields: Mustache over `form` (what was typed, without secrets), `base`, `next` and the values; the fields and what follows the button.
    ///   - status: of the page while nobody has come in.
    ///   - next: below the surface, where it goes on when nobody has come in by it.
    ///   - enter: who has come in, or nobody yet. Throws what is wrong, which the form then says.
    package init(
        path: String,
        title: String,
        fields: String,
        after: String,
        words: Words,
        status: HTTPResponse.Status? = nil,
        next: String = "/",
        values: @escaping @Sendable (Call, Form, Language) -> [String: Any] = { _, _, _ in [:] },
        enter: @escaping @Sendable (Call, Form) async throws -> Caller?
    ) {
        (self.path, self.title, self.status, self.values, self.enter) = (path, title, status, values, enter)
        self.next = next
        self.template = Template(
            """
            <h1>[[\(title)]]</h1>
            {{#problem}}<p class="problem" role="alert">{{problem}}</p>{{/problem}}
            <form method="post" action="{{action}}">
            {{#next}}<input type="hidden" name="next" value="{{next}}">{{/next}}
            \(fields)
            </form>
            \(after)
            """,
            words
        )
    }
}

/// How browsers come in to a surface and leave it: its entry forms, signing out, and the switches of language and time zone.
package struct EntryForms: Sendable {
    private static let formLimit = 16 * 1024
    /// What is never shown again.
    private static let secrets: Set<String> = ["password", "key", "code"]

    private let signIn: SignIn
    private let console: Console
    private let forms: [EntryForm]
    private let home: @Sendable (Role) -> String
    private let begun: @Sendable (Caller, Call, Response) async throws -> Response

    /// - Parameters:
    ///   - home: where each role begins.
    ///   - begun: adds to the answer of somebody who has come in.
    package init(
        _ console: Console,
        _ signIn: SignIn,
        forms: [EntryForm],
        home: @escaping @Sendable (Role) -> String,
        begun: @escaping @Sendable (Caller, Call, Response) async throws -> Response = { $2 }
    ) {
        (self.console, self.signIn, self.forms, self.home, self.begun) = (console, signIn, forms, home, begun)
    }

    package var endpoints: [Endpoint] {
        self.forms.flatMap { form in
            let title = form.path.bytewise.dropping(prefix: "/").map(String.init) ?? form.path
            return [
                Endpoint.page(.get, form.path, "The form to \(title)") { self.show(form, $0, problem: nil) },
                Endpoint.page(.post, form.path, "Do \(title)") { try await self.enter(form, $0) },
            ]
        } + [
            Endpoint.page(.post, "/sign-out", "Sign out") { call in
                try await self.signOut(call, goTo: "\(call.base(of: self.console.contract))/")
            },
            self.console.languageEndpoint,
            self.console.timeZoneEndpoint,
        ]
    }

    /// What a browser sends with the form: the session, or the form again with what is wrong.
    ///
    /// - Parameter given: stands for what was typed, where it came in another way.
    package func enter(_ form: EntryForm, _ call: Call, given: Form? = nil) async throws -> Response {
        let typed: Form
        if let given {
            typed = given
        } else {
            try self.signIn.requireOwnSite(call)
            typed = try await call.form(limit: Self.formLimit)
        }
        do {
            let base = call.base(of: self.console.contract)
            guard let caller = try await form.enter(call, typed) else {
                return .redirect(to: base + form.next, type: .normal)
            }
            let home = base + self.home(caller.role)
            let path = form.isHome ? call.request.uri.path : SignIn.local(typed["next"]) ?? home
            return try await self.begun(caller, call, self.signIn.begin(caller, goTo: path))
        } catch let problem as Problem where problem.kind != .internal {
            return self.show(form, call, typed, problem: problem)
        }
    }

    package func show(_ form: EntryForm, _ call: Call, _ typed: Form = .none, problem: Problem?) -> Response {
        let (contract, language) = (self.console.contract, self.console.language(of: call))
        let base = call.base(of: contract)
        let next = problem == nil ? SignIn.next(call) : SignIn.local(typed["next"])
        let shown = typed.names.filter { !Self.secrets.contains($0) }.map { ($0, typed[$0]) }
        var values = form.values(call, typed, language)
        values["base"] = base
        values["action"] = form.isHome ? call.request.uri.path : base + form.path
        values["next"] = form.isHome ? nil : next
        values["form"] = Dictionary(uniqueKeysWithValues: shown)
        values["problem"] = problem.map { contract.words.describe($0, in: language) }
        let body = form.template.render(values, in: language)
        let errors = FieldErrors(problem, contract.words, language)
        let content = PageContent(
            contract.words.say(form.title, in: language),
            errors?.mark(body, action: base + form.path) ?? body
        )
        var response = self.console.openPage(content, call, language)
        response.status = form.status ?? .ok
        if let problem { response.refuse(problem, contract) }
        response.headers[.cacheControl] = "no-store"
        return response
    }

    package func signOut(_ call: Call, goTo path: String) async throws -> Response {
        try await self.signIn.signOut(call, goTo: path)
    }
}

extension EntryForm {
    /// Whether it stands at the page that it lets in to.
    fileprivate var isHome: Bool { self.status != nil }
}
