import Hummingbird
import Kernel
import Platform
import Web

/// The publisher's console: programs, partnerships, links and earnings.
struct PublisherPages: Sendable {
    let programs: ProgramActions
    let partnershipActions: PartnershipActions
    let requests: RequestRoutes
    let linkActions: LinkActions
    let reports: ReportActions
    let common: CommonActions

    var pages: [ConsolePage] {
        let roles = Set<Role>.publishers
        return [
            ConsolePage(path: "/publisher/earnings", summary: "Earnings", roles: roles, show: self.earnings),
            ConsolePage(path: "/publisher/programs", summary: "Find programs", roles: roles, show: self.search),
            ConsolePage(
                path: "/publisher/programs/{program_id}",
                summary: "A program",
                roles: roles,
                show: self.program,
                forms: [
                    ConsoleForm(path: "/publisher/programs/{program_id}/apply", summary: "Apply", perform: self.apply),
                    ConsoleForm(
                        path: "/publisher/programs/{program_id}/self-back",
                        summary: "Use self-back",
                        perform: self.selfBack
                    ),
                ]
            ),
            ConsolePage(
                path: "/publisher/partnerships",
                summary: "Partnerships",
                roles: roles,
                show: self.partnerships
            ),
            ConsolePage(
                path: "/publisher/partnerships/{partnership_id}",
                summary: "Links of a partnership",
                roles: roles,
                show: self.links,
                forms: [
                    ConsoleForm(
                        path: "/publisher/partnerships/{partnership_id}/cancel",
                        summary: "Take an application back"
                    ) { request in
                        try await request.submit(self.partnershipActions.cancel, request.named("partnership_id"))
                        return .goTo("/publisher/partnerships?done=1")
                    }
                ]
            ),
        ]
    }

    // MARK: Earnings

    private static let earningsTemplate = AffiliateConsole.template(
        PageParts.heading + """
            <dl class="figures"><div><dt>[[unpaid_balance]]</dt><dd>{{earnings.unpaid_balance}}</dd></div>
            <div><dt>[[this_month]]</dt><dd>{{earnings.current_month_earnings}}</dd></div>
            <div><dt>[[lifetime]]</dt><dd>{{earnings.lifetime_total}}</dd></div><div><dt>[[paid_out]]</dt><dd>{{earnings.paid_out}}</dd></div></dl>
            {{#isNew}}<ol class="steps"><li>1. <a href="{{base}}/publisher/programs">[[find_a_program_and_apply]]</a></li><li>2. <a href="{{base}}/publisher/partnerships">[[copy_your_link]]</a></li><li>3. [[earn_when_somebody_orders]]</li></ol>{{/isNew}}
            <section aria-labelledby="trend"><h2 id="trend">[[six_months]]</h2>{{{chart}}}
            """
            + PageParts.table(
                "[[rewards_by_the_month_of_the]]",
                of: "trend",
                empty: "",
                [
                    .init("[[month]]", "{{month}}", .heading), .init("[[orders]]", "{{conversions}}", .number),
                    .init("[[reward]]", "{{earnings}}", .number),
                ]
            ) + """
                </section>
                <p class="soft">[[days_and_months_are_japans]]</p>
                """
    )

    @Sendable private func earnings(_ request: PageRequest) async throws -> PageContent {
        let earnings = try await request.ask(self.reports.earnings)
        let bars = earnings.trend.map { month in
            BarChart.Bar(
                label: String(month.month.suffix(5)),
                value: Double(month.earnings.smallestUnits),
                text: "\(month.month): \(request.display.yen(month.earnings))"
            )
        }
        let isNew = earnings.lifetime == 0 && earnings.trend.allSatisfy { $0.conversions == 0 }
        return PageContent(
            request.say("earnings"),
            Self.earningsTemplate,
            request,
            [
                "earnings": earnings, "trend": earnings.trend, "isNew": isNew ? true : nil,
                "chart": BarChart.svg(
                    request.say("six_months"),
                    bars,
                    unit: "¥",
                    empty: request.say("nothing_in_this_period")
                ),
            ]
        )
    }

    // MARK: Search

