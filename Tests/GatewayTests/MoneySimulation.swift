import HTTPTypes
import Hummingbird
import Kernel
import Ledger
import NIOCore
import Platform
import Server
import ServerTestKit
import Storage
import Synchronization
import TestKit
import Testing
import Web

@testable import Gateway

/// What model servers have really used, as only they know.
final class TrueUsage: Sendable {
    struct Call: Sendable {
        let agent: String
        let user: String
        let price: Price
        var usage: TokenUsage
        /// Of the output, what was thought unseen.
        let unseen: Int64
        var cost: Dollars { self.price.cost(of: self.usage) }
    }

    private let calls = Mutex<[String: [Call]]>([:])

    func add(_ call: Call, to run: String) { self.calls.withLock { $0[run, default: []].append(call) } }

    /// The client has left after so many bytes: the last call of the run has said no more.
    func cut(_ run: String, after bytes: Int64) {
        self.calls.withLock { calls in
            guard let last = calls[run]?.indices.last else { return }
            let call = calls[run]![last]
            calls[run]![last].usage.output = min(call.usage.output, bytes + call.unseen)
            calls[run]![last].usage.reasoning = 0
        }
    }

    var byRun: [String: [Call]] { self.calls.withLock { $0 } }
}

/// Models that answer as the seed says: with true counts, none, or impossible ones; slowly breaking, refusing, thinking unseen.
final class MoodyModels: Sendable {
    static let prices: [Price] = [
        MoodyModels.price("plain", input: 1_000_000, output: 2_000_000),
        MoodyModels.price("cached", input: 3_000_000, output: 9_000_000, read: 300_000, write: 3_750_000),
        MoodyModels.price("tiered", input: 500_000, output: 700_000, above: 3000),
        MoodyModels.price("thinking", input: 100_000, output: 4_000_000, reasons: true),
        MoodyModels.price("free", input: 0, output: 0),
    ]

    private let random: Mutex<SeededGenerator>
    let truth = TrueUsage()

    init(seed: UInt64) { self.random = Mutex(SeededGenerator(seed: seed)) }

    private static func price(
        _ model: String,
        input: Dollars,
        output: Dollars,
        read: Dollars? = nil,
        write: Dollars? = nil,
        above: Int64? = nil,
        reasons: Bool = false
    ) -> Price {
        let rates = Price.Rates(
            input: input,
            output: output,
            cacheRead: read ?? input,
            cacheWrite: write ?? input
        )
        let dear = Price.Rates(
            input: input + input,
            output: output + output,
            cacheRead: input + input,
            cacheWrite: input + input
        )
        return Price(
            model: model,
            rates: rates,
            tiers: above.map { [(above: $0, rates: dear)] } ?? [],
            reasons: reasons,
            source: "the simulation",
            asOf: "2026-03-01"
        )
    }

