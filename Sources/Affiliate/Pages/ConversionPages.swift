import Kernel
import Ledger
import Platform
import Web

/// Orders as each side sees them, and why they count or do not.
struct ConversionPages: Sendable {
    let routes: ConversionRoutes
    let bulk: BulkDecisionRoutes
    let reportRoutes: ReportRoutes

    var pages: [WorkPage] {
        [
            WorkPage(path: "/publisher/conversions", summary: "Conversions", roles: .publishers, show: self.list),
            WorkPage(
                path: "/advertiser/conversions",
                summary: "Conversions",
                roles: .advertisers,
                show: self.list,
                forms: [
                    WorkForm(path: "/advertiser/conversions/csv", summary: "Decide by CSV", perform: self.decideByCSV)
                        .askingFirst { $0.form["dry_run"].bytewise.equals("false") }
                ]
            ),
            WorkPage(path: "/operator/fraud", summary: "Fraud queue", roles: .operators, show: self.fraud),
            WorkPage(
                path: "/conversions/{conversion_id}",
                summary: "A conversion",
                roles: nil,
                show: self.conversion,
                forms: ConversionRoutes.ConversionDecision.allCases.map { decision in
                    let name = decision.rawValue
                    return WorkForm(path: "/conversions/{conversion_id}/\(name)", summary: "\(name) a conversion") {
                        visit in
                        let id = visit.parameter("conversion_id")
                        try await visit.submit(self.routes.decide(decision))
                        let next = SignIn.local(visit.form["next"])
                        return .goTo(next ?? "/conversions/\(HTML.percentEncode(id))?done=1")
                    }.askingFirst()
                }
            ),
            WorkPage(path: "/publisher/reports", summary: "Reports", roles: .publishers, show: self.reports),
            WorkPage(path: "/advertiser/reports", summary: "Reports", roles: .advertisers, show: self.reports),
            WorkPage(path: "/operator/reports", summary: "Reports", roles: .operators, show: self.reports),
        ]
    }

    // MARK: List

    private static let columns: [PageParts.Column] = [
        .init("[[Order]]", "<a href=\"{{base}}/conversions/{{id}}\">{{order_id}}</a>", .heading),
        .init(
            "[[State]]",
            Snippets.state + "{{#held}} <span class=\"state state-review\">[[held]]</span>{{/held}}"
        ),
        .init("[[Program]]", "{{program_name}}"), .init("[[Publisher]]", "{{publisher_name}}"),
        .init("[[Ordered, JST]]", "{{occurred_at}}"), .init("[[Amount]]", "{{amount}}", .number),
        .init("[[Reward]]", "{{reward}}", .number),
        .init("[[Why]]", "{{#held}}{{flags_text}}{{/held}}{{^held}}{{reason_text}}{{/held}}"),
    ]

    private static let decide = """
        {{#canDecide}}<form class="row" method="post" action="{{base}}/conversions/{{id}}/approve">{{{token}}}<input type="hidden" name="next" value="/advertiser/conversions?done=1"><button aria-label="[[Approve]] {{order_id}}">[[Approve]]</button> <button class="danger" formaction="{{base}}/conversions/{{id}}/reject" aria-label="[[Reject]] {{order_id}}">[[Reject]]</button></form>{{/canDecide}}
        """

    /// - Parameter columns: beside those that everybody sees.
    private static func found(_ columns: [PageParts.Column] = []) -> String {
        """
        <form method="get" action="{{here}}" class="fields">\(PageParts.choice("status", "[[State]]", of: "states"))<p><button>[[Filter]]</button></p></form>

        """
            + PageParts.table(
                "[[Newest first]]",
                of: "conversions",
                empty: "[[No conversions match.]]",
                self.columns + columns
            ) + self.older
    }

    private static let older = "{{#older}}<p><a href=\"{{older}}\" rel=\"next\">[[Older]]</a></p>{{/older}}"

    private static let listTemplate = AffiliatePlace.template(PageParts.heading + found())

