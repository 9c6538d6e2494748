import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import Platform
import Server
import ServerTestKit
import Storage
import Synchronization
import TestKit
import Testing
import Web

@testable import Forum

/// The whole way of a post, from a platform's application to the payout, over sockets, with the receiver of webhooks away for hours.
@Suite("The forum's story", .serialized)
struct StoryTests {
    /// A server and how it is spoken to.
    struct Place: Sendable {
        let server: TestServer
        let port: Int

        struct Answer: Sendable {
            let status: Int
            let json: JSONValue
            let location: String?
        }

        @discardableResult
        func send(
            _ method: String,
            _ path: String,
            key: String? = nil,
            _ json: JSONValue? = nil,
            headers: [Problem.Header] = []
        ) async throws -> Answer {
            var all = headers
            if let key { all.append(.init("Authorization", "Bearer \(key)")) }
            if json != nil { all.append(.init("Content-Type", "application/json")) }
            let answer = try await self.server.house.outbound.collect(
                OutboundRequest(
                    method: method,
                    url: "http://127.0.0.1:\(self.port)/forum\(path)",
                    headers: all,
                    body: json.map { Array(JSON.text(of: $0).utf8) } ?? []
                ),
                timeoutSeconds: 30,
                limit: 4 * 1024 * 1024
            )
            let body = (try? JSON.read(answer.body)) ?? .null
            return Answer(status: answer.status, json: body, location: answer.header("Location"))
        }

        func member(_ name: String, level: Int, by operator: String) async throws -> String {
            let made = try await self.send(
                "POST",
                "/api/forum/v1/members",
                ["username": .string(name), "email": .string("\(name)@example.org"), "password": "a long password"]
            )
            #expect(made.status == 201)
            try await self.send(
                "PUT",
                "/api/forum/v1/members/\(name)/level",
                key: `operator`,
                ["level": .int(level)]
            )
            return made.json["token"]?.string ?? ""
        }
    }

    private static let geo: JSONValue = [
        "iso": "JP-26", "latitude": 35.0116, "longitude": 135.7681, "radiusM": 500, "season": "spring",
        "validFrom": "2026-03-01", "validTo": "2026-05-31",
    ]

    private static func stamp(_ agent: String) -> JSONValue {
        [
            "operator": "klook.com", "agentId": .string(agent), "model": "gpt-5.2", "trainingCutoff": "2026-01-01",
            "confidence": 0.9, "firstHand": false,
            "sources": [["url": "https://kyoto.example/buses", "title": "Buses"]],
        ]
    }

    /// Receives webhooks, unless it is away.
    final class Receiver: Sendable {
        private let state = Mutex((isAway: false, bodies: [(headers: HTTPFields, body: [UInt8])]()))

        func set(isAway: Bool) { self.state.withLock { $0.isAway = isAway } }
        var received: [(headers: HTTPFields, body: [UInt8])] { self.state.withLock { $0.bodies } }

        func answer(_ request: FakeHost.Received) -> Response {
            let isAway = self.state.withLock { state in
                if !state.isAway { state.bodies.append((request.headers, request.body)) }
                return state.isAway
            }
            return FakeHost.json(isAway ? 503 : 200, [:])
        }
    }

    @Test(
        "A platform applies, posts, is judged, and is paid, and hears of each once and in order",
        .timeLimit(.minutes(3))
    )
    func story() async throws {
        let receiver = Receiver()
        try await FakeHost.serving({ receiver.answer($0) }) { host in
            let server = try await TestServer(settings: [.forumShopHosts: "esim.example"], systemIDs: true)
            let (differences, secret) = try await server.serving { port in
                let secret = try await Self.tell(Place(server: server, port: port), host, receiver)
                return (try await server.differences(), secret)
            }
            #expect(differences == [])
            try Self.check(receiver.received, secret)
        }
    }

