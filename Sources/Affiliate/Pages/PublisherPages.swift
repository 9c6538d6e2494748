import Hummingbird
import Kernel
import Web

/// The publisher's work place: programs, partnerships, links, earnings and payouts.
struct PublisherPages: Sendable {
    let programs: ProgramActions
    let partnershipActions: PartnershipActions
    let requests: RequestRoutes
    let linkActions: LinkActions
    let reports: ReportActions
    let payoutRoutes: PayoutRoutes
    let common: CommonActions

    var pages: [WorkPage] {
        let roles = Set<String>.publishers
        return [
            WorkPage(path: "/publisher/earnings", summary: "Earnings", roles: roles, show: self.earnings),
            WorkPage(path: "/publisher/programs", summary: "Find programs", roles: roles, show: self.search),
            WorkPage(
                path: "/publisher/programs/{program_id}",
                summary: "A program",
                roles: roles,
                show: self.program,
                forms: [
                    WorkForm(path: "/publisher/programs/{program_id}/apply", summary: "Apply", perform: self.apply),
                    WorkForm(
                        path: "/publisher/programs/{program_id}/self-back",
                        summary: "Use self-back",
                        perform: self.selfBack
                    ),
                ]
            ),
            WorkPage(path: "/publisher/partnerships", summary: "Partnerships", roles: roles, show: self.partnerships),
            WorkPage(
                path: "/publisher/partnerships/{partnership_id}",
                summary: "Links of a partnership",
                roles: roles,
                show: self.links,
                forms: [
                    WorkForm(
                        path: "/publisher/partnerships/{partnership_id}/cancel",
                        summary: "Take an application back"
                    ) { visit in
                        try await visit.submit(self.partnershipActions.cancel, visit.named("partnership_id"))
                        return .goTo("/publisher/partnerships?done=1")
                    }
                ]
            ),
            WorkPage(path: "/publisher/payouts", summary: "Payouts", roles: roles, show: self.payouts),
            WorkPage(
                path: "/publisher/payouts/{payout_id}",
                summary: "A statement",
                roles: roles,
                show: self.statement
            ),
        ]
    }

    // MARK: Earnings

    private static let earningsTemplate = AffiliatePlace.template(
        PageParts.heading + """
            <dl class="figures"><div><dt>[[Unpaid balance]]</dt><dd>{{earnings.unpaid_balance}}</dd></div>
            <div><dt>[[This month]]</dt><dd>{{earnings.current_month_earnings}}</dd></div>
            <div><dt>[[Lifetime]]</dt><dd>{{earnings.lifetime_total}}</dd></div><div><dt>[[Paid out]]</dt><dd>{{earnings.paid_out}}</dd></div></dl>
            {{#isNew}}<ol class="steps"><li>1. <a href="{{base}}/publisher/programs">[[Find a program and apply]]</a></li><li>2. <a href="{{base}}/publisher/partnerships">[[Copy your link]]</a></li><li>3. [[Earn when somebody orders]]</li></ol>{{/isNew}}
            <section aria-labelledby="trend"><h2 id="trend">[[Six months]]</h2>{{{chart}}}
            """
            + PageParts.table(
                "[[Rewards by the month of the order; pending and approved]]",
                of: "trend",
                empty: "",
                [
                    .init("[[Month]]", "{{month}}", .heading), .init("[[Orders]]", "{{conversions}}", .number),
                    .init("[[Reward]]", "{{earnings}}", .number),
                ]
            ) + """
                </section>
                <p class="soft">[[Days and months are Japan's.]]</p>
                """
    )

    @Sendable private func earnings(_ visit: Visit) async throws -> PageContent {
        let earnings = try await visit.ask(self.reports.earnings)
        let bars = earnings.trend.map { month in
            BarChart.Bar(
                label: String(month.month.suffix(5)),
                value: Double(month.earnings),
                text: "\(month.month): \(AffiliatePlace.yenText(month.earnings))"
            )
        }
        let isNew = earnings.lifetime == 0 && earnings.trend.allSatisfy { $0.conversions == 0 }
        return PageContent(
            visit.say("Earnings"),
            Self.earningsTemplate,
            visit,
            [
                "earnings": earnings, "trend": earnings.trend, "isNew": isNew ? true : nil,
                "chart": BarChart.svg(visit.say("Six months"), bars),
            ]
        )
    }

