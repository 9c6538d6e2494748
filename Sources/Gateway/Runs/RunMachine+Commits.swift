import Kernel
import Logging
import NIOCore
import Platform
import Storage

/// What a run writes: its start with the first reservation, each turn before its tools act, and its end.
extension RunMachine {
    private var origin: TraceOrigin {
        TraceOrigin(traceID: self.order.actor.trace.traceID, requestID: self.order.actor.trace.requestID)
    }

    // MARK: Reservations

    /// One commit: the start of the run if it is the first, what is pending, the attempt, and what it takes of each budget.
    func reserve(_ candidate: CallProgress.Candidate, _ bound: InputBound) async throws
        -> (attempt: Attempt, output: Int64)
    {
        let (order, house, origin) = (self.order, self.house, self.origin)
        let budgets = try await house.budgets.binding(order.spender)
        let clamps = order.agent.object("other_config")["clamp_output"] != false
        let wish = BudgetLedger.Wish(
            price: candidate.price,
            priceVersion: candidate.open.prices.version,
            inputTokens: bound.input,
            outputTokens: bound.output,
            leastOutput: clamps ? min(256, bound.output) : nil
        )
        let actor = order.actor
        let place = BudgetLedger.Place(
            attempt: house.ids.next(),
            run: order.id,
            span: self.progress?.span ?? "",
            tenant: order.tenant.id,
            kind: .model,
            provider: candidate.choice.provider,
            model: candidate.model,
            process: house.process,
            trace: origin
        ) { budget in
            actor.seesAll || budget.scope == .agent && actor.user == order.agent.owner
                || [.user, .key, .agentUser].contains(budget.scope)
        }
        let (rows, pending, start) = (self.rows, self.pending, self.start)
        let (usage, totals) = (self.usage, self.result.totals)
        let written = try await house.database.write { tx in
            let numbers = try rows ?? start.write(in: tx)
            for write in pending { try write(tx, numbers.run, numbers.session) }
            for (key, delta) in usage { try tx.usage.add(delta, to: key) }
            if rows != nil { try tx.runs.update(order.id, by: house.process, totals) }
            let reserved = try house.ledger.reserve(wish, budgets, place, in: tx)
            return (numbers, reserved)
        }
        self.rows = written.0
        if rows == nil { self.unwritten = 0 }
        (self.pending, self.usage) = ([], [:])
        return (written.1.attempt, written.1.outputTokens)
    }

    private var start: RunStart {
        let previewed = self.order.messages.last { $0.role == .user }?.text ?? ""
        return RunStart(
            order: self.order,
            process: self.house.process,
            preview: Redaction(secrets: []).of(self.house.preview(previewed, isStored: self.order.isStored)),
            startedAt: self.startedAt
        )
    }

    /// A try that came to nothing: what it took is given back, or counted as far as it may have been used.
    func settle(_ attempt: Attempt, _ bound: InputBound, after failure: ModelFailure) async throws {
        guard let progress = self.progress else { return }
        let isReleased =
            switch failure {
            case .refused: true
            case .unreachable(_, let wasWritten): !wasWritten
            case .broken, .failed: false
            }
        if isReleased {
            let (house, origin) = (self.house, self.origin)
            self.pending.append { tx, _, _ in
                try house.ledger.settle(attempt, cost: 0, isEstimated: false, isReleased: true, origin, in: tx)
            }
            return
        }
        let candidate = progress.candidate
        let (usage, isEstimated) = progress.answer.spent(
            input: bound.input,
            output: bound.output,
            mayThinkUnseen: self.mayThinkUnseen(candidate)
        )
        self.leaveSettlement(of: attempt, usage, isEstimated, candidate)
    }

    func mayThinkUnseen(_ candidate: CallProgress.Candidate) -> Bool {
        // Of several answers, one is read.
        if self.order.relay?.body.map({ $0.choices > 1 }) ?? false { return true }
        return candidate.price.reasons || (self.order.thinking ?? self.order.agent.details.thinking) != .off
    }

