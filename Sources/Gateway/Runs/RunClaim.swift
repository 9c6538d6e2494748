import HTTPTypes
import Kernel
import Platform
import Storage
import Web

/// What an `Idempotency-Key` asks of a run: its answer again, and no second run.
///
/// The key is held from the commit that begins the run on, by the run's own row: one that ends without a word, by a crash or without having
/// acted, gives it back; one that has acted, or said something, keeps it with its failure.
struct RunClaim: Sendable {
    let key: IdempotencyKey
    let fingerprint: [UInt8]
    let secrets: SecretBox

    /// What became of the run that was begun under the key; nil where there is none. Throws `idempotencyKeyReused`, `idempotencyKeyRunning`.
    func known(in tx: Transaction) throws -> KeptRun? {
        switch try tx.idempotency.find(self.key, fingerprint: self.fingerprint) {
        case .started: return nil
        case .mismatch: throw GatewayProblems.idempotencyKeyReused
        case .running: throw GatewayProblems.idempotencyKeyRunning
        case .replay(let answer):
            switch try self.open(answer) {
            case .ended(let run): return run
            case .begun(let begun):
                guard try !self.isRunning(begun, in: tx) else { throw GatewayProblems.idempotencyKeyRunning }
                // What has acted is not done again, though nobody knows what came of it.
                guard !begun.hasActed else { throw GatewayProblems.runInterrupted }
                return nil
            }
        }
    }

    private enum Kept {
        case begun(BegunRun)
        case ended(KeptRun)
    }

    /// A run that is under way, or was when its process died.
    private struct BegunRun: Codable {
        let run: String
        let tenant: String
        let hasActed: Bool
    }

    private func open(_ answer: IdempotencyStore.Answer) throws -> Kept {
        guard let sealed = answer.body, let bytes = try? self.secrets.open(sealed, context: self.key.scope) else {
            throw GatewayProblems.idempotencyKeyReused
        }
        if answer.status == Self.begunStatus { return .begun(try JSON.decode(BegunRun.self, from: bytes)) }
        return .ended(try JSON.decode(KeptRun.self, from: bytes))
    }

    private static let begunStatus = 102

    private func isRunning(_ begun: BegunRun, in tx: Transaction) throws -> Bool {
        try tx.runs.find(begun.run, of: ID(begun.tenant))?.status == .running
    }

    /// Throws where another run has the key.
    func begin(_ order: RunOrder, in tx: Transaction) throws {
        // The run's row holds it from here on.
        switch try tx.idempotency.begin(self.key, fingerprint: self.fingerprint, holdSeconds: 60) {
        case .started: try tx.idempotency.finish(self.key, self.begun(order, hasActed: false))
        case .replay(let answer):
            guard case .begun(let begun) = try self.open(answer), !begun.hasActed,
                try !self.isRunning(begun, in: tx)
            else { throw GatewayProblems.idempotencyKeyRunning }
            let taken = try self.begun(order, hasActed: false)
            try tx.idempotency.keep(self.key, fingerprint: self.fingerprint, taken)
        case .running, .mismatch: throw GatewayProblems.idempotencyKeyRunning
        }
    }

    /// From now on, the run has acted.
    func noteActing(_ order: RunOrder, in tx: Transaction) throws {
        try tx.idempotency.finish(self.key, self.begun(order, hasActed: true))
    }

    private func begun(_ order: RunOrder, hasActed: Bool) throws -> IdempotencyStore.Answer {
        let begun = BegunRun(run: order.id, tenant: order.tenant.id.text, hasActed: hasActed)
        let sealed = try self.secrets.seal(try JSON.encode(begun), context: self.key.scope)
        return .init(status: Self.begunStatus, headers: [], body: sealed)
    }

    func keep(_ run: KeptRun, in tx: Transaction) throws {
        let sealed = try self.secrets.seal(try JSON.encode(run), context: self.key.scope)
        try tx.idempotency.finish(self.key, .init(status: 200, headers: [], body: sealed))
    }

