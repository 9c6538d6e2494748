import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import Platform
import ServerTestKit
import Storage
import TestKit
import Testing
import Web

@testable import Commerce

/// What merchants and the operator send, and what they may see.
@Suite("Merchants and the operator")
struct MerchantTests {
    @Test("a signature is checked where one is sent: the secret, the body and the five minutes")
    func signatures() async throws {
        try await ShopFixture.open(feed: "") { shop in
            let opened = try await shop.client.send(
                .post,
                "/commerce/v1/merchants",
                headers: ["X-Supply-Key": shop.supply],
                json: ["merchant_id": "book-shop"]
            ).json
            let (token, secret) = (
                opened["registration_token"]?.string ?? "", opened["webhook_secret"]?.string ?? ""
            )
            let body = JSON.text(of: shop.paid("A-1", "10.00", card: nil))
            let now = shop.server.clock.clock.now()
            let report = { (headers: [String: String], body: String) async throws -> Int in
                try await shop.client.send(
                    .post,
                    "/commerce/v1/orders",
                    headers: ["X-Merchant-Token": token, "Content-Type": "application/json"].merging(headers) { $1 },
                    body: body
                ).status
            }
            let sign = { (seconds: Int64, secret: String) -> [String: String] in
                let headers = WebhookSignature.standardHeaders(
                    id: "msg_1",
                    timestamp: now.adding(seconds: seconds),
                    body: Array(body.utf8),
                    secrets: [Array(secret.utf8)]
                )
                return Dictionary(uniqueKeysWithValues: headers.map { ($0.name, $0.value) })
            }
            #expect(try await report(sign(301, secret), body) == 401)
            #expect(try await report(sign(-301, secret), body) == 401)
            #expect(
                try await report(sign(0, "whsec_" + Data(repeating: 7, count: 32).base64EncodedString()), body) == 401
            )
            #expect(try await report(sign(0, secret), body.bytewise.replacing("10.00", with: "90.00")) == 401)
            #expect(try await report(["webhook-signature": "v1,AAAA"], body) == 401)
            #expect(try await report(sign(300, secret), body) == 201)
            #expect(try await report(sign(-300, secret), body) == 200)
            var two = sign(0, secret)
            two["webhook-signature"] = "v1,AAAA \(two["webhook-signature"] ?? "")"
            #expect(try await report(two, body) == 200)
            #expect(try await report([:], body) == 200)
        }
    }

    @Test("many orders at once have a result each, and lines of one order are taken one after the other")
    func lines() async throws {
        try await ShopFixture.open(feed: "") { shop in
            let at = shop.server.clock.clock.now().text
            let paid = { (id: String) in
                #"{"order_id":"\#(id)","status":"paid","amount":"10.00","currency":"USD","occurred_at":"\#(at)"}"#
            }
            let refund = { (id: String, refund: String) in
                #"{"order_id":"\#(id)","status":"refunded","refund_id":"\#(refund)","refund_amount":"4.00","currency":"USD","occurred_at":"\#(at)"}"#
            }
            let all =
                (1...300).map { paid("A-\($0)") } + ["{", #"{"order_id":7}"#, refund("A-7", "r1"), refund("A-7", "r2")]
            let body = (all + [refund("A-7", "r3"), refund("A-999", "r1")]).joined(separator: "\n")
            let answer = try await shop.client.send(
                .post,
                "/commerce/v1/orders",
                headers: ["X-Merchant-Token": shop.merchant, "Content-Type": "application/x-ndjson"],
                body: body
            )
            let results = answer.json["results"]?.array ?? []
            #expect(results.map { $0["line"] } == (1...306).map { .int($0) })
            #expect(results.prefix(300).allSatisfy { $0["status"] == 201 })
            #expect(results.suffix(6).map { $0["status"] } == [400, 400, 201, 201, 409, 404])
        }
    }

    @Test("a supply key that is limited to merchants sees those alone")
    func limitedKeys() async throws {
        try await ShopFixture.open { shop in
            let client = shop.client
            let limited = try await shop.server.slice(Commerce.self).makeKey(
                role: .supply,
                owner: "partner",
                rateLimit: 0,
                merchants: [ShopFixture.shop]
            )["authorization"]?.string
            _ = try await client.send(
                .post,
                "/commerce/v1/merchants",
                headers: ["X-Supply-Key": shop.supply],
                json: ["merchant_id": "book-shop"]
            )
            let other = try await shop.server.slice(Commerce.self).makeKey(
                role: .supply,
                owner: "partner",
                rateLimit: 0,
                merchants: ["book-shop"]
            )["authorization"]?.string
            let card = shop.cards(try await shop.recommend("wireless mouse"))[0]
            _ = try await shop.follow(card)
            _ = try await shop.report(shop.paid("A-1", "24.95", card: card))
            let ask = { (key: String?, method: HTTPRequest.Method, path: String) async throws -> TestClient.Answer in
                try await client.send(method, "/commerce\(path)", headers: ["X-Supply-Key": key ?? ""], json: [:])
            }
            let count = { (key: String?, path: String) async throws -> JSONValue? in
                try await ask(key, .get, path).json["count"]
            }
            for (key, expected) in [(limited, 1), (other, 0)] {
                #expect(try await count(key, "/v1/orders") == .int(expected))
                #expect(try await count(key, "/v1/catalog/imports") == .int(expected))
                #expect(try await count(key, "/v1/merchants") == 1)
                let report = try await ask(key, .get, "/v1/report/attribution").json
                #expect(report["totals"]?["orders"] == .int(expected), "\(report)")
                #expect(report["totals"]?["clicks"] == .int(expected))
            }
            #expect(try await ask(limited, .get, "/v1/attribution/A-1/why").status == 200)
            #expect(try await ask(other, .get, "/v1/attribution/A-1/why").status == 404)
            #expect(try await ask(other, .get, "/v1/orders?merchant_id=tea-house").status == 404)
            #expect(try await ask(other, .get, "/v1/catalog/imports?merchant_id=tea-house").status == 404)
            #expect(try await ask(other, .post, "/v1/catalog/imports?merchant_id=tea-house").status == 404)
            #expect(try await ask(limited, .post, "/v1/invites").status == 403)
            #expect(try await ask(limited, .get, "/v1/invites").status == 403)
            let opening = try await client.send(
                .post,
                "/commerce/v1/merchants",
                headers: ["X-Supply-Key": limited ?? ""],
                json: ["merchant_id": "third-shop"]
            )
            #expect(opening.status == 403)
            try await self.pages(of: other ?? "", shop)
        }
    }

    /// A key that is for another shop sees and changes nothing of this one by the pages either.
    private func pages(of key: String, _ shop: ShopFixture) async throws {
        let form = ["Content-Type": "application/x-www-form-urlencoded"]
        let signedIn = try await shop.client.send(.post, "/commerce/sign-in", headers: form, body: "key=\(key)")
        #expect(signedIn.status == 303)
        let cookie = String((signedIn.header("Set-Cookie") ?? "").prefix { $0 != ";" })
        let page = { (path: String) async throws -> TestClient.Answer in
            try await shop.client.send(.get, "/commerce\(path)", headers: ["Cookie": cookie])
        }
        for path in ["/operator/products", "/operator/orders", "/operator/imports", "/operator/report"] {
            let shown = try await page(path)
            #expect(
                shown.status == 200 && !shown.body.contains("Wireless mouse") && !shown.body.contains("A-1"),
                "\(path)"
            )
        }
        #expect(try await page("/operator/invites").status == 403)
        let products = try await page("/operator/products").body
        let (_, rest) = products.bytewise.cut(at: "name=\"form_token\" value=\"")
        let token = rest.map { String($0.bytewise.cut(at: "\"").before) } ?? ""
        let post = { (path: String, body: String) async throws -> TestClient.Answer in
            let body = "form_token=\(HTML.percentEncode(token))&\(body)"
            let headers = form.merging(["Cookie": cookie]) { $1 }
            let asked = try await shop.client.send(.post, "/commerce\(path)", headers: headers, body: body)
            guard let confirmation = asked.confirmation else { return asked }
            return try await shop.client.send(
                .post,
                "/commerce\(path)",
                headers: headers,
                body: "\(body)&confirmed=\(HTML.percentEncode(confirmation))"
            )
        }
        let withdrawn = try await post("/operator/products/1/withdraw", "")
        #expect(
            withdrawn.body.contains("No such product") || withdrawn.status == 404,
            "\(withdrawn.status) \(withdrawn.body)"
        )
        #expect(try await shop.ask("/v1/products/1/card").status == 200)
        let begun = try await post("/operator/imports", "merchant_id=tea-house&format=acp&url=&file=x")
        #expect(begun.status != 303, "\(begun.status)")
    }

    @Test("what is sent again under its key is answered again, and made once")
    func repetitions() async throws {
        try await ShopFixture.open(feed: "") { shop in
            let post = {
                (path: String, headers: [String: String], body: JSONValue) async throws -> TestClient.Answer in
                try await shop.client.send(
                    .post,
                    "/commerce\(path)",
                    headers: headers.merging(["Idempotency-Key": "one"]) { $1 },
                    json: body
                )
            }
            let developer = ["Authorization": "Bearer \(shop.developer)"]
            let supply = ["X-Supply-Key": shop.supply]
            let cases: [(String, [String: String], JSONValue, JSONValue)] = [
                ("/v1/intents", developer, ["raw_query": "a mouse"], ["raw_query": "a keyboard"]),
                ("/v1/invites", supply, ["uses": 2], ["uses": 3]),
                ("/v1/merchants", supply, ["merchant_id": "book-shop"], ["merchant_id": "third-shop"]),
            ]
            for (path, headers, body, other) in cases {
                let first = try await post(path, headers, body)
                #expect(first.status == 201, "\(first.body)")
                let second = try await post(path, headers, body)
                #expect(second.status == 201 && second.body == first.body, "\(path): \(second.body)")
                #expect(second.header("Idempotent-Replayed") == "true")
                #expect(try await post(path, headers, other).status == 422, "\(path)")
            }
            #expect(try await shop.ask("/v1/intents").json["count"] == 1)
        }
    }

    @Test("bodies are JSON, and at most 256 KiB")
    func bodies() async throws {
        try await ShopFixture.open(feed: "") { shop in
            let send = { (type: String?, body: String) async throws -> TestClient.Answer in
                var headers = ["Authorization": "Bearer \(shop.developer)"]
                headers["Content-Type"] = type
                return try await shop.client.send(.post, "/commerce/v1/intents", headers: headers, body: body)
            }
            let small = #"{"raw_query":"a mouse"}"#
            let form = "application/x-www-form-urlencoded"
            for type in ["application/json", "application/JSON; charset=utf-8", "application/ld+json", form, nil] {
                #expect(try await send(type, small).status == 201, "\(type ?? "none")")
            }
            #expect(try await send(form, "raw_query=a+mouse").status == 415)
            for type in ["text/plain", "multipart/form-data; boundary=x", "application/xml"] {
                let answer = try await send(type, small)
                #expect(answer.status == 415 && answer.json["error"] == "unsupported_media_type", "\(answer.body)")
            }
            let padded = { (bytes: Int) in
                String(small.dropLast()) + String(repeating: " ", count: bytes - small.utf8.count) + "}"
            }
            #expect(try await send("application/json", padded(256 * 1024)).status == 201)
            let tooLarge = try await send("application/json", padded(256 * 1024 + 1))
            #expect(tooLarge.status == 413 && tooLarge.json["error"] == "body_too_large")
        }
    }

    @Test("a feed is fetched again only when its server says that it is another")
    func entityTags() async throws {
        try await FakeHost.serving({ request in
            let tag = request.path.bytewise.contains("second") ? "\"v2\"" : "\"v1\""
            if request.headers[.ifNoneMatch] == tag { return Response(status: .notModified) }
            var response = FakeHost.json(200, .null)
            response.headers[.eTag] = tag
            response.body = .init(byteBuffer: .init(string: ShopFixture.feed))
            return response
        }) { host in
            try await ShopFixture.open(feed: "") { shop in
                let fetched = { (more: String) async throws -> JSONValue in
                    try await shop.imported("", "?url=\(HTML.percentEncode(host.url))%2Ffeed\(more)")
                }
                #expect(try await fetched("")["created"] == 6)
                let again = try await fetched("")
                #expect(again["records"] == 0 && again["state"] == "completed" && again["not_modified"] == true)
                #expect(try await fetched("&dry_run=true")["unchanged"] == 6)
                #expect(try await fetched("")["records"] == 0)
                // What came in otherwise has gone over it: the whole feed is read again.
                _ = try await shop.imported(ShopFixture.feed)
                #expect(try await fetched("")["unchanged"] == 6)
                #expect(try await fetched("-second")["records"] == 6)
                // What a feed does not have was not asked for before.
                #expect(try await fetched("-second&full=true")["records"] == 6)
                #expect(try await fetched("-second&full=true")["not_modified"] == true)
                #expect(try await fetched("-second")["not_modified"] == true)
                let asked = host.requests.map { $0.headers[.ifNoneMatch] }
                #expect(asked == [nil, "\"v1\"", nil, "\"v1\"", nil, nil, nil, "\"v2\"", "\"v2\""])
            }
        }
    }
}
