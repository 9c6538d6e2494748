import HTTPTypes
import Hummingbird
import Kernel
import Platform
import Storage
import Web

/// Agents that others start: automations and orchestrators.
struct WakeRoutes: Sendable {
    static let tag = "Agents"

    let actors: ActorReader
    let orders: ChatOrders
    let runs: RunService

    var endpoints: [Endpoint] { [self.wake, Endpoint(.post, "/v1/runs/{id}/cancel", tag: Self.tag, self.cancel)] }

    struct WakeInput: Input {
        let message: String
        let sessionKey: String?
        let user: String?
        let metadata: JSONValue
        let waits: Bool

        init(_ read: inout InputReader) {
            self.message = read.body("message", .string, "What the agent is told", .notBlank())
            self.sessionKey = read.optionalBody(
                "session_key",
                .string,
                "A session of one's own to go on with",
                .notBlank(),
                .atMost(512)
            )
            self.user = read.optionalBody("user_id", .string, "For whom", .userName)
            let metadata = read.optionalBody("metadata", .object, "Kept on the trace", .atMostBytes(16 * 1024))
            self.metadata = .object(metadata ?? [:])
            self.waits = read.body("wait", .boolean, default: true, json: true, "Whether the answer is waited for")
        }
    }

    private var wake: Endpoint {
        let inputs = InputReader.describe(AgentRoutes.Path.self) + InputReader.describe(WakeInput.self)
        return Endpoint(
            raw: .post,
            "/v1/agents/{id}/wake",
            "Start an agent and get its answer",
            tag: Self.tag,
            access: .scope(.write),
            inputs: inputs,
            answers: [
                AnswerDescription(status: .ok, summary: "Success", of: WakeOutput.self),
                AnswerDescription(status: .accepted, summary: "Started", of: WakeStarted.self),
            ]
        ) { (caller: Caller, call: Call) in
            let actor = try await self.actors.actor(caller, call)
            let body = try await call.readJSON() ?? [:]
            let input: WakeInput = try call.read(from: body)
            let limit = self.runs.house.settings.maximumMessageCharacters
            guard input.message.unicodeScalars.count <= limit else {
                throw GatewayProblems.messageTooLong(limit: limit)
            }
            let entry = try await self.orders.access.require(call.context.pathParameter("id"), for: actor)
            let house = self.runs.house
            let claim = try call.claim(of: "/v1/agents/\(entry.agent.id)/wake", by: actor, caller, body, house)
            if let claim, let kept = try await house.database.read({ try claim.known(in: $0) }) {
                return try Self.repeated(kept, input)
            }
            var (order, lock) = try await self.order(input, entry, actor, call)
            order.claim = claim
            let machine = try await self.runs.machine(order, holding: lock.map { [$0] } ?? [])
            guard input.waits else {
                self.runs.detach(machine)
                return Response(status: .accepted, answer: WakeStarted(run: order.id, session: order.place.key))
            }
            return try await self.answer(machine, order)
        }
        .refusing(
            GatewayProblems.messageTooLong(limit: 32_768),
            GatewayProblems.agentNotFound,
            GatewayProblems.agentForbidden,
            GatewayProblems.sessionKeyInvalid,
            GatewayProblems.sessionNotFound,
            GatewayProblems.agentInactive,
            GatewayProblems.messageRefused,
            GatewayProblems.busy,
            GatewayProblems.idempotencyKeyLength,
            GatewayProblems.idempotencyKeyReused,
            GatewayProblems.idempotencyKeyRunning
        )
        .refusing(ActorReader.refusals)
        .refusing(RunProblems.all)
    }

    private static func repeated(_ kept: KeptRun, _ input: WakeInput) throws -> Response {
        let result = try kept.result()
        var response =
            input.waits
            ? Response(status: .ok, answer: WakeOutput(run: kept.id, session: kept.session, result: result))
            : Response(status: .accepted, answer: WakeStarted(run: kept.id, session: kept.session))
        response.headers[HTTPField.Name("Idempotent-Replayed")!] = "true"
        return response
    }

    /// A caller that hangs up does not end it: its answer stays in the session.
    private func answer(_ machine: RunMachine, _ order: RunOrder) async throws -> Response {
        do {
            let result = try await machine.finish()
            return Response(
                status: .ok,
                answer: WakeOutput(run: order.id, session: order.place.key, result: result)
            )
        } catch is CancellationError {
            self.runs.detach(machine)
            throw CancellationError()
        }
    }

