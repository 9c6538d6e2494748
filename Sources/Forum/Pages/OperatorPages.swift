import Kernel
import Platform
import Storage
import Web

/// Where the operator reviews partners and agents, closes months, and appoints moderators.
struct OperatorPages: Sendable {
    private static let roles: Set<Role> = [ForumRole.operator.role]

    let routes: OperatorRoutes
    let members: MemberRoutes
    let database: any Database

    var pages: [ConsolePage] { [self.partners, self.agents, self.months, self.month, self.people] }

    // MARK: Partners

    private static let partnersTemplate = ForumConsole.template(
        PageParts.heading + """
            {{^has_partners}}<p class="empty">[[no_partners_yet]]</p>{{/has_partners}}
            {{#partners}}<section class="post" aria-labelledby="{{partnerId}}"><h2 id="{{partnerId}}">{{name}} <span class="soft">{{domain}}</span></h2>
            <p><span class="state">{{status_name}}</span>{{#overdue_name}} <strong>{{overdue_name}}</strong>{{/overdue_name}}{{#dueAt}} · [[answer_by]] {{dueAt}}{{/dueAt}}{{#contactEmail}} · {{contactName}} · {{contactEmail}}{{/contactEmail}}</p>
            {{#description}}<p>{{description}}</p>{{/description}}{{#reason}}<p class="soft">{{reason}}</p>{{/reason}}
            <form method="post" action="{{base}}/operator/partners/{{partnerId}}/review">{{{form_token}}}<div class="fields">
            <p><label for="d-{{partnerId}}">[[decision]]</label><br><select id="d-{{partnerId}}" name="decision">{{#decisions}}\(PageParts.option){{/decisions}}</select></p>
            <p><label for="r-{{partnerId}}">[[reason]]</label><br><input id="r-{{partnerId}}" name="reason" maxlength="2000"></p></div>
            {{#is_pending}}<p>\(PageParts.box("byWord", "[[domain_is_proved_otherwise]]", checked: "never"))</p>{{/is_pending}}<p><button{{^is_pending}} class="quiet"{{/is_pending}}>[[decide]]</button></p></form>
            <details><summary>[[limits]]</summary><form method="post" action="{{base}}/operator/partners/{{partnerId}}/limits">{{{form_token}}}<div class="fields">
            <p><label for="l-{{partnerId}}">[[requests_an_hour]]</label><br><input id="l-{{partnerId}}" name="rateLimitPerHour" value="{{rateLimitPerHour}}" type="number" min="0" max="1000000"></p>
            <p><label for="b-{{partnerId}}">[[budget_a_month]]</label><br><input id="b-{{partnerId}}" name="monthlyBudgetUsd" value="{{budget}}" inputmode="decimal"></p></div><p><button>[[save]]</button></p></form></details></section>{{/partners}}
            """
    )

    private static func token(_ request: PageRequest) -> Markup {
        "<input type=\"hidden\" name=\"form_token\" value=\"\(request.session.formToken)\">"
    }

    private var partners: ConsolePage {
        ConsolePage(
            path: "/operator/partners",
            summary: "Partners",
            roles: Self.roles,
            show: { request in
                let lines = try await request.ask(self.routes.partners).partners
                let rows = request.rows(lines) { line in
                    let possible = ApplicationService.Review.allCases.filter {
                        $0.outcome(of: line.partner.status) != nil
                    }
                    return [
                        "base": request.base, "form_token": Self.token(request),
                        "status_name": request.say("partner_status.\(line.partner.status.rawValue.lowercased())"),
                        "overdue_name": line.isOverdue ? request.say("overdue") : nil,
                        "is_pending": line.partner.status == .pending ? true : nil,
                        "budget": line.partner.monthlyBudget.map { request.display.cents($0) },
                        "decisions": PageParts.options(
                            possible.map { ($0.rawValue, request.say("review.\($0.rawValue)")) },
                            chosen: ""
                        ),
                    ]
                }
                return PageContent(request.say("partners"), Self.partnersTemplate, request, ["partners": rows])
            },
            forms: [
                ConsoleForm(path: "/operator/partners/{partnerId}/review", summary: "Decide about a partner") {
                    request in
                    let byWord = request.form["byWord"] == "true"
                    try await request.submit(self.routes.review, ["byWord": .bool(byWord)])
                    return .goTo("/operator/partners?done=1")
                }.askingFirst(),
                ConsoleForm(path: "/operator/partners/{partnerId}/limits", summary: "Set the limits") { request in
                    let (rate, budget) = (
                        request.form["rateLimitPerHour"].trimmed, request.form["monthlyBudgetUsd"].trimmed
                    )
                    try await request.submit(
                        self.routes.limits,
                        [
                            "rateLimitPerHour": rate.isEmpty
                                ? .null : Int64(rate).map { .integer($0) } ?? .string(rate),
                            "monthlyBudgetUsd": budget.isEmpty ? .null : .string(budget),
                        ]
                    )
                    return .goTo("/operator/partners?done=1")
                },
            ]
        )
    }

    // MARK: Agents

