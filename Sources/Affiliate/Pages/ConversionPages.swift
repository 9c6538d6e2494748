import Foundation
import Kernel
import Platform
import Web

/// Orders as each side sees them, and why they count or do not.
struct ConversionPages: Sendable {
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
                forms: ["approve", "reject", "release", "clawback"].map { decision in
                    WorkForm(path: "/conversions/{conversion_id}/\(decision)", summary: "\(decision) a conversion") {
                        visit in
                        let id = visit.parameter("conversion_id")
                        try await visit.change(
                            "POST /api/v1/conversions/{conversion_id}/\(decision)",
                            ["conversion_id": id],
                            body: visit.form.body(["reason"])
                        )
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
            Snippets.state + "{{#is_held}} <span class=\"state state-review\">[[held]]</span>{{/is_held}}"
        ),
        .init("[[Program]]", "{{program_name}}"), .init("[[Publisher]]", "{{publisher_name}}"),
        .init("[[Ordered, JST]]", "{{occurred_at}}"), .init("[[Amount]]", "{{amount}}", .number),
        .init("[[Reward]]", "{{reward}}", .number),
        .init("[[Why]]", "{{#is_held}}{{flag_text}}{{/is_held}}{{^is_held}}{{reason_text}}{{/is_held}}"),
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
    private func list(_ visit: Visit, result: JSONValue?) async throws -> PageContent {
        let status = visit.query("status")
        let found = try await visit.data(
            "/api/v1/conversions",
            query: ["status": status, "before": visit.query("before"), "limit": "50"]
        )
        let isAdvertiser = visit.session.caller.role == AffiliateRole.advertiser.rawValue
        let conversions = (found["conversions"]?.array ?? []).map { conversion in
            isAdvertiser && conversion["status"] == "pending" ? conversion.adding("canDecide", true) : conversion
        }
        let states = [("", visit.say("All"))] + Conversion.Status.allCases.map { ($0.rawValue, visit.say($0.rawValue)) }
        let older = found["next_before"]?.integer.map { visit.address(["status": status, "before": "\($0)"]) }
        return PageContent(
            visit.say("Conversions"),
            isAdvertiser ? Self.decisionTemplate : Self.listTemplate,
            visit,
            [
                "conversions": Snippets.told(.array(conversions), visit),
                "states": PageParts.options(states, chosen: status),
                "older": older, "result": result.map { Self.told($0, visit) },
                "isOpen": result != nil || visit.problem != nil ? true : nil,
            ]
        )
    }

    private static func told(_ result: JSONValue, _ visit: Visit) -> JSONValue {
        let errors = (result["errors"]?.array ?? []).map { error in
            error.adding("message", .string(ProblemPhrases.say(error["message"]?.string ?? "", in: visit.language)))
        }
        let outcome =
            result["applied"] == true
            ? "Applied." : errors.isEmpty ? "A dry run: nothing was changed yet." : "Nothing was changed."
        return result.adding([
            "ok": .bool(errors.isEmpty), "errors": .array(errors), "outcome": .string(visit.say(outcome)),
        ])
    }

    @Sendable private func decideByCSV(_ visit: Visit) async throws -> WorkForm.Outcome {
        let csv = visit.form["file"].isEmpty ? visit.form["csv"] : visit.form["file"]
        let result = try await visit.change(
            "POST /api/v1/conversions/decisions",
            body: ["csv": .string(csv), "dry_run": .bool(visit.form["dry_run"] != "false")]
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
        let found = try await visit.data(
            "/api/v1/conversions",
            query: ["held": "true", "before": visit.query("before"), "limit": "50"]
        )
        return PageContent(
            visit.say("Fraud queue"),
            Self.fraudTemplate,
            visit,
            [
                "conversions": Snippets.told(found["conversions"] ?? [], visit),
                "older": found["next_before"]?.integer.map { visit.address(["before": "\($0)"]) },
            ]
        )
    }

    // MARK: One

    private static let oneTemplate = AffiliatePlace.template(
        PageParts.heading + """
            {{#conversion}}<p>\(Snippets.state){{#is_held}} <span class="state state-review">[[held]]</span> {{flag_text}}{{/is_held}}</p>
            <p class="done">{{rule}}</p>
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
        let id = visit.parameter("conversion_id")
        let conversion = try await visit.data("/api/v1/conversions/{conversion_id}", ["conversion_id": id])
        let role = AffiliateRole(rawValue: visit.session.caller.role)
        let status = conversion["status"]?.string ?? ""
        var actions: [String: Any] = [:]
        if role == .advertiser, conversion["can_be_approved"] == true { actions["approve"] = true }
        if role == .advertiser, ["pending", "approved", "payable"].contains(status) { actions["reject"] = true }
        if role == .advertiser || role == .operator {
            if conversion["held"] == true { actions["release"] = true }
            if status == "paid", conversion["clawback"] == .null { actions["clawback_form"] = true }
        }
        return PageContent(
            "\(visit.say("Order")) \(conversion["order_id"]?.string ?? "")",
            Self.oneTemplate,
            visit,
            [
                "conversion": Snippets.told(conversion, visit).adding(
                    "rule",
                    conversion[visit.language == .japanese ? "decided_by_ja" : "decided_by"] ?? ""
                ),
                "actions": actions.isEmpty ? nil : actions,
                "reports": Snippets.told(conversion["reports"] ?? [], visit),
                "transfers": Snippets.told(conversion["transfers"] ?? [], visit),
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
        let report = try await visit.data(
            "/api/v1/reports",
            query: [
                "start_date": visit.query("start_date"), "end_date": visit.query("end_date"), "group_by": grouping,
            ]
        )
        let rows = report["rows"]?.array ?? []
        let named = rows.map { row in
            row.adding("name", row["date"] ?? row["program_name"] ?? row["publisher_name"] ?? "")
        }
        let isPublisher = AffiliateRole.publishing.contains(visit.session.caller.role)
        let groupings = (isPublisher ? ["daily", "program"] : ["daily", "program", "publisher"]).map {
            ($0, visit.say("by_\($0)"))
        }
        let clicks = Snippets.bars(rows, "valid_clicks") { "\($0)" }
        let rewards = Snippets.bars(rows, "reward", AffiliatePlace.yenText)
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
                "report": report, "rows": JSONValue.array(named), "totals": report["totals"],
                "groupings": PageParts.options(groupings, chosen: grouping), "charts": charts,
            ]
        )
    }
}