    func answer(_ request: FakeHost.Received) async throws -> Response {
        let input = try JSON.read(request.body)
        let names = (input["messages"]?.array?.last { $0["role"] == "user" }?["content"]?.string ?? "").split(
            separator: " "
        ).map(String.init)
        guard names.count >= 3, let price = Self.prices.first(where: { $0.model == input["model"]?.string }) else {
            return FakeHost.json(400, ["error": ["message": "what?"]])
        }
        let hasResult = input["messages"]?.array?.last?["role"] == "tool"
        let mood = self.random.withLock { Mood(&$0, bytes: request.body.count, input, price, hasResult: hasResult) }
        if let status = mood.refusal { return FakeHost.json(status, ["error": ["message": "not now"]]) }
        let call = TrueUsage.Call(agent: names[1], user: names[2], price: price, usage: mood.usage, unseen: mood.unseen)
        self.truth.add(call, to: names[0])
        return Response(
            status: .ok,
            headers: [.contentType: "text/event-stream"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: mood.text))
        )
    }

    /// One answer.
    private struct Mood {
        var refusal: Int?
        var usage = TokenUsage()
        var unseen: Int64 = 0
        var text = ""

        init(
            _ random: inout SeededGenerator,
            bytes: Int,
            _ input: JSONValue,
            _ price: Price,
            hasResult: Bool
        ) {
            let dice = Int.random(in: 0..<100, using: &random)
            if dice < 8 {
                self.refusal = [500, 429, 503, 400][dice % 4]
                return
            }
            let limit = input["max_tokens"]?.integer ?? 100
            let words = Int.random(in: 0...12, using: &random)
            let said = (0..<words).map { $0 == 0 ? "word" : " word" }
            // A token is at least a byte; so is what a provider adds unseen less than 2,048 tokens.
            let whole = Int64.random(in: 1...Int64(bytes + 2000), using: &random)
            self.usage.cached = price.model == "cached" ? Int64.random(in: 0...whole / 2, using: &random) : 0
            self.usage.written = price.model == "cached" ? Int64.random(in: 0...(whole / 3), using: &random) : 0
            self.usage.fresh = whole - self.usage.cached - self.usage.written
            self.unseen = price.reasons ? Int64.random(in: 0...max(0, limit - Int64(words)), using: &random) : 0
            self.usage.output = min(limit, Int64(words) + self.unseen)
            self.usage.reasoning = min(self.unseen, self.usage.output)
            self.write(said, dice, call: !hasResult && dice.isMultiple(of: 5), &random)
        }

        private mutating func write(_ said: [String], _ dice: Int, call: Bool, _ random: inout SeededGenerator) {
            for word in said { self.event(["content": .string(word)]) }
            if (60..<68).contains(dice) { return }
            if call {
                let tool = Bool.random(using: &random) ? "datetime" : "write_file"
                let arguments = tool == "datetime" ? "{}" : "{\"path\":\"a.txt\",\"content\":\"x\"}"
                self.event([
                    "tool_calls": [
                        ["index": 0, "id": "c", "function": ["name": .string(tool), "arguments": .string(arguments)]]
                    ]
                ])
                // Names and arguments are output, too.
                self.usage.output += 4
            }
            self.event([:], reason: call ? "tool_calls" : "stop")
            switch dice {
            case 68..<76: break
            case 76..<80: self.count(["prompt_tokens": -5, "completion_tokens": 1])
            case 80..<84: self.count(["prompt_tokens": 10, "completion_tokens": 9_000_000_000])
            case 84..<88:
                self.count([
                    "prompt_tokens": 10, "completion_tokens": 5, "prompt_tokens_details": ["cached_tokens": 11],
                ])
            case 88..<91:
                // More than was bounded: the provider's word counts where it is heard, and the budgets do not pay for it.
                var more = self
                more.usage.fresh += 1_000_000
                self.count(more.told)
            default: self.count(self.told)
            }
            self.text += "data: [DONE]\n\n"
        }

        private var told: JSONValue {
            [
                "prompt_tokens": .integer(self.usage.input), "completion_tokens": .integer(self.usage.output),
                "total_tokens": .integer(self.usage.total),
                "prompt_tokens_details": [
                    "cached_tokens": .integer(self.usage.cached), "cache_write_tokens": .integer(self.usage.written),
                ],
                "completion_tokens_details": ["reasoning_tokens": .integer(self.usage.reasoning)],
            ]
        }

        private mutating func event(_ delta: JSONValue, reason: JSONValue = .null) {
            self.text +=
                "data: \(JSON.text(of: ["choices": [["index": 0, "delta": delta, "finish_reason": reason]]]))\n\n"
        }

        private mutating func count(_ usage: JSONValue) {
            self.text += "data: \(JSON.text(of: ["choices": [], "usage": usage]))\n\n"
        }
    }
}

/// Runs in any order, with limits that are raised, cut and begun, clocks that go back, and crashes between any two steps.
final class MoneySimulation {
    private static let agents = ["ann", "ben", "cid", "dot"]
    private static let users = ["u1", "u2", "u3"]

    private let server: TestServer
    private let models: MoodyModels
    private let tenant: Tenant
    private let key: APIKey
    private var parts: GatewayParts
    private var random: SeededGenerator
    private var open: [(run: String, machine: RunMachine)] = []
    private var runs = 0
    /// By their ids, what models know them as.
    private var names: [String: String] = [:]
    private(set) var figures: [String: Int] = [:]

