import Kernel
import Platform
import Storage
import Web

/// The operator's pages of the catalogue: feeds and products.
struct CatalogPages: Sendable {
    let routes: CommerceRoutes
    let service: ImportService

    var pages: [ConsolePage] { [self.imports, self.products] }

    // MARK: Imports

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
        ConsolePage.ofOperator(
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
                        "[[action]]",
                        """
                        <form method="post" action="{{base}}/operator/products/{{id}}/withdraw">{{{token}}}<button class="danger" aria-label="[[withdraw]] {{title}}">[[withdraw]]</button></form>
                        """
                    ),
                ]
            )
    )

    private var products: ConsolePage {
        ConsolePage.ofOperator(
            "/operator/products",
            "Products",
            forms: [
                ConsoleForm(path: "/operator/products/{productId}/withdraw", summary: "Withdraw a product") { request in
                    guard let id = Int64(request.parameter("productId")) else { throw CommerceProblems.productNotFound }
                    try await self.service.withdraw(id, by: request.session.caller, trace: request.call.trace)
                    return .goTo("/operator/products?done=1")
                }.askingFirst()
            ]
        ) { request in
            let (products, total) = try await self.routes.cards.find(
                request.query("q"),
                of: request.session.caller,
                limit: 50
            )
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
}

extension ConsolePage {
    static func ofOperator(
        _ path: String,
        _ summary: String,
        forms: [ConsoleForm] = [],
        _ show: @escaping @Sendable (PageRequest) async throws -> PageContent
    ) -> ConsolePage { ConsolePage(path: path, summary: summary, roles: [.supply], show: show, forms: forms) }
}
