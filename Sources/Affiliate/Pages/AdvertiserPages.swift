import Kernel
import Web

/// The advertiser's work place: programs, those who apply, and how orders are reported.
struct AdvertiserPages: Sendable {
    let routes: ProgramRoutes
    let reports: OrderReportRoutes
    let requestRoutes: RequestRoutes
    let common: CommonActions

    private static let one = "/advertiser/programs/{program_id}"

    var pages: [WorkPage] {
        let roles = Set<String>.advertisers
        return [
            WorkPage(path: "/advertiser/programs", summary: "Programs", roles: roles, show: self.programs),
            WorkPage(
                path: "/advertiser/programs/new",
                summary: "A new program",
                roles: roles,
                show: self.newProgram,
                forms: [WorkForm(path: "/advertiser/programs/new", summary: "Make a program", perform: self.create)]
            ),
            WorkPage(
                path: Self.one,
                summary: "A program of mine",
                roles: roles,
                show: self.program,
                forms: [
                    WorkForm(path: Self.one, summary: "Change a program", perform: self.update).askingFirst(),
                    WorkForm(path: Self.one + "/creatives", summary: "Add a creative", perform: self.addCreative),
                    WorkForm(path: Self.one + "/creatives/{creative_id}/remove", summary: "Remove a creative") {
                        visit in
                        let changed = try await visit.submit(self.routes.removeCreative)
                        return .goTo("/advertiser/programs/\(changed.id)?done=1")
                    },
                ]
            ),
            WorkPage(
                path: "/advertiser/requests",
                summary: "Requests",
                roles: roles,
                show: self.requests,
                forms: PartnershipService.Decision.allCases.map { decision in
                    WorkForm(
                        path: "/advertiser/requests/{partnership_id}/\(decision.rawValue)",
                        summary: "\(decision.rawValue) a partnership"
                    ) { visit in
                        try await visit.submit(self.requestRoutes.decide(decision))
                        return .goTo("/advertiser/requests?done=1&status=\(HTML.percentEncode(visit.form["status"]))")
                    }.askingFirst()
                }
            ),
        ]
    }

    // MARK: Programs

    private static let programsTemplate = AffiliatePlace.template(
        PageParts.heading
            + "<p><a class=\"button\" href=\"{{base}}/advertiser/programs/new\">[[New program]]</a></p>"
            + PageParts.table(
                "[[Newest first]]",
                of: "programs",
                empty: "[[No programs yet. Make one, and publishers find it as soon as it is active.]]",
                [
                    .init("[[Name]]", "<a href=\"{{base}}/advertiser/programs/{{id}}\">{{name}}</a>", .heading),
                    .init("[[State]]", Snippets.state),
                    .init("[[Reward]]", "{{reward_amount}} {{reward_percent}}", .number),
                    .init("[[Confirmed]]", "{{confirmation_rate}}", .number), .init("EPC", "{{epc}}", .number),
                ]
            )
    )

    @Sendable private func programs(_ visit: Visit) async throws -> PageContent {
        PageContent(
            visit.say("Programs"),
            Self.programsTemplate,
            visit,
            ["programs": try await visit.ask(self.routes.list).programs]
        )
    }

    // MARK: Form

    private static let fields = """
        <div class="fields">
        \(PageParts.field("name", "[[Name]]", value: "{{values.name}}", "required"))
        \(PageParts.choice("category_id", "[[Category]]", of: "categories"))
        \(PageParts.field("landing_url", "[[Landing page]]", value: "{{values.landing_url}}", "type=\"url\" required"))
        \(PageParts.choice("status", "[[State]]", of: "states"))
        \(PageParts.choice("reward_type", "[[Kind of reward]]", of: "types"))
        \(PageParts.field("reward_amount", "[[Reward in yen, if fixed]]", value: "{{values.reward_amount}}", "inputmode=\"numeric\""))
        \(PageParts.field("reward_percent", "[[Reward in %, of each order]]", value: "{{values.reward_percent}}", "inputmode=\"decimal\""))
        \(PageParts.field("typical_order_amount", "[[Typical order in yen, with a percentage]]", value: "{{values.typical_order_amount}}", "inputmode=\"numeric\""))
        \(PageParts.field("cookie_days", "[[Days an order counts after its click]]", value: "{{values.cookie_days}}", "inputmode=\"numeric\""))
        \(PageParts.field("hold_days", "[[Days from the order until a reward is payable]]", value: "{{values.hold_days}}", "inputmode=\"numeric\""))
        \(PageParts.field("monthly_budget", "[[Budget of a month in yen; 0 is no limit]]", value: "{{values.monthly_budget}}", "inputmode=\"numeric\""))
        </div>
        <fieldset class="boxes"><legend>[[Rules]]</legend>\(boxes.map { PageParts.box($0.0, $0.1, checked: "values.\($0.0)") }.joined())</fieldset>
        <fieldset><legend>[[Campaign]]</legend><div class="fields">
        \(PageParts.field("campaign_reward", "[[Reward of the campaign, in yen or %]]", value: "{{values.campaign_reward}}", "inputmode=\"decimal\""))
        \(PageParts.field("campaign_starts_at", "[[From (JST)]]", value: "{{values.campaign_starts_at}}", "type=\"datetime-local\""))
        \(PageParts.field("campaign_ends_at", "[[Until (JST)]]", value: "{{values.campaign_ends_at}}", "type=\"datetime-local\""))</div></fieldset>
        \(PageParts.area("description", "[[Description]]", value: "{{values.description}}"))
        """

