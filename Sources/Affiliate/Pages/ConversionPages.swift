import Kernel
import Ledger
import Platform
import Web

/// Orders as each side sees them, and why they count or do not.
struct ConversionPages: Sendable {
    let routes: ConversionRoutes
    let bulk: BulkDecisionRoutes

    var pages: [ConsolePage] {
        [
            ConsolePage(path: "/publisher/conversions", summary: "Conversions", roles: .publishers, show: self.list),
            ConsolePage(
                path: "/advertiser/conversions",
                summary: "Conversions",
                roles: .advertisers,
                show: self.list,
                forms: [
                    ConsoleForm(
                        path: "/advertiser/conversions/csv",
                        summary: "Decide by CSV",
                        perform: self.decideByCSV
                    )
                    .askingFirst { $0.form["dry_run"].bytewise.equals("false") }
                ]
            ),
            ConsolePage(path: "/operator/fraud", summary: "Fraud queue", roles: .operators, show: self.fraud),
            ConsolePage(
                path: "/conversions/{conversion_id}",
                summary: "A conversion",
                roles: nil,
                show: self.conversion,
                forms: ConversionRoutes.ConversionDecision.allCases.map { decision in
                    let name = decision.rawValue
                    let form = ConsoleForm(
                        path: "/conversions/{conversion_id}/\(name)",
                        summary: "\(name) a conversion"
                    ) { request in
                        let id = request.parameter("conversion_id")
                        try await request.submit(self.routes.decide(decision))
                        let next = SignIn.local(request.form["next"])
                        return .goTo(next ?? "/conversions/\(HTML.percentEncode(id))?done=1")
                    }.askingFirst().about(self.subject)
                    return decision == .reject || decision == .clawBack ? form.askingWhy(label: "why") : form
                }
            ),
        ]
    }

    /// The order that a decision is about.
    @Sendable private func subject(_ request: PageRequest) async throws -> FormSubject? {
        let found = try await request.ask(self.routes.explain)
        let order = found.output.conversion
        return FormSubject(
            [
                ("program", found.program), ("publisher", found.publisher),
                ("reward", request.display.yen(order.reward)),
            ],
            link: ("\(request.say("order")) \(order.orderID)", "/conversions/\(order.id)")
        )
    }

    // MARK: List

    private static let columns: [PageParts.Column] = [
        .init("[[order]]", "<a href=\"{{base}}/conversions/{{id}}\">{{order_id}}</a>", .heading),
        .init(
            "[[state]]",
            Snippets.state + "{{#held}} <span class=\"state state-review\">[[held]]</span>{{/held}}"
        ),
        .init("[[program]]", "{{program_name}}"), .init("[[publisher]]", "{{publisher_name}}"),
        .init("[[ordered_zone]]", "{{occurred_at}}"), .init("[[amount]]", "{{amount}}", .number),
        .init("[[reward]]", "{{reward}}", .number),
        .init("[[why]]", "{{#held}}{{flags_text}}{{/held}}{{^held}}{{reason_text}}{{/held}}"),
    ]

    private static let decide = """
        {{#canDecide}}<form class="row" method="post" action="{{base}}/conversions/{{id}}/approve">{{{token}}}<input type="hidden" name="next" value="/advertiser/conversions?done=1"><button aria-label="[[approve]] {{order_id}}">[[approve]]</button> <button class="danger" formaction="{{base}}/conversions/{{id}}/reject" aria-label="[[reject]] {{order_id}}">[[reject]]</button></form>{{/canDecide}}
        """

    /// - Parameter columns: beside those that everybody sees.
    private static func found(_ columns: [PageParts.Column] = []) -> String {
        """
        <form method="get" action="{{here}}" class="fields">\(PageParts.choice("status", "[[state]]", of: "states"))<p><button>[[filter]]</button></p></form>

        """
            + PageParts.table(
                "[[newest_first]]",
                of: "conversions",
                empty: "[[no_conversions_match]]",
                self.columns + columns
            ) + PageParts.older
    }

    private static let listTemplate = AffiliateConsole.template(PageParts.heading + found())

