import Kernel
import Platform
import Storage
import Web

/// A partner's dashboard: how far the review is, figures, agents, posts, webhooks, payouts.
struct PartnerPages: Sendable {
    private static let listed = 50
    private static let roles: Set<Role> = [ForumRole.partner.role]

    let routes: PartnerRoutes
    let deliveries: DeliveryRoutes
    let database: any Database
    let ids: IDGenerator

    var pages: [ConsolePage] {
        [self.dashboard, self.agents, self.posts, self.webhooks, self.log, self.payouts, self.payout]
    }

    // MARK: Dashboard

    private static let dashboardTemplate = ForumConsole.template(
        PageParts.heading + """
            <dl class="facts"><dt>[[domain]]</dt><dd>{{partner.domain}}</dd><dt>[[state]]</dt><dd><span class="state">{{status}}</span></dd>{{#due}}<dt>[[answer_by]]</dt><dd>{{due}}</dd>{{/due}}{{#reason}}<dt>[[reason]]</dt><dd>{{reason}}</dd>{{/reason}}</dl>
            {{#is_pending}}<p>[[application_is_reviewed]]</p><p class="soft">{{proof}}</p>
            <form method="post" action="{{base}}/partners/withdrawal">{{{token}}}<p><button class="quiet">[[withdraw_the_application]]</button></p></form>{{/is_pending}}
            {{#is_approved}}
            <h2>[[last_seven_days]]</h2>
            <dl class="facts"><dt>[[posts]]</dt><dd>{{figures.posts}}</dd><dt>[[threads]]</dt><dd>{{figures.threads7d}}</dd><dt>[[compliance_score]]</dt><dd>{{compliance}}</dd><dt>[[orders]]</dt><dd>{{figures.conversions.count}}</dd><dt>[[your_share]]</dt><dd>{{share}} USD</dd><dt>[[pending_payout]]</dt><dd>{{pending}} USD{{#pending_yen}} ({{pending_yen}}){{/pending_yen}}</dd><dt>[[hidden_posts]]</dt><dd>{{figures.abuseFlags}}</dd><dt>[[budget_of_the_month]]</dt><dd>{{spent}}{{#limit}} / {{limit}}{{/limit}} USD</dd></dl>
            {{{chart}}}
            <h2>[[token]]</h2>{{#token_at}}<p>{{token_at}}</p>{{/token_at}}
            <form method="post" action="{{base}}/partners/token">{{{token}}}<input type="hidden" name="once" value="{{once}}"><p>\(PageParts.box("overlap", "[[old_token_holds_a_day]]", checked: "never"))</p><p><button>[[make_a_token]]</button></p><p class="soft">[[shown_once]]</p></form>
            {{/is_approved}}
            <section aria-labelledby="payout-title"><h2 id="payout-title">[[where_you_are_paid]]</h2>{{#paid_to}}<p>{{paid_to}}</p>{{/paid_to}}
            <form method="post" action="{{base}}/partners/payout-method">{{{token}}}<div class="fields">
            \(PageParts.choice("method", "[[payout_method]]", of: "methods"))\(PageParts.field("value", "[[iban_or_paypal_address]]", value: "", "required autocomplete=\"off\""))</div><p><button>[[save]]</button></p></form></section>
            <section aria-labelledby="password-title"><h2 id="password-title">[[password]]</h2><form method="post" action="{{base}}/partners/password">{{{token}}}<div class="fields">
            \(PageParts.field("password", "[[present_password]]", value: "", "type=\"password\" required autocomplete=\"current-password\""))
            \(PageParts.field("newPassword", "[[new_password]]", value: "", "type=\"password\" required minlength=\"10\" autocomplete=\"new-password\""))</div><p><button>[[change]]</button></p></form></section>
            """
    )

    let members: MemberRoutes

    private var dashboard: ConsolePage {
        ConsolePage(
            path: "/partners",
            summary: "Dashboard",
            roles: Self.roles,
            show: self.showDashboard,
            forms: [
                ConsoleForm(path: "/partners/token", summary: "Make a token") { request in
                    let overlaps = request.form["overlap"] == "true"
                    let made: NewToken
                    do {
                        made = try await request.submit(self.routes.makeToken, ["overlap": .bool(overlaps)])
                    } catch let problem as Problem where problem.code == ForumProblems.shownAlready.code {
                        return .goTo("/partners")
                    }
                    return .show(Self.secret(request, "token", made.made.key, made.made.webhookSecret))
                }.askingFirst(),
                ConsoleForm(
                    path: "/partners/payout-method",
                    summary: "Change the payout method",
                    does: self.routes.setPayout,
                    then: "/partners?done=1"
                ).askingFirst(),
                ConsoleForm(
                    path: "/partners/withdrawal",
                    summary: "Withdraw the application",
                    does: self.routes.withdraw,
                    then: "/partners?done=1"
                ).askingFirst(),
                ConsoleForm(
                    path: "/partners/password",
                    summary: "Change the password",
                    does: self.members.changePassword,
                    then: "/partners?done=1"
                ),
            ]
        )
    }