    private static let boxes = [
        ("auto_approve", "[[Publishers are partners at once]]"), ("self_affiliate", "[[Self-back allowed]]"),
        ("allow_listing", "[[Listing ads allowed]]"),
        ("itp_supported", "[[The landing page keeps the click id itself (ITP)]]"),
    ]

    private static let newTemplate = AffiliatePlace.template(
        PageParts.heading + """
            <form method="post" action="{{base}}/advertiser/programs/new">{{{token}}}\(fields)<p><button>[[Make the program]]</button></p></form>
            """
    )

    @Sendable private func newProgram(_ visit: Visit) async throws -> PageContent {
        let standard: [String: Any] = ["cookie_days": "30", "hold_days": "30", "monthly_budget": "0"]
        let typed = visit.problem == nil ? standard : self.typed(visit)
        return PageContent(
            visit.say("New program"),
            Self.newTemplate,
            visit,
            try await self.choices(visit, typed).merging(["values": typed]) { $1 }
        )
    }

    private func typed(_ visit: Visit) -> [String: Any] {
        Dictionary(uniqueKeysWithValues: visit.form.names.map { ($0, visit.form[$0] as Any) })
    }

    private func choices(_ visit: Visit, _ values: [String: Any]) async throws -> [String: Any?] {
        let categories = try await visit.ask(self.common.categories).categories
        let chosen = { (name: String) in values[name] as? String ?? "" }
        return [
            "categories": PageParts.options(
                categories.map { ("\($0.category.id)", $0.category.name(in: visit.language)) },
                chosen: chosen("category_id")
            ),
            "states": PageParts.options(
                Program.Status.allCases.map { ($0.rawValue, visit.say($0.rawValue)) },
                chosen: chosen("status")
            ),
            "types": PageParts.options(
                Terms.RewardType.allCases.map { ($0.rawValue, visit.say("type_\($0.rawValue)")) },
                chosen: chosen("reward_type")
            ),
        ]
    }

    /// What the form says in another way than the operation.
    private func given(_ form: Form) -> [String: JSONValue] {
        var given: [String: JSONValue] = [:]
        for (name, _) in Self.boxes { given[name] = .bool(form[name] == "true") }
        given["reward_percent"] = .string(form["reward_percent"].trimmed)
        let reward = form["campaign_reward"].trimmed
        let isFixed = form["reward_percent"].trimmed.isEmpty
        given[isFixed ? "campaign_reward_amount" : "campaign_reward_percent"] = .string(reward)
        if reward.isEmpty { given["has_campaign"] = false }
        for name in ["campaign_starts_at", "campaign_ends_at"] {
            let isGiven = !reward.isEmpty && !form[name].isEmpty
            given[name] = isGiven ? .string(form[name] + JapanTime.offset) : .null
        }
        return given
    }

    @Sendable private func create(_ visit: Visit) async throws -> WorkForm.Outcome {
        let program = try await visit.submit(self.routes.create, self.given(visit.form))
        return .goTo("/advertiser/programs/\(program.id)?done=1")
    }

    @Sendable private func update(_ visit: Visit) async throws -> WorkForm.Outcome {
        let program = try await visit.submit(
            self.routes.update,
            self.given(visit.form),
            emptied: ["description"]
        )
        return .goTo("/advertiser/programs/\(program.id)?done=1")
    }

    // MARK: One program

    private static let reportTable = PageParts.table(
        "[[What came in for your programs, also what came to nothing]]",
        of: "reports",
        empty: "[[No reports yet.]]",
        [
            .init("[[At, JST]]", "{{at}}", .heading), .init("[[Reported by]]", "{{source_text}}"),
            .init("[[Order]]", "{{order_id}}"), .init("[[Amount]]", "{{amount}}", .number),
            .init("[[What came of it]]", "{{.reason}}: {{reason_text}}"),
        ]
    )

