import HTTPTypes
import Hummingbird
import Kernel
import NIOCore
import Platform
import Storage
import Web

/// `POST /v1/chat/completions`: an agent behind OpenAI's door.
struct ChatRoutes: Sendable {
    static let tag = "OpenAI"
    static let bodyLimit = 20 * 1024 * 1024
    private static let keepAliveSeconds: Int64 = 15

    let actors: ActorReader
    let orders: ChatOrders
    let runs: RunService
    let joins = RetryJoins()

    var endpoints: [Endpoint] { [self.chat] }

    private var chat: Endpoint {
        Endpoint(
            raw: .post,
            "/v1/chat/completions",
            "Let an agent answer, at once or as a stream",
            tag: Self.tag,
            access: .scope(.write),
            body: BodyDescription(
                example: [
                    "model": "goclaw:default", "messages": [["role": "user", "content": "Plan a day in Kyoto."]],
                ]
            ) { (ChatSchema.request, [:]) },
            answers: [
                AnswerDescription(status: .ok, summary: "Success", of: ChatCompletion.self).orAs("text/event-stream")
            ]
        ) { (caller: Caller, call: Call) in
            let actor = try await self.actors.actor(caller, call)
            try call.requireReadableQuery()
            let body = try await call.collectBody(upTo: Self.bodyLimit)
            guard let json = try await call.json(of: body) else { throw GatewayProblems.messagesMissing }
            // What is relayed to a model is its provider's to read.
            let isRelayed = json["model"]?.string.flatMap(Relay.choice) != nil
            let unknown = isRelayed ? nil : try call.unknownNames(in: json, ChatSchema.known)
            var response = try await self.chat(json, body, actor, caller, call)
            response.headers[.warning] = unknown
            return response
        }
        .refusing(
            GatewayProblems.messagesMissing,
            GatewayProblems.unsupported("n"),
            GatewayProblems.toolMessage("id"),
            GatewayProblems.imageUnreadable,
            GatewayProblems.modelNotFound,
            GatewayProblems.relayForbidden,
            GatewayProblems.agentNotFound,
            GatewayProblems.agentForbidden,
            GatewayProblems.toolNameTaken("name"),
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

    private func chat(_ json: JSONValue, _ body: BufferedBody, _ actor: GatewayActor, _ caller: Caller, _ call: Call)
        async throws
        -> Response
    {
        let relay = json["model"]?.string.flatMap(Relay.choice)
        var request = try relay == nil ? ChatReader.read(json) : ChatRequest(relaying: json)
        let house = self.runs.house
        let claim = try call.claim(of: "/v1/chat/completions", by: actor, caller, json, house)
        if let claim, let kept = try await house.database.read({ try claim.known(in: $0) }) {
            return try self.repeated(kept, request)
        }
        let retry = claim == nil ? RetryJoins.Key(call, actor, body.bytes) : nil
        let watch = call.context.watch ?? ConnectionWatch()
        if let retry, retry.isRepetition, let shared = self.joins.find(retry),
            let response = try await self.response(shared, watch)
        {
            return response
        }
        var placed: ChatOrders.Placed
        if let relay {
            let bytes = Array(body.bytes.readableBytesView)
            (request, placed) = try await self.orders.relay(to: relay, json, bytes, actor, call)
        } else {
            placed = try await self.orders.order(request, actor, call)
        }
        placed.order.claim = claim
        return try await self.answer(request, placed, call, retry)
    }

    /// A page's chat, in the session that it names.
    func respond(to request: ChatRequest, session: String, _ caller: Caller, _ call: Call) async throws -> Response {
        let actor = try await self.actors.actor(caller, call)
        let placed = try await self.orders.order(request, actor, call, session: session)
        return try await self.answer(request, placed, call, nil)
    }

    private static func form(_ request: ChatRequest, run: String, agent: String, created: Int64) -> ChatAnswer {
        ChatAnswer(
            id: "chatcmpl-\(run.bytewise.replacing("-", with: ""))",
            created: created,
            model: request.model.nonEmpty ?? "goclaw:\(agent)",
            isLegacy: request.isLegacy
        )
    }

    /// The answer of a run that has ended: the same object, or a stream with the text in one piece.
    private func repeated(_ kept: KeptRun, _ request: ChatRequest) throws -> Response {
        let result = try kept.result()
        var answer = Self.form(request, run: kept.id, agent: kept.agent, created: kept.created)
        if !result.relayed.id.isEmpty { answer.id = result.relayed.id }
        answer.model = result.relayed.model ?? answer.model
        answer.created = result.relayed.created ?? answer.created
        var response: Response
        if request.isStream {
            let chunks = ChatAnswer.Chunks(answer, includesUsage: request.includesUsage)
            let line = ChatLine(chunks: chunks)
            var events: [RunEvent] = result.content.isEmpty ? [] : [.text(result.content)]
            if let refusal = result.refusal { events.append(.refusal(refusal)) }
            for (index, call) in result.clientCalls.enumerated() {
                events += [
                    .clientCall(index: index, id: call.id, name: call.name),
                    .clientArguments(index: index, call.arguments),
                ]
            }
            let bytes = chunks.first + events.flatMap { line.bytes($0) } + line.end(result, label: "")
            response = Response(
                status: .ok,
                headers: [.contentType: "text/event-stream", .cacheControl: "no-cache"],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
            )
        } else {
            response = Self.whole(answer, result)
            response.headers[Self.costHeader] = "\(kept.cost)"
        }
        response.headers[HTTPField.Name("Idempotent-Replayed")!] = "true"
        Self.addHeaders(
            &response,
            run: (kept.id, kept.trace),
            session: kept.session,
            agent: kept.agent,
            ignored: Set(request.ignored).union(result.ignored),
            answeredBy: result.answeredBy
        )
        return response
    }

    /// What a relayed call was answered goes as it came.
    private static func whole(_ answer: ChatAnswer, _ result: RunResult) -> Response {
        guard !result.relayed.body.isEmpty else { return Response(status: .ok, answer: answer.whole(result)) }
        let body = ByteBuffer(string: result.relayed.body)
        return Response(status: .ok, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: body))
    }

    private func answer(_ request: ChatRequest, _ placed: ChatOrders.Placed, _ call: Call, _ retry: RetryJoins.Key?)
        async throws -> Response
    {
        let outlet = SilenceOutlet()
        let holds: [any Sendable] = placed.lock.map { [$0] } ?? []
        let machine = try await self.runs.machine(placed.order, holding: holds) { await outlet.tell() }
        let order = placed.order
        let answering = PendingAnswer(
            machine: machine,
            request: request,
            answer: Self.form(request, run: order.id, agent: order.agent.key, created: machine.startedAt.seconds),
            outlet: outlet,
            isDetached: call.header(Self.detachHeader)?.lowercased() == "true"
        )
        let watch = call.context.watch ?? ConnectionWatch()
        guard let retry else {
            // A run that goes on without its client is never ended in the middle of a step.
            let first = try await watch.endingWhenLeft(unless: answering.isDetached) { try await answering.begin() }
            return await self.response(answering, first, watch)
        }
        let (joins, runs) = (self.joins, self.runs)
        let shared = SharedRun(answering) { runs.carry($0) }
        joins.add(shared, retry)
        runs.carry {
            await shared.run()
            joins.remove(shared, retry)
        }
        guard let response = try await self.response(shared, watch) else { throw GatewayProblems.runCancelled }
        return response
    }

    /// What a run answers to one of those who wait for it; nil where another has its stream.
    private func response(_ shared: SharedRun, _ watch: ConnectionWatch) async throws -> Response? {
        guard case .mine(let first) = try await shared.first(for: watch) else { return nil }
        return await self.response(shared.answering, first, watch)
    }

    private func response(_ answering: PendingAnswer, _ first: RunEvent?, _ watch: ConnectionWatch) async -> Response {
        let (machine, request) = (answering.machine, answering.request)
        guard request.isStream else {
            let (result, overhead) = await (machine.result, machine.overhead)
            var response = Self.whole(answering.answer, result)
            self.addHeaders(&response, request, machine.order, result)
            response.headers[Self.overheadHeader] = "\(overhead)"
            response.headers[Self.costHeader] = "\(result.totals.cost.smallestUnits)"
            return response
        }
        var response = Response(
            status: .ok,
            headers: [.contentType: "text/event-stream", .cacheControl: "no-cache"],
            body: self.stream(answering, first, watch)
        )
        response.headers[HTTPField.Name("X-Accel-Buffering")!] = "no"
        self.addHeaders(&response, request, machine.order, nil)
        return response
    }

    // MARK: Streams

    private func stream(_ answering: PendingAnswer, _ first: RunEvent?, _ watch: ConnectionWatch) -> ResponseBody {
        let (machine, outlet) = (answering.machine, answering.outlet)
        return ResponseBody { writer in
            let chunks = ChatAnswer.Chunks(answering.answer, includesUsage: answering.request.includesUsage)
            let line = ChatLine(chunks: chunks, isRelayed: machine.order.relay?.body != nil)
            var pending: RunEvent? = first
            var isOver = first == nil
            do {
                try await watch.endingWhenLeft(unless: answering.isDetached) {
                    try await writer.write(ByteBuffer(bytes: line.first))
                    await outlet.open(writer as? any SharedBodyWriter)
                    while !isOver {
                        if let event = pending { try await writer.write(ByteBuffer(bytes: line.bytes(event))) }
                        pending = try await machine.next(until: .now() + .seconds(Self.keepAliveSeconds))
                        isOver = pending == nil
                    }
                    await outlet.close()
                }
                let (result, label, overhead) = await (machine.result, machine.label, machine.overhead)
                try await writer.write(ByteBuffer(bytes: line.end(result, label: label, overhead: overhead)))
            } catch let problem as Problem {
                await outlet.close()
                await machine.abandon(.clientDisconnected)
                let language = Language(rawValue: machine.order.language) ?? .english
                let error = GatewayContract.openAIError(problem, in: language)
                try await writer.write(
                    ByteBuffer(bytes: ChatAnswer.Chunks.failure(error) + ChatAnswer.Chunks.done)
                )
            } catch {
                await outlet.close()
                if answering.isDetached {
                    self.runs.detach(machine)
                } else {
                    await machine.abandon(.clientDisconnected)
                }
                throw error
            }
            try await writer.finish(nil)
        }
    }

    // MARK: Headers

    static let detachHeader = HTTPField.Name("X-GoClaw-Detach")!
    static let runHeader = HTTPField.Name("X-GoClaw-Run-Id")!
    static let traceHeader = HTTPField.Name("X-GoClaw-Trace-Id")!
    static let ignoredHeader = HTTPField.Name("X-GoClaw-Ignored")!
    static let providerHeader = HTTPField.Name("X-GoClaw-Provider")!
    static let modelHeader = HTTPField.Name("X-GoClaw-Model")!
    static let overheadHeader = HTTPField.Name("X-GoClaw-Overhead-Ms")!
    static let costHeader = HTTPField.Name("X-GoClaw-Cost-Micros")!

    private func addHeaders(
        _ response: inout Response,
        _ request: ChatRequest,
        _ order: RunOrder,
        _ result: RunResult?
    ) {
        Self.addHeaders(
            &response,
            run: (order.id, order.trace),
            session: order.place.key,
            agent: order.agent.key,
            ignored: Set(request.ignored).union(result?.ignored ?? []),
            answeredBy: result?.answeredBy
        )
    }

    private static func addHeaders(
        _ response: inout Response,
        run: (id: String, trace: String),
        session: String,
        agent: String,
        ignored: Set<String>,
        answeredBy choice: ModelChoice?
    ) {
        response.headers[Self.runHeader] = run.id
        response.headers[Self.traceHeader] = run.trace
        if !session.isEmpty { response.headers[ActorReader.sessionHeader] = HeaderText.of(session) }
        if !agent.isEmpty { response.headers[ActorReader.agentHeader] = agent }
        if !ignored.isEmpty { response.headers[Self.ignoredHeader] = ignored.sorted().joined(separator: ", ") }
        if let choice {
            response.headers[Self.providerHeader] = choice.provider
            response.headers[Self.modelHeader] = HeaderText.of(choice.model)
        }
    }
}