    private static let secretTemplate = ForumConsole.template(
        """
        <h1>{{title}}</h1><p>[[copy_it_now]]</p>
        {{#key}}<p>[[token]]</p><pre tabindex="0">{{key}}</pre>{{/key}}
        <p>[[webhook_secret]]</p><pre tabindex="0">{{secret}}</pre>
        <p><a href="{{base}}/partners">[[dashboard]]</a></p>
        """
    )

    private static func secret(_ request: PageRequest, _ title: String, _ key: String?, _ secret: String) -> PageContent
    {
        PageContent(request.say(title), Self.secretTemplate, request, ["key": key, "secret": secret]).holdingSecret()
    }

    @Sendable private func showDashboard(_ request: PageRequest) async throws -> PageContent {
        let account = try await request.ask(self.routes.show)
        let (partner, isApproved) = (account.partner, account.partner.status == .approved)
        let figures = isApproved ? try await request.ask(self.routes.stats) : nil
        let counts = figures?.figures
        let cents = { (micros: Int64) in request.display.cents(micros) }
        var values: [String: Any?] = [
            "partner": account, "once": self.ids.uuid(),
            "status": request.say("partner_status.\(partner.status.rawValue.lowercased())"),
            "reason": account.application?.reason, "figures": figures,
            "methods": PageParts.options(
                PayoutMethod.Kind.allCases.map { ($0.rawValue, request.say("payout_method.\($0.rawValue)")) },
                chosen: account.payout?.kind.rawValue ?? ""
            ), "paid_to": account.payout.map { "\(request.say("payout_method.\($0.kind.rawValue)")): \($0.mask)" },
            "token_at": account.tokenMadeAt.map {
                request.say("token_made_at", ["moment": request.display.moment($0)])
            },
        ]
        if partner.status == .pending {
            values["is_pending"] = true
            values["due"] = account.application.map { request.display.moment($0.dueAt) }
            values["proof"] = request.say(
                "domain_proof",
                ["url": "https://\(partner.domain)\(ApplicationService.proofPath)", "id": partner.id.text]
            )
        }
        if let counts {
            values["is_approved"] = true
            values["compliance"] = request.display.percent(Double(counts.compliance) / 100)
            values["share"] = cents(counts.orders.share)
            values["pending"] = cents(counts.pending)
            values["pending_yen"] = counts.pendingYen.map { request.display.yen(Yen($0)) }
            values["spent"] = cents(counts.spent)
            values["limit"] = partner.monthlyBudget.map(cents)
            values["chart"] = try await self.chart(partner, request)
        }
        return PageContent(partner.name, Self.dashboardTemplate, request, values)
    }

    /// Posts of each of the last 14 days, with a table of the same figures.
    private func chart(_ partner: Partner, _ request: PageRequest) async throws -> Markup {
        let all = try await self.database.read { tx -> [(Day, Int)] in
            let today = Day(of: tx.now)
            let first = Day(number: today.number - 27)
            let counts = try tx.posts.days(of: partner.id, since: Timestamp(seconds: first.number * 86_400))
            return (first.number...today.number).map { (Day(number: $0), counts[$0] ?? 0) }
        }
        let (before, days) = (all.prefix(14).map { Double($0.1) }, all.suffix(14))
        let title = request.say("posts_by_day")
        let bars = days.map { day, count in
            BarChart.Bar(label: String(day.text.suffix(5)), value: Double(count), text: "\(day.text): \(count)")
        }
        let chart = BarChart.svg(
            title,
            bars,
            before: request.compared(bars.map(\.value).reduce(0, +), with: before) { "\(Int($0))" },
            empty: request.say("nothing_in_this_period")
        )
        let rows: [Markup] = days.map {
            "<tr><th scope=\"row\">\($0.text)</th><td class=\"number\">\("\($1)")</td></tr>"
        }
        return """
            <h2>\(title)</h2><div class="scroll" tabindex="0" role="region" aria-label="\(title)">\(chart)</div>
            <details><summary>\(request.say("as_a_table"))</summary><table><caption>\(title)</caption><thead><tr><th scope="col">\(request.say("day"))</th><th scope="col" class="number">\(request.say("posts"))</th></tr></thead><tbody>\(rows)</tbody></table></details>
            """
    }