    // MARK: Search

    private static let boxes = [
        ("self_affiliate", "[[Self-back allowed]]"), ("allow_listing", "[[Listing ads allowed]]"),
        ("has_product_link", "[[Product links]]"), ("itp_supported", "[[Ready for ITP]]"),
        ("is_campaign", "[[Campaign now]]"), ("is_new", "[[New]]"), ("auto_approve", "[[Approves at once]]"),
    ]
    private static let searchTemplate = AffiliatePlace.template(
        PageParts.heading + """
            <form method="get" action="{{base}}/publisher/programs" role="search">
            <div class="fields">
            \(PageParts.field("keyword", "[[Keyword]]", value: "{{filter.keyword}}", "type=\"search\""))
            \(PageParts.choice("category_slug", "[[Category]]", of: "categories"))
            \(PageParts.choice("reward_type", "[[Kind of reward]]", of: "types"))
            \(PageParts.field("min_reward", "[[At least, in yen]]", value: "{{filter.min_reward}}", "inputmode=\"numeric\""))
            \(PageParts.field("min_confirmation_rate", "[[Confirmation rate of at least, in %]]", value: "{{filter.min_confirmation_rate}}", "inputmode=\"numeric\""))
            \(PageParts.choice("sort", "[[Sort by]]", of: "sorts"))</div>
            <fieldset class="boxes"><legend>[[Only with]]</legend>\(boxes.map { PageParts.box($0.0, $0.1, checked: "filter.\($0.0)") }.joined())</fieldset>
            <p><button>[[Search]]</button></p></form>
            <h2>[[Programs]]</h2>
            {{^has_programs}}<p class="empty">[[Nothing matches. Try fewer words, or fewer conditions.]]</p>{{/has_programs}}
            <div class="cards">{{#programs}}<article class="card"><h3><a href="{{base}}/publisher/programs/{{id}}">{{name}}</a></h3>
            <p>{{description}}</p><p><strong>{{reward_amount}}</strong>{{#reward_percent}} ({{reward_percent}}){{/reward_percent}} <span class="soft">{{reward_type}} · {{category_name}} · {{advertiser_name}}</span></p>
            <p class="soft">{{#confirmation_rate}}[[Confirmed]] {{confirmation_rate}} · {{/confirmation_rate}}{{#epc}}EPC {{epc}} · {{/epc}}[[Cookie]] {{cookie_days}} [[days]]{{#is_campaign}} · <strong>[[Campaign now]]: {{campaign.reward}}</strong>{{/is_campaign}}{{#is_new}} · [[New]]{{/is_new}}{{#auto_approve}} · [[Approves at once]]{{/auto_approve}}</p></article>{{/programs}}</div>
            \(Snippets.paging)
            """
    )

    private static let sorts = [
        ("", "[[Best or newest]]"), ("newest", "[[Newest]]"), ("reward_desc", "[[Highest reward]]"),
        ("reward_asc", "[[Lowest reward]]"),
        ("name", "[[Name]]"), ("confirmation_rate_desc", "[[Best confirmed]]"), ("epc_desc", "[[Highest EPC]]"),
    ]

    @Sendable private func search(_ visit: Visit) async throws -> PageContent {
        let texts = ["keyword", "category_slug", "reward_type", "sort", "min_reward", "min_confirmation_rate"]
        var filter: [String: String] = [:]
        for name in texts + Self.boxes.map(\.0) where !visit.query(name).isEmpty { filter[name] = visit.query(name) }
        var params = filter.mapValues { JSONValue.string($0) }
        params["page"] = .integer(visit.pageNumber)
        params["per_page"] = 24
        var visit = visit
        var found: ProgramActions.ProgramPage?
        do { found = try await visit.ask(self.programs.search, params) } catch let problem as Problem {
            visit.problem = problem
        }
        let categories = try await visit.ask(self.common.categories).categories.map(\.category)
        let language = visit.language
        let programs = visit.rows((found?.items ?? []).compactMap(\.value)) { output in
            ["category_name": output.program.category.name(in: language)]
        }
        let options = [("", visit.say("All"))] + categories.map { ($0.slug, $0.name(in: language)) }
        let types = ["", "cpa", "cpc", "cpi"].map { ($0, $0.isEmpty ? visit.say("All") : $0) }
        return PageContent(
            visit.say("Find programs"),
            Self.searchTemplate,
            visit,
            [
                "filter": filter, "programs": programs,
                "categories": PageParts.options(options, chosen: filter["category_slug"] ?? ""),
                "types": PageParts.options(types, chosen: filter["reward_type"] ?? ""),
                "sorts": PageParts.options(
                    Self.sorts.map { ($0.0, visit.say(String($0.1.dropFirst(2).dropLast(2)))) },
                    chosen: filter["sort"] ?? ""
                ), "paging": found.map { visit.pageLinks($0.numbers, keeping: filter) },
            ]
        )
    }

