import HTTPTypes
import Hummingbird
import Kernel
import Platform
import Storage
import Web

/// What shoppers see: a product's page, and the page of a card with all videos.
struct ShopPages: Sendable {
    private static let priceLimit = 20
    private static let formLimit = 16 * 1024

    let database: any Database
    let recommend: RecommendService
    let orders: OrderService
    let ids: IDGenerator
    let console: Console

    var endpoints: [Endpoint] {
        [
            self.console.endpoint(open: "/p/{productId}", "A product", self.product),
            self.console.endpoint(open: "/v/{recId}", "A card's videos and facts", self.card),
            Endpoint.page(.post, "/p/{productId}/order", "Order a product of the demo's shop", self.order),
        ]
    }

    // MARK: A product

    private static let facts = """
        <dl class="facts">{{#price}}<dt>[[price]]</dt><dd><strong>{{price}}</strong></dd>{{/price}}{{#brand}}<dt>[[maker]]</dt><dd>{{brand}}</dd>{{/brand}}{{#category}}<dt>[[category]]</dt><dd>{{category}}</dd>{{/category}}<dt>[[availability]]</dt><dd>{{stock}}</dd><dt>[[sold_by]]</dt><dd>{{merchant}}</dd>{{#attributes}}<dt>{{name}}</dt><dd>{{value}}</dd>{{/attributes}}</dl>
        {{#image}}<p><a href="{{image}}" rel="noopener noreferrer nofollow">[[picture_elsewhere]]</a></p>{{/image}}
        {{#source}}<p class="soft">{{name}} · <a href="{{url}}" rel="noopener">{{license}}</a> · {{notice}}</p>{{/source}}
        """

    private static let productTemplate = CommerceConsole.template(
        """
        <h1>{{title}}</h1>{{#done}}<p class="done" role="status">{{done}}</p>{{/done}}<p>{{description}}</p>
        {{#isDemo}}<section aria-labelledby="order"><h2 id="order">[[order_it]]</h2><p>[[demo_orders_cost_nothing]]</p>
        <form method="post" action="{{here}}/order"><input type="hidden" name="rec_id" value="{{rec}}"><button>[[order_it]]</button></form></section>{{/isDemo}}
        <h2>[[facts]]</h2>\(Self.facts)
        <h2>[[prices_so_far]]</h2>
        """
            + PageParts.table(
                "[[prices_so_far]]",
                of: "prices",
                empty: "[[no_price]]",
                [.init("[[from]]", "{{at}}", .heading), .init("[[price]]", "{{price}}", .number)]
            )
    )

    @Sendable private func product(_ call: Call, _ request: PageRequest?) async throws -> PageContent {
        let language = request?.language ?? self.console.language(of: call)
        guard let id = ProductID(call.context.pathParameter("productId")),
            let facts = try await self.recommend.products.find([id])[id]
        else { throw CommerceProblems.productNotFound }
        let prices = try await self.database.read { try $0.products.listPrices(of: id, limit: Self.priceLimit) }
        let query = call.request.uri.fields
        var values = self.values(of: facts, language)
        values["here"] = call.request.uri.path
        values["rec"] = query["rec_id"].map { VisibleLine.of(String($0), 100) } ?? ""
        values["isDemo"] = facts.merchant.id == Merchant.demo ? true : nil
        values["prices"] = prices.map {
            ["at": $0.at.dayText, "price": "\($0.price.exactText) \($0.price.currency.code)"]
        }
        if !prices.isEmpty { values["has_prices"] = true }
        if let order = query["ordered"] {
            values["done"] = CommerceWords.all.say(
                "ordered",
                ["order": VisibleLine.of(String(order), 60)],
                in: language
            )
        }
        return PageContent(facts.product.content.title, Self.productTemplate.render(values, in: language))
    }