    private static let boxes = [
        ("self_affiliate", "[[self_back_allowed]]"), ("allow_listing", "[[listing_ads_allowed]]"),
        ("has_product_link", "[[product_links]]"), ("itp_supported", "[[ready_for_itp]]"),
        ("is_campaign", "[[campaign_now]]"), ("is_new", "[[new]]"), ("auto_approve", "[[approves_at_once]]"),
    ]
    private static let searchTemplate = AffiliateConsole.template(
        PageParts.heading + """
            <form method="get" action="{{base}}/publisher/programs" role="search">
            <div class="fields">
            \(PageParts.field("keyword", "[[keyword]]", value: "{{filter.keyword}}", "type=\"search\""))
            \(PageParts.choice("category_slug", "[[category]]", of: "categories"))
            \(PageParts.choice("reward_type", "[[kind_of_reward]]", of: "types"))
            \(PageParts.field("min_reward", "[[at_least_in_yen]]", value: "{{filter.min_reward}}", "inputmode=\"numeric\""))
            \(PageParts.field("min_confirmation_rate", "[[confirmation_rate_of_at_least_in]]", value: "{{filter.min_confirmation_rate}}", "inputmode=\"numeric\""))
            \(PageParts.choice("sort", "[[sort_by]]", of: "sorts"))</div>
            <fieldset class="boxes"><legend>[[only_with]]</legend>\(boxes.map { PageParts.box($0.0, $0.1, checked: "filter.\($0.0)") }.joined())</fieldset>
            <p><button>[[search]]</button></p></form>
            <h2>[[programs]]</h2>
            {{^has_programs}}<p class="empty">[[nothing_matches_try_fewer_words_or]]</p>{{/has_programs}}
            <div class="cards">{{#programs}}<article class="card"><h3><a href="{{base}}/publisher/programs/{{id}}">{{name}}</a></h3>
            <p>{{description}}</p><p><strong>{{reward_amount}}</strong>{{#reward_percent}} ({{reward_percent}}){{/reward_percent}} <span class="soft"><span class="acronym">{{reward_type}}</span> · {{category_name}} · {{advertiser_name}}</span></p>
            <p class="soft">{{#confirmation_rate}}[[confirmed]] {{confirmation_rate}} · {{/confirmation_rate}}{{#epc}}EPC {{epc}} · {{/epc}}[[cookie]] [[cookie_days_text]]{{#is_campaign}} · <strong>[[campaign_now]]: {{campaign.reward}}</strong>{{/is_campaign}}{{#is_new}} · [[new]]{{/is_new}}{{#auto_approve}} · [[approves_at_once]]{{/auto_approve}}</p></article>{{/programs}}</div>
            \(Snippets.paging)
            """
    )

    private static let sorts = [
        ("", "[[best_or_newest]]"), ("newest", "[[newest]]"), ("reward_desc", "[[highest_reward]]"),
        ("reward_asc", "[[lowest_reward]]"),
        ("name", "[[name]]"), ("confirmation_rate_desc", "[[best_confirmed]]"), ("epc_desc", "[[highest_epc]]"),
    ]

    @Sendable private func search(_ request: PageRequest) async throws -> PageContent {
        let texts = ["keyword", "category_slug", "reward_type", "sort", "min_reward", "min_confirmation_rate"]
        var filter: [String: String] = [:]
        for name in texts + Self.boxes.map(\.0) where !request.query(name).isEmpty {
            filter[name] = request.query(name)
        }
        var params = filter.mapValues { JSONValue.string($0) }
        params["page"] = .integer(request.pageNumber)
        params["per_page"] = 24
        var request = request
        var found: ProgramActions.ProgramPage?
        do { found = try await request.ask(self.programs.search, params) } catch let problem as Problem {
            request.problem = problem
        }
        let categories = try await request.ask(self.common.categories).categories.map(\.category)
        let language = request.language
        let programs = request.rows((found?.items ?? []).compactMap(\.value)) { output in
            ["category_name": output.program.category.name(in: language)]
        }
        let options = [("", request.say("all"))] + categories.map { ($0.slug, $0.name(in: language)) }
        let types = ["", "cpa", "cpc", "cpi"].map { ($0, $0.isEmpty ? request.say("all") : $0) }
        return PageContent(
            request.say("find_programs"),
            Self.searchTemplate,
            request,
            [
                "filter": filter, "programs": programs,
                "categories": PageParts.options(options, chosen: filter["category_slug"] ?? ""),
                "types": PageParts.options(types, chosen: filter["reward_type"] ?? ""),
                "sorts": PageParts.options(
                    Self.sorts.map { ($0.0, request.say(String($0.1.dropFirst(2).dropLast(2)))) },
                    chosen: filter["sort"] ?? ""
                ), "paging": found.map { request.pageLinks($0.numbers, keeping: filter) },
            ]
        )
    }