    // MARK: Program

    private static let programTemplate = AffiliatePlace.template(
        PageParts.heading + """
            <p>{{program.description}}</p>
            <dl class="facts"><dt>[[Advertiser]]</dt><dd>{{program.advertiser_name}}</dd><dt>[[Reward]]</dt><dd>{{program.reward_amount}}{{#program.reward_percent}} ({{program.reward_percent}}){{/program.reward_percent}} · {{program.reward_type}}</dd>
            {{#program.campaign}}<dt>[[Campaign]]</dt><dd>{{reward}} · {{starts_at}} – {{ends_at}} JST</dd>{{/program.campaign}}
            <dt>[[Cookie]]</dt><dd>{{program.cookie_days}} [[days]]</dd><dt>[[Payable after]]</dt><dd>{{program.hold_days}} [[days]]</dd>
            <dt>[[Confirmed]]</dt><dd>{{#program.confirmation_rate}}{{program.confirmation_rate}}{{/program.confirmation_rate}}{{^program.confirmation_rate}}–{{/program.confirmation_rate}}</dd>
            <dt>EPC</dt><dd>{{#program.epc}}{{program.epc}}{{/program.epc}}{{^program.epc}}–{{/program.epc}}</dd>
            <dt>[[Landing page]]</dt><dd><a href="{{program.landing_url}}" rel="noopener noreferrer">{{program.landing_url}}</a></dd>
            <dt>[[Rules]]</dt><dd>{{#program.allow_listing}}[[Listing ads allowed]]{{/program.allow_listing}}{{^program.allow_listing}}[[No listing ads]]{{/program.allow_listing}} · {{#program.self_affiliate}}[[Self-back allowed]]{{/program.self_affiliate}}{{^program.self_affiliate}}[[No self-back]]{{/program.self_affiliate}}{{#program.itp_supported}} · [[Ready for ITP]]{{/program.itp_supported}}</dd></dl>
            {{#program.partnership}}<p>\(Snippets.state) <a class="button" href="{{base}}/publisher/partnerships/{{partnership_id}}">[[To the links]]</a></p>{{/program.partnership}}
            {{^program.partnership}}<form method="post" action="{{base}}/publisher/programs/{{program.id}}/apply">{{{token}}}<p><button>[[Apply]]</button> <span class="soft">{{#program.auto_approve}}[[You are a partner at once.]]{{/program.auto_approve}}{{^program.auto_approve}}[[The advertiser decides.]]{{/program.auto_approve}}</span></p></form>{{/program.partnership}}
            {{#program.self_affiliate}}<form method="post" action="{{base}}/publisher/programs/{{program.id}}/self-back">{{{token}}}<p><button class="quiet">[[Buy it yourself with self-back]]</button> <span class="soft">[[Once for each program]]</span></p></form>{{/program.self_affiliate}}
            <section aria-labelledby="creatives"><h2 id="creatives">[[Creatives]]</h2>
            """
            + PageParts.table(
                "[[What you can show]]",
                of: "creatives",
                empty: "[[The advertiser has added none. The link alone does as well.]]",
                [
                    .init("[[Title]]", "{{title}}", .heading), .init("[[Kind]]", "{{type_text}}"),
                    .init("[[Words or address]]", "{{text}} {{url}}"), .init("[[Price]]", "{{price}}", .number),
                ]
            ) + "</section>"
    )

    @Sendable private func program(_ visit: Visit) async throws -> PageContent {
        let program = try await visit.ask(self.programs.detail, visit.named("program_id"))
        return PageContent(
            program.detail.output.program.content.name,
            Self.programTemplate,
            visit,
            ["program": program, "creatives": program.detail.creatives]
        )
    }

