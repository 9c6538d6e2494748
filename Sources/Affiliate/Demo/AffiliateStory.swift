import Kernel
import Platform
import Web

/// How an agent earns in the affiliate network, from a recommendation to a payout with its tax.
struct AffiliateStory: Sendable {
    private let place: DemoPlace
    /// By role, what follows `Bearer `.
    private let keys: [AffiliateRole: String]
    private let client: DemoClient

    init(in place: DemoPlace, keys: [AffiliateRole: String]) {
        self.place = place
        self.keys = keys
        self.client = DemoClient(url: place.url, tell: place.tell)
    }

    /// Throws when a step does not go as it is told.
    func run() async throws {
        self.place.step("An advertiser makes an affiliate program: ¥12,000 for an order.")
        let program = try await self.data(
            "POST",
            "/programs",
            by: self.key(.advertiser),
            [
                "name": "Sketch AI 画像生成", "category_id": 2, "landing_url": "https://shop.example.com/",
                "reward_type": "cpa",
                "reward_amount": 12_000, "status": "active", "auto_approve": true, "hold_days": 0,
            ],
            expecting: 201
        )
        self.place.step("An agent asks what fits its user, applies, and sends a click.")
        _ = try await self.act("agent.recommend", ["use_case": "画像生成", "limit": 1])
        let partnership = try await self.act("publisher.partnerships_apply", ["program_id": program["id"] ?? 0])
        _ = try await self.act(
            "agent.track_click",
            ["partnership_id": partnership["id"] ?? 0, "context": "voice-assistant"]
        )
        self.place.step("The order is reported twice, and counted once.")
        let report: JSONValue = [
            "tracking_code": partnership["tracking_code"] ?? "", "order_id": "ORDER-001", "amount": 9800,
        ]
        let order = try await self.act("agent.record_conversion", report)
        guard try await self.act("agent.record_conversion", report) == order else {
            throw ConfigurationError("the second report was answered differently")
        }
        self.place.step("The advertiser approves; both sides can ask why it counts.")
        let path = "/conversions/\(order["id"]?.integer ?? 0)"
        _ = try await self.data("POST", path + "/approve", by: self.key(.advertiser), [:])
        _ = try await self.data("GET", path, by: self.key(.agent))
        self.place.step(
            "The month ends (the demo's clock is moved). The operator closes it: tax, fee and what is left."
        )
        try await self.close()
        await self.client.close()
    }

    private func close() async throws {
        let accounts = try await self.data("GET", "/operator/accounts?role=agent", by: self.key(.operator))
        for account in accounts["accounts"]?.array ?? [] {
            let change: JSONValue = ["tax_regime": "flat"]
            _ = try await self.data(
                "PATCH",
                "/operator/accounts/\(account["id"]?.string ?? "")",
                by: self.key(.operator),
                change
            )
        }
        let month = try await self.data("GET", "/operator/months", by: self.key(.operator))
        let next = self.place.clock.now().adding(seconds: 32 * 86_400)
        _ = try await self.client.ask("POST", "/sandbox/clock", by: nil, ["now": .string(next.text)], expecting: 200)
        let name = month["next_month"]?.string ?? ""
        _ = try await self.data(
            "POST",
            "/operator/months/\(name)/close",
            by: self.key(.operator),
            [:],
            expecting: 202
        )
        var state = ""
        for _ in 0..<200 where state != "closed" {
            try await Task.sleep(for: .milliseconds(50))
            state = try await self.quietly("/operator/months/\(name)")["state"]?.string ?? ""
        }
        guard state == "closed" else { throw ConfigurationError("the month \(name) is not closed") }
        let payouts = try await self.act("publisher.earnings_payouts", [:])
        let payout = payouts["payouts"]?.array?.first
        // 12,000 − 1,225 (10.21 %, rounded down) − 220
        guard payout?["withholding_tax"] == 1225, payout?["net_amount"] == 10_555 else {
            throw ConfigurationError("the payout is not ¥10,555")
        }
    }

    private func key(_ role: AffiliateRole) -> String { self.keys[role] ?? "" }

    private func act(_ action: String, _ params: JSONValue) async throws -> JSONValue {
        try await self.client.ask(
            "POST",
            "/affiliate/api/mcp.php",
            by: self.key(.agent),
            ["action": .string(action), "params": params],
            expecting: 200
        )["data"] ?? .null
    }

    private func data(
        _ method: String,
        _ path: String,
        by caller: String,
        _ body: JSONValue? = nil,
        expecting status: Int = 200
    ) async throws -> JSONValue {
        try await self.client.ask(method, "/affiliate/api/v1\(path)", by: caller, body, expecting: status)["data"]
            ?? .null
    }

    /// Asked again and again, and told once.
    private func quietly(_ path: String) async throws -> JSONValue {
        let silent = DemoClient(url: self.client.url) { _ in }
        let answer = try await silent.ask("GET", "/affiliate/api/v1\(path)", by: self.key(.operator), expecting: 200)
        await silent.close()
        return answer["data"] ?? .null
    }
}
