import Kernel
import Platform
import Web

/// The advertiser's console: programs, and how orders are reported.
struct AdvertiserPages: Sendable {
    let routes: ProgramRoutes
    let reports: OrderReportRoutes
    let common: CommonActions

    private static let one = "/advertiser/programs/{program_id}"

    var pages: [ConsolePage] {
        let roles = Set<Role>.advertisers
        return [
            ConsolePage(path: "/advertiser/programs", summary: "Programs", roles: roles, show: self.programs),
            ConsolePage(
                path: "/advertiser/programs/new",
                summary: "A new program",
                roles: roles,
                show: self.newProgram,
                forms: [ConsoleForm(path: "/advertiser/programs/new", summary: "Make a program", perform: self.create)]
            ),
            ConsolePage(
                path: Self.one,
                summary: "A program of mine",
                roles: roles,
                show: self.program,
                forms: [
                    ConsoleForm(path: Self.one, summary: "Change a program", perform: self.update).askingFirst()
                        .about(self.changes),
                    ConsoleForm(path: Self.one + "/creatives", summary: "Add a creative", perform: self.addCreative),
                    ConsoleForm(path: Self.one + "/creatives/{creative_id}/remove", summary: "Remove a creative") {
                        request in
                        let changed = try await request.submit(self.routes.removeCreative)
                        return .goTo("/advertiser/programs/\(changed.id)?done=1")
                    },
                ]
            ),
        ]
    }

    // MARK: Programs

    private static let programsTemplate = AffiliateConsole.template(
        PageParts.heading
            + "<p><a class=\"button\" href=\"{{base}}/advertiser/programs/new\">[[new_program]]</a></p>"
            + PageParts.table(
                "[[newest_first]]",
                of: "programs",
                empty: "[[no_programs_yet_make_one_and]]",
                [
                    .init("[[name]]", "<a href=\"{{base}}/advertiser/programs/{{id}}\">{{name}}</a>", .heading),
                    .init("[[state]]", Snippets.state),
                    .init("[[reward]]", "{{reward_amount}} {{reward_percent}}", .number),
                    .init("[[confirmed]]", "{{confirmation_rate}}", .number), .init("EPC", "{{epc}}", .number),
                ]
            )
    )

    @Sendable private func programs(_ request: PageRequest) async throws -> PageContent {
        PageContent(
            request.say("programs"),
            Self.programsTemplate,
            request,
            ["programs": try await request.ask(self.routes.list).programs]
        )
    }

    // MARK: Form

    private static let fields = """
        <div class="fields">
        \(PageParts.field("name", "[[name]]", value: "{{values.name}}", "required"))
        \(PageParts.choice("category_id", "[[category]]", of: "categories"))
        \(PageParts.field("landing_url", "[[landing_page]]", value: "{{values.landing_url}}", "type=\"url\" required"))
        \(PageParts.choice("status", "[[state]]", of: "states"))
        \(PageParts.choice("reward_type", "[[kind_of_reward]]", of: "types"))
        \(PageParts.field("reward_amount", "[[reward_in_yen_if_fixed]]", value: "{{values.reward_amount}}", "inputmode=\"numeric\""))
        \(PageParts.field("reward_percent", "[[reward_in_percent_of_each_order]]", value: "{{values.reward_percent}}", "inputmode=\"decimal\""))
        \(PageParts.field("typical_order_amount", "[[typical_order_in_yen_with_a]]", value: "{{values.typical_order_amount}}", "inputmode=\"numeric\""))
        \(PageParts.field("cookie_days", "[[days_an_order_counts_after_its]]", value: "{{values.cookie_days}}", "inputmode=\"numeric\""))
        \(PageParts.field("hold_days", "[[days_from_the_order_until_a]]", value: "{{values.hold_days}}", "inputmode=\"numeric\""))
        \(PageParts.field("monthly_budget", "[[budget_of_a_month_in_yen]]", value: "{{values.monthly_budget}}", "inputmode=\"numeric\""))
        \(PageParts.field("click_limit", "[[clicks_of_one_browser]]", value: "{{values.click_limit}}", "inputmode=\"numeric\""))
        </div>
        <fieldset class="boxes"><legend>[[rules]]</legend>\(boxes.map { PageParts.box($0.0, $0.1, checked: "values.\($0.0)") }.joined())</fieldset>
        <fieldset><legend>[[campaign]]</legend><div class="fields">
        \(PageParts.field("campaign_reward", "[[reward_of_the_campaign_in_yen]]", value: "{{values.campaign_reward}}", "inputmode=\"decimal\""))
        \(PageParts.field("campaign_starts_at", "[[from_jst]]", value: "{{values.campaign_starts_at}}", "type=\"datetime-local\""))
        \(PageParts.field("campaign_ends_at", "[[until_jst]]", value: "{{values.campaign_ends_at}}", "type=\"datetime-local\""))</div></fieldset>
        \(PageParts.area("description", "[[description]]", value: "{{values.description}}"))
        """