    private func values(of facts: ProductFacts, _ language: Language) -> [String: Any] {
        let content = facts.product.content
        let attributes = (JSONValue.parsed(content.attributes).object ?? [:]).sorted { $0.key < $1.key }
        var values: [String: Any] = [
            "title": content.title, "description": content.description, "merchant": facts.merchant.id,
            "stock": CommerceWords.all.say("stock.\(content.availability.rawValue)", in: language),
            "attributes": attributes.prefix(60).compactMap { name, value -> [String: Any]? in
                switch value {
                case .bool(let isTrue):
                    ["name": name, "value": CommerceWords.all.say(isTrue ? "yes" : "no", in: language)]
                case .string(let text): ["name": name, "value": text]
                case .integer, .number: ["name": name, "value": "\(value.shown ?? "")"]
                default: nil
                }
            },
        ]
        values["price"] = content.price.map { "\($0.exactText) \($0.currency.code)" }
        values["brand"] = content.brand.nonEmpty
        values["category"] = content.category.nonEmpty
        values["image"] = content.image.nonEmpty
        values["source"] = facts.merchant.source.map {
            ["name": $0.name, "license": $0.license, "url": $0.url, "notice": $0.notice]
        }
        return values
    }

    // MARK: A card

    private static let cardTemplate = CommerceConsole.template(
        """
        <h1>{{title}}</h1><p>{{description}}</p><p><a class="button" href="{{base}}/r/{{rec}}" rel="sponsored noopener">[[cta_shop]]</a></p>
        <h2>[[videos]]</h2>{{^has_videos}}<p class="empty">[[card_no_video]]</p>{{/has_videos}}
        <div class="cards">{{#videos}}<article class="card"><h3>{{creator}}</h3><dl class="facts"><dt>[[views]]</dt><dd>{{views}}</dd><dt>[[orders]]</dt><dd>{{orders}}</dd><dt>[[sold]]</dt><dd>{{gmv}}</dd><dt>[[conversion_score]]</dt><dd>{{score}}</dd></dl>
        {{#url}}<p><a href="{{url}}" rel="noopener noreferrer">[[watch]]</a></p>{{/url}}<p><a class="button quiet" href="{{base}}/r/{{rec}}?v={{encoded}}" rel="sponsored noopener">[[cta_shop]]</a></p></article>{{/videos}}</div>
        <h2>[[facts]]</h2>\(Self.facts)
        """
    )

    @Sendable private func card(_ call: Call, _ request: PageRequest?) async throws -> PageContent {
        let language = request?.language ?? self.console.language(of: call)
        let id: ID<Recommendation> = call.pathID("recId")
        guard let card = try await self.database.read({ try $0.cards.find(id) }),
            let facts = try await self.recommend.products.find([card.product])[card.product]
        else { throw CommerceProblems.cardNotFound }
        var values = self.values(of: facts, language)
        let videos = facts.videos.sorted { $1.conversionScore.value < $0.conversionScore.value }
        values["base"] = call.base(of: CommerceContract.shared)
        values["rec"] = id.text
        values["videos"] = videos.map { video -> [String: Any] in
            var shown: [String: Any] = [
                "creator": video.creator.displayName, "views": "\(video.views)", "orders": "\(video.orders)",
                "gmv": "\(video.gmv.exactText) \(video.gmv.currency.code)", "score": video.conversionScore.text,
                "encoded": HTML.percentEncode(video.taskID),
            ]
            shown["url"] = (video.tiktokURL.nonEmpty ?? video.url.nonEmpty)
            return shown
        }
        if !videos.isEmpty { values["has_videos"] = true }
        return PageContent(facts.product.content.title, Self.cardTemplate.render(values, in: language))
    }

    // MARK: The demo's shop

    /// Does what a shop's server does when somebody has paid: reports the order with the id that came with the visit.
    @Sendable private func order(_ call: Call) async throws -> Response {
        guard let id = ProductID(call.context.pathParameter("productId")),
            let facts = try await self.recommend.products.find([id])[id], facts.merchant.id == Merchant.demo,
            let price = facts.product.content.price
        else { throw CommerceProblems.productNotFound }
        let form = try await call.form(limit: Self.formLimit)
        let orderID = "DEMO-\(self.ids.bytes(8).hex.uppercased())"
        _ = try await self.database.write { tx in
            var report = OrderReport(id: orderID, status: .paid, amount: price, occurredAt: tx.now)
            report.recID = VisibleLine.of(form["rec_id"], 100).nonEmpty.map { ID($0) }
            return try self.orders.report(report, by: facts.merchant, trace: call.trace, in: tx)
        }
        let base = call.base(of: CommerceContract.shared)
        return .redirect(to: "\(base)/p/\(id)?ordered=\(orderID)", type: .normal)
    }
}