    // MARK: Program

    private static let programTemplate = AffiliateConsole.template(
        PageParts.heading + """
            <p>{{program.description}}</p>
            <dl class="facts"><dt>[[advertiser]]</dt><dd>{{program.advertiser_name}}</dd><dt>[[reward]]</dt><dd>{{program.reward_amount}}{{#program.reward_percent}} ({{program.reward_percent}}){{/program.reward_percent}} · <span class="acronym">{{program.reward_type}}</span></dd>
            {{#program.campaign}}<dt>[[campaign]]</dt><dd>{{reward}} · {{starts_at}} – {{ends_at}} {{zone}}</dd>{{/program.campaign}}
            <dt>[[cookie]]</dt><dd>{{#program}}[[cookie_days_text]]{{/program}}</dd><dt>[[payable_after]]</dt><dd>{{#program}}[[hold_days_text]]{{/program}}</dd>
            <dt>[[clicks_of_one_browser]]</dt><dd>{{program.click_limit}}</dd>
            <dt>[[confirmed]]</dt><dd>{{#program.confirmation_rate}}{{program.confirmation_rate}}{{/program.confirmation_rate}}{{^program.confirmation_rate}}–{{/program.confirmation_rate}}</dd>
            <dt>EPC</dt><dd>{{#program.epc}}{{program.epc}}{{/program.epc}}{{^program.epc}}–{{/program.epc}}</dd>
            <dt>[[landing_page]]</dt><dd><a href="{{program.landing_url}}" rel="noopener noreferrer">{{program.landing_url}}</a></dd>
            <dt>[[rules]]</dt><dd>{{#program.allow_listing}}[[listing_ads_allowed]]{{/program.allow_listing}}{{^program.allow_listing}}[[no_listing_ads]]{{/program.allow_listing}} · {{#program.self_affiliate}}[[self_back_allowed]]{{/program.self_affiliate}}{{^program.self_affiliate}}[[no_self_back]]{{/program.self_affiliate}}{{#program.itp_supported}} · [[ready_for_itp]]{{/program.itp_supported}}</dd></dl>
            {{#program.partnership}}<p>\(Snippets.state) <a class="button" href="{{base}}/publisher/partnerships/{{partnership_id}}">[[to_the_links]]</a></p>{{/program.partnership}}
            {{^program.partnership}}<form method="post" action="{{base}}/publisher/programs/{{program.id}}/apply">{{{token}}}<p><button>[[apply]]</button> <span class="soft">{{#program.auto_approve}}[[you_are_a_partner_at_once]]{{/program.auto_approve}}{{^program.auto_approve}}[[the_advertiser_decides]]{{/program.auto_approve}}</span></p></form>{{/program.partnership}}
            {{#program.self_affiliate}}<form method="post" action="{{base}}/publisher/programs/{{program.id}}/self-back">{{{token}}}<p><button class="quiet">[[buy_it_yourself_with_self_back]]</button> <span class="soft">[[once_for_each_program]]</span></p></form>{{/program.self_affiliate}}
            <section aria-labelledby="creatives"><h2 id="creatives">[[creatives]]</h2>
            """
            + PageParts.table(
                "[[what_you_can_show]]",
                of: "creatives",
                empty: "[[the_advertiser_has_added_none_the]]",
                [
                    .init("[[title]]", "{{title}}", .heading), .init("[[kind]]", "{{type_text}}"),
                    .init("[[words_or_address]]", "{{text}} {{url}}"), .init("[[price]]", "{{price}}", .number),
                ]
            ) + "</section>"
    )

