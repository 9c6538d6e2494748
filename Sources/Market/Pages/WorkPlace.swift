import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import Platform
import Web

/// Puts pages into endpoints: the session, the role, the form's token, the menu, and problems that are shown where they arose.
struct WorkPlace: Sendable {
    static let formLimit = 1024 * 1024
    private static let refreshSeconds = 3

    let sessions: Sessions
    let authentication: Authentication
    let api: API

    /// The work places of all roles: buyers have the first, providers also the second, administrators all. Everybody's own comes first.
    private static let menus: [(role: String, links: [(title: String, path: String)])] = [
        (
            "buyer",
            [
                ("Account", "/account"), ("Usage", "/account/usage"), ("Deposits", "/account/deposits"),
                ("Keys", "/account/keys"), ("Webhooks", "/account/webhooks"),
            ]
        ),
        ("provider", [("Provider", "/provider"), ("Earnings", "/provider/earnings")]),
        (
            "admin",
            [
                ("Dashboard", "/admin/dashboard"), ("Settlements", "/operator/settlements"),
                ("Money", "/operator/money"), ("Agents", "/operator/agents"),
                ("Webhook health", "/operator/webhooks"), ("Ledger", "/operator/ledger"),
            ]
        ),
    ]

    func endpoints(_ pages: [WorkPage]) -> [Endpoint] {
        pages.flatMap { page in
            [
                .page(.get, page.path, page.summary) { call in
                    try await self.enter(call, page) { visit in self.page(try await page.show(visit), visit) }
                }
            ]
                + page.forms.map { form in
                    .page(.post, form.path, form.summary) { call in
                        try await self.enter(call, page) { try await self.submit(form, of: page, $0) }
                    }
                }
        }
    }

    /// A file for whoever is signed in: an operation's answer, with the page's own parameters and query.
    func download(_ path: String, _ summary: String, of route: String) -> Endpoint {
        let page = WorkPage(path: path, summary: summary, roles: nil) { _ in PageContent(summary, "") }
        return .page(.get, path, summary) { call in
            try await self.enter(call, page) { visit in
                var request = API.Request(route)
                for name in ["settlement_id", "job_id"] where !visit.parameter(name).isEmpty {
                    request.parameters[name] = visit.parameter(name)
                }
                for (name, value) in call.request.uri.queryParameters where !value.isEmpty {
                    request.query[String(name)] = String(value)
                }
                return try await self.api.respond(to: request, as: visit.session.caller, in: call)
            }
        }
    }

    /// A page that everybody may see; whoever is signed in has their menu.
    func endpoint(
        open path: String,
        _ summary: String,
        _ show: @escaping @Sendable (Call, Visit?) async throws -> PageContent
    ) -> Endpoint {
        Endpoint.page(.get, path, summary) { try await self.respond(to: $0, show) }
    }

    func respond(to call: Call, _ show: (Call, Visit?) async throws -> PageContent) async throws -> Response {
        let session = try await self.sessions.find(call.request, surface: MarketSurface.name)
        let base = Self.base(of: call)
        let visit = session.map { Visit(call: call, session: $0, api: self.api, base: base) }
        let signIn = "\(base)/sign-in?next=\(HTML.percentEncode(call.request.uri.description))"
        let layOut = { (content: PageContent) in
            if let visit { return self.page(content, visit) }
            return HTML.page(
                title: "\(content.title) · Souk market",
                body: content.body,
                aside: "<a href=\"\(HTML.escape(signIn))\">Sign in</a>"
            )
        }
        do { return layOut(try await show(call, visit)) } catch {
            let problem = Problem(any: error)
            guard problem.kind != .internal else { throw error }
            var response = layOut(Self.content(of: problem, base: base))
            response.status = MarketSurface(endpoints: []).status(for: problem.kind)
            return response
        }
    }

    // MARK: Guards