    static func run(seed: UInt64, steps: Int, engine: Engine) async throws -> [String: Int] {
        let models = MoodyModels(seed: seed)
        return try await FakeHost.serving(models.answer) { host in
            let known = Dictionary(uniqueKeysWithValues: Gateway.settings.map { ($0.name, $0) })
            let settings = [
                "gateway_provider_origins": "\(host.url),http://127.0.0.1:9", "gateway_tenant_budget_cents": "5000",
            ]
            let server = try await TestServer(
                engine: engine,
                settings: Dictionary(uniqueKeysWithValues: settings.map { (known[$0.key]!, $0.value) })
            )
            return try await server.test { client in
                let simulation = try await MoneySimulation(server, client, models, host.url, seed: seed)
                for step in 0..<steps {
                    try await simulation.step()
                    if step.isMultiple(of: 1000) { try await simulation.check(isEnd: false) }
                }
                try await simulation.end()
                return simulation.figures
            }
        }
    }

    private init(
        _ server: TestServer,
        _ client: TestClient,
        _ models: MoodyModels,
        _ url: String,
        seed: UInt64
    ) async throws {
        (self.server, self.models) = (server, models)
        self.parts = server.slice(Gateway.self).parts
        self.random = SeededGenerator(seed: seed ^ 0x5EED)
        let token = self.parts.token
        func send(_ method: HTTPRequest.Method, _ path: String, _ body: JSONValue) async throws -> JSONValue {
            let answer = try await client.send(method, "/gateway/v1\(path)", key: token, json: body)
            #expect(answer.status < 300, "\(path): \(answer.body)")
            return answer.json
        }
        for (name, base) in [("up", "\(url)/v1"), ("gone", "http://127.0.0.1:9/v1")] {
            let provider = try await send(
                .post,
                "/providers",
                ["name": .string(name), "type": "openai_compat", "api_base": .string(base), "default_model": "plain"]
            )
            let prices = MoodyModels.prices.map { PriceOutput.shape.json(of: PriceOutput(price: $0, isOwn: true)) }
            _ = try await send(.put, "/providers/\(provider["id"]!.string!)/prices", ["prices": .array(prices)])
        }
        for (index, agent) in Self.agents.enumerated() {
            var fields: [String: JSONValue] = [
                "agent_key": .string(agent), "provider": "up", "owner_id": "u1",
                "model": .string(MoodyModels.prices[index].model), "max_tokens": .int(200 + index * 100),
            ]
            if agent == "ben" {
                fields["provider"] = "gone"
                fields["model_fallback"] = [
                    ["provider": "up", "model": "tiered"], ["provider": "up", "model": "free"],
                ]
            }
            if agent == "cid" { fields["other_config"] = ["clamp_output": false] }
            _ = try await send(.post, "/agents", .object(fields))
        }
        let made = try await send(
            .post,
            "/api-keys",
            ["name": "k", "scopes": ["operator.write"], "budget_monthly_cents": 2000]
        )
        (self.tenant, self.key) = try await server.house.database.read { tx in
            (try tx.tenants.find(Tenant.master)!, try tx.apiKeys.find(ID(made["id"]!.string!), of: Tenant.master)!)
        }
    }

    // MARK: Steps

    private func pick<T>(_ list: [T]) -> T { list[Int.random(in: 0..<list.count, using: &self.random)] }

    private func step() async throws {
        let dice = Int.random(in: 0..<1000, using: &self.random)
        switch dice {
        case ..<150 where self.open.count < 24: try await self.begin()
        case 150..<162: try await self.setLimit()
        case 162..<180: self.server.clock.advance(seconds: Int64.random(in: -40...90, using: &self.random))
        case 180..<183: self.server.clock.advance(seconds: Int64.random(in: -90_000...2_000_000, using: &self.random))
        case 183..<186: self.crash()
        case 186..<190: try await self.sweep()
        case 190..<200: await self.leave()
        case 200..<204: await self.cancel()
        default: await self.goOn()
        }
    }