    private static let decisionTemplate = AffiliateConsole.template(
        PageParts.heading + """
            {{#result}}<div class="{{#ok}}done{{/ok}}{{^ok}}problem{{/ok}}" role="status"><p>{{outcome}} [[approved]]: {{approved}}, [[rejected]]: {{rejected}}, [[unchanged]]: {{unchanged}}, {{reward}}</p>
            {{#errors}}<p>[[line]] {{line}}: {{message}}</p>{{/errors}}</div>{{/result}}
            <details{{#isOpen}} open{{/isOpen}}><summary>[[decide_by_csv]]</summary>
            <p class="soft">[[the_first_line_names_the_columns]]</p>
            <form method="post" enctype="multipart/form-data" action="{{base}}/advertiser/conversions/csv">{{{token}}}
            \(PageParts.file("file", "[[a_file]]", accept: ".csv,text/csv"))
            \(PageParts.area("csv", "[[or_its_text]]", value: "{{#form.csv}}{{form.csv}}{{/form.csv}}{{^form.csv}}program_id,order_id,decision,reason\n{{/form.csv}}"))
            <p class="row"><button class="quiet" name="dry_run" value="true">[[dry_run]]</button> <button name="dry_run" value="false">[[apply_all]]</button></p></form></details>
            """
            + found([.init("[[decide]]", decide)])
    )

    @Sendable private func list(_ request: PageRequest) async throws -> PageContent {
        try await self.list(request, result: nil)
    }

    /// - Parameter result: of a table of decisions.
    private func list(_ request: PageRequest, result: BulkDecisionRoutes.Outcome?) async throws -> PageContent {
        let status = request.query("status")
        let found = try await request.ask(
            self.routes.list,
            ["status": .string(status), "cursor": .string(request.query("cursor")), "limit": 50]
        )
        let isAdvertiser = request.session.caller.has(AffiliateRole.advertiser)
        let conversions = request.rows(found.items) { entry in
            ["canDecide": isAdvertiser && entry.output.state == .pending ? true : nil]
        }
        let states =
            [("", request.say("all"))]
            + Conversion.Status.allCases.map { ($0.rawValue, request.say("status.\($0.rawValue)")) }
        let older = request.next(found.next, keeping: ["status": status])
        return PageContent(
            request.say("conversions"),
            isAdvertiser ? Self.decisionTemplate : Self.listTemplate,
            request,
            [
                "conversions": conversions,
                "states": PageParts.options(states, chosen: status),
                "older": older, "result": result.map { Self.outcome($0, request) },
                "isOpen": result != nil || request.problem != nil ? true : nil,
            ]
        )
    }

    private static func outcome(_ outcome: BulkDecisionRoutes.Outcome, _ request: PageRequest) -> [String: Any] {
        let errors = outcome.result.errors
        let said =
            outcome.isApplied
            ? "applied" : errors.isEmpty ? "a_dry_run_nothing_was_changed" : "nothing_was_changed"
        return request.rows([outcome]) { _ in ["ok": errors.isEmpty, "outcome": request.say(said)] }[0]
    }

    @Sendable private func decideByCSV(_ request: PageRequest) async throws -> ConsoleForm.Outcome {
        let csv = request.form["file"].isEmpty ? request.form["csv"] : request.form["file"]
        let result = try await request.submit(
            self.bulk.decide,
            ["csv": .string(csv), "dry_run": .bool(request.form["dry_run"] != "false")]
        )
        var request = request
        // A file can be looked at, and applied as it stands.
        request.form = Form(["csv": [csv]])
        return .show(try await self.list(request, result: result))
    }

    // MARK: Fraud

    private static let fraudTemplate = AffiliateConsole.template(
        PageParts.heading
            + "<p>[[what_looks_like_fraud_is_counted]]</p>"
            + PageParts.table(
                "[[held_the_newest_first]]",
                of: "conversions",
                empty: "[[nothing_is_held]]",
                columns + [
                    .init(
                        "[[release]]",
                        """
                        <form method="post" action="{{base}}/conversions/{{id}}/release">{{{token}}}<input type="hidden" name="next" value="/operator/fraud?done=1"><button class="quiet" aria-label="[[release]] {{order_id}}">[[release]]</button></form>
                        """
                    )
                ]
            ) + PageParts.older
    )

    @Sendable private func fraud(_ request: PageRequest) async throws -> PageContent {
        let found = try await request.ask(
            self.routes.list,
            ["held": true, "cursor": .string(request.query("cursor")), "limit": 50]
        )
        return PageContent(
            request.say("fraud_queue"),
            Self.fraudTemplate,
            request,
            [
                "conversions": found.items,
                "older": request.next(found.next),
            ]
        )
    }

    // MARK: One