    private static let decisionTemplate = AffiliatePlace.template(
        PageParts.heading + """
            {{#result}}<div class="{{#ok}}done{{/ok}}{{^ok}}problem{{/ok}}" role="status"><p>{{outcome}} [[Approved]]: {{approved}}, [[Rejected]]: {{rejected}}, [[Unchanged]]: {{unchanged}}, {{reward}}</p>
            {{#errors}}<p>[[Line]] {{line}}: {{message}}</p>{{/errors}}</div>{{/result}}
            <details{{#isOpen}} open{{/isOpen}}><summary>[[Decide by CSV]]</summary>
            <p class="soft">[[The first line names the columns. decision is approve or reject. Nothing is changed while a line is wrong.]]</p>
            <form method="post" enctype="multipart/form-data" action="{{base}}/advertiser/conversions/csv">{{{token}}}
            \(PageParts.file("file", "[[A file]]", accept: ".csv,text/csv"))
            \(PageParts.area("csv", "[[or its text]]", value: "{{#form.csv}}{{form.csv}}{{/form.csv}}{{^form.csv}}program_id,order_id,decision,reason\n{{/form.csv}}"))
            <p class="row"><button class="quiet" name="dry_run" value="true">[[Dry run]]</button> <button name="dry_run" value="false">[[Apply all]]</button></p></form></details>
            """
            + found([.init("[[Decide]]", decide)])
    )

    @Sendable private func list(_ visit: Visit) async throws -> PageContent { try await self.list(visit, result: nil) }

    /// - Parameter result: of a table of decisions.
    private func list(_ visit: Visit, result: BulkDecisionRoutes.Outcome?) async throws -> PageContent {
        let status = visit.query("status")
        let found = try await visit.ask(
            self.routes.list,
            ["status": .string(status), "before": .string(visit.query("before")), "limit": 50]
        )
        let isAdvertiser = visit.session.caller.role == AffiliateRole.advertiser.rawValue
        let conversions = visit.rows(found.conversions) { entry in
            ["canDecide": isAdvertiser && entry.output.state == .pending ? true : nil]
        }
        let states = [("", visit.say("All"))] + Conversion.Status.allCases.map { ($0.rawValue, visit.say($0.rawValue)) }
        let older = found.next.map { visit.address(["status": status, "before": "\($0)"]) }
        return PageContent(
            visit.say("Conversions"),
            isAdvertiser ? Self.decisionTemplate : Self.listTemplate,
            visit,
            [
                "conversions": conversions,
                "states": PageParts.options(states, chosen: status),
                "older": older, "result": result.map { Self.told($0, visit) },
                "isOpen": result != nil || visit.problem != nil ? true : nil,
            ]
        )
    }

    private static func told(_ outcome: BulkDecisionRoutes.Outcome, _ visit: Visit) -> [String: Any] {
        let errors = outcome.result.errors.map { error in
            ["line": "\(error.line)", "message": ProblemPhrases.say(error.message, in: visit.language)]
        }
        let said =
            outcome.isApplied
            ? "Applied." : errors.isEmpty ? "A dry run: nothing was changed yet." : "Nothing was changed."
        return visit.rows([outcome]) { _ in ["ok": errors.isEmpty, "errors": errors, "outcome": visit.say(said)] }[0]
    }

    @Sendable private func decideByCSV(_ visit: Visit) async throws -> WorkForm.Outcome {
        let csv = visit.form["file"].isEmpty ? visit.form["csv"] : visit.form["file"]
        let result = try await visit.submit(
            self.bulk.decide,
            ["csv": .string(csv), "dry_run": .bool(visit.form["dry_run"] != "false")]
        )
        var visit = visit
        // A file can be looked at, and applied as it stands.
        visit.form = Form(["csv": [csv]])
        return .show(try await self.list(visit, result: result))
    }

    // MARK: Fraud

    private static let fraudTemplate = AffiliatePlace.template(
        PageParts.heading
            + "<p>[[What looks like fraud is counted and held, and not paid before somebody has looked.]]</p>"
            + PageParts.table(
                "[[Held, the newest first]]",
                of: "conversions",
                empty: "[[Nothing is held.]]",
                columns + [
                    .init(
                        "[[Release]]",
                        """
                        <form method="post" action="{{base}}/conversions/{{id}}/release">{{{token}}}<input type="hidden" name="next" value="/operator/fraud?done=1"><button class="quiet" aria-label="[[Release]] {{order_id}}">[[Release]]</button></form>
                        """
                    )
                ]
            ) + older
    )