    private func begin() async throws {
        let (agent, user) = (self.pick(Self.agents), self.pick(Self.users))
        guard let entry = try await self.parts.agents.find(agent, of: self.tenant.id) else { return }
        self.runs += 1
        let run = "r\(self.runs)"
        let usesKey = Bool.random(using: &self.random)
        let actor = GatewayActor(
            tenant: self.tenant,
            credential: usesKey ? .key(self.key) : .token,
            scopes: Scopes([.write]),
            user: user,
            isOwner: false,
            address: "",
            trace: Trace(traceID: "", requestID: ""),
            ids: self.parts.house.ids
        )
        let order = RunOrder(
            id: self.parts.house.ids.uuid(),
            trace: self.parts.house.ids.uuid(),
            kind: .chat,
            actor: actor,
            user: user,
            spender: Spender(
                tenant: self.tenant.id,
                key: usesKey ? self.key.id : nil,
                agent: ID(entry.agent.id.text),
                user: user
            ),
            entry: entry,
            place: .new(SessionKey(agentKey: agent, rest: "http-\(run)")),
            channel: "http",
            history: [],
            messages: [ModelMessage(.user, "\(run) \(agent) \(user)")]
        )
        self.count("runs")
        self.names[order.id] = run
        self.open.append((run, RunMachine(order, self.parts.runHouse)))
    }

    private func goOn() async {
        guard !self.open.isEmpty else { return }
        let index = Int.random(in: 0..<self.open.count, using: &self.random)
        do {
            let event = try await self.open[index].machine.next(until: .now() + .milliseconds(20))
            if event == nil {
                self.count("completed")
                self.open.remove(at: index)
            }
        } catch {
            self.count((error as? Problem)?.code ?? "\(error)")
            let (run, machine) = self.open.remove(at: index)
            if let bytes = await machine.bytesSaid { self.models.truth.cut(run, after: bytes) }
        }
    }

    private func leave() async {
        guard !self.open.isEmpty else { return }
        let (run, machine) = self.open.remove(at: Int.random(in: 0..<self.open.count, using: &self.random))
        let bytes = await machine.bytesRead
        await machine.abandon(.clientDisconnected)
        if let bytes { self.models.truth.cut(run, after: bytes) }
        self.count("left")
    }

    private func cancel() async {
        guard !self.open.isEmpty else { return }
        await self.pick(self.open).machine.handle.stop(.cancelled)
        self.count("cancelled")
    }

    /// The process ends between two steps, and another begins: what was in memory is gone.
    private func crash() {
        self.open = []
        guard let parts = try? GatewayParts(self.parts.house, self.parts.settings) else { return }
        self.parts = parts
        self.count("crashes")
    }

    private func sweep() async throws {
        try await RunRecovery(house: self.parts.runHouse, neighbours: self.parts.neighbours).sweep()
    }

    /// A limit is raised, cut, begun or taken away.
    private func setLimit() async throws {
        let limit = Dollars(Int64.random(in: 0...3_000_000, using: &self.random))
        let scope = self.pick([Budget.Scope.agent, .user, .agentUser, .key])
        let agent = self.pick(Self.agents)
        let period = self.pick(Budget.Period.allCases)
        let (user, ids, isGone) = (
            self.pick(Self.users + ["*"]), self.parts.house.ids, Int.random(in: 0..<8, using: &self.random) == 0
        )
        let (tenant, key) = (self.tenant, self.key)
        try await self.server.house.database.write { tx in
            let agentID = try tx.agents.find(agent, of: tenant.id)!.id.text
            let subject =
                switch scope {
                case .agent: agentID
                case .key: key.id.text
                case .agentUser: "\(agentID) \(user)"
                default: user
                }
            if var known = try tx.budgets.find(tenant.id, scope, subject, period) {
                if isGone { return try tx.budgets.delete(known) }
                known.limit = limit
                try tx.budgets.update(known)
            } else {
                try tx.budgets.insert(
                    Budget(
                        id: ids.next(),
                        tenant: tenant.id,
                        scope: scope,
                        subject: subject,
                        period: period,
                        limit: limit,
                        createdAt: tx.now
                    )
                )
            }
        }
        self.count("limits")
    }