    func forget(in tx: Transaction) throws { try tx.idempotency.forget(self.key) }
}

extension Call {
    /// Nil without an `Idempotency-Key`. Throws `idempotencyKeyLength`.
    func claim(of operation: String, by actor: GatewayActor, _ caller: Caller, _ body: JSONValue, _ house: RunHouse)
        throws -> RunClaim?
    {
        guard let key = self.header(.idempotencyKey) else { return nil }
        guard (1...IdempotencyStore.keyLengthLimit).contains(key.utf8.count) else {
            throw GatewayProblems.idempotencyKeyLength
        }
        let account = "\(caller.credential) \(actor.tenant.id) \(actor.userID)"
        return RunClaim(
            key: IdempotencyKey(
                scope: GatewayProblems.repetition.scope(of: operation, by: account),
                key: key,
                holder: self.trace.requestID
            ),
            // A message may hold a password: without the operator's key, nothing can be tried against what is kept of it.
            fingerprint: IdempotencyStore.fingerprint([
                house.secrets.derivedKeys("gateway run")[0], Array(operation.utf8), Array(JSON.text(of: body).utf8),
                Array((self.header(ActorReader.agentHeader) ?? self.header(ActorReader.agentHeaderAlias) ?? "").utf8),
                Array((self.header(ActorReader.sessionHeader) ?? "").utf8),
            ]),
            secrets: house.secrets
        )
    }
}

/// A run as it is told again.
struct KeptRun: Sendable, Codable {
    let id: String
    let trace: String
    let session: String
    let agent: String
    let created: Int64
    let content: String
    let refusal: String?
    /// Id, name and arguments of each.
    let calls: [[String]]
    let reason: String
    let tokens: [Int64]
    let cost: Int64
    /// Provider and model.
    let answeredBy: [String]
    let ignored: [String]
    let relayed: RelayedAnswer
    /// The problem's code and arguments, where the run has failed.
    let failure: String?
    let failureArguments: [String: String]

    init(_ order: RunOrder, _ result: RunResult, startedAt: Timestamp, failure: Problem? = nil) {
        (self.id, self.trace, self.session) = (order.id, order.trace, order.place.key)
        (self.agent, self.created) = (order.agent.key, startedAt.seconds)
        (self.content, self.refusal) = (result.content, result.refusal)
        self.calls = result.clientCalls.map { [$0.id, $0.name, $0.arguments] }
        self.reason = result.stopReason.rawValue
        let usage = result.totals.usage
        self.tokens = [usage.fresh, usage.cached, usage.written, usage.output, usage.reasoning]
        self.cost = result.totals.cost.smallestUnits
        self.answeredBy = result.answeredBy.map { [$0.provider, $0.model] } ?? []
        self.ignored = result.ignored.sorted()
        self.relayed = result.relayed
        self.failure = failure?.code
        self.failureArguments = failure?.arguments ?? [:]
    }

    /// Throws what the run has failed with.
    func result() throws -> RunResult {
        if let failure = self.failure {
            throw Problem(.conflict, failure, self.failureArguments, extra: ["final": true])
        }
        var result = RunResult()
        (result.content, result.refusal) = (self.content, self.refusal)
        result.clientCalls = self.calls.map { ToolCall(id: $0[0], name: $0[1], arguments: $0[2]) }
        result.stopReason = RunResult.StopReason(rawValue: self.reason) ?? .endTurn
        result.totals.usage = TokenUsage(
            fresh: self.tokens[0],
            cached: self.tokens[1],
            written: self.tokens[2],
            output: self.tokens[3],
            reasoning: self.tokens[4]
        )
        result.totals.cost = Dollars(self.cost)
        if self.answeredBy.count == 2 {
            result.answeredBy = ModelChoice(provider: self.answeredBy[0], model: self.answeredBy[1])
        }
        result.ignored = Set(self.ignored)
        result.relayed = self.relayed
        return result
    }
}