    private static func tell(_ place: Place, _ host: FakeHost, _ receiver: Receiver) async throws -> String {
        let house = place.server
        let boss = try await house.key(ForumRole.operator, of: "boss")
        let shop = try await house.slice(Forum.self).makeKey(role: ForumRole.shop.role, owner: "shop", rateLimit: nil)
        let (token, secret) = try await Self.join(place, boss)
        let (id, thread) = try await Self.publish(place, host, token)
        try await Self.wait { receiver.received.count == 1 }
        receiver.set(isAway: true)
        try await Self.judge(place, id, thread, boss: boss, token: token)
        // Six hours later the receiver is back.
        for minutes: Int64 in [4, 17, 67] {
            try await Self.advance(house, seconds: minutes * 60 + 30)
            try await Task.sleep(for: .milliseconds(700))
        }
        receiver.set(isAway: false)
        try await Self.advance(house, seconds: 270 * 60)
        try await Self.wait { receiver.received.count >= 5 }
        try await Self.earn(place, id, shop["webhook_secret"]?.string ?? "", boss: boss, token: token)
        try await Self.wait { receiver.received.count >= 6 }
        return secret
    }

    private static func join(_ place: Place, _ boss: String) async throws -> (token: String, secret: String) {
        // A platform applies, and is approved.
        let applied = try await place.send(
            "POST",
            "/agents/apply",
            [
                "name": "Klook", "domain": "klook.com", "contactName": "Kai", "contactEmail": "kai@klook.com",
                "password": "a long password", "description": "Itineraries for travellers in Japan.",
                "acceptTerms": true, "payout": ["method": "iban", "value": "DE89 3704 0044 0532 0130 00"],
            ]
        )
        #expect(applied.status == 202 && applied.json["data"]?["status"] == "PENDING")
        #expect(applied.json["data"]?["dueAt"] == "2026-03-26T15:00:00.000Z")
        let partner = applied.json["data"]?["applicationId"]?.string ?? ""
        let session = try await place.send(
            "POST",
            "/api/forum/v1/sessions",
            ["email": "kai@klook.com", "password": "a long password"]
        ).json["token"]?.string
        #expect(try await place.send("POST", "/api/forum/v1/partner/token", key: session, [:]).status == 403)
        let approved = try await place.send(
            "POST",
            "/api/forum/v1/operator/partners/\(partner)/review",
            key: boss,
            ["decision": "approve"]
        )
        #expect(approved.json["status"] == "APPROVED")
        let made = try await place.send("POST", "/api/forum/v1/partner/token", key: session, [:])
        return (made.json["token"]?.string ?? "", made.json["webhookSecret"]?.string ?? "")
    }

    private static func publish(_ place: Place, _ host: FakeHost, _ token: String) async throws -> (
        post: String, thread: String
    ) {
        // Its agent posts.
        let agent =
            try await place.send(
                "POST",
                "/api/v1/agents",
                key: token,
                [
                    "displayName": "Klook Itinerary", "baseModel": "gpt-5.2", "trainingCutoff": "2026-01-01",
                    "webhookUrl": .string("\(host.url)/hook"),
                ]
            ).json["data"]?["id"]?.string ?? ""
        let post =
            try await place.send(
                "POST",
                "/api/v1/posts",
                key: token,
                [
                    "thread": ["title": "Buses in Kyoto", "category": "kyoto"],
                    "body": "Take bus 100. An [eSIM](https://esim.example/japan) helps.", "geo": Self.geo,
                    "aiWs": Self.stamp(agent),
                ]
            ).json["data"] ?? [:]
        #expect(post["flagged"] == false && post["label"]?["ad"] == true)
        return (post["postId"]?.string ?? "", post["threadId"]?.string ?? "")
    }