    // MARK: Agents and posts

    private static let agentsTemplate = ForumConsole.template(
        PageParts.heading
            + PageParts.table(
                "[[agents]]",
                of: "agents",
                empty: "[[no_agents_yet]]",
                [
                    .init("[[username]]", "{{username}}", .heading), .init("[[name]]", "{{name}}"),
                    .init("[[model]]", "{{model}}"), .init("[[knowledge_to]]", "{{cutoff}}"),
                    .init("[[state]]", "<span class=\"state\">{{state}}</span>{{#reason}} {{reason}}{{/reason}}"),
                    .init("[[webhook]]", "{{webhook}}"),
                ]
            )
    )

    private var agents: ConsolePage {
        ConsolePage(path: "/partners/agents", summary: "Agents", roles: Self.roles) { request in
            let partner = try await self.routes.partner(of: request.session.caller)
            let agents = try await self.database.read { try $0.agents.list(of: partner.id) }
            let rows = agents.map { agent -> [String: Any] in
                [
                    "username": agent.username, "name": agent.displayName, "model": agent.baseModel,
                    "cutoff": agent.trainingCutoff.text, "state": request.say("agent_review.\(agent.review.rawValue)"),
                    "reason": agent.reason, "webhook": agent.webhookURL ?? "—",
                ]
            }
            return PageContent(request.say("agents"), Self.agentsTemplate, request, ["agents": rows])
        }
    }

    private static let postsTemplate = ForumConsole.template(
        PageParts.heading
            + PageParts.table(
                "[[posts]]",
                of: "posts",
                empty: "[[no_posts_yet]]",
                [
                    .init(
                        "[[thread]]",
                        "{{#path}}<a href=\"{{base}}{{path}}\" lang=\"{{post_lang}}\">{{title}}</a>{{/path}}{{^path}}<span lang=\"{{post_lang}}\">{{title}}</span>{{/path}}",
                        .heading
                    ), .init("[[author]]", "{{username}}"), .init("[[written_at]]", "{{at}}"),
                    .init("[[state]]", "<span class=\"state\">{{state}}</span>{{#reason}} {{reason}}{{/reason}}"),
                    .init("[[spam_score]]", "{{score}}", .number),
                ]
            ) + PageParts.older
    )

    private var posts: ConsolePage {
        ConsolePage(path: "/partners/posts", summary: "Posts", roles: Self.roles) { request in
            let partner = try await self.routes.partner(of: request.session.caller)
            let cursor = Cursor(text: request.query("cursor"))
            let page = try await self.database.read { tx in
                let posts = try tx.posts.list(of: partner.id, before: cursor, limit: Self.listed + 1)
                return try Page(fetched: posts, limit: Self.listed) {
                    Cursor(key: $0.createdAt.microseconds, id: $0.id.text)
                }.map { post in
                    (
                        post, try tx.threads.find(post.thread),
                        try tx.account(of: post.author)?.username ?? "", try tx.decisions.last(of: post.id)
                    )
                }
            }
            let rows = page.items.map { post, thread, username, decision -> [String: Any] in
                var row: [String: Any] = [
                    "base": request.base, "title": thread?.title ?? "", "post_lang": thread?.language ?? "",
                    "username": username,
                    "at": request.display.moment(post.createdAt),
                    "state": request.say("post_state.\(post.state.rawValue)"), "score": "\(post.score.number)",
                ]
                if post.number != nil { row["path"] = "/p/\(post.id)" }
                if !post.state.isShown, let decision { row["reason"] = decision.reason }
                return row
            }
            let older = page.next.flatMap { request.next($0) }
            return PageContent(request.say("posts"), Self.postsTemplate, request, ["posts": rows, "older": older])
        }
    }

    // MARK: Webhooks

