import Kernel
import Platform
import Storage
import Web

/// The operator's pages: what was sold, orders, merchants and invites.
struct OperatorPages: Sendable {
    let routes: CommerceRoutes

    var pages: [ConsolePage] { [self.report, self.orders, self.merchants, self.invites] }

    // MARK: Report

    private static func lines(_ title: String, _ list: String, _ heading: String) -> String {
        "<h2>[[\(title)]]</h2>"
            + PageParts.table(
                "[[\(title)]]",
                of: list,
                empty: "[[nothing_has_happened_yet]]",
                [
                    .init(
                        "[[\(heading)]]",
                        "{{label}}",
                        .heading
                    ),
                    .init("[[cards]]", "{{cards}}", .number), .init("[[clicks]]", "{{clicks}}", .number),
                    .init("[[orders]]", "{{orders}}", .number),
                    .init("[[net_sales]]", "{{#currencies}}{{net}} {{currency}} {{/currencies}}", .number),
                    .init("[[commission]]", "{{#currencies}}{{cost}} {{currency}} {{/currencies}}", .number),
                ]
            )
    }

    private static let reportTemplate = CommerceConsole.template(
        PageParts.heading + """
            <form method="get" action="{{here}}" class="fields">\(PageParts.choice("days", "[[days]]", of: "periods"))\(PageParts.field("channel", "[[channel]]", value: "{{channel}}"))<p><button>[[show]]</button></p></form>
            {{#report}}<dl class="figures"><div><dt>[[cards]]</dt><dd>{{totals.cards}}</dd></div><div><dt>[[clicks]]</dt><dd>{{totals.clicks}}</dd></div><div><dt>[[orders]]</dt><dd>{{totals.orders}}</dd></div>{{#currencies}}<div><dt>[[net_sales]]</dt><dd>{{net}} {{currency}}</dd></div><div><dt>[[commission]]</dt><dd>{{cost}} {{currency}}</dd></div>{{/currencies}}</dl>{{/report}}
            <h2>[[clicks_by_day]]</h2><div class="scroll" tabindex="0" role="region" aria-label="[[clicks_by_day]]">{{{chart}}}</div>
            """ + Self.lines("by_day", "days", "day") + Self.lines("by_product", "products", "product")
            + Self.lines("by_developer", "developers", "developer") + Self.lines("by_channel", "channels", "channel")
            + Self.lines("by_creator", "creators", "creator")
    )

    /// Clicks of every day of the period, beside those of the one before where the report goes back so far.
    private func chart(
        _ days: Int64,
        _ report: ReportOutput,
        _ given: [String: JSONValue],
        _ request: PageRequest
    ) async throws -> Markup {
        var longer = report
        if days * 2 <= Int64(ReportRoutes.longestDays) {
            longer = try await request.ask(
                self.routes.reports.attribution,
                given.merging(["days": .integer(days * 2)]) { $1 }
            )
        }
        let clicks = Dictionary(longer.shown(.day).map { ($0.name, $0.counts.clicks) }) { first, _ in first }
        let now = self.routes.reports.clock.now()
        let first = now.startOfDay.adding(seconds: (1 - days) * 86_400)
        let bars = BarChart.days(from: first, through: now).map { day in
            let count = clicks[day] ?? 0
            return BarChart.Bar(label: String(day.suffix(5)), value: Double(count), text: "\(day): \(count)")
        }
        let before = BarChart.days(from: first.adding(seconds: -days * 86_400), through: first.adding(seconds: -1))
        let total = bars.map(\.value).reduce(0, +)
        return BarChart.svg(
            request.say("clicks_by_day"),
            bars,
            before: days * 2 <= Int64(ReportRoutes.longestDays)
                ? request.compared(total, with: before.map { Double(clicks[$0] ?? 0) }) { "\(Int($0))" } : nil,
            empty: request.say("nothing_in_this_period")
        )
    }