    /// Counts what a try has used, and leaves its postings to the next commit. What it costs.
    @discardableResult
    private func leaveSettlement(
        of attempt: Attempt,
        _ usage: TokenUsage,
        _ isEstimated: Bool,
        _ candidate: CallProgress.Candidate
    ) -> Dollars {
        let whole = candidate.price.cost(of: usage)
        let cost = isEstimated ? min(whole, attempt.bound) : whole
        if cost > attempt.bound, attempt.bound > 0 {
            self.progress?.overrun = cost - attempt.bound
            self.house.logger.warning(
                "a model has counted more than was bounded",
                metadata: [
                    "run": "\(self.order.id)", "provider": "\(attempt.provider)", "model": "\(attempt.model)",
                    "excess_micros": "\((cost - attempt.bound).smallestUnits)",
                ]
            )
        }
        self.result.totals.usage = self.result.totals.usage + usage
        self.result.totals.cost = self.result.totals.cost + cost
        self.result.totals.isEstimated = self.result.totals.isEstimated || isEstimated
        self.result.totals.calls += 1
        self.count(UsageDelta(calls: 1, usage: usage, cost: cost), candidate.choice)
        let (house, origin) = (self.house, self.origin)
        self.pending.append { tx, _, _ in
            try house.ledger.settle(attempt, cost: cost, isEstimated: isEstimated, origin, in: tx)
        }
        return cost
    }

    private func count(_ delta: UsageDelta, _ choice: ModelChoice) {
        let key = UsageDelta.Key(
            tenant: self.order.tenant.id,
            hour: self.startedAt.hour,
            agent: self.order.agent.id.text,
            user: self.order.user,
            key: self.order.keyID,
            provider: choice.provider,
            model: choice.model,
            channel: self.order.channel
        )
        self.usage[key] = (self.usage[key] ?? UsageDelta()) + delta
    }

    // MARK: Turns

    /// The model has ended its turn: what it cost, its span and its message.
    func leaveTurn(_ attempt: Attempt, _ bound: InputBound) {
        guard let progress = self.progress else { return }
        let candidate = progress.candidate
        let (usage, isEstimated) = progress.answer.spent(
            input: bound.input,
            output: bound.output,
            mayThinkUnseen: self.mayThinkUnseen(candidate)
        )
        let cost = self.leaveSettlement(of: attempt, usage, isEstimated, candidate)
        self.leaveSpan(usage, cost, isEstimated, error: "")
        let (order, message) = (self.order, progress.answer.message)
        self.unwritten += 1
        guard order.isKept else { return }
        self.pending.append { tx, _, session in
            try tx.conversations.insert([message], in: session, of: order.id, tenant: order.tenant.id)
        }
    }

    private func leaveSpan(_ usage: TokenUsage, _ cost: Dollars, _ isEstimated: Bool, error: String) {
        guard let progress = self.progress else { return }
        self.result.totals.spans += 1
        let span = CallSpan(order: self.order, house: self.house, progress: progress, iteration: self.iterations)
            .span(usage, cost, isEstimated, error: error)
        let tenant = self.order.tenant.id
        self.pending.append { tx, run, _ in try tx.runs.insert(span, of: run, tenant: tenant) }
    }

    /// Before a tool acts, what the model wants of it is durable.
    func commitTurn(_ attempt: Attempt, _ bound: InputBound) async throws {
        self.leaveTurn(attempt, bound)
        let acts =
            self.progress?.answer.calls.contains { self.house.tool($0.name).map { $0.kind != .read } ?? false } ?? false
        // What only reads may be run again: the next reservation writes it all.
        guard acts else { return }
        let order = self.order
        self.pending.append { tx, _, _ in try order.claim?.noteActing(order, in: tx) }
        try await self.commit(nil)
    }

    // MARK: Ends

    /// The run has its answer.
    func end(_ attempt: Attempt?, _ bound: InputBound?) async throws {
        if let attempt, let bound { self.leaveTurn(attempt, bound) }
        self.addLabel()
        if self.result.stopReason == .clientToolCalls, self.order.relay == nil { self.leaveSplice() }
        if let claim = self.order.claim {
            let kept = KeptRun(self.order, self.result, startedAt: self.startedAt)
            self.pending.append { tx, _, _ in try claim.keep(kept, in: tx) }
        }
        try await self.commit(RunEnd(status: .completed, reason: self.result.stopReason.rawValue))
        self.state = .done
        self.house.registry.remove(self.handle)
    }