    @Sendable private func fraud(_ visit: Visit) async throws -> PageContent {
        let found = try await visit.ask(
            self.routes.list,
            ["held": true, "before": .string(visit.query("before")), "limit": 50]
        )
        return PageContent(
            visit.say("Fraud queue"),
            Self.fraudTemplate,
            visit,
            [
                "conversions": found.conversions,
                "older": found.next.map { visit.address(["before": "\($0)"]) },
            ]
        )
    }

    // MARK: One

    private static let oneTemplate = AffiliatePlace.template(
        PageParts.heading + """
            {{#conversion}}<p>\(Snippets.state){{#held}} <span class="state state-review">[[held]]</span> {{flags_text}}{{/held}}</p>
            <p class="done">{{decided_by}}</p>
            <dl class="facts"><dt>[[Program]]</dt><dd>{{program_name}}</dd><dt>[[Publisher]]</dt><dd>{{publisher_name}}</dd><dt>[[Amount]]</dt><dd>{{amount}}</dd><dt>[[Reward]]</dt><dd>{{reward}}</dd>
            <dt>[[Reported by]]</dt><dd>{{source_text}}</dd><dt>[[Ordered]]</dt><dd>{{occurred_at}} JST</dd>{{#decided_at}}<dt>[[Decided]]</dt><dd>{{decided_at}} JST</dd>{{/decided_at}}{{#payable_at}}<dt>[[Payable from]]</dt><dd>{{payable_at}} JST</dd>{{/payable_at}}
            {{#click}}<dt>[[Click]]</dt><dd>{{click_id}} · {{at}} JST {{.context}} {{.referrer}}</dd>{{/click}}
            {{#terms}}<dt>[[Terms of the click]]</dt><dd>[[Version]] {{version}}: {{reward}} · {{reward_type}} · [[Cookie]] {{cookie_days}} [[days]]</dd>{{/terms}}
            {{#clawback}}<dt>[[Taken back]]</dt><dd>{{amount}} · {{.reason}}</dd>{{/clawback}}</dl>{{/conversion}}
            {{#actions}}<div class="row">{{#approve}}<form method="post" action="{{here}}/approve">{{{token}}}<button>[[Approve]]</button></form>{{/approve}}
            {{#release}}<form method="post" action="{{here}}/release">{{{token}}}<button class="quiet">[[Release]]</button></form>{{/release}}</div>
            {{#reject}}<form class="row" method="post" action="{{here}}/reject">{{{token}}}\(PageParts.field("reason", "[[What the publisher is told]]", value: ""))<p><button class="danger">[[Reject]]</button></p></form>{{/reject}}
            {{#clawback_form}}<form class="row" method="post" action="{{here}}/clawback">{{{token}}}\(PageParts.field("reason", "[[What the publisher is told]]", value: ""))<p><button class="danger">[[Take back with the next payout]]</button></p></form>{{/clawback_form}}{{/actions}}
            <h2>[[Reports of this order]]</h2>
            """
            + PageParts.table(
                "[[In the order in which they came]]",
                of: "reports",
                empty: "[[None: the click itself is paid.]]",
                [
                    .init("[[At, JST]]", "{{at}}", .heading), .init("[[Reported by]]", "{{source_text}}"),
                    .init("[[Amount]]", "{{amount}}", .number),
                    .init("[[What came of it]]", "{{.reason}}: {{reason_text}}"),
                ]
            ) + "<h2>[[Money]]</h2>"
            + PageParts.table(
                "[[Transfers of the ledger]]",
                of: "transfers",
                empty: "[[No money was moved.]]",
                [
                    .init("[[Transfer]]", "<span class=\"id\">{{.reference}}</span>", .heading),
                    .init("[[Kind]]", "{{kind_text}}"),
                    .init("[[State]]", "{{state_text}}"), .init("[[Amount]]", "{{amount}}", .number),
                    .init("[[At, JST]]", "{{at}}"),
                ]
            )
    )

