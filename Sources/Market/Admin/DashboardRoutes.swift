import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import Platform
import Storage
import Web

/// The contract's HTML dashboard, and how a browser signs in to it.
struct DashboardRoutes: Sendable {
    let database: any Database
    let rollUps: RollUps
    let authentication: Authentication
    let sessions: Sessions

    private static let tag = "Dashboard"
    private static let path = "/admin/dashboard"
    private static let formLimit = 16 * 1024
    private static let days = 7

    var endpoints: [Endpoint] {
        [
            Endpoint(
                raw: .get,
                Self.path,
                "Admin HTML dashboard",
                tag: Self.tag,
                access: .open,
                inputs: [
                    FieldDescription(
                        "key",
                        .query,
                        isRequired: false,
                        schema: ["type": "string"],
                        summary: "Admin key as key_id:secret; exchanged for a cookie by a redirect"
                    )
                ],
                answers: [
                    AnswerDescription(status: .ok, summary: "The dashboard", mediaType: "text/html"),
                    AnswerDescription(status: .seeOther, summary: "Signed in; the key is out of the address"),
                    AnswerDescription(status: .unauthorized, summary: "The sign-in form", mediaType: "text/html"),
                ],
                self.get
            ),
            Endpoint(
                raw: .post,
                Self.path,
                "Sign in to the dashboard",
                tag: Self.tag,
                access: .open,
                answers: [
                    AnswerDescription(status: .seeOther, summary: "Signed in"),
                    AnswerDescription(status: .unauthorized, summary: "The sign-in form", mediaType: "text/html"),
                ],
                self.signIn
            ),
            Endpoint(
                raw: .post,
                Self.path + "/sign-out",
                "Sign out of the dashboard",
                tag: Self.tag,
                access: .open,
                answers: [AnswerDescription(status: .seeOther, summary: "Signed out")],
                self.signOut
            ),
        ]
    }

    @Sendable private func get(_ call: Call) async throws -> Response {
        let path = call.request.uri.path
        if let key = call.request.uri.queryParameters["key"] {
            return try await self.begin(String(key), call, path: path)
        }
        guard let session = try await self.sessions.find(call.request, surface: MarketSurface.name),
            session.caller.isAdmin
        else { return DashboardPage.signIn(path: path) }
        try await self.rollUps.catchUp()
        return DashboardPage.page(try await self.database.read { try Self.content($0) }, session, path: path)
    }

    /// Not from a page of another site, which could sign a visitor in as somebody else.
    @Sendable private func signIn(_ call: Call) async throws -> Response {
        guard call.request.headers[.init("Sec-Fetch-Site")!] != "cross-site" else { throw MarketProblems.formToken }
        return try await self.begin(
            try await call.form(limit: Self.formLimit)["key"] ?? "",
            call,
            path: call.request.uri.path
        )
    }

    /// Only with the token of the session's own pages.
    @Sendable private func signOut(_ call: Call) async throws -> Response {
        let path = String(call.request.uri.path.dropLast("/sign-out".count))
        let form = try await call.form(limit: Self.formLimit)
        guard let session = try await self.sessions.find(call.request, surface: MarketSurface.name) else {
            return .redirect(to: path, type: .normal)
        }
        guard form["form_token"] == session.formToken else { throw MarketProblems.formToken }
        var response = Response.redirect(to: path, type: .normal)
        response.headers[.setCookie] = try await self.sessions.end(session)
        return response
    }

    /// Exchanges a key for a session; the redirect takes the key out of the address and the history.
    private func begin(_ key: String, _ call: Call, path: String) async throws -> Response {
        let surface = MarketSurface(endpoints: [])
        do {
            let caller = try await self.authentication.guarding(call.context.clientAddress, on: surface) {
                guard let colon = key.firstIndex(of: ":") else { throw MarketProblems.invalidKeyFormat }
                return try await self.authentication.identify(
                    PresentedKey(
                        id: String(key[..<colon]).trimmed,
                        secret: String(key[key.index(after: colon)...]).trimmed
                    ),
                    on: surface
                )
            }
            guard caller.isAdmin else { throw MarketProblems.adminRequired }
            var response = Response.redirect(to: path, type: .normal)
            response.headers[.setCookie] = try await self.sessions.begin(caller, surface: surface.name)
            response.headers[.cacheControl] = "no-store"
            return response
        } catch let problem as Problem where problem.kind != .internal {
            return DashboardPage.signIn(path: path, problem: problem)
        }
    }

    private static func content(_ tx: Transaction) throws -> DashboardPage.Content {
        let first = tx.now.startOfDay.adding(seconds: -Int64(self.days - 1) * 86_400)
        let recorded = Dictionary(
            uniqueKeysWithValues: try tx.adminFigures.list(from: .day(first)).map { ($0.label, $0) }
        )
        let days = (0..<self.days).map { offset in
            let label = FigurePeriod.day(first.adding(seconds: Int64(offset) * 86_400)).label
            let period = recorded[label]
            return (label, period?.figures.calls ?? 0, period?.figures.revenue ?? 0, period?.buyers ?? 0)
        }
        return DashboardPage.Content(
            stats: try tx.adminFigures.stats(),
            days: days,
            methods: try tx.adminFigures.listMethods(),
            providers: try tx.adminFigures.listProviders(in: [.all], limit: 10),
            services: try tx.adminFigures.listHealth()
        )
    }
}

extension Call {
    /// The fields of a form that a browser sends; the first of each name.
    fileprivate func form(limit: Int) async throws -> [String: String] {
        let body = try await self.request.body.collect(upTo: limit)
        let pairs = String(buffer: body).split(separator: "&").map { pair in
            pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { part in
                part.replacing("+", with: " ").removingPercentEncoding ?? ""
            }
        }
        return Dictionary(pairs.filter { $0.count == 2 }.map { ($0[0], $0[1]) }) { first, _ in first }
    }
}