    private static let programTemplate = AffiliatePlace.template(
        PageParts.heading + """
            {{#program}}<p>\(Snippets.state) <span class="soft">[[Terms version]] {{terms_version}}</span></p>
            <dl class="figures"><div><dt>[[Confirmed]]</dt><dd>{{#confirmation_rate}}{{confirmation_rate}}{{/confirmation_rate}}{{^confirmation_rate}}–{{/confirmation_rate}}</dd></div>
            <div><dt>EPC</dt><dd>{{#epc}}{{epc}}{{/epc}}{{^epc}}–{{/epc}}</dd></div><div><dt>[[Used this month]]</dt><dd>{{budget_used}}</dd></div>
            <div><dt>[[Budget]]</dt><dd>{{#monthly_budget}}{{monthly_budget}}{{/monthly_budget}}{{^monthly_budget}}–{{/monthly_budget}}</dd></div></dl>{{/program}}
            {{#budget}}<p><label for="budget">[[Budget of this month]]</label><br><progress id="budget" max="{{max}}" value="{{value}}">{{value}}</progress></p>{{/budget}}
            <section aria-labelledby="latest"><h2 id="latest">[[Latest reports]]</h2>\(reportTable)</section>
            <section aria-labelledby="change"><h2 id="change">[[Change]]</h2>
            <p class="soft">[[New terms are for new clicks: a click keeps the terms of its moment.]]</p>
            <form method="post" action="{{base}}/advertiser/programs/{{program.id}}">{{{token}}}\(fields)<p><button>[[Save]]</button></p></form></section>
            <section aria-labelledby="creatives"><h2 id="creatives">[[Creatives]]</h2>
            """
            + PageParts.table(
                "[[What publishers can show]]",
                of: "creatives",
                empty: "[[None yet. Publishers can use the plain link.]]",
                [
                    .init("[[Title]]", "{{title}}", .heading), .init("[[Kind]]", "{{type_text}}"),
                    .init("[[Words or address]]", "{{text}} {{url}}"),
                    .init(
                        "[[Remove]]",
                        "<form method=\"post\" action=\"{{base}}/advertiser/programs/{{program_id}}/creatives/{{id}}/remove\">{{{token}}}<button class=\"danger\" aria-label=\"[[Remove]] {{title}}\">[[Remove]]</button></form>"
                    ),
                ]
            ) + """
                <form method="post" action="{{base}}/advertiser/programs/{{program.id}}/creatives">{{{token}}}<div class="fields">
                \(PageParts.choice("type", "[[Kind]]", of: "kinds"))
                \(PageParts.field("title", "[[Title]]", value: "", "required"))
                \(PageParts.field("text", "[[Text]]", value: ""))
                \(PageParts.field("url", "[[Image of a banner, page of a product]]", value: "", "type=\"url\""))
                \(PageParts.field("width", "[[Width of a banner, in pixels]]", value: "", "inputmode=\"numeric\""))
                \(PageParts.field("height", "[[Height of a banner, in pixels]]", value: "", "inputmode=\"numeric\""))
                \(PageParts.field("price", "[[Price of a product, in yen]]", value: "", "inputmode=\"numeric\""))</div>
                <p><button class="quiet">[[Add]]</button></p></form></section>
                """
    )

    @Sendable private func program(_ visit: Visit) async throws -> PageContent {
        let program = try await visit.ask(self.routes.get)
        let reports = try await visit.ask(self.reports.reports).reports
        let values = visit.problem == nil ? Self.values(of: program) : self.typed(visit)
        let budget: [String: Any]? = program.content.monthlyBudget.map { limit in
            ["max": "\(limit)", "value": "\(program.budgetUsed)"]
        }
        let kinds = Creative.Kind.allCases.map { ($0.rawValue, visit.say($0.rawValue)) }
        return PageContent(
            program.content.name,
            Self.programTemplate,
            visit,
            try await self.choices(visit, values).merging([
                "program": program, "values": values,
                "creatives": visit.rows(program.detail.creatives) { _ in ["program_id": "\(program.id)"] },
                "reports": Array(reports.prefix(10)), "budget": budget, "kinds": PageParts.options(kinds, chosen: ""),
            ]) { $1 }
        )
    }