    private func order(
        _ input: WakeInput,
        _ entry: AgentDirectory.Entry,
        _ actor: GatewayActor,
        _ call: Call
    ) async throws -> (RunOrder, SessionLocks.Lock?) {
        // A bound key is its owner's; whoever is trusted with users may name one.
        let isBound = actor.key?.owner != nil
        let user = isBound ? actor.user : input.user ?? actor.user
        let rowUser = user ?? actor.userID
        let ids = self.runs.house.ids
        var place = RunOrder.SessionPlace.new(
            SessionKey(agentKey: entry.agent.key, rest: "wake-\(ids.bytes(4).hex)")
        )
        var (lock, history): (SessionLocks.Lock?, [ModelMessage]) = (nil, [])
        if let key = input.sessionKey { (place, lock, history) = try await self.orders.open(key, entry.agent, actor) }
        var order = RunOrder(
            id: ids.uuid(),
            trace: ids.uuid(),
            kind: .wake,
            actor: actor,
            user: rowUser,
            spender: Spender(
                tenant: actor.tenant.id,
                key: actor.key?.id,
                agent: ID(entry.agent.id.text),
                user: user
            ),
            entry: try await self.orders.withUsersFiles(entry, rowUser),
            place: place,
            channel: "wake",
            history: history,
            messages: [ModelMessage(.user, input.message)]
        )
        order.metadata = input.metadata
        order.language = Language.ofClient(call.request).rawValue
        if lock != nil { order.sessionUser = actor.userID }
        return (order, lock)
    }

    struct RunPath: Input {
        let id: String
        init(_ read: inout InputReader) { self.id = read.path("id", "The run").lowercased() }
    }

    var cancel: Operation<RunPath, CancelOutput> {
        .acting("Stop a run", needs: .scope(.write), effect: .write, by: self.actors) { input, actor, _ in
            let handle = self.runs.house.registry.find(input.id, of: actor.tenant.id)
            let (record, agent) = try await self.runs.house.database.read { tx in
                let record = try tx.runs.find(input.id, of: actor.tenant.id)
                let id = record?.agent ?? handle?.agent ?? ""
                return (record, try id.nonEmpty.flatMap { try tx.agents.find(any: ID($0), of: actor.tenant.id) })
            }
            guard let user = record?.user ?? handle?.user, actor.seesAll || user == actor.userID,
                agent.map({ actor.mayRun(agentKey: $0.key) }) ?? true
            else {
                throw GatewayProblems.runNotFound
            }
            handle?.stop(.cancelled)
            if handle != nil {
                try await self.runs.house.database.write {
                    try $0.activity.record(actor.activity, "cancelled", of: "run", input.id)
                }
            }
            return CancelOutput(runID: input.id)
        }.refusing(GatewayProblems.runNotFound)
    }
}

/// What every run may end with.
enum RunProblems {
    static let all = [
        GatewayProblems.providerDisabled, GatewayProblems.priceMissing("model"), GatewayProblems.budgetUsedUp([:]),
        GatewayProblems.contextTooLong(window: 200_000), GatewayProblems.providerResting, GatewayProblems.providerBusy,
        GatewayProblems.modelRefusedRequest("reason"), GatewayProblems.providerRefused,
        GatewayProblems.modelLimited(seconds: 1), GatewayProblems.providerFailed, GatewayProblems.runTimeout,
        GatewayProblems.runCancelled, GatewayProblems.runLost, GatewayProblems.draining,
    ]
}

struct WakeOutput: Answer {
    let run: String
    let session: String
    let result: RunResult

    static let members: [Member<Self>] = [
        Member("content", \.result.content, "What the agent says", example: "Done."),
        Member("run_id", \.run, "The run"),
        Member("session_key", \.session, "The session", example: "agent:default:wake-0123abcd"),
        Member("status", { _ in "completed" }, "How it ended", example: "completed"),
        Member("stop_reason", \.result.stopReason.rawValue, "Why it stopped", example: "end_turn"),
        Member(
            "usage",
            \.usage,
            "Tokens of all calls",
            example: ["prompt_tokens": 10, "completion_tokens": 20, "total_tokens": 30]
        ),
    ]

    private var usage: JSONValue {
        let usage = self.result.totals.usage
        return [
            "prompt_tokens": .integer(usage.input), "completion_tokens": .integer(usage.output),
            "total_tokens": .integer(usage.total),
        ]
    }
}

struct WakeStarted: Answer {
    let run: String
    let session: String
    static let members: [Member<Self>] = [
        Member("run_id", \.run, "The run"),
        Member("session_key", \.session, "Where its answer will be", example: "agent:default:wake-0123abcd"),
        Member("status", { _ in "queued" }, "How it stands", example: "queued"),
    ]
}

struct CancelOutput: Answer {
    let runID: String
    static let members: [Member<Self>] = [
        Member("ok", { _ in true }, "It was stopped, or had ended"), Member("run_id", \.runID, "The run"),
    ]
}