    private var report: ConsolePage {
        ConsolePage.ofOperator("/operator/report", "Report") { request in
            let days = Int64(request.query("days")) ?? 30
            var given: [String: JSONValue] = ["days": .integer(days)]
            if !request.query("channel").isEmpty { given["channel"] = .string(request.query("channel")) }
            let report = try await request.ask(self.routes.reports.attribution, given)
            let lines = { (division: FigureStore.Division) in
                request.rows(report.shown(division)) { ["label": ($0.title ?? $0.name).nonEmpty ?? "—"] }
            }
            let periods = [7, 30, 90, 365].map { ("\($0)", request.say("last_days", ["count": "\($0)"])) }
            return PageContent(
                request.say("report"),
                Self.reportTemplate,
                request,
                [
                    "report": report, "periods": PageParts.options(periods, chosen: "\(days)"),
                    "channel": request.query("channel"), "days": lines(.day), "products": lines(.product),
                    "developers": lines(.developer), "channels": lines(.channel), "creators": lines(.creator),
                    "chart": try await self.chart(days, report, given, request),
                ]
            )
        }
    }

    // MARK: Orders

    private static let ordersTemplate = CommerceConsole.template(
        PageParts.heading
            + PageParts.table(
                "[[newest_first]]",
                of: "orders",
                empty: "[[no_orders_yet]]",
                [
                    .init(
                        "[[order]]",
                        "<a href=\"{{base}}/operator/orders/{{merchant_id}}/{{encoded}}\">{{order_id}}</a>",
                        .heading
                    ), .init("[[merchant]]", "{{merchant_id}}"),
                    .init("[[state]]", "{{status_text}}"), .init("[[belongs_to]]", "{{reason}}"),
                    .init("[[amount]]", "{{amount}} {{currency}}", .number),
                    .init("[[refunded]]", "{{refunded_amount}} {{currency}}", .number),
                    .init("[[commission]]", "{{commission}} {{currency}}", .number),
                    .init("[[paid_zone]]", "{{occurred_at}}"),
                ]
            ) + PageParts.older
    )

    private var orders: ConsolePage {
        ConsolePage.ofOperator("/operator/orders", "Orders") { request in
            let cursor: [String: JSONValue] =
                request.query("cursor").isEmpty ? [:] : ["cursor": .string(request.query("cursor"))]
            let page = try await request.ask(self.routes.orders.list, cursor)
            return PageContent(
                request.say("orders"),
                Self.ordersTemplate,
                request,
                [
                    "orders": request.rows(page.items) { item in
                        [
                            "reason": request.say("attribution.\(item.order.reason.code)"),
                            "encoded": HTML.percentEncode(item.order.id),
                        ]
                    }, "older": request.next(page.next),
                ]
            )
        }
    }

    // MARK: Merchants and invites

    private static let merchantsTemplate = CommerceConsole.template(
        PageParts.heading
            + PageParts.table(
                "[[merchants]]",
                of: "merchants",
                empty: "[[no_merchants_yet]]",
                [
                    .init("[[merchant]]", "{{merchant_id}}", .heading),
                    .init("[[commission_rate]]", "{{rate}}", .number),
                    .init("[[creators_part]]", "{{creator}}", .number), .init("[[days]]", "{{window_days}}", .number),
                    .init("[[link_parameter]]", "<code>{{link_parameter}}</code>"),
                    .init("[[link_hosts]]", "{{#link_hosts}}{{.}} {{/link_hosts}}{{^hasHosts}}[[any]]{{/hasHosts}}"),
                ]
            ) + """
                <section aria-labelledby="new"><h2 id="new">[[open_a_merchant]]</h2>
                <form method="post" action="{{base}}/operator/merchants" class="fields">{{{token}}}\(PageParts.field("merchant_id", "[[merchant_id]]", value: "{{form.merchant_id}}", "required"))\(PageParts.field("rate_bps", "[[commission_bps]]", value: "{{form.rate_bps}}", "type=\"number\" min=\"0\" max=\"10000\""))\(PageParts.field("creator_bps", "[[creator_bps]]", value: "{{form.creator_bps}}", "type=\"number\" min=\"0\" max=\"10000\""))\(PageParts.field("window_days", "[[window_days]]", value: "{{form.window_days}}", "type=\"number\" min=\"1\" max=\"90\""))\(PageParts.field("link_hosts", "[[link_hosts_list]]", value: "{{form.link_hosts}}"))<p><button>[[open]]</button></p></form></section>
                """
    )

