import Kernel
import Ledger
import Platform
import Storage

/// The market as an agent uses it: it finds services, and pays for calls out of a balance of its own, within its budgets.
struct MarketTools: Sendable {
    static let bodyLimit = 256 * 1024

    let neighbours: NeighbourPlace
    let database: any Database
    let budgets: BudgetDirectory
    let ledger: BudgetLedger
    let ids: IDGenerator
    let process: String

    var all: [Tool] { [self.search, self.call] }

    // MARK: Search

    private var search: Tool {
        Tool(
            "market_search",
            "Find paid services of the market by what they do.",
            .read,
            group: "market",
            parameters: Tool.schema(
                [
                    "query": ["type": "string", "minLength": 1, "maxLength": 200],
                    "max_price": ["type": "string", "description": "USDC for a call at the most, such as 0.05"],
                    "limit": ["type": "integer", "minimum": 1, "maximum": 20],
                ],
                required: ["query"]
            )
        ) { input in
            guard let neighbours = self.neighbours.present else { return .error("This server has no market.") }
            let price = input.text("max_price")
            let limit = price.flatMap { try? Amount<USDC>(decimal: $0) }
            if price != nil, limit == nil { return .error("max_price must be a decimal number.") }
            let found = try await neighbours.search(input.text("query") ?? "", limit, input.integer("limit") ?? 5)
            guard !found.isEmpty else { return ToolResult("[no service found]") }
            let lines = found.map { service in
                let head = "service_id: \(service.id)\nname: \(service.name)\nprice: \(service.price.text) USDC a call"
                return ([head, service.description] + service.calls.map { "call: \($0)" }).joined(separator: "\n")
            }
            // Names and descriptions are their sellers' own.
            var result = ToolResult(lines.joined(separator: "\n\n"), isUntrusted: true)
            result.found = Set(found.map(\.id))
            return result
        }
    }

    // MARK: Call

    private var call: Tool {
        Tool(
            "market_call",
            "Call a paid service of the market. The price is taken from your own balance on the market.",
            .money,
            group: "market",
            parameters: Tool.schema(
                [
                    "service_id": ["type": "string", "minLength": 1, "maxLength": 64],
                    "path": ["type": "string", "maxLength": 2000],
                    "method": ["type": "string", "enum": ["GET", "POST", "PUT", "PATCH", "DELETE"]],
                    "body": ["type": "string", "description": "The JSON that is sent"],
                    "max_price": ["type": "string", "description": "USDC at the most, such as 0.05"],
                ],
                required: ["service_id", "max_price"]
            )
        ) { input in
            guard let neighbours = self.neighbours.present else { return .error("This server has no market.") }
            guard let most = input.text("max_price").flatMap({ try? Amount<USDC>(decimal: $0) }), most > 0 else {
                return .error("max_price must be a decimal number above 0.")
            }
            let body = Array((input.text("body") ?? "").utf8)
            guard body.count <= Self.bodyLimit else { return .error("The body is longer than 256 KiB.") }
            let path = input.text("path") ?? ""
            guard path.isEmpty || path.utf8.first == UInt8(ascii: "/"), path.utf8.allSatisfy({ $0 > 32 && $0 < 127 })
            else {
                return .error("The path must begin with / and hold no spaces.")
            }
            let service = try await neighbours.service(input.text("service_id") ?? "")
            if let refusal = self.refusal(service, input.context) { return .error(refusal) }
            guard service.price <= most else {
                return .error("The service costs \(service.price.text) USDC, which is above max_price.")
            }
            return try await self.pay(service, most, body, path, input, neighbours)
        }
    }

    /// Whether the agent may pay this service now. A person's approval is asked for in a later version: what needs one is refused.
    private func refusal(_ service: Neighbours.Service, _ context: ToolContext) -> String? {
        let policy = context.policy
        let isListed = policy.services?.contains(service.id)
        if isListed == false { return "This agent may not pay this service." }
        if !context.isOwners, isListed != true { return "For this user, the agent pays listed services only." }
        if context.isTainted, isListed != true, !context.found.contains(service.id) {
            return
                "After reading what strangers wrote, a run pays only services that it found before or that are listed."
        }
        guard Dollars(service.price.smallestUnits) <= policy.autoPay else {
            return
                "A payment of \(service.price.text) USDC needs the approval of a person, which this server cannot ask for yet."
        }
        return nil
    }