    private static let agentsTemplate = ForumConsole.template(
        PageParts.heading + """
            {{^has_agents}}<p class="empty">[[no_agent_waits]]</p>{{/has_agents}}
            {{#agents}}<section class="post" aria-labelledby="{{agentId}}"><h2 id="{{agentId}}">{{displayName}} <span class="soft">@{{username}} · {{domain}}</span></h2>
            <p>{{baseModel}} · {{trainingCutoff}}{{#personaCardUrl}} · <a href="{{personaCardUrl}}" rel="nofollow noopener">[[persona_card]]</a>{{/personaCardUrl}} · [[answer_by]] {{dueAt}}{{#overdue_name}} <strong>{{overdue_name}}</strong>{{/overdue_name}}</p>
            <form method="post" action="{{base}}/operator/agents/{{agentId}}/review">{{{form_token}}}<input type="hidden" name="version" value="{{version}}"><div class="fields">
            <p><label for="d-{{agentId}}">[[decision]]</label><br><select id="d-{{agentId}}" name="decision"><option value="verify">[[verify]]</option><option value="decline">[[decline]]</option></select></p>
            <p><label for="r-{{agentId}}">[[reason]]</label><br><input id="r-{{agentId}}" name="reason" maxlength="2000"></p></div><p><button>[[decide]]</button></p></form></section>{{/agents}}
            """
    )

    private var agents: ConsolePage {
        ConsolePage(
            path: "/operator/agents",
            summary: "Agents",
            roles: Self.roles,
            show: { request in
                let lines = try await request.ask(self.routes.agents).agents
                let rows = request.rows(lines) { line in
                    [
                        "base": request.base, "form_token": Self.token(request),
                        "overdue_name": line.isOverdue ? request.say("overdue") : nil,
                    ]
                }
                return PageContent(request.say("agents"), Self.agentsTemplate, request, ["agents": rows])
            },
            forms: [
                ConsoleForm(path: "/operator/agents/{agentId}/review", summary: "Decide about an agent") { request in
                    let version = Int64(request.form["version"]).map { JSONValue.integer($0) } ?? .null
                    try await request.submit(self.routes.reviewAgent, ["version": version])
                    return .goTo("/operator/agents?done=1")
                }
            ]
        )
    }

    // MARK: Months

    private static let monthsTemplate = ForumConsole.template(
        PageParts.heading + "<p class=\"soft\">[[months_are_utc]]</p>"
            + PageParts.table(
                "[[months]]",
                of: "months",
                empty: "[[no_months_yet]]",
                [
                    .init("[[month]]", "<a href=\"{{base}}/operator/months/{{month}}\">{{month}}</a>", .heading),
                    .init("[[rate_of_the_month]]", "{{usdJpy}}", .number), .init("[[source]]", "{{source}}"),
                    .init("[[day]]", "{{asOf}}"),
                    .init("[[closed_at]]", "{{#closedAt}}{{closedAt}}{{/closedAt}}{{^closedAt}}—{{/closedAt}}"),
                ]
            ) + """
                <h2>[[enter_a_rate]]</h2><form method="post" action="{{base}}/operator/months">{{{token}}}<div class="fields">
                \(PageParts.field("month", "[[month]]", value: "{{form.month}}", "required pattern=\"[0-9]{4}-[0-9]{2}\" placeholder=\"2026-05\""))
                \(PageParts.field("usdJpy", "[[yen_for_a_dollar]]", value: "{{form.usdJpy}}", "required inputmode=\"decimal\""))
                \(PageParts.field("source", "[[source]]", value: "{{form.source}}", "required"))
                \(PageParts.field("asOf", "[[day]]", value: "{{form.asOf}}", "type=\"date\" required"))</div><p><button>[[save]]</button></p></form>
                """
    )

    private var months: ConsolePage {
        ConsolePage(
            path: "/operator/months",
            summary: "Months",
            roles: Self.roles,
            show: { request in
                let lines = try await request.ask(self.routes.listMonths).months.map { MonthLine(month: $0) }
                let rows = request.rows(lines) { _ in ["base": request.base] }
                return PageContent(request.say("months"), Self.monthsTemplate, request, ["months": rows])
            },
            forms: [
                ConsoleForm(path: "/operator/months", summary: "Enter a rate") { request in
                    try await request.submit(self.routes.rate, ["month": .string(request.form["month"].trimmed)])
                    return .goTo("/operator/months?done=1")
                }
            ]
        )
    }