    /// An answer with a tracked link says that it is advertising.
    private func addLabel() {
        let content = self.result.content
        guard
            let advertising = self.advertising.first(where: { one in
                one.links.contains { content.bytewise.contains($0) } && !content.bytewise.contains(one.label)
            })
        else { return }
        self.label = "\n\n\(advertising.label)"
        self.result.content += self.label
    }

    /// What the server did in a turn that goes on at the client's is put in again when the client comes back.
    private func leaveSplice() {
        guard self.said.count > 1 || self.said.first?.kept != nil, let call = self.result.clientCalls.first else {
            return
        }
        let (order, messages) = (self.order, self.said)
        self.pending.append { tx, _, _ in
            try tx.splices.insert(messages, call: call.id, of: order)
        }
    }

    /// A failed run: the try that is under way is settled as far as it may have been used.
    func commitFailure(_ end: RunEnd, _ open: (Attempt, InputBound)?, isReleased: Bool) async throws {
        if let (attempt, bound) = open, let progress = self.progress {
            let (house, origin) = (self.house, self.origin)
            if isReleased, !progress.answer.hasContent {
                self.pending.append { tx, _, _ in
                    try house.ledger.settle(attempt, cost: 0, isEstimated: false, isReleased: true, origin, in: tx)
                }
            } else {
                let (usage, isEstimated) = progress.answer.spent(
                    input: bound.input,
                    output: bound.output,
                    mayThinkUnseen: self.mayThinkUnseen(progress.candidate)
                )
                let cost = self.leaveSettlement(of: attempt, usage, isEstimated, progress.candidate)
                self.leaveSpan(usage, cost, isEstimated, error: end.reason)
                self.leavePartial(end.reason)
            }
        } else if let progress = self.progress, progress.lastFailure != nil {
            if progress.answer.hasContent { self.leavePartial(end.reason) }
            self.leaveSpan(TokenUsage(), 0, false, error: end.error)
        }
        try await self.commit(end)
    }

    /// What was said until it broke off is kept.
    private func leavePartial(_ reason: String) {
        guard let progress = self.progress, progress.answer.hasContent, self.order.isKept else { return }
        let (order, message) = (self.order, ModelMessage(.assistant, progress.answer.text))
        self.unwritten += 1
        self.pending.append { tx, _, session in
            try tx.conversations.insert([message], in: session, of: order.id, tenant: order.tenant.id)
        }
    }

    /// Writes what is pending, and where the run stands.
    private func commit(_ end: RunEnd?) async throws {
        guard let rows = self.rows else { return }
        let choice = self.result.answeredBy ?? self.progress?.candidate.choice ?? ModelChoice(provider: "", model: "")
        if let end {
            let milliseconds = max(0, self.house.clock.now().milliseconds(since: self.startedAt))
            let isError = end.status == .error
            self.count(UsageDelta(requests: 1, errors: isError ? 1 : 0, milliseconds: milliseconds), choice)
        }
        let (order, house, totals) = (self.order, self.house, self.result.totals)
        let (pending, usage, messages) = (self.pending, self.usage, self.unwritten)
        let preview = end.map { _ in
            Redaction(secrets: []).of(house.preview(self.result.content, isStored: order.isStored))
        }
        try await house.database.write { tx in
            for write in pending { try write(tx, rows.run, rows.session) }
            for (key, delta) in usage { try tx.usage.add(delta, to: key) }
            try tx.runs.update(order.id, by: house.process, totals, outputPreview: preview, ending: end)
            // A call of no session has written none.
            guard rows.session != 0 else { return }
            try tx.conversations.add(
                messages: order.isStored ? messages : 0,
                end == nil ? TokenUsage() : totals.usage,
                to: rows.session,
                ending: end.map { _ in order.id }
            )
        }
        (self.pending, self.usage, self.unwritten) = ([], [:], 0)
    }
}