    private static let boxes = [
        ("auto_approve", "[[publishers_are_partners_at_once]]"), ("self_affiliate", "[[self_back_allowed]]"),
        ("allow_listing", "[[listing_ads_allowed]]"),
        ("itp_supported", "[[the_landing_page_keeps_the_click]]"),
    ]

    private static let newTemplate = AffiliateConsole.template(
        PageParts.heading + """
            <form method="post" action="{{base}}/advertiser/programs/new">{{{token}}}\(fields)<p><button>[[make_the_program]]</button></p></form>
            """
    )

    @Sendable private func newProgram(_ request: PageRequest) async throws -> PageContent {
        let standard: [String: Any] = ["cookie_days": "30", "hold_days": "30", "click_limit": "\(Visit.floodLimit)"]
        let typed = request.problem == nil ? standard : self.typed(request)
        return PageContent(
            request.say("new_program"),
            Self.newTemplate,
            request,
            try await self.choices(request, typed).merging(["values": typed]) { $1 }
        )
    }

    private func typed(_ request: PageRequest) -> [String: Any] {
        Dictionary(uniqueKeysWithValues: request.form.names.map { ($0, request.form[$0] as Any) })
    }

    private func choices(_ request: PageRequest, _ values: [String: Any]) async throws -> [String: Any?] {
        let categories = try await request.ask(self.common.categories).categories
        let chosen = { (name: String) in values[name] as? String ?? "" }
        return [
            "categories": PageParts.options(
                categories.map { ("\($0.category.id)", $0.category.name(in: request.language)) },
                chosen: chosen("category_id")
            ),
            "states": PageParts.options(
                Program.Status.allCases.map { ($0.rawValue, request.say("status.\($0.rawValue)")) },
                chosen: chosen("status")
            ),
            "types": PageParts.options(
                Terms.RewardType.allCases.map { ($0.rawValue, request.say("reward_type.\($0.rawValue)")) },
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

    @Sendable private func create(_ request: PageRequest) async throws -> ConsoleForm.Outcome {
        let program = try await request.submit(self.routes.create, self.given(request.form))
        return .goTo("/advertiser/programs/\(program.id)?done=1")
    }

    @Sendable private func update(_ request: PageRequest) async throws -> ConsoleForm.Outcome {
        let program = try await request.submit(
            self.routes.update,
            self.given(request.form),
            emptied: ["description"]
        )
        return .goTo("/advertiser/programs/\(program.id)?done=1")
    }

    private static let changeable =
        [
            "name", "category_id", "landing_url", "status", "reward_type", "reward_amount", "reward_percent",
            "typical_order_amount", "cookie_days", "hold_days", "monthly_budget", "click_limit",
        ] + boxes.map(\.0) + ["campaign_reward", "campaign_starts_at", "campaign_ends_at", "description"]

    /// What the form would change, as people read it.
    @Sendable private func changes(_ request: PageRequest) async throws -> FormSubject? {
        let program = try await request.ask(self.routes.get)
        let categories = try await request.ask(self.common.categories).categories.map(\.category)
        let values = Self.values(of: program)
        let text = { (name: String, value: String) -> String in
            switch name {
            case "status", "reward_type": request.say("\(name).\(value)")
            case "category_id":
                categories.first { "\($0.id)".bytewise.equals(value) }?.name(in: request.language) ?? value
            case _ where Self.boxes.contains { $0.0 == name }: request.say(value.isEmpty ? "no" : "yes")
            case "monthly_budget", "reward_amount", "typical_order_amount":
                Int64(value).map { request.display.yen(Yen($0)) } ?? value
            default: value
            }
        }
        let changes = Self.changeable.compactMap { name -> FormSubject.Change? in
            let before = values[name].map { $0 as? String ?? "true" } ?? ""
            let after = request.form[name].bytewise.replacing("\r\n", with: "\n").trimmed
            guard !after.bytewise.equals(before.trimmed) else { return nil }
            return FormSubject.Change(name, from: text(name, before), to: text(name, after))
        }
        return FormSubject([("program", program.content.name)], changes: changes)
    }

    // MARK: One program

    private static let reportTable = PageParts.table(
        "[[what_came_in_for_your_programs]]",
        of: "reports",
        empty: "[[no_reports_yet]]",
        [
            .init("[[at_zone]]", "{{at}}", .heading), .init("[[reported_by]]", "{{source_text}}"),
            .init("[[order]]", "{{order_id}}"), .init("[[amount]]", "{{amount}}", .number),
            .init("[[what_came_of_it]]", "{{.reason}}: {{reason_text}}"),
        ]
    )

    private static let programTemplate = AffiliateConsole.template(
        PageParts.heading + """
            {{#program}}<p>\(Snippets.state) <span class="soft">[[terms_version]] {{terms_version}}</span></p>
            <dl class="figures"><div><dt>[[confirmed]]</dt><dd>{{#confirmation_rate}}{{confirmation_rate}}{{/confirmation_rate}}{{^confirmation_rate}}–{{/confirmation_rate}}</dd></div>
            <div><dt>EPC</dt><dd>{{#epc}}{{epc}}{{/epc}}{{^epc}}–{{/epc}}</dd></div><div><dt>[[used_this_month]]</dt><dd>{{budget_used}}</dd></div>
            <div><dt>[[budget]]</dt><dd>{{#monthly_budget}}{{monthly_budget}}{{/monthly_budget}}{{^monthly_budget}}–{{/monthly_budget}}</dd></div></dl>{{/program}}
            {{#budget}}<p><label for="budget">[[budget_of_this_month]]</label><br><progress id="budget" max="{{max}}" value="{{value}}">{{value}}</progress></p>{{/budget}}
            <section aria-labelledby="latest"><h2 id="latest">[[latest_reports]]</h2>\(reportTable)</section>
            <section aria-labelledby="change"><h2 id="change">[[change]]</h2>
            <p class="soft">[[new_terms_are_for_new_clicks]]</p>
            <form method="post" action="{{base}}/advertiser/programs/{{program.id}}">{{{token}}}\(fields)<p><button>[[save]]</button></p></form></section>
            <section aria-labelledby="creatives"><h2 id="creatives">[[creatives]]</h2>
            """
            + PageParts.table(
                "[[what_publishers_can_show]]",
                of: "creatives",
                empty: "[[none_yet_publishers_can_use_the]]",
                [
                    .init("[[title]]", "{{title}}", .heading), .init("[[kind]]", "{{type_text}}"),
                    .init("[[words_or_address]]", "{{text}} {{url}}"),
                    .init(
                        "[[remove]]",
                        "<form method=\"post\" action=\"{{base}}/advertiser/programs/{{program_id}}/creatives/{{id}}/remove\">{{{token}}}<button class=\"danger\" aria-label=\"[[remove]] {{title}}\">[[remove]]</button></form>"
                    ),
                ]
            ) + """
                <form method="post" action="{{base}}/advertiser/programs/{{program.id}}/creatives">{{{token}}}<div class="fields">
                \(PageParts.choice("type", "[[kind]]", of: "kinds"))
                \(PageParts.field("title", "[[title]]", value: "", "required"))
                \(PageParts.field("text", "[[text]]", value: ""))
                \(PageParts.field("url", "[[image_of_a_banner_page_of]]", value: "", "type=\"url\""))
                \(PageParts.field("width", "[[width_of_a_banner_in_pixels]]", value: "", "inputmode=\"numeric\""))
                \(PageParts.field("height", "[[height_of_a_banner_in_pixels]]", value: "", "inputmode=\"numeric\""))
                \(PageParts.field("price", "[[price_of_a_product_in_yen]]", value: "", "inputmode=\"numeric\""))</div>
                <p><button class="quiet">[[add]]</button></p></form></section>
                """
    )

    @Sendable private func program(_ request: PageRequest) async throws -> PageContent {
        let program = try await request.ask(self.routes.get)
        let reports = try await request.ask(self.reports.reports).reports
        let values = request.problem == nil ? Self.values(of: program) : self.typed(request)
        let budget: [String: Any]? = program.content.monthlyBudget.map { limit in
            ["max": "\(limit)", "value": "\(program.budgetUsed)"]
        }
        let kinds = Creative.Kind.allCases.map { ($0.rawValue, request.say("type.\($0.rawValue)")) }
        return PageContent(
            program.content.name,
            Self.programTemplate,
            request,
            try await self.choices(request, values).merging([
                "program": program, "values": values,
                "creatives": request.rows(program.detail.creatives) { _ in ["program_id": "\(program.id)"] },
                "reports": Array(reports.prefix(10)), "budget": budget, "kinds": PageParts.options(kinds, chosen: ""),
            ]) { $1 }
        )
    }

    /// What stands in the form.
    private static func values(of program: ProgramRoutes.OwnProgram) -> [String: Any] {
        let (content, terms) = (program.content, program.content.terms)
        let percent = { (hundredths: Int64) in Hundredths(Int(hundredths)).text }
        var values: [String: Any] = [
            "name": content.name, "landing_url": content.landingURL, "status": content.status.rawValue,
            "reward_type": terms.rewardType.rawValue, "description": content.description,
            "category_id": "\(program.detail.output.program.category.id)", "cookie_days": "\(terms.cookieDays)",
            "hold_days": "\(terms.holdDays)", "click_limit": "\(content.clickLimit)",
        ]
        if let budget = content.monthlyBudget { values["monthly_budget"] = "\(budget)" }
        let boxes = [
            ("auto_approve", content.approvesAtOnce), ("self_affiliate", terms.allowsSelfBack),
            ("allow_listing", content.allowsListing), ("itp_supported", content.supportsITP),
        ]
        for (name, isSet) in boxes where isSet { values[name] = true }
        if terms.unit == .percent {
            values["reward_percent"] = percent(terms.value)
            values["typical_order_amount"] = "\(terms.typicalOrderAmount)"
        } else {
            values["reward_amount"] = "\(terms.typicalReward)"
        }
        guard let campaign = terms.campaign else { return values }
        values["campaign_reward"] = terms.unit == .percent ? percent(campaign.value) : "\(campaign.value)"
        for (name, moment) in [("starts_at", campaign.startsAt), ("ends_at", campaign.endsAt)] {
            values["campaign_\(name)"] = String(JapanTime.local(Timestamp(microseconds: moment)).prefix(16))
        }
        return values
    }

    @Sendable private func addCreative(_ request: PageRequest) async throws -> ConsoleForm.Outcome {
        let program = try await request.submit(self.routes.addCreative)
        return .goTo("/advertiser/programs/\(program.id)?done=1")
    }
}