    private func enter(
        _ call: Call,
        _ page: WorkPage,
        _ body: (Visit) async throws -> Response
    ) async throws -> Response {
        let base = Self.base(of: call)
        guard let session = try await self.sessions.find(call.request, surface: MarketSurface.name) else {
            // A form that was sent after the session has ended begins again at its page.
            let asked = call.request.method == .get ? call.request.uri.description : base + "/account"
            return .redirect(to: "\(base)/sign-in?next=\(HTML.percentEncode(asked))", type: .normal)
        }
        let visit = Visit(call: call, session: session, api: self.api, base: base)
        do {
            try self.authentication.hold(session.caller, on: MarketSurface(endpoints: []))
            if let roles = page.roles, !roles.contains(session.caller.role) {
                throw roles.contains("provider") ? MarketProblems.providerRequired : MarketProblems.adminRequired
            }
            return try await body(visit)
        } catch {
            let problem = Problem(any: error)
            guard problem.kind != .internal else { throw error }
            return self.problemPage(problem, visit)
        }
    }

    /// Does what a form asks; when that fails, its page is shown again with the reason and what was typed.
    private func submit(_ form: WorkForm, of page: WorkPage, _ visit: Visit) async throws -> Response {
        var visit = visit
        visit.form = try await visit.call.form(limit: Self.formLimit)
        guard visit.form["form_token"] == visit.session.formToken else { throw MarketProblems.formToken }
        do {
            switch try await form.perform(visit) {
            case .goTo(let path): return .redirect(to: visit.base + path, type: .normal)
            case .show(let content): return self.page(content, visit)
            case .respond(let response): return response
            }
        } catch {
            let problem = Problem(any: error)
            guard problem.kind != .internal else { throw error }
            visit.problem = problem
            guard let content = try? await page.show(visit) else { return self.problemPage(problem, visit) }
            var response = self.page(content, visit)
            response.status = MarketSurface(endpoints: []).status(for: problem.kind)
            return response
        }
    }

    // MARK: Layout

    func page(_ content: PageContent, _ visit: Visit) -> Response {
        let caller = visit.session.caller
        let places = Self.menus.filter { menu in
            menu.role == "buyer" || caller.role == menu.role || caller.role == "admin"
        }
        .reversed()
        let here = visit.call.request.uri.path.dropFirst(visit.base.count)
        let links = places.flatMap(\.links)
        // The longest path that the page stands at or below.
        let current = links.map(\.path).filter { here == $0 || here.hasPrefix($0 + "/") }.max { $0.count < $1.count }
        var response = HTML.page(
            title: "\(content.title) · Souk market",
            body: content.body,
            menu: places.map { place in
                place.links.map {
                    HTML.Link(title: $0.title, path: visit.base + $0.path, isHere: $0.path == current)
                }
            },
            aside: """
                <form method="post" action="\(visit.base)/sign-out">
                <input type="hidden" name="form_token" value="\(visit.session.formToken)">
                <span>\(HTML.escape(caller.name)) <span class="soft">\(HTML.escape(caller.role))</span></span>
                <button class="quiet">Sign out</button></form>
                """,
            refreshSeconds: content.isWatched ? Self.refreshSeconds : nil
        )
        response.headers[.cacheControl] = "no-store"
        return response
    }

    private func problemPage(_ problem: Problem, _ visit: Visit) -> Response {
        var response = self.page(Self.content(of: problem, base: visit.base), visit)
        response.status = MarketSurface(endpoints: []).status(for: problem.kind)
        return response
    }

    private static func content(of problem: Problem, base: String) -> PageContent {
        PageContent(
            "This did not work",
            """
            <h1>This did not work</h1><p class="problem" role="alert">\(HTML.escape(problem.message))</p>
            <p><a href="\(base)/">To the market</a></p>
            """
        )
    }

    // MARK: Addresses

    /// The surface's prefix on the main listener; nothing on its own.
    static func base(of call: Call) -> String {
        let prefix = "/\(MarketSurface.name)"
        let path = call.request.uri.path
        return path == prefix || path.hasPrefix(prefix + "/") ? prefix : ""
    }
}

extension Endpoint {
    /// A page for people, which the OpenAPI document leaves out.
    static func page(
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