    @Sendable private func apply(_ visit: Visit) async throws -> WorkForm.Outcome {
        let applied = try await visit.submit(self.partnershipActions.apply, visit.named("program_id"))
        return .goTo("/publisher/partnerships/\(applied.partnership.id)?done=1")
    }

    @Sendable private func selfBack(_ visit: Visit) async throws -> WorkForm.Outcome {
        let done = try await visit.submit(self.linkActions.applyForSelfBack, visit.named("program_id"))
        guard let url = done.landing else { return .goTo("/publisher/partnerships/\(done.partnership.id)?done=1") }
        return .respond(.redirect(to: url, type: .normal))
    }

    // MARK: Partnerships

    private static let partnershipsTemplate = AffiliatePlace.template(
        PageParts.heading
            + PageParts.table(
                "[[Newest first]]",
                of: "partnerships",
                empty: "[[No partnerships yet. Find a program and apply.]]",
                [
                    .init(
                        "[[Program]]",
                        "<a href=\"{{base}}/publisher/partnerships/{{id}}\">{{program_name}}</a>",
                        .heading
                    ),
                    .init("[[State]]", Snippets.state + " {{.reason}}"), .init("[[Applied, JST]]", "{{applied_at}}"),
                ]
            ) + Snippets.paging
    )

    @Sendable private func partnerships(_ visit: Visit) async throws -> PageContent {
        let found = try await visit.ask(self.partnershipActions.list, ["page": .integer(visit.pageNumber)])
        return PageContent(
            visit.say("Partnerships"),
            Self.partnershipsTemplate,
            visit,
            ["partnerships": found.items, "paging": visit.pageLinks(found.numbers)]
        )
    }

    private static let linksTemplate = AffiliatePlace.template(
        PageParts.heading + """
            {{#partnership}}<p>\(Snippets.state) {{.reason}}</p>{{/partnership}}
            {{^links}}<p class="empty">[[Links are here once the advertiser has approved you.]]</p>
            {{#isPending}}<form method="post" action="{{base}}/publisher/partnerships/{{partnership.id}}/cancel">{{{token}}}<button class="danger">[[Take the application back]]</button></form>{{/isPending}}{{/links}}
            {{#links}}<p>[[Copy one of these into your page. Each records the click before the visitor goes on.]]</p>
            <h2>[[Address]]</h2><pre tabindex="0"><code>{{tracking_url}}</code></pre>
            <h2>HTML</h2><pre tabindex="0"><code>{{html_tag}}</code></pre>
            <h2>JavaScript</h2><pre tabindex="0"><code>{{js_tag}}</code></pre>
            <h2>[[Disclosure]]</h2><p>[[Japan's rules ask that advertising is told as such. Put this near the link:]]</p>
            <pre tabindex="0" lang="ja"><code>{{pr_disclosure}}</code></pre><pre tabindex="0" lang="en"><code>{{pr_disclosure_en}}</code></pre>
            {{#hasCreatives}}<h2>[[Creatives]]</h2>{{#creatives}}<h3>{{title}}</h3><pre tabindex="0"><code>{{html_tag}}</code></pre>{{/creatives}}{{/hasCreatives}}{{/links}}
            """
    )

    @Sendable private func links(_ visit: Visit) async throws -> PageContent {
        let answer = try await visit.ask(self.requests.get)
        guard case .first(let output) = answer else { throw AffiliateProblems.partnershipNotFound }
        let partnership = output.partnership
        let isApproved = partnership.status == .approved
        let links =
            isApproved ? try await visit.ask(self.linkActions.generate, visit.named("partnership_id")) : nil
        return PageContent(
            partnership.programName,
            Self.linksTemplate,
            visit,
            [
                "partnership": output, "links": links, "isPending": partnership.status == .pending ? true : nil,
                "hasCreatives": links?.creatives.isEmpty ?? true ? nil : true,
            ]
        )
    }

    // MARK: Payouts

