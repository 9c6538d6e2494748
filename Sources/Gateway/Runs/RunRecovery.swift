import Kernel
import Logging
import Platform
import Storage

/// Ends runs whose process has died: what they have reserved is settled, their sessions are free.
struct RunRecovery: Sendable {
    private static let seconds: Int64 = 10
    private static let batch = 100
    /// The longest call of the market, and a minute for what broke off.
    private static let callSeconds: Int64 = 300 + 60

    let house: RunHouse
    let neighbours: NeighbourPlace

    func run() async {
        await poll(everySeconds: Self.seconds, else: "cannot end runs of dead processes", self.house.logger) {
            try await self.house.database.write { try $0.runs.renew(self.house.process) }
            try await self.sweep()
        }
    }

    /// Ends everything that is due.
    func sweep() async throws {
        let (process, isAlone) = (self.house.process, self.house.database.engine == .sqlite)
        while true {
            let dead = try await self.house.database.read { tx in
                try tx.runs.listDead(except: process, isAlone: isAlone, limit: Self.batch)
            }
            for run in dead { await self.end(run) }
            if dead.count < Self.batch { break }
        }
        // Those of this process that nobody carries on, for their end could not be written.
        let own = try await self.house.database.read { try $0.runs.listRunning(of: process, limit: 10_000) }
        for run in own where !self.house.registry.isRunning(run.id.text) { await self.end(run) }
        try await self.settlePayments()
        try await self.house.database.write { try $0.splices.sweep() }
    }

    private func end(_ run: RunRecord) async {
        do {
            try await self.house.database.write { tx in
                guard try tx.runs.takeOver(run, by: self.house.process) else { return }
                try self.end(run, in: tx)
            }
        } catch { self.house.logger.error("cannot end a run", metadata: ["error": "\(error)", "run": "\(run.id)"]) }
    }

    /// A payment is never repeated: what it has charged stands in the market's record.
    private func settlePayments() async throws {
        guard let neighbours = self.neighbours.present else { return }
        // Where a call may still be under way at another node, its record is waited for.
        let age = self.house.database.engine == .sqlite ? 0 : Self.callSeconds
        let open = try await self.house.database.read { tx in
            try tx.attempts.listOpenPayments(until: tx.now.adding(seconds: -age), limit: Self.batch)
        }
        for attempt in open {
            do {
                guard let charged = try await neighbours.charged(attempt.span) else { continue }
                try await self.house.database.write { try self.settle(attempt, Dollars(charged.smallestUnits), in: $0) }
            } catch {
                self.house.logger.error(
                    "cannot settle a payment",
                    metadata: ["error": "\(error)", "usage": "\(attempt.span)"]
                )
            }
        }
    }

    private func settle(_ attempt: Attempt, _ cost: Dollars, in tx: Transaction) throws {
        guard try tx.attempts.isOpen(attempt), let run = try tx.runs.find(attempt.run, of: attempt.tenant) else {
            return
        }
        let origin = TraceOrigin(traceID: run.w3cTrace, requestID: "")
        try self.house.ledger.settle(attempt, cost: cost, isEstimated: false, isReleased: cost == 0, origin, in: tx)
        guard cost > 0 else { return }
        let span = Span(
            id: attempt.span,
            parent: run.trace,
            kind: .tool,
            name: "execute_tool market_call",
            isError: true,
            error: "interrupted",
            tool: "market_call",
            cost: cost,
            details: [
                "market.usage_id": .string(attempt.span), "market.service_id": .string(attempt.model),
                "market.charged_micros": .integer(cost.smallestUnits), "error.type": "interrupted",
            ],
            startedAt: run.startedAt,
            endedAt: tx.now
        )
        try tx.runs.insert(span, of: run.number, tenant: run.tenant)
        try tx.runs.add(cost, to: run)
        try tx.usage.add(
            ToolUsageDelta(tool: "market_call", calls: 1, errors: 1, milliseconds: 0, cost: cost),
            tenant: run.tenant,
            hour: run.startedAt.hour,
            agent: run.agent,
            user: run.user
        )
    }

    /// A try whose outcome nobody knows counts with its whole bound.
    private func end(_ run: RunRecord, in tx: Transaction) throws {
        let origin = TraceOrigin(traceID: run.w3cTrace, requestID: "")
        var totals = RunTotals(
            usage: TokenUsage(
                fresh: run.inputTokens - run.cachedTokens,
                cached: run.cachedTokens,
                output: run.outputTokens
            ),
            cost: run.cost,
            isEstimated: run.isEstimated,
            spans: run.spanCount,
            calls: run.calls,
            toolCalls: run.toolCalls
        )
        for attempt in try tx.attempts.listOpen(of: run.id.text) where attempt.kind == .model {
            try self.house.ledger.settle(attempt, cost: attempt.bound, isEstimated: true, origin, in: tx)
            totals.cost = totals.cost + attempt.bound
            totals.isEstimated = true
            totals.calls += 1
            totals.spans += 1
            try tx.usage.add(
                UsageDelta(calls: 1, cost: attempt.bound),
                to: run.usageKey(ModelChoice(provider: attempt.provider, model: attempt.model))
            )
            let span = Span(
                id: attempt.span,
                parent: run.trace,
                kind: .call,
                name: "chat \(attempt.model)",
                isError: true,
                error: "interrupted",
                model: attempt.model,
                provider: attempt.provider,
                cost: attempt.bound,
                details: ["usage_estimated": true, "error.type": "interrupted"],
                startedAt: run.startedAt,
                endedAt: tx.now
            )
            try tx.runs.insert(span, of: run.number, tenant: run.tenant)
        }
        try tx.usage.add(
            UsageDelta(requests: 1, errors: 1, milliseconds: max(0, tx.now.milliseconds(since: run.startedAt))),
            to: run.usageKey(ModelChoice(provider: "", model: ""))
        )
        let end = RunEnd(status: .error, reason: "interrupted", error: "interrupted by restart")
        try tx.runs.update(run.id.text, by: self.house.process, totals, ending: end)
        try tx.conversations.free(run.session, of: run.id.text)
    }
}

extension RunRecord {
    func usageKey(_ choice: ModelChoice) -> UsageDelta.Key {
        UsageDelta.Key(
            tenant: self.tenant,
            hour: self.startedAt.hour,
            agent: self.agent,
            user: self.user,
            key: self.key,
            provider: choice.provider,
            model: choice.model,
            channel: self.channel
        )
    }
}
