import HTTPTypes
import Kernel
import Platform
import Server
import ServerTestKit
import Storage
import TestKit
import Testing
import Web

@testable import Affiliate

@Suite("Accounts, keys and limits")
struct AccountTests {
    private static let form = ["Content-Type": "application/x-www-form-urlencoded"]

    private func signUp(_ network: NetworkFixture, name: String, email: String, password: String = "a-long-password")
        async throws
        -> TestClient.Answer
    {
        try await network.client.send(
            .post,
            "/affiliate/sign-up",
            headers: Self.form,
            body: "role=publisher&account_name=\(name)&name=Tester&email=\(email)&password=\(password)"
        )
    }

    @Test(
        "names and addresses are taken once, passwords are long, and signing in tells nobody which was wrong",
        arguments: Engine.available
    )
    func signUp(_ engine: Engine) async throws {
        try await NetworkFixture.open(engine) { network in
            let first = try await self.signUp(network, name: "tester", email: "a%40example.com")
            #expect(first.status == 303)
            #expect(first.header("Location") == "/affiliate/publisher/earnings")
            #expect(try await self.signUp(network, name: "tester", email: "b%40example.com").status == 409)
            #expect(try await self.signUp(network, name: "other", email: "A%40EXAMPLE.com").status == 409)
            #expect(try await self.signUp(network, name: "souk", email: "c%40example.com").status == 409)
            let short = try await self.signUp(network, name: "third", email: "c%40example.com", password: "123456789")
            #expect(short.status == 400)
            #expect(short.body.contains("must have 10 to 200 characters"))
            let signIn = { (email: String, password: String) in
                try await network.client.send(
                    .post,
                    "/affiliate/sign-in",
                    headers: Self.form,
                    body: "email=\(email)&password=\(password)"
                )
            }
            #expect(try await signIn("a%40example.com", "a-long-password").status == 303)
            let wrong = try await signIn("a%40example.com", "another-password")
            let nobody = try await signIn("nobody%40example.com", "a-long-password")
            #expect(wrong.status == 401 && nobody.status == 401)
            #expect(wrong.body.contains("E-mail or password is wrong"))
            #expect(wrong.body.replacing("a@example", with: "") == nobody.body.replacing("nobody@example", with: ""))
        }
    }

