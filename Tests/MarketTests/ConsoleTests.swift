import HTTPTypes
import Kernel
import Market
import Server
import ServerTestKit
import TestKit
import Testing

@Suite("Work places in the browser")
struct ConsoleTests {
    /// A provider's service, and a buyer with a unit of money.
    private func market(
        _ body: @escaping @Sendable (TestClient, _ service: String, _ buyer: String, FakeHost) async throws -> Void
    ) async throws {
        try await FakeHost.serving { upstream in
            let server = try await TestServer(systemIDs: true)
            let (provider, buyer) = (
                try await server.key(MarketRole.provider, of: "seller"),
                try await server.key(MarketRole.buyer, of: "buyer")
            )
            let admin = try await server.key(MarketRole.admin, of: "ops")
            try await server.test { client in
                let service = try await client.send(
                    .post,
                    "/market/api/v1/services",
                    key: provider,
                    json: ["name": "S", "endpoint": .string(upstream.url), "price_per_call": "0.10"]
                ).json["id"]?.string
                _ = try await client.send(
                    .post,
                    "/market/api/v1/admin/credits",
                    key: admin,
                    json: ["buyer_id": "buyer", "amount": "1.00", "reason": "test"]
                )
                try await body(client, service ?? "", buyer, upstream)
            }
        }
    }

    @Test("a path is sent as it was typed, encoded where it must be, and costs the provider nothing otherwise")
    func tryForm() async throws {
        try await self.market { client, service, buyer, upstream in
            let browser = try await Browser.signedIn(client, buyer)
            let path = "/market/services/\(service)/try"
            let answer = try await browser.submit(
                path,
                "price=0.10&method=POST&path=a+b%C3%A9%23c%3Fq%3D1+2&body=x&content_type=text%2Fplain"
            )
            #expect(answer.body.contains("Response: 200"))
            #expect(upstream.requests.last?.path == "/a%20b%C3%A9%23c?q=1%202")
            for form in ["method=TRACE", "method=POST&content_type=a%0D%0Ab&body=x", "method=POST&path=..%2Fx"] {
                #expect(try await browser.submit(path, "price=0.10&\(form)").status == 400)
            }
            // The button says what is paid: after the price has changed it is looked at anew.
            #expect(try await browser.submit(path, "price=0.05&method=POST&body=x").status == 409)
            #expect(upstream.requests.count == 1)
        }
    }

    @Test("a reload of the answer is the same call, and is paid once")
    func reload() async throws {
        try await self.market { client, service, buyer, upstream in
            let browser = try await Browser.signedIn(client, buyer)
            for _ in 0..<2 {
                let form = "price=0.10&method=POST&body=x&content_type=text%2Fplain&once=first"
                #expect(
                    try await browser.submit("/market/services/\(service)/try", form).body.contains("Response: 200")
                )
            }
            #expect(upstream.requests.count == 1)
            #expect(try await client.send(.get, "/market/api/v1/balance", key: buyer).json["balance"] == "0.90")
        }
    }

    @Test("a form counts with the token of its own session alone, and sign-in is refused from elsewhere")
    func forgery() async throws {
        try await self.market { client, _, buyer, _ in
            let (one, other) = (try await Browser.signedIn(client, buyer), try await Browser.signedIn(client, buyer))
            let token = try await other.token()
            #expect(try await one.post("/market/account/keys", "form_token=\(token)&role=buyer").status == 403)
            #expect(try await one.post("/market/account/keys", "role=buyer").status == 403)
            let form = "key=\(buyer.replacing(":", with: "%3A"))"
            for headers in [
                ["Origin": "https://evil.example"], ["Origin": "null"], ["Sec-Fetch-Site": "cross-site"],
                ["Sec-Fetch-Site": "same-site"],
            ] {
                #expect(try await one.post("/market/sign-in", form, headers: headers).status == 403)
            }
            for next in ["https%3A%2F%2Fevil.example", "%2F%2Fevil.example", "%2F%5Cevil.example"] {
                let answer = try await one.post("/market/sign-in", "\(form)&next=\(next)")
                #expect(answer.header("Location") == "/market/account")
            }
        }
    }

    @Test("a service that is not active has no form, and a refused change keeps what was typed")
    func forms() async throws {
        try await self.market { client, service, buyer, _ in
            let provider = try await Browser.signedIn(client, try await self.providerKey(client, buyer))
            let new = "/market/provider/services/new"
            let refused = try await provider.submit(
                new,
                "name=%3Cb%3E&price_per_call=free&endpoint=https%3A%2F%2Fexample.com"
            )
            #expect(refused.status == 400)
            #expect(refused.body.contains("value=\"&lt;b&gt;\""))
            #expect(refused.body.contains("Price must be a valid decimal number"))
            let listed = try await provider.submit(new, "name=Mine&price_per_call=1&endpoint=https%3A%2F%2Fexample.com")
            let page = String(listed.header("Location")?.prefix { $0 != "?" } ?? "")
            let form = "name=Mine&price_per_call=1&endpoint=https%3A%2F%2Fexample.com&status=paused"
            #expect(try await provider.submit(page, form).status == 303)
            #expect(try await provider.submit(page, "name=&price_per_call=1&endpoint=x").status == 400)
            let shown = try await provider.get(page.replacing("/provider", with: "")).body
            #expect(shown.contains("It is paused and cannot be called now."))
            #expect(!shown.contains("Call for"))
        }
    }

    /// The buyer becomes a provider, over the page of keys.
    private func providerKey(_ client: TestClient, _ buyer: String) async throws -> String {
        let browser = try await Browser.signedIn(client, buyer)
        let page = try await browser.submit("/market/account/keys", "role=provider").body
        return String(page.split(separator: "Bearer ").dropFirst().first?.prefix { $0 != "<" } ?? "")
    }

    @Test("the house's own name is nobody's to take")
    func reserved() async throws {
        try await TestServer().test { client in
            let answer = try await client.send(.post, "/market/api/v1/keys", json: ["owner_id": "Souk"])
            #expect(answer.status == 403)
        }
    }
}