    /// Reserves the price in every budget, calls, and settles what was charged.
    private func pay(
        _ service: Neighbours.Service,
        _ most: Amount<USDC>,
        _ body: [UInt8],
        _ path: String,
        _ input: ToolInput,
        _ neighbours: Neighbours
    ) async throws -> ToolResult {
        let context = input.context
        let usage = self.ids.uuid()
        let (identity, attempt) = try await self.reserve(service, usage, context)
        let order = Neighbours.Order(
            usage: usage,
            identity: identity,
            service: service.id,
            method: input.text("method") ?? "POST",
            path: path,
            body: body,
            maximumPrice: min(most, service.price),
            key: context.call,
            trace: context.trace
        )
        do {
            switch try await neighbours.call(order) {
            case .tooDear(let price):
                try await self.settle(attempt, 0, context)
                return .error("The service costs \(price.text) USDC, which is above max_price.")
            case .answered(let status, let answer, let charged):
                try await self.settle(attempt, charged, context)
                return self.result(status, answer, charged, usage, service)
            }
        } catch {
            // What it has charged stands in the market's own record. Where that is not final yet, `RunRecovery` looks again.
            guard let charged = try await neighbours.charged(usage) else { throw error }
            try await self.settle(attempt, charged, context)
            guard charged > 0 else { throw error }
            var result = self.result(502, [], charged, usage, service)
            result.text = "The call was paid, and its answer is lost. Do not call it again."
            return result
        }
    }

    private func result(
        _ status: Int,
        _ answer: [UInt8],
        _ charged: Amount<USDC>,
        _ usage: String,
        _ service: Neighbours.Service
    ) -> ToolResult {
        let text = String(validating: answer, as: UTF8.self) ?? "[\(answer.count) bytes that are no text]"
        var result = ToolResult("status: \(status)\n\(text)", isUntrusted: true)
        result.isError = status >= 400
        result.cost = Dollars(charged.smallestUnits)
        result.details = [
            "market.usage_id": .string(usage), "market.service_id": .string(service.id),
            "market.charged_micros": .integer(charged.smallestUnits),
        ]
        return result
    }

    private func reserve(_ service: Neighbours.Service, _ usage: String, _ context: ToolContext) async throws
        -> (Identity, Attempt)
    {
        let bound = try await self.budgets.binding(context.spender)
        let price = Dollars(service.price.smallestUnits)
        let place = BudgetLedger.Place(
            attempt: ID(context.call),
            run: context.run,
            span: usage,
            tenant: context.tenant.id,
            kind: .payment,
            provider: "market",
            model: service.id,
            process: self.process,
            trace: TraceOrigin(traceID: context.trace.traceID, requestID: context.trace.requestID)
        ) { _ in true }
        // A fixed price: no tokens are counted.
        let wish = BudgetLedger.Wish(
            price: Price(
                model: service.id,
                rates: .init(input: Dollars(price.smallestUnits * 1_000_000), output: 0, cacheRead: 0, cacheWrite: 0),
                source: "market",
                asOf: ""
            ),
            priceVersion: 0,
            inputTokens: 1,
            outputTokens: 0,
            leastOutput: nil
        )
        let (ids, agent, day) = (self.ids, context.agent, context.policy.payADay)
        return try await self.database.write { tx in
            if let day, try tx.attempts.paid(by: agent.id.text, since: tx.now.startOfDay) + price > day {
                throw GatewayProblems.marketDayUsedUp(day)
            }
            let identity = try tx.tenants.identity(ofAgent: agent.id.text, of: agent.tenant, ids)
            return (identity, try self.ledger.reserve(wish, bound, place, in: tx).attempt)
        }
    }

    private func settle(_ attempt: Attempt, _ charged: Amount<USDC>, _ context: ToolContext) async throws {
        let origin = TraceOrigin(traceID: context.trace.traceID, requestID: context.trace.requestID)
        let cost = Dollars(charged.smallestUnits)
        try await self.database.write { tx in
            try self.ledger.settle(attempt, cost: cost, isEstimated: false, isReleased: cost == 0, origin, in: tx)
        }
    }
}