    /// What stands in the form.
    private static func values(of program: ProgramRoutes.OwnProgram) -> [String: Any] {
        let (content, terms) = (program.content, program.content.terms)
        let number = { (value: Int64?) in value.map { "\($0)" } }
        let percent = { (hundredths: Int64) in Hundredths(Int(hundredths)).text }
        var values: [String: Any] = [
            "name": content.name, "landing_url": content.landingURL, "status": content.status.rawValue,
            "reward_type": terms.rewardType.rawValue, "description": content.description,
            "category_id": "\(program.detail.output.program.category.id)", "cookie_days": "\(terms.cookieDays)",
            "hold_days": "\(terms.holdDays)", "monthly_budget": "\(content.monthlyBudget ?? 0)",
        ]
        let boxes = [
            ("auto_approve", content.approvesAtOnce), ("self_affiliate", terms.allowsSelfBack),
            ("allow_listing", content.allowsListing), ("itp_supported", content.supportsITP),
        ]
        for (name, isSet) in boxes where isSet { values[name] = true }
        if terms.unit == .percent {
            values["reward_percent"] = percent(terms.value)
            values["typical_order_amount"] = number(terms.typicalOrderAmount)
        } else {
            values["reward_amount"] = number(terms.typicalReward)
        }
        guard let campaign = terms.campaign else { return values }
        values["campaign_reward"] = terms.unit == .percent ? percent(campaign.value) : "\(campaign.value)"
        for (name, moment) in [("starts_at", campaign.startsAt), ("ends_at", campaign.endsAt)] {
            values["campaign_\(name)"] = String(JapanTime.local(Timestamp(microseconds: moment)).prefix(16))
        }
        return values
    }

    @Sendable private func addCreative(_ visit: Visit) async throws -> WorkForm.Outcome {
        let program = try await visit.submit(self.routes.addCreative)
        return .goTo("/advertiser/programs/\(program.id)?done=1")
    }

    // MARK: Requests

    private static let requestsTemplate = AffiliatePlace.template(
        PageParts.heading + """
            <form method="get" action="{{here}}" class="fields">\(PageParts.choice("status", "[[State]]", of: "states"))<p><button>[[Filter]]</button></p></form>
            """
            + PageParts.table(
                "[[Newest first]]",
                of: "partnerships",
                empty: "[[Nobody has applied yet.]]",
                [
                    .init("[[Publisher]]", "{{publisher_name}}", .heading),
                    .init(
                        "[[Site]]",
                        "{{#site_url}}<a href=\"{{site_url}}\" rel=\"noopener noreferrer\">{{site_url}}</a>{{/site_url}} {{site_description}}"
                    ),
                    .init("[[Program]]", "{{program_name}}"), .init("[[State]]", Snippets.state + " {{.reason}}"),
                    .init(
                        "[[Decide]]",
                        """
                        <form class="row" method="post" action="{{base}}/advertiser/requests/{{id}}/approve">{{{token}}}<input type="hidden" name="status" value="{{filter}}">{{#buttons}}<button class="{{kind}}" formaction="{{base}}/advertiser/requests/{{id}}/{{name}}" aria-label="{{text}} {{publisher}}">{{text}}</button> {{/buttons}}</form>
                        """
                    ),
                ]
            ) + Snippets.paging
    )

    @Sendable private func requests(_ visit: Visit) async throws -> PageContent {
        let status = visit.query("status")
        let found = try await visit.ask(
            self.requestRoutes.list,
            ["status": .string(status), "page": .integer(visit.pageNumber)]
        )
        let partnerships = visit.rows(found.items) { request in
            let partnership = request.output.partnership
            let decisions: [PartnershipService.Decision] =
                switch partnership.status {
                case .pending: [.approve, .reject]
                case .rejected: [.approve]
                case .approved: [.suspend]
                case .suspended: [.reinstate]
                default: []
                }
            let buttons = decisions.map { decision in
                [
                    "name": decision.rawValue, "text": visit.say("do_\(decision.rawValue)"),
                    "id": "\(partnership.id)",
                    "kind": decision == .approve || decision == .reinstate ? "quiet" : "danger",
                    "publisher": request.publisher?.profile.displayName ?? "",
                ]
            }
            return ["buttons": buttons]
        }
        let states = [("", visit.say("All"))] + Partnership.Status.listed.map { ($0.rawValue, visit.say($0.rawValue)) }
        return PageContent(
            visit.say("Requests"),
            Self.requestsTemplate,
            visit,
            [
                "partnerships": partnerships,
                "states": PageParts.options(states, chosen: status), "filter": status,
                "paging": visit.pageLinks(found.numbers, keeping: ["status": status]),
            ]
        )
    }
}