    private static let payoutsTemplate = AffiliatePlace.template(
        PageParts.heading
            + PageParts.table(
                "[[Closed months, the newest first]]",
                of: "payouts",
                empty: "[[No month is closed yet. Approved rewards are paid after their hold, once a month.]]",
                [
                    .init("[[Month]]", "<a href=\"{{base}}/publisher/payouts/{{id}}\">{{month}}</a>", .heading),
                    .init("[[State]]", Snippets.state), .init("[[Reward]]", "{{gross_reward}}", .number),
                    .init("[[Withholding tax]]", "{{withholding_tax}}", .number),
                    .init("[[Transfer fee]]", "{{transfer_fee}}", .number),
                    .init("[[Paid]]", "{{net_amount}}", .number),
                ]
            ) + Snippets.paging
            + "<p><a href=\"{{base}}/account\">[[Where you are paid]]</a></p>"
    )

    @Sendable private func payouts(_ visit: Visit) async throws -> PageContent {
        let found = try await visit.ask(self.reports.payouts, ["page": .integer(visit.pageNumber)])
        return PageContent(
            visit.say("Payouts"),
            Self.payoutsTemplate,
            visit,
            ["payouts": found.items, "paging": visit.pageLinks(found.numbers)]
        )
    }

    static let statementTemplate = AffiliatePlace.template(
        PageParts.heading + """
            {{#payout}}<p>\(Snippets.state) {{.carry_text}}</p>
            <dl class="facts"><dt>[[Rewards]]</dt><dd>{{rewards}} ({{conversions}})</dd><dt>[[Clawbacks]]</dt><dd>{{clawbacks}}</dd><dt>[[Carried in]]</dt><dd>{{carried_in}}</dd>
            <dt>[[Before tax]]</dt><dd>{{gross_reward}}</dd><dt>[[Withholding tax]]</dt><dd>{{withholding_tax}} ({{tax_text}})</dd><dt>[[Transfer fee]]</dt><dd>{{transfer_fee}}</dd>
            <dt>[[Paid]]</dt><dd><strong>{{net_amount}}</strong></dd><dt>[[Carried over]]</dt><dd>{{carried_over}}</dd>
            <dt>[[Payable in]]</dt><dd>{{.period_start}} – {{period_end}} JST</dd>{{#.reference}}<dt>[[Reference]]</dt><dd>{{.reference}}</dd>{{/.reference}}</dl>
            <p><a class="button" href="{{base}}/publisher/payouts/{{id}}/statement.csv">[[Download as CSV]]</a>{{^is_whole}} <span class="soft">[[The page shows the first 1,000; the file has all.]]</span>{{/is_whole}}</p>{{/payout}}
            """
            + PageParts.table(
                "[[Every conversion of this payout]]",
                of: "lines",
                empty: "[[No conversion became payable in it.]]",
                [
                    .init("[[Order]]", "<a href=\"{{base}}/conversions/{{id}}\">{{order_id}}</a>", .heading),
                    .init("[[Program]]", "{{program_name}}"), .init("[[Ordered, JST]]", "{{occurred_at}}"),
                    .init("[[Amount]]", "{{amount}}", .number), .init("[[Reward]]", "{{reward}}", .number),
                ]
            ) + "{{#has_clawbacks}}"
            + PageParts.table(
                "[[Taken back]]",
                of: "clawbacks",
                empty: "",
                [
                    .init(
                        "[[Conversion]]",
                        "<a href=\"{{base}}/conversions/{{conversion_id}}\">{{conversion_id}}</a>",
                        .heading
                    ),
                    .init("[[Paid in]]", "{{paid_in}}"), .init("[[Reason]]", "{{.reason}}"),
                    .init("[[Amount]]", "{{amount}}", .number),
                ]
            ) + "{{/has_clawbacks}}"
    )

    @Sendable private func statement(_ visit: Visit) async throws -> PageContent {
        let statement = try await visit.ask(self.payoutRoutes.statement)
        let payout = statement.output.payout
        let words = [
            "tax_text": visit.say("tax_\(payout.taxRegime.rawValue)"),
            "carry_text": payout.carryReason.map { visit.say($0.rawValue) },
        ]
        return PageContent(
            "\(visit.say("Statement")) \(payout.month)",
            Self.statementTemplate,
            visit,
            [
                "payout": visit.rows([statement]) { _ in words }[0], "lines": statement.lines,
                "clawbacks": statement.clawbacks,
            ]
        )
    }
}