    /// While the receiver is away, people answer and report, and a moderator removes the post.
    private static func judge(_ place: Place, _ id: String, _ thread: String, boss: String, token: String) async throws
    {
        let hana = try await place.member("hana", level: 3, by: boss)
        let ken = try await place.member("ken", level: 3, by: boss)
        let reply = try await place.send(
            "POST",
            "/api/forum/v1/threads/\(thread)/posts",
            key: hana,
            ["body": "Is it crowded in the morning?"]
        )
        #expect(reply.json["state"] == "published")
        let first = try await place.send(
            "POST",
            "/api/forum/v1/posts/\(id)/reports",
            key: hana,
            ["reason": "wrong_place"]
        )
        #expect(first.json["state"] == "published")
        let again = try await place.send("POST", "/api/forum/v1/posts/\(id)/reports", key: hana, ["reason": "spam"])
        #expect(again.status == 409 && again.json["error"]?["type"] == "already_reported")
        let second = try await place.send(
            "POST",
            "/api/forum/v1/posts/\(id)/reports",
            key: ken,
            ["reason": "wrong_place"]
        )
        #expect(second.json["state"] == "flagged")
        let decision = "/api/forum/v1/moderation/posts/\(id)/decision"
        let removed = try await place.send(
            "POST",
            decision,
            key: boss,
            ["decision": "remove", "state": "flagged", "reason": "wrong_place", "note": "Bus 100 is somewhere else."]
        )
        #expect(removed.json["state"] == "removed")
        // The partner appeals; who has decided does not decide again while there is somebody else.
        let appealed = try await place.send(
            "POST",
            "/api/v1/posts/\(id)/appeal",
            key: token,
            ["text": "Bus 100 stops there, as the source says."]
        )
        #expect(appealed.json["data"]?["state"] == "appealed")
        try await place.send("PUT", "/api/forum/v1/members/ken/moderator", key: boss, ["moderator": true])
        let same = try await place.send(
            "POST",
            decision,
            key: boss,
            ["decision": "restore", "state": "appealed", "reason": "mistake"]
        )
        #expect(same.status == 409 && same.json["error"]?["type"] == "other_moderator")
        let restored = try await place.send(
            "POST",
            decision,
            key: ken,
            ["decision": "restore", "state": "appealed", "reason": "The source is right"]
        )
        #expect(restored.json["state"] == "restored")
    }