    private static let oneTemplate = AffiliateConsole.template(
        PageParts.heading + """
            {{#conversion}}<p>\(Snippets.state){{#held}} <span class="state state-review">[[held]]</span> {{flags_text}}{{/held}}</p>
            <p class="done">{{decided_by}}</p>
            <dl class="facts"><dt>[[program]]</dt><dd>{{program_name}}</dd><dt>[[publisher]]</dt><dd>{{publisher_name}}</dd><dt>[[amount]]</dt><dd>{{amount}}</dd><dt>[[reward]]</dt><dd>{{reward}}</dd>
            <dt>[[reported_by]]</dt><dd>{{source_text}}</dd><dt>[[ordered]]</dt><dd>{{occurred_at}} {{zone}}</dd>{{#decided_at}}<dt>[[decided]]</dt><dd>{{decided_at}} {{zone}}</dd>{{/decided_at}}{{#payable_at}}<dt>[[payable_from]]</dt><dd>{{payable_at}} {{zone}}</dd>{{/payable_at}}
            {{#click}}<dt>[[click]]</dt><dd>{{click_id}} · {{at}} {{zone}} {{.context}} {{.referrer}}</dd>{{/click}}
            {{#terms}}<dt>[[terms_of_the_click]]</dt><dd>[[version]] {{version}}: {{reward}} · <span class="acronym">{{reward_type}}</span> · [[cookie]] [[cookie_days_text]]</dd>{{/terms}}
            {{#clawback}}<dt>[[taken_back]]</dt><dd>{{amount}} · {{.reason}}</dd>{{/clawback}}</dl>{{/conversion}}
            {{#actions}}<div class="row">{{#approve}}<form method="post" action="{{here}}/approve">{{{token}}}<button>[[approve]]</button></form>{{/approve}}
            {{#release}}<form method="post" action="{{here}}/release">{{{token}}}<button class="quiet">[[release]]</button></form>{{/release}}</div>
            {{#reject}}<form class="row" method="post" action="{{here}}/reject">{{{token}}}\(PageParts.field("reason", "[[what_the_publisher_is_told]]", value: ""))<p><button class="danger">[[reject]]</button></p></form>{{/reject}}
            {{#clawback_form}}<form class="row" method="post" action="{{here}}/clawback">{{{token}}}\(PageParts.field("reason", "[[what_the_publisher_is_told]]", value: ""))<p><button class="danger">[[take_back_with_the_next_payout]]</button></p></form>{{/clawback_form}}{{/actions}}
            <h2>[[reports_of_this_order]]</h2>
            """
            + PageParts.table(
                "[[in_the_order_in_which_they]]",
                of: "reports",
                empty: "[[none_the_click_itself_is_paid]]",
                [
                    .init("[[at_zone]]", "{{at}}", .heading), .init("[[reported_by]]", "{{source_text}}"),
                    .init("[[amount]]", "{{amount}}", .number),
                    .init("[[what_came_of_it]]", "{{.reason}}: {{reason_text}}"),
                ]
            ) + "<h2>[[money]]</h2>"
            + PageParts.table(
                "[[transfers_of_the_ledger]]",
                of: "transfers",
                empty: "[[no_money_was_moved]]",
                [
                    .init("[[transfer]]", "<span class=\"id\">{{.reference}}</span>", .heading),
                    .init("[[kind]]", "{{kind_text}}"),
                    .init("[[state]]", "{{state_text}}"), .init("[[amount]]", "{{amount}}", .number),
                    .init("[[at_zone]]", "{{at}}"),
                ]
            )
    )

    @Sendable private func conversion(_ request: PageRequest) async throws -> PageContent {
        let explanation = try await request.ask(self.routes.explain)
        let conversion = explanation.output.conversion
        let role = AffiliateRole(request.session.caller.role)
        let state = explanation.output.state
        var actions: [String: Any] = [:]
        if role == .advertiser, explanation.canBeApproved { actions["approve"] = true }
        if role == .advertiser, [.pending, .approved, .payable].contains(state) { actions["reject"] = true }
        if role == .advertiser || role == .operator {
            if conversion.isHeld { actions["release"] = true }
            if state == .paid, explanation.clawback == nil { actions["clawback_form"] = true }
        }
        return PageContent(
            "\(request.say("order")) \(conversion.orderID)",
            Self.oneTemplate,
            request,
            [
                "conversion": explanation, "actions": actions.isEmpty ? nil : actions,
                "reports": explanation.reports,
                "transfers": request.rows(explanation.transfers) { movement in
                    ["kind_text": request.say("kind.\(movement.transfer.origin.kind)")]
                },
            ]
        )
    }
}