    @Sendable private func conversion(_ visit: Visit) async throws -> PageContent {
        let explanation = try await visit.ask(self.routes.explain)
        let conversion = explanation.output.conversion
        let role = AffiliateRole(rawValue: visit.session.caller.role)
        let state = explanation.output.state
        var actions: [String: Any] = [:]
        if role == .advertiser, explanation.canBeApproved { actions["approve"] = true }
        if role == .advertiser, [.pending, .approved, .payable].contains(state) { actions["reject"] = true }
        if role == .advertiser || role == .operator {
            if conversion.isHeld { actions["release"] = true }
            if state == .paid, explanation.clawback == nil { actions["clawback_form"] = true }
        }
        return PageContent(
            "\(visit.say("Order")) \(conversion.orderID)",
            Self.oneTemplate,
            visit,
            [
                "conversion": explanation, "actions": actions.isEmpty ? nil : actions,
                "reports": explanation.reports,
                "transfers": visit.rows(explanation.transfers) { movement in
                    ["kind_text": visit.say("kind_\(movement.transfer.origin.kind)")]
                },
            ]
        )
    }

    // MARK: Reports

    private static let reportTemplate = AffiliatePlace.template(
        PageParts.heading + """
            <form method="get" action="{{here}}" class="fields">
            \(PageParts.field("start_date", "[[From]]", value: "{{report.start_date}}", "type=\"date\""))
            \(PageParts.field("end_date", "[[To]]", value: "{{report.end_date}}", "type=\"date\""))
            \(PageParts.choice("group_by", "[[By]]", of: "groupings"))<p><button>[[Show]]</button></p></form>
            {{#totals}}<dl class="figures"><div><dt>[[Clicks]]</dt><dd>{{clicks}}</dd></div><div><dt>[[Valid clicks]]</dt><dd>{{valid_clicks}}</dd></div><div><dt>[[Orders]]</dt><dd>{{conversions}}</dd></div>
            <div><dt>[[Reward]]</dt><dd>{{reward}}</dd></div><div><dt>[[Confirmed]]</dt><dd>{{#confirmation_rate}}{{confirmation_rate}}{{/confirmation_rate}}{{^confirmation_rate}}–{{/confirmation_rate}}</dd></div><div><dt>EPC</dt><dd>{{#epc}}{{epc}}{{/epc}}{{^epc}}–{{/epc}}</dd></div></dl>{{/totals}}
            {{#charts}}<h2>[[Valid clicks a day]]</h2>{{{clicks}}}<h2>[[Rewards a day]]</h2>{{{rewards}}}{{/charts}}
            """
            + PageParts.table(
                "[[The same figures as a table]]",
                of: "rows",
                empty: "[[No clicks and no orders in these days.]]",
                [
                    .init("[[By]]", "{{name}}", .heading), .init("[[Clicks]]", "{{clicks}}", .number),
                    .init("[[Valid clicks]]", "{{valid_clicks}}", .number),
                    .init("[[Pending]]", "{{pending}}", .number),
                    .init("[[Approved]]", "{{approved}}", .number), .init("[[Rejected]]", "{{rejected}}", .number),
                    .init("[[Amount]]", "{{amount}}", .number), .init("[[Reward]]", "{{reward}}", .number),
                ]
            )
    )

    @Sendable private func reports(_ visit: Visit) async throws -> PageContent {
        let grouping = visit.query("group_by").isEmpty ? "daily" : visit.query("group_by")
        let report = try await visit.ask(
            self.reportRoutes.report,
            [
                "start_date": .string(visit.query("start_date")), "end_date": .string(visit.query("end_date")),
                "group_by": .string(grouping),
            ]
        )
        let named = visit.rows(report.rows) { ["name": $0.date ?? $0.programName ?? $0.publisherName ?? ""] }
        let isPublisher = AffiliateRole.publishing.contains(visit.session.caller.role)
        let groupings = (isPublisher ? ["daily", "program"] : ["daily", "program", "publisher"]).map {
            ($0, visit.say("by_\($0)"))
        }
        let clicks = Snippets.bars(report.rows, \.validClicks) { "\($0)" }
        let rewards = Snippets.bars(report.rows, \.reward, AffiliatePlace.yenText)
        let charts: [String: Any]? =
            clicks.isEmpty
            ? nil
            : [
                "clicks": BarChart.svg(visit.say("Valid clicks a day"), clicks),
                "rewards": BarChart.svg(visit.say("Rewards a day"), rewards),
            ]
        return PageContent(
            visit.say("Reports"),
            Self.reportTemplate,
            visit,
            [
                "report": report, "rows": named, "totals": report.totals,
                "groupings": PageParts.options(groupings, chosen: grouping), "charts": charts,
            ]
        )
    }
}