    private func count(_ what: String) { self.figures[what, default: 0] += 1 }

    // MARK: What must hold

    func end() async throws {
        while !self.open.isEmpty { await self.goOn() }
        // Leases of processes that have died are over, whatever the clock did.
        self.server.clock.advance(seconds: 10_000_000)
        try await self.sweep()
        try await self.check(isEnd: true)
    }

    func check(isEnd: Bool) async throws {
        let differences = try await self.server.differences().filter { isEnd || !$0.contains("still reserved") }
        #expect(differences == [])
        let (below, pending, booked) = try await self.server.house.database.read { tx in
            (
                try tx.value(
                    """
                    SELECT COUNT(*) FROM ledger_account WHERE purpose = 'allowance'
                        AND credits_posted - debits_posted - debits_pending < 0
                    """,
                    as: Int.self
                ),
                try tx.value("SELECT COUNT(*) FROM ledger_transfer WHERE state = 'pending'", as: Int.self),
                try tx.value(
                    "SELECT CAST(COALESCE(SUM(posted_amount), 0) AS BIGINT) FROM ledger_transfer WHERE kind = 'model_cost'",
                    as: Int64.self
                )
            )
        }
        #expect(below == 0)
        guard isEnd else { return }
        #expect(pending == 0)
        self.figures["booked"] = Int(booked ?? 0)
        try await self.checkTruth()
        try await self.checkAttempts()
    }

    /// No run has cost less than its calls have.
    private func checkTruth() async throws {
        let costs = try await self.server.house.database.read { tx in
            try tx.rows("SELECT run, CAST(SUM(cost) AS BIGINT) FROM gateway_attempt GROUP BY run") { row in
                (run: try row.column(String.self), cost: try row.column(Int64.self))
            }
        }
        let calls = self.models.truth.byRun
        var booked: [String: Int64] = [:]
        for (run, cost) in costs { booked[self.names[run] ?? "", default: 0] += cost }
        for (run, calls) in calls {
            let spent = calls.reduce(Int64(0)) { $0 + $1.cost.smallestUnits }
            self.figures["calls", default: 0] += calls.count
            self.figures["spent", default: 0] += Int(spent)
            #expect(booked[run] ?? -1 >= spent, "\(run): \(calls)")
        }
    }

    /// Each try is settled once in each of its budgets, with its cost as far as it was reserved.
    private func checkAttempts() async throws {
        let wrong = try await self.server.house.database.read { tx in
            try tx.rows("SELECT id, bound, cost, state, budgets FROM gateway_attempt") { row -> [String] in
                let (id, bound) = (try row.column(String.self), try row.column(Int64.self))
                let (cost, state) = (try row.column(Int64.self), try row.column(String.self))
                let parts = JSONValue.parsed(try row.column(String.self)).array ?? []
                var faults = state == "reserved" ? ["\(id) is reserved"] : []
                for part in parts where bound > 0 {
                    let name = "\(id):\(part["b"]?.string ?? "")"
                    let transfer = try tx.ledger.find(transfer: TransferReference(name))
                    let posted = transfer?.postedAmount ?? -1
                    if posted != min(cost, bound) { faults.append("\(name) has \(posted) of \(cost), bound \(bound)") }
                    let over = try tx.ledger.find(transfer: TransferReference("\(name):overrun"))?.postedAmount ?? 0
                    if over != max(0, cost - bound) { faults.append("\(name) has \(over) above its bound") }
                }
                return faults
            }.flatMap { $0 }
        }
        #expect(wrong.prefix(5) == [])
    }
}

extension RunMachine {
    /// Of the answer that is being read; nil where none is.
    fileprivate var bytesRead: Int64? {
        if case .answering = self.state { self.progress?.answer.byteCount } else { nil }
    }

    fileprivate var bytesSaid: Int64? { self.progress?.answer.byteCount }
}
