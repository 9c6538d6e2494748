import HTTPTypes
import Kernel
import Market
import ServerTestKit
import TestKit
import Testing

@Suite("The admin dashboard")
struct DashboardTests {
    private static let path = "/market/admin/dashboard"

    @Test("a key in the address is exchanged for a cookie, and the redirect has no key")
    func exchange() async throws {
        let server = try await TestServer(systemIDs: true)
        let admin = try await server.key(MarketRole.admin, of: "ops")
        try await server.test { client in
            var browser = Browser(client: client)
            #expect(try await browser.get(Self.path).status == 401)
            let exchanged = try await browser.get("\(Self.path)?key=\(admin)")
            #expect(exchanged.status == 303)
            #expect(exchanged.header("Location") == Self.path)
            #expect(
                exchanged.header("Set-Cookie")?.hasSuffix("; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax") ?? false
            )
            browser.cookie = Browser.cookie(exchanged)
            let page = try await browser.get(Self.path)
            #expect(page.status == 200)
            #expect(page.body.contains("<span>ops <span class=\"soft\">administrator</span></span>"))
            #expect(!page.body.contains(admin))
            #expect(page.header("Content-Security-Policy")?.contains("default-src 'none'") ?? false)
        }
    }

    @Test("the session ends after twelve idle hours, with its key, and by signing out with the form's token alone")
    func ending() async throws {
        let server = try await TestServer(systemIDs: true)
        let admin = try await server.key(MarketRole.admin, of: "ops")
        try await server.test { client in
            var browser = Browser(client: client)
            let signIn = { try await browser.post(Self.path, "key=\(admin.replacing(":", with: "%3A"))") }
            let first = try await signIn()
            #expect(first.status == 303)
            browser.cookie = Browser.cookie(first)
            #expect(try await browser.post("\(Self.path)/sign-out", "form_token=guessed").status == 403)
            let page = try await browser.get(Self.path)
            let token = page.body.split(separator: "name=\"form_token\" value=\"")[1].prefix { $0 != "\"" }
            #expect(try await browser.post("\(Self.path)/sign-out", "form_token=\(token)").status == 303)
            #expect(try await browser.get(Self.path).status == 401)
            browser.cookie = Browser.cookie(try await signIn())
            #expect(try await browser.get(Self.path).status == 200)
            // Whoever comes back within twelve hours is still there, for thirty days at the most.
            for _ in 0..<59 {
                server.clock.advance(seconds: 12 * 3600 - 1)
                #expect(try await browser.get(Self.path).status == 200)
            }
            server.clock.advance(seconds: 12 * 3600)
            #expect(try await browser.get(Self.path).status == 401)
            browser.cookie = Browser.cookie(try await signIn())
            server.clock.advance(seconds: 12 * 3600)
            #expect(try await browser.get(Self.path).status == 401)
            browser.cookie = Browser.cookie(try await signIn())
            let key = String(admin.prefix { $0 != ":" })
            let revoked = try await client.send(.delete, "/market/api/v1/provider/keys/\(key)", key: admin)
            #expect(revoked.status == 200)
            #expect(try await browser.get(Self.path).status == 401)
        }
    }

    @Test("other keys, and no keys, get the form with the reason; guessing is limited")
    func refusals() async throws {
        let server = try await TestServer(systemIDs: true)
        let buyer = try await server.key(MarketRole.buyer, of: "buyer")
        try await server.test { client in
            let browser = Browser(client: client)
            let denied = try await browser.post(Self.path, "key=\(buyer)")
            #expect(denied.status == 403)
            #expect(denied.body.contains("Admin access required"))
            for _ in 0..<5 { #expect(try await browser.post(Self.path, "key=acf_0:sec_0").status == 401) }
            #expect(try await browser.post(Self.path, "key=acf_0:sec_0").status == 429)
        }
    }

    @Test("what providers write stands in the page as text")
    func escaping() async throws {
        let server = try await TestServer(systemIDs: true)
        let admin = try await server.key(MarketRole.admin, of: "ops")
        let provider = try await server.key(MarketRole.provider, of: "<b>seller</b>")
        try await server.test { client in
            _ = try await client.send(
                .post,
                "/market/api/v1/services",
                key: provider,
                json: [
                    "name": "<script>alert(1)</script>", "endpoint": "https://api.example.com/",
                    "price_per_call": "0.10",
                ]
            )
            var browser = Browser(client: client)
            browser.cookie = Browser.cookie(try await browser.post(Self.path, "key=\(admin)"))
            let page = try await browser.get(Self.path).body
            #expect(!page.contains("<script>") && !page.contains("<b>"))
            #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
        }
    }
}
