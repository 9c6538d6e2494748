import Kernel
import Logging
import NIOCore
import Platform
import Storage

/// One run: think, act, observe, until there is an answer. Whoever wants the answer pulls it, event by event, so that a slow reader
/// slows the model down. Used by one task at a time.
actor RunMachine {
    enum State {
        case begin
        /// Reserves, and sends.
        case call
        case answering(ModelStream, Attempt, ModelDoor.Place, InputBound)
        case pausing(until: NIODeadline)
        case tools
        case done
    }

    /// What the reservation of the present try counts with.
    struct InputBound {
        let input: Int64
        let output: Int64
        /// What the input probably is.
        var estimate = 0.0
    }

    let order: RunOrder
    let house: RunHouse
    let handle: RunHandle
    var state = State.begin
    var result = RunResult()
    /// What the model is told, without the system text.
    var history: [ModelMessage]
    /// Of the run itself, from its first answer on.
    var said: [ModelMessage] = []
    var progress: CallProgress?
    /// What is reserved of the try that is under way.
    var reserved: (attempt: Attempt, bound: InputBound)?
    /// What the try that is under way has asked.
    var sent: ModelRequest?
    /// Nanoseconds for which models and tools were waited for.
    var waited: Int64 = 0
    var iterations = 0
    var loops = LoopDetection()
    /// A note that goes behind the next results.
    var note: String?
    /// Set where the next call is the last one, without tools.
    var lastReason: RunResult.StopReason?
    var isTainted = false
    var found: Set<String> = []
    var advertising: [ToolResult.Advertising] = []
    var hasActed = false
    /// Numbers of the run's and its session's rows, once they are there.
    var rows: (run: Int64, session: Int64)?
    /// What the next commit writes besides.
    var pending: [@Sendable (Transaction, Int64, Int64) throws -> Void] = []
    /// Messages that were written, for the session's count.
    var unwritten = 0
    var usage: [UsageDelta.Key: UsageDelta] = [:]
    let startedAt: Timestamp
    let deadline: NIODeadline
    /// By the index of a call, its place among the client's own.
    var clientIndexes: [Int: Int] = [:]
    var hasSaidSomething = false
    var separator = ""
    /// What follows the answer as its last line.
    var label = ""
    /// The calls that the client was told of last.
    var announced: [String] = []
    let onSilence: Silence

    /// Told while tools run.
    typealias Silence = @Sendable () async -> Void

    /// Places that are given back with the run.
    private let holds: [any Sendable]

    init(_ order: RunOrder, _ house: RunHouse, holding holds: [any Sendable] = [], onSilence: @escaping Silence = {}) {
        self.order = order
        self.holds = holds
        self.house = house
        self.onSilence = onSilence
        self.history = order.history + order.messages
        self.startedAt = house.clock.now()
        let own = order.agent.object("other_config")["run_timeout_seconds"]?.integer.map { Int($0) }
        let seconds = own.map { min(3600, max(10, $0)) } ?? house.settings.runSeconds
        self.deadline = .now() + .seconds(Int64(seconds))
        self.handle = RunHandle(order)
        house.registry.add(self.handle)
    }

    deinit { self.house.registry.remove(self.handle) }

    /// The next thing that happens; nil at the end, when everything is committed. Throws a `Problem` after which the run has ended, too.
    ///
    /// - Parameter patience: until when nothing may happen before ``RunEvent/waiting`` is told.
    func next(until patience: NIODeadline) async throws -> RunEvent? {
        do {
            while true {
                if let reason = self.handle.stopped { throw Stopped(reason: reason) }
                guard NIODeadline.now() < self.deadline else { throw Stopped(reason: .timeout) }
                if case .done = self.state { return nil }
                if let event = try await self.step(min(patience, self.deadline)) { return event }
            }
        } catch {
            throw try await self.fail(error)
        }
    }

    /// Runs to the end without a reader.
    func finish() async throws -> RunResult {
        while try await self.next(until: .distantFuture) != nil {}
        return self.result
    }

    /// The reader has gone: the run ends as it stands. Does nothing after its end.
    func abandon(_ reason: RunResult.StopReason) async {
        if case .done = self.state { return }
        self.handle.stop(reason)
        _ = try? await self.fail(Stopped(reason: reason))
    }

    struct Stopped: Error {
        let reason: RunResult.StopReason
    }

    /// Milliseconds of its own until now: the whole without what others took.
    var overhead: Int64 {
        let whole = self.house.clock.now().microseconds - self.startedAt.microseconds
        return max(0, whole * 1000 - self.waited) / 1_000_000
    }

    func waiting<T>(for body: () async throws -> T) async rethrows -> T {
        let start = NIODeadline.now()
        defer { self.waited += (NIODeadline.now() - start).nanoseconds }
        return try await body()
    }

    private func step(_ patience: NIODeadline) async throws -> RunEvent? {
        switch self.state {
        case .begin:
            try await self.beginCall()
            return nil
        case .call:
            try await self.openCall()
            return nil
        case .answering(let stream, let attempt, _, let bound):
            return try await self.readAnswer(stream, attempt, bound, patience)
        case .pausing(let until):
            let now = NIODeadline.now()
            guard now < until else {
                self.state = .call
                return nil
            }
            // In short steps, so that a run that is stopped ends soon.
            let wake = min(until, patience, now + .milliseconds(250))
            try await Task.sleep(for: .nanoseconds(max(0, (wake - now).nanoseconds)))
            return wake == patience && wake < until ? .waiting : nil
        case .tools: return try await self.runTools()
        case .done: return nil
        }
    }

    // MARK: Events

    /// A piece of text as the client gets it: turns are set apart by an empty line.
    func said(_ text: String) -> RunEvent {
        let whole = self.separator + text
        self.separator = ""
        self.hasSaidSomething = true
        self.result.content += whole
        return .text(whole)
    }

    // MARK: Ends

    /// Writes the end of a run that did not go well. The problem that the caller is told.
    private func fail(_ error: any Error) async throws -> any Error {
        guard case .done = self.state else {
            let (end, problem, isReleased) = self.end(after: error)
            let attempt = self.reserved
            self.reserved = nil
            self.state = .done
            self.result.stopReason = RunResult.StopReason(rawValue: end.reason) ?? .error
            if self.rows != nil {
                self.leaveFailure(problem)
                try await self.commitFailure(end, attempt, isReleased: isReleased)
            }
            self.house.registry.remove(self.handle)
            return problem
        }
        return error
    }

    /// What has acted, or said something, is not done again under the same key.
    private func leaveFailure(_ problem: any Error) {
        guard let claim = self.order.claim else { return }
        guard self.hasActed || self.hasSaidSomething else {
            return self.pending.append { tx, _, _ in try claim.forget(in: tx) }
        }
        let failure = problem as? Problem ?? GatewayProblems.runCancelled
        let kept = KeptRun(self.order, self.result, startedAt: self.startedAt, failure: failure)
        self.pending.append { tx, _, _ in try claim.keep(kept, in: tx) }
    }

    private func end(after error: any Error) -> (RunEnd, any Error, isReleased: Bool) {
        switch error {
        case let stopped as Stopped: return (self.end(stopped.reason), self.final(self.problem(stopped.reason)), false)
        case is CancellationError:
            let reason = self.handle.stopped ?? .clientDisconnected
            return (self.end(reason), reason == .clientDisconnected ? error : self.final(self.problem(reason)), false)
        case let failure as ModelFailure:
            let problem = self.told(failure)
            let isReleased = if case .refused = failure { true } else { false }
            return (RunEnd(status: .error, reason: "error", error: problem.code), self.final(problem), isReleased)
        case let problem as Problem:
            let reason = problem.code == "budget_used_up" ? "budget" : "error"
            return (RunEnd(status: .error, reason: reason, error: problem.code), self.final(problem), true)
        default:
            self.house.logger.error("a run failed", metadata: ["error": "\(error)", "run": "\(self.order.id)"])
            let problem = Problem(.internal, "internal_error")
            return (RunEnd(status: .error, reason: "error", error: problem.code), self.final(problem), false)
        }
    }

    /// What a server says of its refusal is for admins, without our key in it.
    private func told(_ failure: ModelFailure) -> Problem {
        let own = self.order.relay == nil ? self.order.agent.details.contextWindow : nil
        let window = self.progress?.candidate.price.contextWindow ?? own
        let problem = CallFailure.problem(failure, window: window)
        guard problem.code == "model_refused_request" else { return problem }
        // Whoever has written the request itself must know what is wrong with it.
        guard self.order.actor.seesAll || self.order.relay != nil else { return GatewayProblems.modelRefused }
        let secrets = self.progress?.candidate.open.secrets ?? []
        return GatewayProblems.modelRefusedRequest(Redaction(secrets: secrets).of(problem.arguments["reason"] ?? ""))
    }

    private func end(_ reason: RunResult.StopReason) -> RunEnd {
        let status: RunRecord.Status = [.cancelled, .clientDisconnected].contains(reason) ? .cancelled : .error
        return RunEnd(status: status, reason: reason.rawValue, error: status == .error ? reason.rawValue : "")
    }

    private func problem(_ reason: RunResult.StopReason) -> Problem {
        reason == .timeout ? GatewayProblems.runTimeout : GatewayProblems.runCancelled
    }

    /// After a tool has acted, or something was said, the same request is not the same any more.
    private func final(_ problem: Problem) -> Problem {
        guard self.hasActed || self.hasSaidSomething else { return problem }
        return Problem(
            problem.kind,
            problem.code,
            problem.arguments,
            variant: problem.variant,
            fields: problem.fields,
            headers: problem.headers.filter { $0.name != "Retry-After" },
            extra: problem.extra.merging(["final": true]) { $1 }
        )
    }
}
