import Foundation
import HTTPTypes
package import Hummingbird
package import Kernel
package import Platform

/// Turns pages into endpoints. It checks the session, the role and the form's token, adds the menu, and shows problems on the page where
/// they arose.
package struct Console: Sendable {
    private static let formLimit = 1024 * 1024
    private static let refreshSeconds = 3

    let sessions: Sessions
    let door: Door
    let contract: any SurfaceContract
    let style: Style

    package init(sessions: Sessions, door: Door, contract: any SurfaceContract, style: Style) {
        self.sessions = sessions
        self.door = door
        self.contract = contract
        self.style = style
    }

    /// What tells one surface's console from another's.
    package struct Style: Sendable {
        /// The page to return to after signing in again.
        let home: String
        let menus: [Menu]
        /// The language that an account has chosen.
        let setting: @Sendable (Caller) async throws -> Language?
        /// Why somebody of another role is not let in.
        let denial: @Sendable (_ allowed: Set<Role>) -> Problem
        /// The problem for a form that another site has sent.
        let formToken: Problem
        /// As whom the visitor is greeted.
        let callerName: @Sendable (Caller) -> String

        package init(
            home: String,
            menus: [Menu],
            setting: @escaping @Sendable (Caller) async throws -> Language? = { _ in nil },
            denial: @escaping @Sendable (_ allowed: Set<Role>) -> Problem,
            formToken: Problem,
            callerName: @escaping @Sendable (Caller) -> String = { $0.name }
        ) {
            self.callerName = callerName
            self.home = home
            self.menus = menus
            self.setting = setting
            self.denial = denial
            self.formToken = formToken
        }
    }

    /// A group of places that the roles see.
    package struct Menu: Sendable {
        let roles: Set<Role>
        let links: [(title: String, path: String)]

        package init(_ roles: Set<Role>, _ links: [(title: String, path: String)]) {
            self.roles = roles
            self.links = links
        }
    }

    package func endpoints(_ pages: [ConsolePage]) -> [Endpoint] {
        pages.flatMap { page in
            [
                .page(.get, page.path, page.summary) { call in
                    try await self.enter(call, page) { request in self.page(try await page.show(request), request) }
                }
            ]
                + page.forms.map { form in
                    .page(.post, form.path, form.summary) { call in
                        try await self.enter(call, page) { try await self.submit(form, of: page, $0) }
                    }
                }
        }
    }

    /// A file for whoever is signed in: an endpoint's response, with the page's own parameters and query.
    package func download(_ path: String, _ summary: String, of endpoint: Endpoint) -> Endpoint {
        let page = ConsolePage(path: path, summary: summary, roles: nil) { _ in PageContent(summary, .empty) }
        return .page(.get, path, summary) { call in
            try await self.enter(call, page) { request in
                let query = call.request.uri.fields.filter { !$0.value.isEmpty }
                return try await request.respond(
                    to: endpoint,
                    Dictionary(uniqueKeysWithValues: Self.parameters(of: path).map { ($0, request.parameter($0)) }),
                    query: Dictionary(query.map { (String($0.key), String($0.value)) }) { first, _ in first }
                )
            }
        }
    }

    /// A page that everybody may see; whoever is signed in has their menu.
    package func endpoint(
        open path: String,
        _ summary: String,
        _ show: @escaping @Sendable (Call, PageRequest?) async throws -> PageContent
    ) -> Endpoint {
        Endpoint.page(.get, path, summary) { try await self.respond(to: $0, show) }
    }

    package func respond(to call: Call, _ show: (Call, PageRequest?) async throws -> PageContent) async throws
        -> Response
    {
        let session = try await self.sessions.find(call.request, surface: self.contract.name)
        let base = call.base(of: self.contract)
        var request: PageRequest?
        if let session { request = try await self.request(call, session) }
        let language = request?.language ?? self.language(of: call)
        let layOut = { (content: PageContent) in
            if let request { return self.page(content, request) }
            return self.openPage(content, call, language)
        }
        do { return layOut(try await show(call, request)) } catch {
            let problem = Problem(any: error)
            guard problem.kind != .internal else { throw error }
            var response = layOut(self.content(of: problem, base: base, language))
            response.refuse(problem, self.contract)
            return response
        }
    }

    // MARK: Guards

    private func enter(
        _ call: Call,
        _ page: ConsolePage,
        _ body: (PageRequest) async throws -> Response
    ) async throws -> Response {
        let base = call.base(of: self.contract)
        guard let session = try await self.sessions.find(call.request, surface: self.contract.name) else {
            // A form that was sent after the session has ended begins again at its page.
            let asked = call.request.method == .get ? call.request.uri.description : base + self.style.home
            return .redirect(to: "\(base)/sign-in?next=\(HTML.percentEncode(asked))", type: .normal)
        }
        var request = try await self.request(call, session)
        request.page = page.path
        do {
            let rule = AccessRule.key(roles: page.roles) { _ in self.style.denial(page.roles ?? []) }
            let arrival = Arrival(.session(session.caller), call.context, at: self.door, of: self.contract)
            _ = try await arrival.enter(rule, call.request.method == .get ? .read : .write)
            return try await body(request)
        } catch {
            let problem = Problem(any: error)
            guard problem.kind != .internal else { throw error }
            return self.problemPage(problem, request)
        }
    }

    /// Does what a form asks; when that fails, its page is shown again with the reason and what was typed.
    private func submit(_ form: ConsoleForm, of page: ConsolePage, _ request: PageRequest) async throws -> Response {
        var request = request
        request.form = try await request.call.form(limit: Self.formLimit)
        guard request.form["form_token"] == request.session.formToken else { throw self.style.formToken }
        do {
            // Read before it is done: what is removed can be named no more.
            let subject = try await form.subject(request)
            guard !form.asksFirst(request) || Confirmation.isGiven(request, form) else {
                return self.page(Confirmation.page(form, of: page, subject, request), request)
            }
            switch try await form.perform(request) {
            case .goTo(let path): return self.redirect(to: path, after: form, subject, request)
            case .tell(let came, let path): return self.redirect(to: path, after: form, came, request)
            case .show(let content):
                var response = self.page(content, request)
                if content.holdsSecret { response.headers[.referrerPolicy] = "no-referrer" }
                return response
            case .respond(let response): return response
            }
        } catch {
            let problem = Problem(any: error)
            guard problem.kind != .internal else { throw error }
            request.problem = problem
            guard let content = try? await page.show(request) else { return self.problemPage(problem, request) }
            var response = self.page(content, request)
            response.refuse(problem, self.contract)
            return response
        }
    }

    /// The page says which form it was, and what it was about.
    private func redirect(to path: String, after form: ConsoleForm, _ subject: FormSubject?, _ request: PageRequest)
        -> Response
    {
        let told = path.bytewise.replacing("done=1", with: "done=1&did=\(form.code)")
        let isNamed = form.isNamed(in: self.contract.words)
        var response = Response.redirect(to: request.base + (isNamed ? told : path), type: .normal)
        // Only the page that tells it gets it; what an earlier form has left is over.
        let cookie = subject.flatMap { path.bytewise.contains("done=1") ? FormNotice.cookie($0, request) : nil }
        response.headers[.setCookie] = cookie ?? FormNotice.end(request)
        return response
    }

    // MARK: Layout

    package func page(_ content: PageContent, _ request: PageRequest) -> Response {
        let caller = request.session.caller
        let places = self.style.menus.filter { $0.roles.contains(caller.role) }
        let here = request.call.request.uri.path.dropFirst(request.base.count)
        let links = places.flatMap(\.links)
        // The longest path that the page stands at or below.
        let current = links.map(\.path).filter { here == $0 || here.bytewise.starts(with: $0 + "/") }.max {
            $0.count < $1.count
        }
        let next = request.call.request.method == .get ? request.call.request.uri.description : request.here
        let errors = FieldErrors(request.problem, self.contract.words, request.language)
        var response = HTML.page(
            title: self.title(content, request.language),
            body: errors?.mark(content.body, action: request.call.request.uri.path) ?? content.body,
            menu: places.map { place in
                place.links.map {
                    HTML.Link(title: request.say($0.title), path: request.base + $0.path, isHere: $0.path == current)
                }
            },
            aside: """
                \(self.switches(call: request.call, request.display, next: next))<form method="post" action="\(request.base)/sign-out">
                <input type="hidden" name="form_token" value="\(request.session.formToken)">
                <span>\(self.style.callerName(caller)) <span class="soft">\(self.roleTitle(of: caller, request))</span></span>
                <button class="quiet">\(request.say("sign_out"))</button></form>
                """,
            refreshSeconds: content.isWatched ? Self.refreshSeconds : nil,
            language: request.language
        )
        response.headers[.cacheControl] = "no-store"
        if request.isDone, let end = FormNotice.end(request) { response.headers[.setCookie] = end }
        if content.usesScript, let policy = response.headers[.contentSecurityPolicy] {
            let own = "default-src 'none'; script-src 'self'; connect-src 'self';"
            response.headers[.contentSecurityPolicy] = policy.bytewise.replacing("default-src 'none';", with: own)
        }
        return response
    }

    /// Of a role that is several at once, their titles.
    private func roleTitle(of caller: Caller, _ request: PageRequest) -> String {
        caller.role.name.bytewise.split("+").map { request.say("role.\($0)") }.joined(separator: ", ")
    }

    /// The page's own title, and the surface's behind it.
    private func title(_ content: PageContent, _ language: Language) -> String {
        let surface = self.contract.words.say("surface_title", in: language)
        return content.title == surface ? surface : "\(content.title) · \(surface)"
    }

    private func problemPage(_ problem: Problem, _ request: PageRequest) -> Response {
        var response = self.page(self.content(of: problem, base: request.base, request.language), request)
        response.refuse(problem, self.contract)
        return response
    }

    /// A page for somebody who is not signed in.
    package func openPage(_ content: PageContent, _ call: Call, _ language: Language) -> Response {
        let base = call.base(of: self.contract)
        // Whoever comes in does not come back to a form that lets people in.
        let isEntry = [base + "/sign-in", base + "/sign-up"].contains(call.request.uri.path)
        let next = isEntry ? "" : "?next=\(HTML.percentEncode(call.request.uri.description))"
        let signIn = "\(base)/sign-in\(next)"
        return HTML.page(
            title: self.title(content, language),
            body: content.body,
            aside: """
                \(self.switches(call: call, self.display(of: call, language)))<a href="\(signIn)">\(self.contract.words.say("sign_in", in: language))</a>
                """,
            language: language
        )
    }

    private func content(of problem: Problem, base: String, _ language: Language) -> PageContent {
        let words = self.contract.words
        let title = words.say(problem.kind == .notFound ? "page_not_found" : "this_did_not_work", in: language)
        return PageContent(
            title,
            """
            <h1>\(title)</h1><p class="problem" role="alert">\(self.contract.words.describe(problem, in: language))</p>
            <p><a href="\(base)/">\(words.say("to_the_start", in: language))</a></p>
            """
        )
    }

    // MARK: Addresses

    static func parameters(of path: String) -> [String] {
        path.bytewise.split("/").filter { $0.bytewise.starts(with: "{") }.map { String($0.dropFirst().dropLast()) }
    }
}

extension Call {
    /// A surface's prefix on the main listener; nothing on its own.
    package func base(of contract: any SurfaceContract) -> String {
        let prefix = "/\(contract.name)"
        let path = self.request.uri.path
        return path == prefix || path.bytewise.starts(with: prefix + "/") ? prefix : ""
    }
}

extension Endpoint {
    /// A page for people, which the OpenAPI document leaves out.
    package static func page(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ summary: String,
        _ handle: @escaping @Sendable (Call) async throws -> Response
    ) -> Endpoint {
        Endpoint(
            raw: method,
            path,
            summary,
            tag: "Pages",
            access: .open,
            isPage: true,
            answers: [AnswerDescription(status: .ok, summary: summary, mediaType: "text/html")],
            handle
        )
    }
}

extension Response {
    /// A page that shows a problem says its code, and when to try again, as every other answer does.
    mutating func refuse(_ problem: Problem, _ contract: any SurfaceContract) {
        self.status = contract.status(for: problem.kind)
        self.headers[.problem] = problem.code
        for header in problem.headers {
            if let name = HTTPField.Name(header.name) { self.headers[name] = header.value }
        }
    }
}
