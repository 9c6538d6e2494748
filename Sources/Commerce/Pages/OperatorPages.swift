import Kernel
import Platform
import Storage
import Web

/// The operator's pages: what was sold, feeds, products, orders, merchants and invites.
struct OperatorPages: Sendable {
    let routes: CommerceRoutes
    let service: ImportService

    var pages: [ConsolePage] { [self.report, self.imports, self.products, self.orders, self.merchants, self.invites] }

    private func page(
        _ path: String,
        _ summary: String,
        forms: [ConsoleForm] = [],
        _ show: @escaping @Sendable (PageRequest) async throws -> PageContent
    ) -> ConsolePage { ConsolePage(path: path, summary: summary, roles: [.supply], show: show, forms: forms) }

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
            <h2>[[clicks_by_day]]</h2>{{#hasBars}}<div class="scroll" tabindex="0" role="region" aria-label="[[clicks_by_day]]">{{{chart}}}</div>{{/hasBars}}
            """ + Self.lines("by_day", "days", "day") + Self.lines("by_product", "products", "product")
            + Self.lines("by_developer", "developers", "developer") + Self.lines("by_channel", "channels", "channel")
            + Self.lines("by_creator", "creators", "creator")
    )

    private var report: ConsolePage {
        self.page("/operator/report", "Report") { request in
            let days = Int64(request.query("days")) ?? 30
            var given: [String: JSONValue] = ["days": .integer(days)]
            if !request.query("channel").isEmpty { given["channel"] = .string(request.query("channel")) }
            let report = try await request.ask(self.routes.reports.attribution, given)
            let lines = { (division: FigureStore.Division) in
                request.rows(report.shown(division)) { ["label": ($0.title ?? $0.name).nonEmpty ?? "—"] }
            }
            let bars = report.shown(.day).map { line in
                BarChart.Bar(
                    label: String(line.name.suffix(5)),
                    value: Double(line.counts.clicks),
                    text: "\(line.name): \(line.counts.clicks)"
                )
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
                    "chart": BarChart.svg(request.say("clicks_by_day"), bars), "hasBars": bars.isEmpty ? nil : true,
                ]
            )
        }
    }

    // MARK: Feeds

    private static let importsTemplate = CommerceConsole.template(
        PageParts.heading
            + PageParts.table(
                "[[newest_first]]",
                of: "imports",
                empty: "[[no_imports_yet]]",
                [
                    .init("[[begun_zone]]", "{{created_at}}", .heading), .init("[[merchant]]", "{{merchant_id}}"),
                    .init("[[source]]", "{{source}} <span class=\"soft\">{{format}}</span>"),
                    .init(
                        "[[state]]",
                        "<span class=\"state state-{{state}}\">{{state_text}}</span>{{#failure}} <code>{{failure}}</code>{{/failure}}"
                    ),
                    .init("[[lines]]", "{{records}}", .number), .init("[[created]]", "{{created}}", .number),
                    .init("[[updated]]", "{{updated}}", .number), .init("[[unchanged]]", "{{unchanged}}", .number),
                    .init(
                        "[[rejected]]",
                        "{{#hasRejects}}<a href=\"{{base}}/operator/imports/{{import_id}}/rejects.csv\">{{rejected}}</a>{{/hasRejects}}{{^hasRejects}}0{{/hasRejects}}",
                        .number
                    ),
                ]
            ) + PageParts.older + """
                {{#isRunning}}<p class="soft">\(PageParts.watch)</p>{{/isRunning}}
                <section aria-labelledby="new"><h2 id="new">[[import_a_feed]]</h2><p>[[feeds_are_csv_tsv_or_json]]</p>
                <form method="post" action="{{base}}/operator/imports" enctype="multipart/form-data" class="fields">{{{token}}}\(PageParts.choice("merchant_id", "[[merchant]]", of: "merchants"))\(PageParts.choice("format", "[[format]]", of: "formats"))\(PageParts.file("file", "[[file]]", accept: ".csv,.tsv,.txt,.jsonl,.ndjson"))\(PageParts.field("url", "[[or_an_address]]", value: "{{form.url}}", "type=\"url\" placeholder=\"https://\""))
                <p class="boxes">\(PageParts.box("dry_run", "[[dry_run]]", checked: "isDry"))\(PageParts.box("full", "[[full_feed]]", checked: "isFull"))</p><p><button>[[begin]]</button></p></form></section>
                """
    )

    private var imports: ConsolePage {
        self.page(
            "/operator/imports",
            "Imports",
            forms: [
                ConsoleForm(path: "/operator/imports", summary: "Begin an import") { request in
                    try await self.begin(request)
                    return .goTo("/operator/imports?done=1")
                }
            ]
        ) { request in
            let cursor: [String: JSONValue] =
                request.query("cursor").isEmpty ? [:] : ["cursor": .string(request.query("cursor"))]
            let page = try await request.ask(self.routes.imports.list, cursor)
            let merchants = try await request.ask(self.routes.merchants.list).merchants.map {
                ($0.merchant.id, $0.merchant.id)
            }
            let isRunning = page.items.contains { $0.found.state == .running }
            let formats = FeedFormat.allCases.map { ($0.rawValue, request.say("format.\($0.rawValue)")) }
            return PageContent(
                request.say("imports"),
                Self.importsTemplate,
                request,
                [
                    "imports": request.rows(page.items) { ["hasRejects": $0.found.progress.rejected > 0 ? true : nil] },
                    "merchants": PageParts.options(merchants, chosen: request.form["merchant_id"]),
                    "formats": PageParts.options(formats, chosen: request.form["format"]),
                    "older": request.next(page.next), "isRunning": isRunning ? true : nil,
                ],
                isGoingOn: isRunning
            )
        }
    }

    private func begin(_ request: PageRequest) async throws {
        let form = request.form
        let (url, file) = (form["url"].trimmed, form["file"])
        let input = ImportRoutes.ImportInput(
            merchant: form["merchant_id"],
            format: FeedFormat(rawValue: form["format"]) ?? .acp,
            isDryRun: form["dry_run"] == "true",
            isFull: form["full"] == "true",
            url: url.isEmpty ? nil : url
        )
        _ = try await self.routes.imports.begin(
            input,
            form["merchant_id"],
            url.isEmpty ? Array(file.utf8) : nil,
            by: request.session.caller,
            trace: request.call.trace
        )
    }

    // MARK: Products

    private static let productsTemplate = CommerceConsole.template(
        PageParts.heading + """
            <form method="get" action="{{here}}" class="fields">\(PageParts.field("q", "[[search]]", value: "{{q}}", "type=\"search\""))<p><button>[[search]]</button></p></form><p class="soft">[[products_found]]</p>
            """
            + PageParts.table(
                "[[products]]",
                of: "products",
                empty: "[[no_products_found]]",
                [
                    .init("[[product]]", "<a href=\"{{base}}/p/{{id}}\">{{title}}</a>", .heading),
                    .init("[[maker]]", "{{brand}}"),
                    .init("[[category]]", "{{category}}"), .init("[[price]]", "{{price}}", .number),
                    .init("[[availability]]", "{{stock}}"), .init("[[merchant]]", "{{merchant}}"),
                    .init(
                        "[[what]]",
                        """
                        <form method="post" action="{{base}}/operator/products/{{id}}/withdraw">{{{token}}}<button class="danger" aria-label="[[withdraw]] {{title}}">[[withdraw]]</button></form>
                        """
                    ),
                ]
            )
    )

    private var products: ConsolePage {
        self.page(
            "/operator/products",
            "Products",
            forms: [
                ConsoleForm(path: "/operator/products/{productId}/withdraw", summary: "Withdraw a product") { request in
                    guard let id = Int64(request.parameter("productId")) else { throw CommerceProblems.productNotFound }
                    try await self.service.withdraw(id, by: request.session.caller.credential)
                    return .goTo("/operator/products?done=1")
                }.askingFirst()
            ]
        ) { request in
            let (products, total) = try await self.routes.cards.find(request.query("q"), limit: 50)
            return PageContent(
                request.say("products"),
                Self.productsTemplate,
                request,
                [
                    "q": request.query("q"), "count": "\(total)",
                    "products": products.map { product -> [String: Any] in
                        [
                            "id": "\(product.id)", "title": product.content.title, "brand": product.content.brand,
                            "category": product.content.category, "merchant": product.merchant,
                            "price": product.content.price.map { "\($0.exactText) \($0.currency.code)" } ?? "",
                            "stock": request.say("stock.\(product.content.availability.rawValue)"),
                        ]
                    },
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
        self.page("/operator/orders", "Orders") { request in
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
        self.page(
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
        self.page(
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