    @Sendable private func program(_ request: PageRequest) async throws -> PageContent {
        let program = try await request.ask(self.programs.detail, request.named("program_id"))
        return PageContent(
            program.detail.output.program.content.name,
            Self.programTemplate,
            request,
            ["program": program, "creatives": program.detail.creatives]
        )
    }

    @Sendable private func apply(_ request: PageRequest) async throws -> ConsoleForm.Outcome {
        let applied = try await request.submit(self.partnershipActions.apply, request.named("program_id"))
        return .goTo("/publisher/partnerships/\(applied.partnership.id)?done=1")
    }

    @Sendable private func selfBack(_ request: PageRequest) async throws -> ConsoleForm.Outcome {
        let done = try await request.submit(self.linkActions.applyForSelfBack, request.named("program_id"))
        guard let url = done.landing else { return .goTo("/publisher/partnerships/\(done.partnership.id)?done=1") }
        return .respond(.redirect(to: url, type: .normal))
    }

    // MARK: Partnerships

    private static let partnershipsTemplate = AffiliateConsole.template(
        PageParts.heading
            + PageParts.table(
                "[[newest_first]]",
                of: "partnerships",
                empty: "[[no_partnerships_yet_find_a_program]]",
                [
                    .init(
                        "[[program]]",
                        "<a href=\"{{base}}/publisher/partnerships/{{id}}\">{{program_name}}</a>",
                        .heading
                    ),
                    .init("[[state]]", Snippets.state + " {{.reason}}"), .init("[[applied_zone]]", "{{applied_at}}"),
                ]
            ) + Snippets.paging
    )

    @Sendable private func partnerships(_ request: PageRequest) async throws -> PageContent {
        let found = try await request.ask(self.partnershipActions.list, ["page": .integer(request.pageNumber)])
        return PageContent(
            request.say("partnerships"),
            Self.partnershipsTemplate,
            request,
            ["partnerships": found.items, "paging": request.pageLinks(found.numbers)]
        )
    }

    private static let linksTemplate = AffiliateConsole.template(
        PageParts.heading + """
            {{#partnership}}<p>\(Snippets.state) {{.reason}}</p>{{/partnership}}
            {{^links}}<p class="empty">[[links_are_here_once_the_advertiser]]</p>
            {{#isPending}}<form method="post" action="{{base}}/publisher/partnerships/{{partnership.id}}/cancel">{{{token}}}<button class="danger">[[take_the_application_back]]</button></form>{{/isPending}}{{/links}}
            {{#links}}<p>[[copy_one_of_these_into_your]]</p>
            <h2>[[address]]</h2><pre tabindex="0"><code>{{tracking_url}}</code></pre>
            <h2>HTML</h2><pre tabindex="0"><code>{{html_tag}}</code></pre>
            <h2>JavaScript</h2><pre tabindex="0"><code>{{js_tag}}</code></pre>
            <h2>[[disclosure]]</h2><p>[[japans_rules_ask_that_advertising_is]]</p>
            <pre tabindex="0" lang="ja"><code>{{pr_disclosure}}</code></pre><pre tabindex="0" lang="en"><code>{{pr_disclosure_en}}</code></pre>
            {{#hasCreatives}}<h2>[[creatives]]</h2>{{#creatives}}<h3>{{title}}</h3><pre tabindex="0"><code>{{html_tag}}</code></pre>{{/creatives}}{{/hasCreatives}}{{/links}}
            """
    )

    @Sendable private func links(_ request: PageRequest) async throws -> PageContent {
        let answer = try await request.ask(self.requests.get)
        guard case .first(let output) = answer else { throw AffiliateProblems.partnershipNotFound }
        let partnership = output.partnership
        let isApproved = partnership.status == .approved
        let links =
            isApproved ? try await request.ask(self.linkActions.generate, request.named("partnership_id")) : nil
        return PageContent(
            partnership.programName,
            Self.linksTemplate,
            request,
            [
                "partnership": output, "links": links, "isPending": partnership.status == .pending ? true : nil,
                "hasCreatives": links?.creatives.isEmpty ?? true ? nil : true,
            ]
        )
    }
}
