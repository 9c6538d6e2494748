import Kernel
import Platform
import Web

/// The advertiser's console: programs, and how orders are reported.
struct AdvertiserPages: Sendable {
    let routes: ProgramRoutes
    let reports: OrderReportRoutes
    let form: ProgramForm

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
                        .about { request in
                            try await self.form.changes(of: try await request.ask(self.routes.get), request)
                        },
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

    private static let newTemplate = AffiliateConsole.template(
        PageParts.heading + """
            <form method="post" action="{{base}}/advertiser/programs/new">{{{token}}}\(ProgramForm.fields)<p><button>[[make_the_program]]</button></p></form>
            """
    )

    @Sendable private func newProgram(_ request: PageRequest) async throws -> PageContent {
        let standard: [String: Any] = ["cookie_days": "30", "hold_days": "30", "click_limit": "\(Visit.floodLimit)"]
        let typed = request.problem == nil ? standard : self.form.typed(request)
        return PageContent(
            request.say("new_program"),
            Self.newTemplate,
            request,
            try await self.form.choices(request, typed).merging(["values": typed]) { $1 }
        )
    }

    @Sendable private func create(_ request: PageRequest) async throws -> ConsoleForm.Outcome {
        let program = try await request.submit(self.routes.create, self.form.given(request.form))
        return .goTo("/advertiser/programs/\(program.id)?done=1")
    }

    @Sendable private func update(_ request: PageRequest) async throws -> ConsoleForm.Outcome {
        let program = try await request.submit(
            self.routes.update,
            self.form.given(request.form),
            emptied: ProgramForm.emptied
        )
        return .goTo("/advertiser/programs/\(program.id)?done=1")
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
            <form method="post" action="{{base}}/advertiser/programs/{{program.id}}">{{{token}}}\(ProgramForm.fields)<p><button>[[save]]</button></p></form></section>
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
        let values = request.problem == nil ? ProgramForm.values(of: program.content) : self.form.typed(request)
        let budget: [String: Any]? = program.content.monthlyBudget.map { limit in
            ["max": "\(limit)", "value": "\(program.budgetUsed)"]
        }
        let kinds = Creative.Kind.allCases.map { ($0.rawValue, request.say("type.\($0.rawValue)")) }
        return PageContent(
            program.content.name,
            Self.programTemplate,
            request,
            try await self.form.choices(request, values).merging([
                "program": program, "values": values,
                "creatives": request.rows(program.detail.creatives) { _ in ["program_id": "\(program.id)"] },
                "reports": Array(reports.prefix(10)), "budget": budget, "kinds": PageParts.options(kinds, chosen: ""),
            ]) { $1 }
        )
    }

    @Sendable private func addCreative(_ request: PageRequest) async throws -> ConsoleForm.Outcome {
        let program = try await request.submit(self.routes.addCreative)
        return .goTo("/advertiser/programs/\(program.id)?done=1")
    }
}
