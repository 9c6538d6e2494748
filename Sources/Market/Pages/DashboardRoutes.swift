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
    let sessions: Sessions
    let entry: EntryForms
    let form: EntryForm
    let console: Console

    private static let tag = "Dashboard"
    private static let path = "/admin/dashboard"
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
            )
            .refusing(MarketProblems.adminRequired, MarketProblems.invalidKeyFormat),
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
            )
            .refusing(MarketProblems.adminRequired, MarketProblems.invalidKeyFormat),
            Endpoint(
                raw: .post,
                Self.path + "/sign-out",
                "Sign out of the dashboard",
                tag: Self.tag,
                access: .open,
                answers: [AnswerDescription(status: .seeOther, summary: "Signed out")],
                self.signOut
            )
            .refusing(MarketProblems.formToken),
        ]
    }

    @Sendable private func get(_ call: Call) async throws -> Response {
        // Whoever only wants the head of the answer begins nothing.
        if call.request.method == .get, let key = call.request.uri.fields["key"] {
            return try await self.entry.enter(self.form, call, given: Form(["key": [String(key)]]))
        }
        guard let session = try await self.sessions.find(call.request, surface: MarketContract.name),
            session.caller.isAdmin
        else { return self.entry.show(self.form, call, problem: nil) }
        try await self.rollUps.catchUp()
        let content = try await self.database.read { try Self.content($0) }
        let request = try await self.console.request(call, as: session)
        return self.console.page(DashboardPage.content(content, request), request)
    }

    @Sendable private func signIn(_ call: Call) async throws -> Response {
        try await self.entry.enter(self.form, call)
    }

    @Sendable private func signOut(_ call: Call) async throws -> Response {
        try await self.entry.signOut(call, goTo: String(call.request.uri.path.dropLast("/sign-out".count)))
    }

    private static func content(_ tx: Transaction) throws -> DashboardPage.Content {
        let first = tx.now.startOfDay.adding(seconds: -Int64(self.days - 1) * 86_400)
        let week = Int64(self.days) * 86_400
        let recorded = Dictionary(
            uniqueKeysWithValues: try tx.adminFigures.list(from: .day(first.adding(seconds: -week))).map {
                ($0.label, $0)
            }
        )
        let before = (0..<self.days).map { offset in
            let day = first.adding(seconds: Int64(offset) * 86_400 - week)
            return recorded[FigurePeriod.day(day).label]?.figures.calls ?? 0
        }
        let days = (0..<self.days).map { offset in
            let label = FigurePeriod.day(first.adding(seconds: Int64(offset) * 86_400)).label
            let period = recorded[label]
            return (label, period?.figures.calls ?? 0, period?.figures.revenue ?? 0, period?.buyers ?? 0)
        }
        return DashboardPage.Content(
            stats: try tx.adminFigures.stats(),
            days: days,
            before: before,
            methods: try tx.adminFigures.listMethods(),
            providers: try tx.adminFigures.listProviders(in: [.all], limit: 10),
            services: try tx.adminFigures.listHealth()
        )
    }
}