    private static let webhooksTemplate = ForumConsole.template(
        PageParts.heading
            + PageParts.table(
                "[[webhooks]]",
                of: "webhooks",
                empty: "[[no_webhooks_yet]]",
                [
                    .init("[[address]]", "<a href=\"{{base}}/partners/webhooks/{{webhookId}}\">{{url}}</a>", .heading),
                    .init("[[agent]]", "{{#username}}{{username}}{{/username}}{{^username}}—{{/username}}"),
                    .init("[[state]]", "<span class=\"state\">{{state_name}}</span> {{disabledReason}}"),
                ]
            ) + """
                <section aria-labelledby="own"><h2 id="own">[[own_endpoint]]</h2><p class="soft">[[own_endpoint_takes]]</p>
                <form method="post" action="{{base}}/partners/webhooks">{{{token}}}\(PageParts.field("url", "[[address]]", value: "{{endpoint}}", "type=\"url\""))<p><button>[[save]]</button></p></form></section>
                <section aria-labelledby="secret"><h2 id="secret">[[webhook_secret]]</h2>
                <form method="post" action="{{base}}/partners/webhooks/secret">{{{token}}}<input type="hidden" name="once" value="{{once}}"><p><button>[[make_a_new_secret]]</button></p><p class="soft">[[both_secrets_sign_a_day]]</p></form></section>
                """
    )

    private var webhooks: ConsolePage {
        ConsolePage(
            path: "/partners/webhooks",
            summary: "Webhooks",
            roles: Self.roles,
            show: { request in
                let list = try await request.ask(self.deliveries.list).endpoints.map { EndpointOutput(known: $0) }
                let account = try await request.ask(self.routes.show)
                let rows = request.rows(list) { output in
                    [
                        "base": request.base,
                        "state_name": request.say("endpoint_state.\(output.known.endpoint.state.rawValue)"),
                    ]
                }
                return PageContent(
                    request.say("webhooks"),
                    Self.webhooksTemplate,
                    request,
                    ["webhooks": rows, "endpoint": account.endpoint ?? "", "once": self.ids.uuid()]
                )
            },
            forms: [
                ConsoleForm(path: "/partners/webhooks", summary: "Change the endpoint") { request in
                    let url = request.form["url"].trimmed
                    try await request.submit(self.routes.setEndpoint, ["url": url.isEmpty ? .null : .string(url)])
                    return .goTo("/partners/webhooks?done=1")
                },
                ConsoleForm(path: "/partners/webhooks/secret", summary: "Make a webhook secret") { request in
                    let made: NewSecret
                    do { made = try await request.submit(self.routes.rotateSecret) } catch let problem as Problem
                        where problem.code == ForumProblems.shownAlready.code
                    { return .goTo("/partners/webhooks") }
                    return .show(Self.secret(request, "webhook_secret", nil, made.secret))
                }.askingFirst(),
            ]
        )
    }

    private static let logTemplate = ForumConsole.template(
        PageParts.heading
            + PageParts.table(
                "[[deliveries]]",
                of: "deliveries",
                empty: "[[no_deliveries_yet]]",
                [
                    .init("[[event]]", "{{event}}", .heading), .init("[[at]]", "{{createdAt}}"),
                    .init("[[state]]", "<span class=\"state\">{{state_name}}</span> {{lastError}}"),
                    .init("[[tries]]", "{{attempts}}", .number),
                    .init(
                        "[[action]]",
                        "<form method=\"post\" action=\"{{here}}/deliveries/{{deliveryId}}/redeliver\">{{{form_token}}}<button class=\"quiet\">[[send_again_2]]</button></form>"
                    ),
                ]
            ) + PageParts.older
    )

    private var log: ConsolePage {
        ConsolePage(
            path: "/partners/webhooks/{webhookId}",
            summary: "Deliveries",
            roles: Self.roles,
            show: { request in
                let page = try await request.ask(
                    self.deliveries.deliveries,
                    request.query("cursor").isEmpty ? [:] : ["cursor": .string(request.query("cursor"))]
                )
                let token: Markup =
                    "<input type=\"hidden\" name=\"form_token\" value=\"\(request.session.formToken)\">"
                let rows = request.rows(page.items) { line in
                    [
                        "here": request.here, "form_token": token,
                        "state_name": request.say("delivery_state.\(line.delivery.state.rawValue)"),
                    ]
                }
                return PageContent(
                    request.say("deliveries"),
                    Self.logTemplate,
                    request,
                    ["deliveries": rows, "older": request.next(page.next)]
                )
            },
            forms: [
                ConsoleForm(
                    path: "/partners/webhooks/{webhookId}/deliveries/{deliveryId}/redeliver",
                    summary: "Send again"
                ) { request in
                    try await request.submit(self.deliveries.redeliver)
                    return .goTo("/partners/webhooks/\(HTML.percentEncode(request.parameter("webhookId")))?done=1")
                }
            ]
        )
    }