    /// A reader follows the link and buys; a part is given back; the month is closed and paid.
    private static func earn(_ place: Place, _ post: String, _ shop: String, boss: String, token: String) async throws {
        let code = try await place.server.house.database.read { try $0.shopLinks.list(of: post).first?.code }
        let browser = Problem.Header("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")
        let went = try await place.send("GET", "/go/\(code ?? "")", headers: [browser])
        #expect(went.status == 302)
        let click = went.location?.bytewise.split("=").last.map(String.init) ?? ""
        try await Self.advance(place.server, seconds: 600)
        let moment = place.server.clock.clock.now().utc.text
        func report(_ order: [String: JSONValue]) async throws -> Place.Answer {
            let body = JSON.text(of: .object(order))
            let headers = WebhookSignature.standardHeaders(
                id: "o",
                timestamp: place.server.clock.clock.now(),
                body: Array(body.utf8),
                secrets: [Array(shop.utf8)]
            )
            return try await place.send("POST", "/api/shop/v1/orders", .object(order), headers: headers)
        }
        let order: [String: JSONValue] = [
            "orderId": "A-1", "status": "paid", "amountUsd": "1284.50", "occurredAt": .string(moment),
            "clickId": .string(click),
        ]
        #expect(try await place.send("POST", "/api/shop/v1/orders", .object(order)).status == 401)
        let counted = try await report(order)
        #expect(counted.status == 201 && counted.json["shareUsd"] == "192.675")
        #expect(try await report(order).status == 200)
        let refunded = try await report(order.merging(["status": "refunded", "refundUsd": "284.50"]) { $1 })
        #expect(refunded.json["shareUsd"] == "150.00")
        #expect(try await report(order.merging(["status": "refunded", "refundUsd": "200"]) { $1 }).status == 409)
        let stats = try await place.send("GET", "/api/v1/agents/me/stats", key: token).json["data"] ?? [:]
        #expect(stats["conversions"]?["grossUsd"] == 1000 && stats["conversions"]?["partnerShareUsd"] == 150)
        #expect(stats["abuseFlags"] == 0 && stats["posts7d"] == 1)
        let months = "/api/forum/v1/operator/months/2026-03"
        #expect(
            try await place.send("POST", "\(months)/close", key: boss, [:]).json["error"]?["type"] == "month_not_over"
        )
        try await Self.advance(place.server, seconds: 14 * 86_400)
        #expect(
            try await place.send("POST", "\(months)/close", key: boss, [:]).json["error"]?["type"] == "rate_missing"
        )
        try await place.send(
            "PUT",
            "\(months)/rate",
            key: boss,
            ["usdJpy": "156.72", "source": "MUFG TTM", "asOf": "2026-03-31"]
        )
        let closed = try await place.send("POST", "\(months)/close", key: boss, [:]).json["payouts"]?.array ?? []
        #expect(closed.count == 1 && closed.first?["gross"] == 23_508 && closed.first?["net"] == 22_008)
        #expect(try await place.send("POST", "\(months)/close", key: boss, [:]).json["payouts"]?.array?.count == 1)
        let payout = "/api/forum/v1/operator/payouts/\(closed.first?["payoutId"]?.string ?? "")"
        // An account that is changed after the month was closed is the next month's.
        let other: JSONValue = ["method": "iban", "value": "GB82 WEST 1234 5698 7654 32"]
        let login: JSONValue = ["email": "kai@klook.com", "password": "a long password"]
        let person = try await place.send("POST", "/api/forum/v1/sessions", login).json["token"]?.string
        #expect(try await place.send("PUT", "/api/forum/v1/partner/payout-method", key: person, other).status == 200)
        let shown = try await place.send("POST", "\(payout)/destination", key: boss, [:]).json
        #expect(shown["value"] == "DE89 3704 0044 0532 0130 00")
        let paid = try await place.send(
            "POST",
            "\(payout)/paid",
            key: boss,
            ["reference": "BANK-1"]
        )
        #expect(paid.json["state"] == "settled")
    }

    /// A try that is under way would be taken for a dead one's by a clock that jumps over it, and made once more.
    private static func advance(_ server: TestServer, seconds: Int64) async throws {
        for _ in 0..<200 {
            let running = try await server.house.database.read { tx in
                try tx.value(
                    "SELECT COUNT(*) FROM webhook_delivery WHERE state = 'pending' AND claimed_until > \(tx.now)",
                    as: Int.self
                ) ?? 0
            }
            if running == 0 { break }
            try await Task.sleep(for: .milliseconds(50))
        }
        server.clock.advance(seconds: seconds)
    }

    private static func wait(_ condition: @Sendable () -> Bool) async throws {
        for _ in 0..<200 where !condition() { try await Task.sleep(for: .milliseconds(100)) }
        #expect(condition())
    }

    /// Each event came once, those of the post in their order, and every signature is the partner's.
    private static func check(_ received: [(headers: HTTPFields, body: [UInt8])], _ secret: String) throws {
        let key = SymmetricKey(data: Array(secret.utf8))
        var (ids, events): (Set<String>, [String]) = ([], [])
        for (headers, body) in received {
            let json = try JSON.read(body)
            let (isNew, _) = ids.insert(json["id"]?.string ?? "")
            #expect(isNew)
            let signature = "sha256=" + HMAC<SHA256>.authenticationCode(for: body, using: key).hex
            #expect(headers[HTTPField.Name("X-GoJapan-Signature")!] == signature)
            let stage = json["data"]?["stage"]?.string
            events.append((json["event"]?.string ?? "") + (stage.map { ":\($0)" } ?? ""))
        }
        #expect(
            events == [
                "post.created", "post.replied", "post.flagged:reported", "post.flagged:decided", "post.restored:appeal",
                "payout.settled",
            ]
        )
    }
}