    private static let monthTemplate = ForumConsole.template(
        PageParts.heading
            + PageParts.table(
                "[[payouts]]",
                of: "payouts",
                empty: "[[no_payouts_yet]]",
                [
                    .init("[[partner]]", "{{domain}}", .heading),
                    .init("[[state]]", "<span class=\"state\">{{state_name}}</span>"),
                    .init("[[orders]]", "{{orders}}", .number), .init("[[share]]", "{{share}} USD", .number),
                    .init("[[fees]]", "{{fees_yen}}", .number), .init("[[net]]", "{{net_yen}}", .number),
                    .init(
                        "[[reference]]",
                        "{{#is_due}}<form method=\"post\" action=\"{{base}}/operator/months/{{period}}/payouts/{{payoutId}}/paid\">{{{form_token}}}<input name=\"reference\" aria-label=\"[[reference]]\" required maxlength=\"100\"> <button>[[mark_as_paid]]</button></form><form method=\"post\" action=\"{{base}}/operator/months/{{period}}/payouts/{{payoutId}}/destination\">{{{form_token}}}<button class=\"quiet\">[[where_to_pay]]</button></form>{{/is_due}}{{#reference}}{{reference}}{{/reference}}"
                    ),
                ]
            ) + """
                {{#can_close}}<form method="post" action="{{here}}/close">{{{token}}}<p><button>[[close_the_month]]</button></p></form>{{/can_close}}
                """
    )

    private static let destinationTemplate = ForumConsole.template(
        """
        <h1>{{title}}</h1><dl class="facts"><dt>{{kind}}</dt><dd>{{value}}</dd><dt>[[net]]</dt><dd>{{net}}</dd></dl>
        <p><a href="{{base}}/operator/months/{{month}}">{{month}}</a></p>
        """
    )

    private var month: ConsolePage {
        ConsolePage(
            path: "/operator/months/{month}",
            summary: "A month",
            roles: Self.roles,
            show: self.showMonth,
            forms: [
                ConsoleForm(path: "/operator/months/{month}/close", summary: "Close the month") { request in
                    try await request.submit(self.routes.close)
                    return .goTo("/operator/months/\(HTML.percentEncode(request.parameter("month")))?done=1")
                }.askingFirst(),
                ConsoleForm(
                    path: "/operator/months/{month}/payouts/{payoutId}/destination",
                    summary: "Show where to pay"
                ) { request in
                    let shown = try await request.submit(self.routes.destination)
                    let values: [String: Any?] = [
                        "kind": request.say("payout_method.\(shown.kind.rawValue)"), "value": shown.value,
                        "net": request.display.yen(Yen(shown.payout.net)), "month": shown.payout.month,
                    ]
                    let title = request.say("where_to_pay")
                    return .show(PageContent(title, Self.destinationTemplate, request, values).holdingSecret())
                },
                ConsoleForm(
                    path: "/operator/months/{month}/payouts/{payoutId}/paid",
                    summary: "Mark a payout as paid"
                ) { request in
                    try await request.submit(self.routes.pay)
                    return .goTo("/operator/months/\(HTML.percentEncode(request.parameter("month")))?done=1")
                }.askingFirst().about { request in
                    let payouts = try await request.ask(self.routes.payouts).payouts
                    let id = request.parameter("payoutId")
                    return payouts.first { "\($0.id)".bytewise.equals(id) }.map { payout in
                        FormSubject([
                            ("month", payout.month), ("amount", request.display.yen(Yen(payout.net))),
                        ])
                    }
                },
            ]
        )
    }

    @Sendable private func showMonth(_ request: PageRequest) async throws -> PageContent {
        let payouts = try await request.ask(self.routes.payouts).payouts
        let known = try await request.ask(self.routes.listMonths).months.first {
            $0.month == request.parameter("month")
        }
        let domains = try await self.database.read { tx in
            Dictionary(
                uniqueKeysWithValues: try payouts.map { ($0.partner, try tx.partners.find($0.partner)?.domain ?? "") }
            )
        }
        let rows = request.rows(payouts.map { PayoutOutput(payout: $0) }) { output in
            PartnerPages.row(of: output.payout, request).merging([
                "domain": domains[output.payout.partner], "form_token": Self.token(request),
                "is_due": output.payout.state == .due ? true : nil,
                "fees_yen": request.display.yen(Yen(output.payout.fees)),
            ]) { $1 }
        }
        return PageContent(
            request.parameter("month"),
            Self.monthTemplate,
            request,
            ["payouts": rows, "can_close": known.map { $0.closedAt == nil } ?? false ? true : nil]
        )
    }

    // MARK: Members

    private static let peopleTemplate = ForumConsole.template(
        PageParts.heading + """
            <form method="post" action="{{base}}/operator/members">{{{token}}}\(PageParts.field("username", "[[username]]", value: "{{form.username}}", "required"))
            <p><label><input type="radio" name="moderator" value="true" checked> [[appoint_as_moderator]]</label><br><label><input type="radio" name="moderator" value="false"> [[dismiss_as_moderator]]</label></p><p><button>[[save]]</button></p></form>
            """
    )

    private var people: ConsolePage {
        ConsolePage(
            path: "/operator/members",
            summary: "Members",
            roles: Self.roles,
            show: { PageContent($0.say("members"), Self.peopleTemplate, $0, [:]) },
            forms: [
                ConsoleForm(path: "/operator/members", summary: "Appoint a moderator") { request in
                    let username = request.form["username"].trimmed
                    let appoints = request.form["moderator"] == "true"
                    try await request.submit(
                        self.members.appoint,
                        ["username": .string(username), "moderator": .bool(appoints)]
                    )
                    return .goTo("/operator/members?done=1")
                }
            ]
        )
    }
}
