import Kernel
import Platform
import Web

/// Budgets with what is left, and a form that sets one.
struct BudgetPages: Sendable {
    let routes: GatewayRoutes

    var pages: [ConsolePage] { [self.list] }

    private static let template = GatewayConsole.template(
        PageParts.heading
            + PageParts.table(
                "[[budgets]]",
                of: "budgets",
                empty: "[[no_budgets_yet]]",
                [
                    .init("[[limits_what]]", "{{scope_word}} {{who}}", .heading),
                    .init("[[period]]", "{{period_word}}"),
                    .init("[[limit]]", "{{limit}} USD", .number), .init("[[spent]]", "{{spent}} USD", .number),
                    .init("[[reserved]]", "{{reserved}} USD", .number), .init("[[left]]", "{{available}} USD", .number),
                    .init("[[used]]", "<progress value=\"{{used}}\" max=\"100\">{{used}} %</progress>"),
                    .init("[[begins_anew_zone]]", "{{resets_at}}"),
                ]
            ) + """
                {{#isAdmin}}<section aria-labelledby="new"><h2 id="new">[[set_a_budget]]</h2>
                <form method="post" action="{{base}}/budgets" class="fields">{{{token}}}\(PageParts.choice("scope", "[[limits_what]]", of: "scopes"))\(PageParts.field("subject", "[[subject]]", value: "{{form.subject}}", "required"))\(PageParts.choice("period", "[[period]]", of: "periods"))\(PageParts.field("limit", "[[limit_usd]]", value: "{{form.limit}}", "required inputmode=\"decimal\""))<p><button>[[save]]</button></p></form>
                <p class="soft">[[subject_note]]</p></section>{{/isAdmin}}
                """
    )

    private var list: ConsolePage {
        ConsolePage(
            path: "/budgets",
            summary: "Budgets",
            roles: GatewayConsole.readers,
            forms: [
                ConsoleForm(
                    path: "/budgets",
                    summary: "Set a budget",
                    does: self.routes.budgets.set,
                    then: "/budgets?done=1"
                )
            ]
        ) { request in
            let list = try await request.ask(self.routes.budgets.list)
            let names = try await self.names(request)
            let isAdmin = GatewayConsole.admins.contains(request.session.caller.role)
            return PageContent(
                request.say("budgets"),
                Self.template,
                request,
                [
                    "budgets": request.rows(list.budgets) { output in
                        let report = output.report
                        let limit = max(1, report.budget.limit.smallestUnits)
                        let gone = report.spent.smallestUnits + report.reserved.smallestUnits
                        return [
                            "scope_word": request.word("budget_scope", report.budget.scope.rawValue),
                            "who": report.budget.scope == .tenant ? "" : names[report.subject] ?? report.subject,
                            "period_word": request.word("budget_period", report.budget.period.rawValue),
                            "limit": report.budget.limit.decimal, "spent": report.spent.decimal,
                            "reserved": report.reserved.decimal, "available": report.available.decimal,
                            "used": "\(min(100, gone * 100 / limit))",
                        ]
                    }, "isAdmin": isAdmin ? true : nil,
                    "scopes": PageParts.options(
                        Budget.Scope.allCases.map { ($0.rawValue, request.word("budget_scope", $0.rawValue)) },
                        chosen: request.form["scope"].nonEmpty ?? "agent"
                    ),
                    "periods": PageParts.options(
                        Budget.Period.allCases.map { ($0.rawValue, request.word("budget_period", $0.rawValue)) },
                        chosen: request.form["period"].nonEmpty ?? "month"
                    ),
                ]
            )
        }
    }

    /// Of agents, by their ids.
    private func names(_ request: PageRequest) async throws -> [String: String] {
        let agents = try? await request.ask(self.routes.agents.list)
        return Dictionary(uniqueKeysWithValues: (agents?.agents ?? []).map { ($0.agent.id.text, $0.agent.name) })
    }
}
