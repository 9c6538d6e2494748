import Kernel
import Platform
import Web

/// The gateway's part of the demo: an agent that writes and reads a note, and one that pays for a service of the market.
struct GatewayStory: Sendable {
    let place: DemoPlace
    let admin: String

    func run() async throws {
        let client = DemoClient(url: self.place.url, tell: self.place.tell)
        try await self.tell(client)
        await client.close()
    }

    private func tell(_ client: DemoClient) async throws {
        self.place.step(
            "The gateway: an operator opens a provider, a model server on this machine, and says what it costs."
        )
        let provider = try await client.ask(
            "POST",
            "/gateway/v1/providers",
            by: self.admin,
            [
                "name": "story", "provider_type": "openai_compat", "default_model": .string(ScriptedModel.name),
                "api_base": .string("\(self.place.hostURL(of: Gateway.name))/v1"),
            ],
            expecting: 201
        )
        _ = try await client.ask(
            "PUT",
            "/gateway/v1/providers/\(provider["id"]?.string ?? "")/prices",
            by: self.admin,
            [
                "prices": [
                    [
                        "model": .string(ScriptedModel.name), "input": "0.50", "output": "1.50", "source": "the demo",
                        "as_of": "2026-11-29",
                    ]
                ]
            ],
            expecting: 200
        )
        self.place.step("An agent is made on it, with a budget of a month.")
        _ = try await client.ask(
            "POST",
            "/gateway/v1/agents",
            by: self.admin,
            [
                "agent_key": "writer", "display_name": "Writer", "provider": "story", "owner_id": "ada",
                "budget_monthly_cents": 100,
            ],
            expecting: 201
        )
        self.place.step(
            "OpenAI's door: the model writes a file, reads it, and answers. Each call was reserved and settled."
        )
        _ = try await client.ask(
            "POST",
            "/gateway/v1/chat/completions",
            by: self.admin,
            [
                "model": "goclaw:writer",
                "messages": [["role": "user", "content": "Take a note: the tea needs four minutes."]],
            ],
            expecting: 200
        )
        try await self.tellTrace(of: "writer", client)
        try await self.tellPayment(client)
    }

    private func tellTrace(of agent: String, _ client: DemoClient) async throws {
        let quiet = DemoClient(url: self.place.url) { _ in }
        let list = try await quiet.ask(
            "GET",
            "/gateway/v1/traces?agent=\(agent)&limit=1",
            by: self.admin,
            expecting: 200
        )
        let id = list["traces"]?.array?.first?["id"]?.string ?? ""
        let trace = try await quiet.ask("GET", "/gateway/v1/traces/\(id)", by: self.admin, expecting: 200)
        await quiet.close()
        self.place.step("Its trace, step by step:")
        for span in trace["spans"]?.array ?? [] {
            let cost = span["total_cost_micros"]?.integer ?? 0
            self.place.tell("   \(span["name"]?.string ?? ""): \(Dollars(cost).decimal) USD")
        }
        let whole = trace["trace"]?["total_cost_micros"]?.integer ?? 0
        self.place.tell("   together: \(Dollars(whole).decimal) USD")
    }

    private func tellPayment(_ client: DemoClient) async throws {
        self.place.step("An agent may pay on the market, up to 0.05 USDC a call, out of a balance of its own.")
        let agent = try await client.ask(
            "POST",
            "/gateway/v1/agents",
            by: self.admin,
            [
                "agent_key": "buyer", "display_name": "Buyer", "provider": "story", "owner_id": "ada",
                "budget_monthly_cents": 100,
                "tools_config": ["profile": "safe", "allow": ["group:market"], "auto_pay_micros": 50_000],
            ],
            expecting: 201
        )
        let path = "/gateway/v1/agents/\(agent["id"]?.string ?? "")/market-key"
        let key = try await client.ask("POST", path, by: self.admin, expecting: 201)
        let account = key["owner_id"]?.string ?? ""
        self.place.step(
            "It has an account of its own there. A seller lists a service, and somebody pays in for the agent."
        )
        let operating = self.place.key(of: "market", role: "admin")
        let seller = try await client.ask(
            "POST",
            "/market/api/v1/keys",
            by: operating,
            ["owner_id": "word-smith", "role": "provider"],
            expecting: 201
        )
        let bearer = "\(seller["key_id"]?.string ?? ""):\(seller["secret"]?.string ?? "")"
        _ = try await client.ask(
            "POST",
            "/market/api/v1/services",
            by: bearer,
            [
                "name": "Keyword Extraction", "description": "The words that a text is about", "category": "text",
                "endpoint": .string("\(self.place.hostURL(of: "market"))/keywords"), "price_per_call": "0.01",
                "payment_method": "paypal",
            ],
            expecting: 201
        )
        _ = try await client.ask(
            "POST",
            "/market/api/v1/admin/credits",
            by: operating,
            ["buyer_id": .string(account), "amount": "0.20", "reason": "demo"],
            expecting: 201
        )
        self.place.step("Asked for keywords, it finds the service and pays for one call.")
        _ = try await client.ask(
            "POST",
            "/gateway/v1/chat/completions",
            by: self.admin,
            [
                "model": "goclaw:buyer",
                "messages": [
                    ["role": "user", "content": "Which keywords has this text: Tea and teapots from the tea house."]
                ],
            ],
            expecting: 200
        )
        try await self.tellTrace(of: "buyer", client)
    }
}
