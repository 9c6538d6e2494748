import Kernel
import NIOCore
import Platform
import Storage

/// Calls of models: whom to ask, what to reserve, what to do when it fails.
extension RunMachine {
    /// Chooses who may answer.
    func beginCall() async throws {
        let agent = self.order.agent
        let choices = [ModelChoice(provider: agent.provider, model: agent.model)] + agent.details.fallback
        let known = try await self.house.providers.all(of: self.order.tenant)
        let bound = try await self.house.budgets.binding(self.order.spender)
        var candidates: [CallProgress.Candidate] = []
        var refusal: Problem?
        for choice in choices {
            guard let open = known[choice.provider], open.provider.isEnabled else {
                refusal = refusal ?? GatewayProblems.providerDisabled
                continue
            }
            // Without a budget, nothing is counted against it.
            guard let price = open.price(of: choice.model) ?? (bound.isEmpty ? .free : nil) else {
                refusal = refusal ?? GatewayProblems.priceMissing(choice.model)
                continue
            }
            candidates.append(.init(open: open, model: choice.model, price: price))
        }
        guard !candidates.isEmpty else { throw refusal ?? GatewayProblems.providerDisabled }
        if let body = self.order.relay?.body, !bound.isEmpty, !candidates[0].price.isFree { try body.requireBounded() }
        self.progress = CallProgress(
            span: self.house.ids.uuid(),
            startedAt: self.house.clock.now(),
            candidates: candidates
        )
        self.iterations += 1
        self.clientIndexes = [:]
        self.state = .call
    }

    /// Reserves, and sends. Goes on with the next candidate where this one rests.
    func openCall() async throws {
        guard var progress = self.progress else { return }
        let candidate = progress.candidate
        let now = self.house.clock.now()
        let breaker = self.house.door.breaker
        if breaker.secondsLeft(candidate.key, now: now) != nil {
            return try self.goOn(after: GatewayProblems.providerResting)
        }
        let place: ModelDoor.Place
        do { place = try self.house.door.place(at: candidate.open.provider) } catch let problem as Problem {
            return try self.goOn(after: problem)
        }
        var request = self.request(candidate)
        let isEcho = candidate.open.provider.wire == .echo
        // Of a client's own request, the size is known.
        let isPrepared = !isEcho && request.relay == nil
        var prepared = try isPrepared ? self.house.door.prepare(request, for: candidate.open) : nil
        let bound = try self.bound(of: request, candidate, byteCount: prepared?.byteCount)
        guard breaker.begin(candidate.key, now: now) else {
            return try self.goOn(after: GatewayProblems.providerResting)
        }
        progress.tried += 1
        progress.answer = ModelAnswer()
        self.progress = progress
        let (attempt, output): (Attempt, Int64)
        do { (attempt, output) = try await self.reserve(candidate, bound) } catch {
            breaker.giveBack(candidate.key, now: self.house.clock.now())
            throw error
        }
        // What is reserved may be less than was asked for.
        if output != bound.output { prepared = nil }
        request.maximumOutput = Int(clamping: output / (request.relay?.choices ?? 1))
        request.isBounded = !attempt.parts.isEmpty
        self.sent = request
        let reserved = InputBound(input: bound.input, output: output, estimate: bound.estimate)
        self.reserved = (attempt, reserved)
        if isEcho {
            let stream = ModelStream(self.house.door.echo(request), ids: self.house.ids)
            self.state = .answering(stream, attempt, place, reserved)
            return
        }
        do {
            if candidate.open.isNamed, request.messages.contains(where: \.hasImage) {
                request = try await self.waiting { try await self.house.door.reachable(request) }
                prepared = nil
            }
            let prepared = try prepared ?? self.house.door.prepare(request, for: candidate.open)
            self.result.ignored.formUnion(prepared.ignored)
            let isStream = request.relay?.isStream ?? true
            let call = try await self.waiting {
                try await self.house.door.send(prepared.request, to: candidate.open, isStream: isStream)
            }
            let stream = ModelStream(
                call,
                speaking: candidate.open.provider.wire,
                maximumOutput: Int(clamping: output),
                timeoutSeconds: candidate.open.provider.settings.timeoutSeconds,
                relay: request.relay,
                ids: self.house.ids
            )
            self.handle.ending(by: stream.abandon)
            self.state = .answering(stream, attempt, place, reserved)
        } catch let failure as ModelFailure {
            try await self.callFailed(failure, attempt, reserved)
        }
    }

    // MARK: Answers

    func readAnswer(_ stream: ModelStream, _ attempt: Attempt, _ bound: InputBound, _ patience: NIODeadline)
        async throws
        -> RunEvent?
    {
        let step: ModelStream.Step
        do { step = try await self.waiting { try await stream.next(until: patience) } } catch let failure
            as ModelFailure
        {
            try await self.callFailed(failure, attempt, bound)
            return nil
        }
        switch step {
        case .waiting: return .waiting
        case .event(let event):
            self.progress?.answer.add(event, at: self.house.clock.now())
            return self.told(event)
        case .end:
            self.handle.ending(by: nil)
            try await self.answered(attempt, bound)
            return nil
        }
    }