    private static let secretTemplate = CommerceConsole.template(
        PageParts.heading + """
            <p class="done" role="status">{{note}}</p><pre tabindex="0"><code>{{text}}</code></pre><p><a href="{{here}}">[[back]]</a></p>
            """
    )

    private var merchants: ConsolePage {
        ConsolePage.ofOperator(
            "/operator/merchants",
            "Merchants",
            forms: [
                ConsoleForm(path: "/operator/merchants", summary: "Open a merchant") { request in
                    let opened = try await request.submit(self.routes.merchants.create.operation)
                    let text =
                        "X-Merchant-Token: \(opened.opened.token)\nwebhook secret: \(opened.opened.webhookSecret)"
                    return .show(Self.secret(text, "merchant_token", "merchant_token_note", request))
                }
            ]
        ) { request in
            let list = try await request.ask(self.routes.merchants.list)
            let percent = { (points: Int) in request.display.percent(Double(points) / 100) }
            return PageContent(
                request.say("merchants"),
                Self.merchantsTemplate,
                request,
                [
                    "merchants": request.rows(list.merchants) { item in
                        [
                            "rate": percent(item.merchant.rateBasisPoints),
                            "creator": percent(item.merchant.creatorBasisPoints),
                            "hasHosts": item.merchant.linkHosts.isEmpty ? nil : true,
                        ]
                    }
                ]
            )
        }
    }

    private static func secret(_ text: String, _ title: String, _ note: String, _ request: PageRequest) -> PageContent {
        PageContent(request.say(title), Self.secretTemplate, request, ["text": text, "note": request.say(note)])
            .holdingSecret()
    }

    private static let invitesTemplate = CommerceConsole.template(
        PageParts.heading
            + PageParts.table(
                "[[newest_first]]",
                of: "invites",
                empty: "[[no_invites_yet]]",
                [
                    .init("[[created_zone]]", "{{created_at}}", .heading),
                    .init("[[uses_left]]", "{{uses_left}}", .number),
                    .init("[[ends_zone]]", "{{expires_at}}"),
                ]
            ) + """
                <section aria-labelledby="new"><h2 id="new">[[make_an_invite]]</h2>
                <form method="post" action="{{base}}/operator/invites" class="fields">{{{token}}}\(PageParts.field("uses", "[[how_many_accounts]]", value: "{{form.uses}}", "type=\"number\" min=\"1\" max=\"10000\""))\(PageParts.field("expires_in_days", "[[days]]", value: "{{form.expires_in_days}}", "type=\"number\" min=\"1\" max=\"365\""))<p><button>[[make]]</button></p></form></section>
                """
    )

    private var invites: ConsolePage {
        ConsolePage.ofOperator(
            "/operator/invites",
            "Invites",
            forms: [
                ConsoleForm(path: "/operator/invites", summary: "Make an invite") { request in
                    let made = try await request.submit(self.routes.invites.create.operation)
                    return .show(Self.secret(made.code, "invite_code", "invite_note", request))
                }
            ]
        ) { request in
            let list = try await request.ask(self.routes.invites.list)
            return PageContent(
                request.say("invites"),
                Self.invitesTemplate,
                request,
                ["invites": request.rows(list.invites) { _ in [:] }]
            )
        }
    }
}
