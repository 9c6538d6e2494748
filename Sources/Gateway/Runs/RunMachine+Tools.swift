import Kernel
import NIOCore
import Platform
import Storage

/// What tools do within a run.
extension RunMachine {
    /// Calls of one turn that are made; those after them are refused.
    static let callsOfTurn = 32

    /// Tools that the model is told of: the agent's own by its policy, and the client's.
    var availableTools: [ModelTool] {
        guard self.lastReason == nil, self.order.toolChoice != .none else { return [] }
        let policy = ToolPolicy(self.order.agent.object("tools_config"))
        let all = self.house.tools.filter { policy.has($0.traits) }.map(\.model) + self.order.clientTools
        guard case .allowed(let names, _) = self.order.toolChoice else { return all }
        return all.filter { names.contains($0.name) }
    }

    /// The calls of a turn: those that only read together, every other alone, in order.
    func runTools() async throws -> RunEvent? {
        guard let turn = self.said.last(where: { $0.role == .assistant }) else { return nil }
        let answeredIDs = Set(self.said.compactMap(\.toolCallID))
        let mine = turn.toolCalls.filter { !self.isClients($0.name) && !answeredIDs.contains($0.id) }
        guard !mine.isEmpty else {
            let clients = turn.toolCalls.filter { self.isClients($0.name) }
            guard clients.isEmpty else { return try await self.endWithClientCalls(clients) }
            if let note = self.note {
                self.said.append(ModelMessage(.user, note))
                self.note = nil
            }
            self.state = .begin
            let limit = self.order.agent.details.maximumIterations
            if self.iterations >= limit, self.lastReason == nil { self.lastReason = .maxIterations }
            return nil
        }
        let group = self.nextGroup(of: mine)
        // A client is told of each tool before it begins.
        if self.announced != group.map(\.id) {
            self.announced = group.map(\.id)
            return .toolStarted(group.map(\.name).joined(separator: ", "))
        }
        let late = Set(turn.toolCalls.dropFirst(Self.callsOfTurn).map(\.id))
        try await self.waiting { try await self.run(group, refusing: late) }
        return nil
    }

    private func nextGroup(of calls: [ToolCall]) -> [ToolCall] {
        let policy = ToolPolicy(self.order.agent.object("tools_config"))
        let parallel = self.order.allowsParallelCalls == false ? 1 : policy.parallel
        let reads = calls.prefix { self.house.tool($0.name)?.kind == .read }
        return reads.isEmpty ? [calls[0]] : Array(reads.prefix(parallel))
    }

    private func run(_ group: [ToolCall], refusing late: Set<String>) async throws {
        let policy = ToolPolicy(self.order.agent.object("tools_config"))
        var outcomes: [ToolOutcome] = []
        let runner = ToolRunner(house: self.house, context: self.context(policy))
        let isOver = self.result.totals.toolCalls + group.count > policy.maximumCalls
        if isOver { self.lastReason = .maxIterations }
        let (handle, silence, deadline) = (self.handle, self.onSilence, self.deadline)
        outcomes = try await withThrowingTaskGroup(of: ToolOutcome?.self) { tasks in
            for call in group {
                tasks.addTask {
                    if isOver { return ToolOutcome.refused(call, "no more tools in this run", runner.house) }
                    if late.contains(call.id) {
                        return ToolOutcome.refused(call, "no more than 32 calls in one turn", runner.house)
                    }
                    return try await runner.run(call)
                }
            }
            tasks.addTask {
                while true {
                    try await Task.sleep(for: .seconds(15))
                    await silence()
                }
            }
            tasks.addTask {
                try await Task.sleep(for: .nanoseconds(max(0, (deadline - .now()).nanoseconds)))
                throw Stopped(reason: .timeout)
            }
            let stop = StopSignal()
            handle.ending { stop.fire() }
            tasks.addTask {
                await stop.wait()
                return nil
            }
            defer {
                handle.ending(by: nil)
                stop.fire()
            }
            var done: [ToolOutcome] = []
            while done.count < group.count, let next = try await tasks.next() {
                guard let outcome = next else { throw Stopped(reason: handle.stopped ?? .cancelled) }
                done.append(outcome)
            }
            tasks.cancelAll()
            return done
        }
        let order = Dictionary(group.enumerated().map { ($0.element.id, $0.offset) }) { first, _ in first }
        outcomes.sort { order[$0.call.id, default: 0] < order[$1.call.id, default: 0] }
        for outcome in outcomes { self.take(outcome) }
    }

    /// The result goes into the history, and its row into the next commit.
    private func take(_ outcome: ToolOutcome) {
        let tool = self.house.tool(outcome.call.name)
        self.result.totals.toolCalls += 1
        self.result.totals.spans += 1
        self.result.totals.cost = self.result.totals.cost + outcome.result.cost
        if tool?.kind != .read { self.hasActed = true }
        if outcome.result.isUntrusted { self.isTainted = true }
        self.found.formUnion(outcome.result.found)
        if let advertising = outcome.result.advertising { self.advertising.append(advertising) }
        let message = ModelMessage(
            resultOf: outcome.call.id,
            outcome.shown,
            isError: outcome.result.isError
        )
        self.said.append(message)
        let canonical = outcome.call.parsed.map { JSON.text(of: .object($0)) } ?? outcome.call.arguments
        let verdict = self.loops.add(
            tool: outcome.call.name,
            arguments: canonical,
            result: outcome.result.text,
            isRead: tool?.kind == .read
        )
        switch verdict {
        case .goOn: break
        case .note(let text): self.note = text
        case .stop: self.lastReason = .loopDetected
        }
        self.leave(outcome, message)
    }

    private func leave(_ outcome: ToolOutcome, _ message: ModelMessage) {
        let (order, house) = (self.order, self.house)
        let span = outcome.span(in: order, house)
        let delta = ToolUsageDelta(
            tool: outcome.call.name,
            calls: 1,
            errors: outcome.result.isError ? 1 : 0,
            milliseconds: max(0, outcome.endedAt.milliseconds(since: outcome.startedAt)),
            cost: outcome.result.cost
        )
        let hour = self.startedAt.hour
        self.unwritten += 1
        self.pending.append { tx, run, session in
            if order.isStored {
                try tx.conversations.insert([message], in: session, of: order.id, tenant: order.tenant.id)
            }
            try tx.runs.insert(span, of: run, tenant: order.tenant.id)
            try tx.usage.add(
                delta,
                tenant: order.tenant.id,
                hour: hour,
                agent: order.agent.id.text,
                user: order.user
            )
        }
    }

    private func context(_ policy: ToolPolicy) -> ToolContext {
        ToolContext(self.order, policy, isTainted: self.isTainted, found: self.found)
    }

    private func endWithClientCalls(_ calls: [ToolCall]) async throws -> RunEvent? {
        self.result.clientCalls = calls
        self.result.stopReason = .clientToolCalls
        try await self.end(nil, nil)
        return nil
    }
}

/// Wakes one waiter, once.
final class StopSignal: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() { (self.stream, self.continuation) = AsyncStream.makeStream() }

    func fire() { self.continuation.finish() }

    func wait() async { for await _ in self.stream {} }
}