    /// What a client gets of it.
    private func told(_ event: ModelEvent) -> RunEvent? {
        if self.order.relay?.body != nil { return self.passed(event) }
        switch event {
        case .text(let text): return self.said(text)
        case .refusal(let text):
            self.hasSaidSomething = true
            self.result.refusal = (self.result.refusal ?? "") + text
            return .refusal(text)
        case .toolCall(let index, let id, let name):
            guard self.isClients(name) else { return nil }
            let place = self.clientIndexes.count
            self.clientIndexes[index] = place
            self.hasSaidSomething = true
            return .clientCall(index: place, id: id, name: name)
        case .arguments(let index, let text):
            return self.clientIndexes[index].map { .clientArguments(index: $0, text) }
        case .thinking, .kept, .usage, .finish, .answer, .raw: return nil
        }
    }

    /// Of a client's own request: what came, as it came.
    private func passed(_ event: ModelEvent) -> RunEvent? {
        switch event {
        case .text(let text): self.result.content += text
        case .refusal(let text): self.result.refusal = (self.result.refusal ?? "") + text
        case .answer(let id, let model, let created):
            let known = self.result.relayed
            self.result.relayed.id = id
            self.result.relayed.model = model ?? known.model
            self.result.relayed.created = created ?? known.created
        case .raw(let bytes):
            self.hasSaidSomething = true
            guard self.order.relay?.body?.isStream ?? false else {
                self.result.relayed.body = String(decoding: bytes, as: UTF8.self)
                return nil
            }
            return .raw(bytes)
        default: break
        }
        return nil
    }

    func isClients(_ name: String) -> Bool {
        self.order.relay != nil || self.order.clientTools.contains { $0.name == name }
    }

    /// The model has ended its turn.
    private func answered(_ attempt: Attempt, _ bound: InputBound) async throws {
        guard let progress = self.progress else { return }
        self.reserved = nil
        let candidate = progress.candidate
        self.house.door.succeeded(candidate.key)
        self.result.answeredBy = candidate.choice
        if let usage = progress.answer.usage, progress.answer.isWholeUsage {
            self.house.door.learn(tokens: usage.input, estimated: Int64(nearest: bound.estimate), candidate.key)
        }
        let answer = progress.answer
        self.said.append(answer.message)
        // Its attempt is settled below, whatever follows.
        self.state = .begin
        if self.order.relay != nil {
            self.result.clientCalls = answer.calls
            self.result.stopReason = answer.calls.isEmpty ? Self.reason(answer.finish, answer) : .clientToolCalls
            return try await self.end(attempt, bound)
        }
        if answer.finish == .pause, self.iterations < self.order.agent.details.maximumIterations {
            try await self.commitTurn(attempt, bound)
            self.state = .begin
            return
        }
        if !answer.calls.isEmpty, self.lastReason == nil {
            try await self.commitTurn(attempt, bound)
            if !answer.text.isEmpty { self.separator = "\n\n" }
            self.state = .tools
            return
        }
        self.result.stopReason = self.lastReason ?? Self.reason(answer.finish, answer)
        try await self.end(attempt, bound)
    }

    private static func reason(_ finish: FinishReason?, _ answer: ModelAnswer) -> RunResult.StopReason {
        switch finish {
        case .length: .maxTokens
        case .contentFilter: .refusal
        default: answer.refusal.isEmpty ? .endTurn : .refusal
        }
    }

    // MARK: Failures

    /// Tries again, goes on with the next candidate, or ends the run.
    func callFailed(_ failure: ModelFailure, _ attempt: Attempt, _ bound: InputBound) async throws {
        self.handle.ending(by: nil)
        self.reserved = nil
        guard var progress = self.progress else { throw failure }
        // Its attempt is settled below, whatever follows.
        self.state = .call
        let (candidate, door) = (progress.candidate, self.house.door)
        progress.lastFailure = failure
        progress.attempts.append([
            "attempt": .int(progress.attempts.count + 1), "provider": .string(candidate.choice.provider),
            "model": .string(candidate.model), "error": .string(CallFailure.problem(failure, window: nil).code),
        ])
        self.progress = progress
        if failure.mayPass || failure.mayFallBack {
            door.failed(candidate.key, mayPass: failure.mayPass)
        } else {
            door.succeeded(candidate.key)
        }
        try await self.settle(attempt, bound, after: failure)
        // Nothing is repeated once something was said.
        guard !progress.answer.hasContent else { throw failure }
        if door.learn(from: failure, of: self.sent ?? self.request(candidate), at: candidate.open) {
            self.progress?.tried -= 1
            self.state = .call
            return
        }
        if failure.mayPass, progress.tried < CallProgress.tries, door.mayRepeat(candidate.open.provider) {
            let asked: Int64? = if case .refused(_, _, let after) = failure { after } else { nil }
            let pause = asked ?? progress.pause(Double.random(in: 0...1))
            let until = NIODeadline.now() + .milliseconds(pause)
            if pause <= 30_000, until < self.deadline {
                self.state = .pausing(until: until)
                return
            }
        }
        guard failure.mayFallBack || failure.mayPass, progress.hasNext else { throw failure }
        self.progress?.index += 1
        self.progress?.tried = 0
        self.state = .call
    }

    /// The candidate is not asked at all.
    private func goOn(after problem: Problem) throws {
        guard let progress = self.progress, progress.hasNext else {
            throw self.progress?.lastFailure.map { $0 as any Error } ?? problem
        }
        self.progress?.index += 1
        self.progress?.tried = 0
    }
}
