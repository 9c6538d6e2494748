import HTTPTypes
import Kernel
import Platform
import Server
import ServerTestKit
import Storage
import TestKit
import Testing
import Web

@testable import Commerce

/// Feeds of merchants: what is taken, what is refused line by line, and what a second run changes.
@Suite("Feeds")
struct FeedTests {
    private static func line(_ id: String, _ fields: [String: JSONValue] = [:]) -> String {
        let standard: [String: JSONValue] = [
            "id": .string(id), "title": "Green tea", "description": "From Uji",
            "link": .string("https://tea.example.com/\(id)"),
            "price": "12.50 USD", "availability": "in_stock",
        ]
        return JSON.text(of: .object(standard.merging(fields) { $1 }))
    }

    @Test("lines that cannot be taken are refused one by one, and the rest is taken")
    func rejects() async throws {
        try await ShopFixture.open(feed: "") { shop in
            let lines = [
                Self.line("t1"), Self.line("t2", ["link": "javascript:alert(1)"]), Self.line("t3", ["price": "many"]),
                Self.line("t4", ["price": "-1.00 USD"]), "{", Self.line("t5", ["title": ""]),
                Self.line("t6", ["title": "Tea <b>bold</b> \u{202E}evil"]),
                Self.line("t1", ["title": "Green tea again"]),
            ]
            let ended = try await shop.imported(lines.joined(separator: "\n"))
            #expect(ended["state"] == "completed")
            #expect(ended["created"] == 2, "\(ended)")
            #expect(ended["rejected"] == 5, "\(ended)")
            #expect(ended["duplicates"] == 1)
            let id = ended["import_id"]?.string ?? ""
            let file = try await shop.client.send(
                .get,
                "/commerce/v1/catalog/imports/\(id)/rejects",
                headers: ["X-Merchant-Token": shop.merchant]
            )
            #expect(file.body.split(whereSeparator: \.isNewline).count == 6)
            #expect(file.body.contains("2,url,not_a_url"))
            let shown = shop.titles(try await shop.recommend("tea bold", "&limit=10"))
            #expect(shown.contains { $0.contains("bold") })
            #expect(shown.allSatisfy { !$0.contains("\u{202E}") })
        }
    }

    @Test("a second run changes what has changed; prices have a history; a full feed puts the rest out of stock")
    func again() async throws {
        try await ShopFixture.open { shop in
            let same = try await shop.imported(ShopFixture.feed)
            #expect(same["unchanged"] == 6)
            #expect(same["updated"] == 0)
            shop.server.clock.advance(seconds: 60)
            let dearer = ShopFixture.feed.replacing("24.95 USD", with: "26.95 USD")
            #expect(try await shop.imported(dearer)["updated"] == 1)
            let prices = try await shop.server.house.database.read {
                try $0.value("SELECT COUNT(*) FROM commerce_price", as: Int.self)
            }
            #expect(prices == 7)
            let dry = try await shop.imported(ShopFixture.feed, "?dry_run=true")
            #expect(dry["updated"] == 1)
            let found = try await shop.recommend("wireless mouse black", "&fill=false")
            #expect(found["items"]?.array?[0]["product"]?["price"]?["amount"] == "26.95")
            let only = String(dearer.prefix { $0 != "\n" })
            let refused = try await shop.imported(only, "?full=true")
            #expect(refused["state"] == "failed", "\(refused)")
            let forced = try await shop.imported(only, "?full=true&force=true")
            #expect(forced["state"] == "completed", "\(forced)")
            #expect(forced["out_of_stock"] == 4, "\(forced)")
        }
    }

    @Test("a withdrawn product's link leads nowhere, and a changed one leads to its new place")
    func links() async throws {
        try await ShopFixture.open { shop in
            let card = shop.cards(try await shop.recommend("wireless mouse black"))[0]
            #expect(try await shop.follow(card).header("Location")?.contains("/m1?") == true)
            _ = try await shop.imported(ShopFixture.feed.replacing("/m1?a=1#top", with: "/new"))
            #expect(try await shop.follow(card).header("Location") == "https://shop.example.com/new?rec_id=\(card)")
            let id = try await shop.server.house.database.read {
                try $0.value("SELECT id FROM commerce_product WHERE external_id = 'm1'", as: Int64.self)
            }
            try await shop.server.slice(Commerce.self).imports.withdraw(id ?? 0)
            #expect(try await shop.follow(card).status == 404)
            #expect(try await shop.ask("/v1/cards/\(card)").status == 200)
        }
    }

    @Test(
        "no link leads anywhere but where the shop said",
        arguments: [
            "rec_01a22819-ad11-7000-8df3-1bc94401b021", "..%2F..%2Fetc", "%00", "https:%2F%2Fevil.example", "rec_",
            "'--",
        ]
    )
    func openRedirects(card: String) async throws {
        try await ShopFixture.open(feed: "") { shop in
            let answer = try await shop.follow(card, "?url=https://evil.example&v=https://evil.example")
            #expect(answer.status == 404)
            #expect(answer.header("Location") == nil)
        }
    }