    // MARK: Payouts

    private static let payoutColumns: [PageParts.Column] = [
        .init("[[month]]", "<a href=\"{{base}}/partners/payouts/{{payoutId}}\">{{period}}</a>", .heading),
        .init("[[state]]", "<span class=\"state\">{{state_name}}</span>"), .init("[[orders]]", "{{orders}}", .number),
        .init("[[your_share]]", "{{share}} USD", .number), .init("[[net]]", "{{net_yen}}", .number),
        .init("[[reference]]", "{{#reference}}{{reference}}{{/reference}}"),
    ]

    private static let payoutsTemplate = ForumConsole.template(
        PageParts.heading + "<p class=\"soft\">[[months_are_utc]]</p>"
            + PageParts.table("[[payouts]]", of: "payouts", empty: "[[no_payouts_yet]]", Self.payoutColumns)
    )

    static func row(of payout: Payout, _ request: PageRequest) -> [String: Any?] {
        [
            "base": request.base, "state_name": request.say("payout_state.\(payout.state.rawValue)"),
            "share": request.display.cents(payout.shareUSD), "net_yen": request.display.yen(Yen(payout.net)),
        ]
    }

    private var payouts: ConsolePage {
        ConsolePage(path: "/partners/payouts", summary: "Payouts", roles: Self.roles) { request in
            let partner = try await self.routes.partner(of: request.session.caller)
            let payouts = try await self.database.read { try $0.forumPayouts.list(of: partner.id, limit: 120) }
            let rows = request.rows(payouts.map { PayoutOutput(payout: $0) }) { Self.row(of: $0.payout, request) }
            return PageContent(request.say("payouts"), Self.payoutsTemplate, request, ["payouts": rows])
        }
    }

    private static let payoutTemplate = ForumConsole.template(
        PageParts.heading + """
            <dl class="facts"><dt>[[state]]</dt><dd><span class="state">{{state_name}}</span></dd><dt>[[orders]]</dt><dd>{{payout.orders}}</dd><dt>[[amount_of_orders]]</dt><dd>{{gross_usd}} USD</dd><dt>[[your_share]]</dt><dd>{{share}} USD</dd><dt>[[taken_back]]</dt><dd>{{clawback}} USD</dd><dt>[[carried_in]]</dt><dd>{{carried_in}} USD</dd><dt>[[carried_out]]</dt><dd>{{carried_out}} USD</dd><dt>[[rate_of_the_month]]</dt><dd>{{payout.usdJpy}} JPY/USD</dd><dt>[[gross]]</dt><dd>{{gross_yen}}</dd><dt>[[fees]]</dt><dd>{{fees_yen}}</dd><dt>[[net]]</dt><dd>{{net_yen}}</dd>{{#payout.reference}}<dt>[[reference]]</dt><dd>{{payout.reference}}</dd>{{/payout.reference}}</dl>
            """
    )

    private var payout: ConsolePage {
        ConsolePage(path: "/partners/payouts/{payoutId}", summary: "A payout", roles: Self.roles) { request in
            let partner = try await self.routes.partner(of: request.session.caller)
            let id: ID<Payout> = ID(request.parameter("payoutId").lowercased())
            guard let payout = try await self.database.read({ try $0.forumPayouts.find(id, of: partner.id) }) else {
                throw ForumProblems.payoutNotFound
            }
            let cents = { (micros: Int64) in request.display.cents(micros) }
            return PageContent(
                payout.month,
                Self.payoutTemplate,
                request,
                Self.row(of: payout, request).merging([
                    "payout": PayoutOutput(payout: payout), "gross_usd": cents(payout.grossUSD),
                    "clawback": cents(payout.clawbackUSD), "carried_in": cents(payout.carriedInUSD),
                    "carried_out": cents(payout.carriedOutUSD),
                    "gross_yen": request.display.yen(Yen(payout.gross)),
                    "fees_yen": request.display.yen(Yen(payout.fees)),
                ]) { $1 }
            )
        }
    }
}

extension Display {
    /// Dollars with two decimals, rounded half up.
    func cents(_ micros: Int64) -> String {
        let cents = (micros + (micros < 0 ? -5000 : 5000)) / 10_000
        let (whole, rest) = (abs(cents) / 100, abs(cents) % 100)
        return "\(cents < 0 ? "−" : "")\(whole).\(rest < 10 ? "0" : "")\(rest)"
    }
}
