import Kernel
import Ledger
import Platform
import Web

/// Budgets with what is left, and a form that sets one.
struct BudgetPages: Sendable {
    let routes: GatewayRoutes

    var pages: [ConsolePage] { [self.list, self.one] }

    private static let template = GatewayConsole.template(
        PageParts.heading
            + PageParts.table(
                "[[budgets]]",
                of: "budgets",
                empty: "[[no_budgets_yet]]",
                [
                    .init(
                        "[[limits_what]]",
                        "<a href=\"{{base}}/budgets/{{id}}?subject={{subject_query}}\">{{scope_word}} {{who}}</a>",
                        .heading
                    ),
                    .init("[[period]]", "{{period_word}}"),
                    .init("[[limit]]", "{{limit}} USD", .number), .init("[[spent]]", "{{spent}} USD", .number),
                    .init("[[reserved]]", "{{reserved}} USD", .number), .init("[[left]]", "{{available}} USD", .number),
                    .init("[[used]]", "<progress value=\"{{used}}\" max=\"100\">{{used}}%</progress>"),
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
                            "base": request.base, "subject_query": HTML.percentEncode(report.subject),
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

    // MARK: One

    private static let oneTemplate = GatewayConsole.template(
        PageParts.heading
            + PageParts.table("[[newest_first]]", of: "postings", empty: "[[no_postings_yet]]", PostingRows.columns)
            + PageParts.older
    )

    private var one: ConsolePage {
        ConsolePage(path: "/budgets/{id}", summary: "What a budget was used for", roles: GatewayConsole.readers) {
            request in
            let id = request.parameter("id")
            var given: [String: JSONValue] = ["id": .string(id), "limit": 100]
            for name in ["subject", "cursor"] where !request.query(name).isEmpty {
                given[name] = .string(request.query(name))
            }
            let list = try await request.ask(self.routes.postings.ofBudget, given)
            return PageContent(
                request.say("postings_of_budget"),
                Self.oneTemplate,
                request,
                [
                    "postings": PostingRows.rows(list.postings, request),
                    "older": request.next(list.next, keeping: ["subject": request.query("subject")]),
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

/// Postings of budgets as a table.
enum PostingRows {
    static let columns: [PageParts.Column] = [
        .init("[[begun_zone]]", "{{created_at}}", .heading), .init("[[what_for]]", "{{kind_word}}"),
        .init("[[limits_what]]", "{{scope_word}}"), .init("[[reserved]]", "{{amount_text}} USD", .number),
        .init("[[booked]]", "{{posted_text}} USD", .number),
        .init("[[state]]", "<span class=\"state state-{{state}}\">{{state_word}}</span>"),
        .init(
            "[[trace]]",
            "{{#trace_id}}<a href=\"{{base}}/traces/{{trace_id}}\">{{trace_id}}</a>{{/trace_id}}{{#deleted}}[[trace_deleted]]{{/deleted}}"
        ),
    ]

    static func rows(_ postings: [BudgetPosting], _ request: PageRequest) -> [[String: Any]] {
        request.rows(postings) { posting in
            [
                "base": request.base, "kind_word": request.word("posting_kind", posting.transfer.origin.kind),
                "scope_word": request.word("budget_scope", posting.budget.scope.rawValue),
                "amount_text": Dollars(posting.transfer.amount).decimal,
                "posted_text": Dollars(posting.transfer.postedAmount).decimal,
                "state_word": request.word("posting_state", posting.transfer.state.rawValue),
                "deleted": posting.isTraceDeleted ? true : nil,
            ]
        }
    }
}