    @Test("another merchant's token sees none of it")
    func strangers() async throws {
        try await ShopFixture.open { shop in
            let other =
                try await shop.client.send(
                    .post,
                    "/commerce/v1/merchants",
                    headers: ["X-Supply-Key": shop.supply],
                    json: ["merchant_id": "other"]
                ).json["registration_token"]?.string ?? ""
            let list = try await shop.client.send(
                .get,
                "/commerce/v1/catalog/imports",
                headers: ["X-Merchant-Token": other]
            )
            #expect(list.json["imports"]?.array?.count ?? list.json["items"]?.array?.count == 0, "\(list.body)")
            let card = shop.cards(try await shop.recommend("wireless mouse under $30"))[0]
            _ = try await shop.follow(card)
            let claimed = try await shop.report(shop.paid("A-1", "24.95", card: card), token: other)
            #expect(claimed.json["attribution"] == "unknown_rec", "\(claimed.body)")
            #expect(try await shop.report(shop.paid("A-1", "24.95", card: card), token: "mrt_x").status == 403)
        }
    }

    @Test("figures of videos beyond any range harm nobody, and another merchant's videos and creators stay as they are")
    func videos() async throws {
        try await ShopFixture.open(feed: "") { shop in
            let huge: JSONValue = [
                "task_id": "v1", "creator": "ann", "creator_name": "Ann", "orders": 9_223_372_036_854_775_807,
                "views": 9_223_372_036_854_775_807, "creator_followers": 9_223_372_036_854_775_807,
            ]
            var second = huge.object ?? [:]
            second["task_id"] = "v2"
            _ = try await shop.imported(Self.line("t1", ["videos": [huge, .object(second)]]))
            let card = try await shop.recommend("green tea")
            #expect(card["items"]?.array?[0]["videos"]?.array?.count == 2)
            #expect(try await shop.ask("/v1/creators/ann/showcase").status == 200)

            let other =
                try await shop.client.send(
                    .post,
                    "/commerce/v1/merchants",
                    headers: ["X-Supply-Key": shop.supply],
                    json: ["merchant_id": "other"]
                ).json["registration_token"]?.string ?? ""
            let stolen: JSONValue = [
                "task_id": "v1", "creator": "ann", "creator_name": "Nobody", "video_url": "https://evil.example/",
            ]
            let begun = try await shop.send(feed: Self.line("x1", ["videos": [stolen]]), token: other)
            try await shop.server.slice(Commerce.self).imports.run(ID(begun.json["import_id"]?.string ?? ""))
            let (video, creator) = try await shop.server.house.database.read { tx in
                (try tx.videos.find("v1"), try tx.videos.findCreator("ann"))
            }
            #expect(video?.url == "")
            #expect(creator?.displayName == "Ann")
        }
    }

    @Test("a quote within a cell is an inch, and at its beginning holds line breaks together")
    func quotes() async throws {
        try await ShopFixture.open(feed: "") { shop in
            let feed = """
                id,title,description,link,price,availability
                q1,Quux 27" monitor,x,https://e.example.com/q1,5.00 USD,in_stock
                q2,"Quux, ""big""
                and wide",x,https://e.example.com/q2,6.00 USD,in_stock
                q3,Quux "three",x,https://e.example.com/q3,6.00 USD,in_stock
                """
            let ended = try await shop.imported(feed)
            #expect(ended["created"] == 3, "\(ended)")
            #expect(shop.titles(try await shop.recommend("quux 27")).first == "Quux 27\" monitor")
        }
    }

    @Test("numbers of products are the operator's to choose, and at most twenty imports of a merchant wait")
    func bounds() async throws {
        try await ShopFixture.open(feed: "") { shop in
            #expect(try await shop.send(feed: Self.line("t1"), "?ids=keep").status == 403)
            for _ in 0..<ImportService.runningLimit {
                #expect(try await shop.send(feed: Self.line("t1")).status == 202)
            }
            let refused = try await shop.send(feed: Self.line("t1"))
            #expect(refused.status == 429)
            #expect(refused.json["error"] == "too_many_imports")
        }
    }

    @Test("two processes that do one import do it once", arguments: Engine.available)
    func race(_ engine: Engine) async throws {
        try await ShopFixture.open(engine, feed: "") { shop in
            let lines = (0..<800).map { Self.line("t\($0)") }.joined(separator: "\n")
            let id: ID<CatalogImport> = ID(try await shop.send(feed: lines).json["import_id"]?.string ?? "")
            let house = shop.server.house
            let others = (0..<3).map { _ in
                ImportService(
                    database: house.database,
                    ids: .system(now: shop.server.clock.clock.now),
                    medians: CategoryMedians(database: house.database),
                    fetch: FeedFetch(outbound: house.outbound),
                    folder: nil,
                    logger: TestDatabases.quiet
                )
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for other in others { group.addTask { try await other.run(id) } }
                try await group.waitForAll()
            }
            let found = try await house.database.read { try $0.imports.find(id) }
            #expect(found?.state == .completed)
            #expect(found?.progress.records == 800)
            #expect(found?.progress.created == 800)
            #expect(found?.progress.duplicates == 0)
        }
    }
}