    @Test("the present password is asked for, and an address opens thirty accounts in an hour")
    func guarded() async throws {
        try await NetworkFixture.open { network in
            let entered = try await self.signUp(network, name: "tester", email: "a%40example.com")
            let cookies = entered.headers[values: .init("Set-Cookie")!].map { String($0.prefix { $0 != ";" }) }
            let page = try await network.client.send(
                .get,
                "/affiliate/account",
                headers: ["Cookie": cookies.joined(separator: "; ")]
            )
            let token = page.body.firstMatch(of: #/name="form_token" value="([^"]+)"/#)?.1 ?? ""
            let changed = try await network.client.send(
                .post,
                "/affiliate/account/password",
                headers: Self.form.merging(["Cookie": cookies.joined(separator: "; ")]) { $1 },
                body: "form_token=\(token)&password=not-the-present&new_password=another-password"
            )
            #expect(changed.status == 401)
            #expect(changed.body.contains("The current password is wrong"))
            for number in 2...30 {
                let status = try await self.signUp(network, name: "souk", email: "x\(number)%40example.com").status
                #expect(status == 409)
            }
            let refused = try await self.signUp(network, name: "late", email: "late%40example.com")
            #expect(refused.status == 429)
            #expect(refused.body.contains("Too many accounts were opened from this address"))
            network.server.clock.advance(seconds: 3600)
            #expect(try await self.signUp(network, name: "late", email: "late%40example.com").status == 303)
        }
    }

    @Test("addresses of the web may be in any script")
    func addresses() async throws {
        try await NetworkFixture.open { network in
            let program = try await network.program(["landing_url": "https://例え.jp/パス?q=画像"])
            let detail = try await network.data("publisher.programs_detail", ["program_id": .integer(program)])
            #expect(detail["landing_url"] == "https://xn--r8jz45g.jp/%E3%83%91%E3%82%B9?q=%E7%94%BB%E5%83%8F")
            for url in ["javascript:alert(1)", "https://", "https://a b.jp", "http://user@shop.jp", "例え.jp"] {
                let answer = try await network.ask(.patch, "programs/\(program)", ["landing_url": .string(url)])
                #expect(answer.status == 400, "\(url)")
            }
            let profile = try await network.ask(.patch, "account", ["company_url": ""])
            #expect(profile.status == 200)
        }
    }

    @Test("an account has ten keys that work, and a revoked one stops at once")
    func keys() async throws {
        try await NetworkFixture.open { network in
            let make = { try await network.ask(.post, "keys", ["name": "k"], key: network.agent) }
            let first = try await make().json["data"]
            for _ in 0..<8 { #expect(try await make().status == 201) }
            #expect(try await make().status == 409)
            let key = first?["key"]?.string ?? ""
            #expect(key.utf8.count == 51)
            #expect(try await network.act("common.profile", key: key).status == 200)
            let id = first?["id"]?.string ?? ""
            #expect(try await network.ask(.post, "keys/\(id)/revoke", key: network.advertiser).status == 404)
            #expect(try await network.ask(.post, "keys/\(id)/revoke", key: network.agent).status == 200)
            #expect(try await network.act("common.profile", key: key).status == 401)
            #expect(try await make().status == 201)
            #expect(try await network.ask(.delete, "keys/\(id)", key: network.agent).status == 200)
            let info = try await network.data("common.api_key_info")
            #expect(info["allowed_actions"]?.array?.count == 24)
        }
    }

    @Test("the 200th read and the 30th write of a minute are done, the next are not")
    func limits() async throws {
        try await NetworkFixture.open { network in
            let key = try await network.server.key(AffiliateRole.agent, of: "busy", rateLimit: 200)
            for _ in 0..<200 { #expect(try await network.act("common.stats", key: key).status == 200) }
            let refused = try await network.act("common.stats", key: key)
            #expect(refused.status == 429)
            #expect(refused.header("Retry-After") != nil)
            for _ in 0..<30 { #expect(try await network.act("publisher.notifications_read", key: key).status == 200) }
            #expect(try await network.act("publisher.notifications_read", key: key).status == 429)
            network.server.clock.advance(seconds: 60)
            #expect(try await network.act("common.stats", key: key).status == 200)
        }
    }

    @Test("of two applications at once, one is accepted", arguments: Engine.available)
    func applications(_ engine: Engine) async throws {
        try await NetworkFixture.open(engine) { network in
            let program = try await network.program()
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        try await network.act("publisher.partnerships_apply", ["program_id": .integer(program)]).status
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }.sorted()
            }
            #expect(statuses == [200] + Array(repeating: 409, count: 7))
        }
    }

    @Test("a suspended account's keys stop at once, and work again when it is reinstated")
    func suspension() async throws {
        try await NetworkFixture.open { network in
            let accounts = try await network.ask(.get, "operator/accounts?role=agent", key: network.operator)
            let id = accounts.json["data"]?["accounts"]?.array?.first?["id"]?.string ?? ""
            let set = { (isSuspended: Bool) in
                try await network.ask(
                    .patch,
                    "operator/accounts/\(id)",
                    ["suspended": .bool(isSuspended)],
                    key: network.operator
                ).status
            }
            #expect(try await set(true) == 200)
            #expect(try await network.act("common.profile").status == 401)
            #expect(try await set(false) == 200)
            #expect(try await network.act("common.profile").status == 200)
        }
    }

    @Test("what happens is told by a webhook that the public library can verify")
    func webhooks() async throws {
        try await FakeHost.serving { receiver in
            try await NetworkFixture.open { network in
                let secret = "whsec_" + "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
                let subscribed = try await network.ask(
                    .post,
                    "webhooks",
                    ["url": .string(receiver.url), "events": ["conversion.approved"], "secret": .string(secret)],
                    key: network.agent
                )
                #expect(subscribed.status == 201, "\(subscribed.body)")
                let partnership = try await network.join(try await network.program())
                _ = try await network.data("agent.track_click", ["partnership_id": .integer(partnership.id)])
                let order = try await network.data(
                    "agent.record_conversion",
                    ["tracking_code": .string(partnership.code), "order_id": "A"]
                )
                try await network.decide(order, "approve")
                try await LocalHosting.run(network.server.house.worker) {
                    for _ in 0..<500 where receiver.requests.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
                }
                let sent = receiver.requests
                #expect(sent.count == 1)
                let body: JSONValue? = try sent.first.map { try JSON.read($0.body) }
                #expect(body?["type"] == "conversion.approved")
                #expect(body?["data"]?["reward"] == 1200)
                #expect(sent.first?.headers[.init("webhook-signature")!]?.hasPrefix("v1,") == true)
            }
        }
    }
}
