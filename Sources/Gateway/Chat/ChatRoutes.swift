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
    /// The status is held back until the model says something, or for so long.
    private static let headSeconds: Int64 = 10
    private static let keepAliveSeconds: Int64 = 15

    let actors: ActorReader
    let orders: ChatOrders
    let runs: RunService

    var endpoints: [Endpoint] { [self.chat] }

    private var chat: Endpoint {
        Endpoint(
            raw: .post,
            "/v1/chat/completions",
            "Let an agent answer, at once or as a stream",
            tag: Self.tag,
            access: .scope(.write),
            body: BodyDescription { (ChatSchema.request, [:]) },
            answers: [
                AnswerDescription(status: .ok, summary: "Success", of: ChatCompletion.self).orAs("text/event-stream")
            ]
        ) { (caller: Caller, call: Call) in
            let actor = try await self.actors.actor(caller, call)
            let body = try await call.collectBody(upTo: Self.bodyLimit)
            guard let json = try await call.json(of: body) else { throw GatewayProblems.messagesMissing }
            let relay = json["model"]?.string.flatMap(Relay.choice)
            var request = try relay == nil ? ChatReader.read(json) : ChatRequest(relaying: json)
            let house = self.runs.house
            let claim = try call.claim(of: "/v1/chat/completions", by: actor, caller, json, house)
            if let claim, let kept = try await house.database.read({ try claim.known(in: $0) }) {
                return try self.repeated(kept, request)
            }
            var placed: ChatOrders.Placed
            if let relay {
                let bytes = Array(body.bytes.readableBytesView)
                (request, placed) = try await self.orders.relay(to: relay, json, bytes, actor, call)
            } else {
                placed = try await self.orders.order(request, actor, call)
            }
            placed.order.claim = claim
            return try await self.answer(request, placed, call)
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
            GatewayProblems.userInvalid,
            GatewayProblems.sessionKeyInvalid,
            GatewayProblems.sessionNotFound,
            GatewayProblems.agentInactive,
            GatewayProblems.messageRefused,
            GatewayProblems.busy,
            GatewayProblems.idempotencyKeyLength,
            GatewayProblems.idempotencyKeyReused,
            GatewayProblems.idempotencyKeyRunning
        )
        .refusing(RunProblems.all)
    }

    /// A page's chat, in the session that it names.
    func respond(to request: ChatRequest, session: String, _ caller: Caller, _ call: Call) async throws -> Response {
        let actor = try await self.actors.actor(caller, call)
        let placed = try await self.orders.order(request, actor, call, session: session)
        return try await self.answer(request, placed, call)
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

    private func answer(_ request: ChatRequest, _ placed: ChatOrders.Placed, _ call: Call) async throws -> Response {
        let outlet = SilenceOutlet()
        let holds: [any Sendable] = placed.lock.map { [$0] } ?? []
        let machine = try await self.runs.machine(placed.order, holding: holds) { await outlet.tell() }
        let isDetached = call.header(Self.detachHeader)?.lowercased() == "true"
        let watch = call.context.watch ?? ConnectionWatch()
        let (order, startedAt) = (placed.order, machine.startedAt)
        let answer = Self.form(request, run: order.id, agent: order.agent.key, created: startedAt.seconds)
        guard request.isStream else {
            let result = try await self.reading(machine, watch, isDetached) { try await machine.finish() }
            let overhead = await machine.overhead
            var response = Self.whole(answer, result)
            self.addHeaders(&response, request, placed.order, result)
            response.headers[Self.overheadHeader] = "\(overhead)"
            response.headers[Self.costHeader] = "\(result.totals.cost.smallestUnits)"
            return response
        }
        // Refusals are real errors as long as nothing was said.
        let first = try await self.reading(machine, watch, isDetached) {
            try await machine.next(until: .now() + .seconds(Self.headSeconds))
        }
        var response = Response(
            status: .ok,
            headers: [.contentType: "text/event-stream", .cacheControl: "no-cache"],
            body: self.stream(first, machine, request, answer, watch, outlet, isDetached)
        )
        response.headers[HTTPField.Name("X-Accel-Buffering")!] = "no"
        self.addHeaders(&response, request, placed.order, nil)
        return response
    }

    /// What is pulled for a client ends with it, unless the run goes on without.
    private func reading<T: Sendable>(
        _ machine: RunMachine,
        _ watch: ConnectionWatch,
        _ isDetached: Bool,
        _ body: @Sendable () async throws -> T
    ) async throws -> T {
        // A run that goes on without its client is never ended in the middle of a step.
        if isDetached { return try await body() }
        do { return try await watch.endingWhenLeft { try await body() } } catch {
            await machine.abandon(.clientDisconnected)
            throw error
        }
    }

    // MARK: Streams

    private func stream(
        _ first: RunEvent?,
        _ machine: RunMachine,
        _ request: ChatRequest,
        _ answer: ChatAnswer,
        _ watch: ConnectionWatch,
        _ outlet: SilenceOutlet,
        _ isDetached: Bool
    ) -> ResponseBody {
        ResponseBody { writer in
            let chunks = ChatAnswer.Chunks(answer, includesUsage: request.includesUsage)
            let line = ChatLine(chunks: chunks, isRelayed: machine.order.relay?.body != nil)
            var pending: RunEvent? = first
            var isOver = first == nil
            do {
                try await watch.endingWhenLeft(unless: isDetached) {
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
                if isDetached { self.runs.detach(machine) } else { await machine.abandon(.clientDisconnected) }
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
        if !session.isEmpty { response.headers[ChatOrders.sessionHeader] = HeaderText.of(session) }
        if !agent.isEmpty { response.headers[ActorReader.agentHeader] = agent }
        if !ignored.isEmpty { response.headers[Self.ignoredHeader] = ignored.sorted().joined(separator: ", ") }
        if let choice {
            response.headers[Self.providerHeader] = choice.provider
            response.headers[Self.modelHeader] = HeaderText.of(choice.model)
        }
    }
}

/// Text in a header: what is no visible ASCII is percent-encoded.
enum HeaderText {
    static func of(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 < 33 || $0 > 126 }) else { return text }
        return text.utf8.map { byte in
            guard byte < 33 || byte > 126 else { return String(UnicodeScalar(byte)) }
            let digits = String(byte, radix: 16, uppercase: true)
            return "%" + (digits.utf8.count == 1 ? "0" : "") + digits
        }.joined()
    }
}

/// Events of a run as lines of a stream.
struct ChatLine: Sendable {
    let chunks: ChatAnswer.Chunks
    /// Whether the model's own chunks are passed on.
    var isRelayed = false

    /// What a stream begins with; a comment where the model's own chunks follow.
    var first: [UInt8] { self.isRelayed ? ChatAnswer.Chunks.comment("relayed") : self.chunks.first }

    func bytes(_ event: RunEvent) -> [UInt8] {
        switch event {
        case .text(let text): self.chunks.text(text)
        case .refusal(let text): self.chunks.text(text, as: "refusal")
        case .toolStarted(let name): ChatAnswer.Chunks.comment("tool \(name)")
        case .clientCall(let index, let id, let name): self.chunks.call(index, id, name)
        case .clientArguments(let index, let text): self.chunks.arguments(index, text)
        case .raw(let bytes): Self.event(bytes)
        case .waiting: ChatAnswer.Chunks.comment("keep-alive")
        }
    }

    /// Data of several lines is as many lines.
    private static func event(_ data: [UInt8]) -> [UInt8] {
        var bytes = Array("data: ".utf8)
        bytes.reserveCapacity(data.count + 8)
        for byte in data {
            bytes.append(byte)
            if byte == .lineFeed { bytes += Array("data: ".utf8) }
        }
        return bytes + [.lineFeed, .lineFeed]
    }

    /// What follows the last word: the label of advertising, the finish, the usage, `[DONE]`.
    ///
    /// - Parameter overhead: milliseconds of the server's own, where it is known.
    func end(_ result: RunResult, label: String, overhead: Int64? = nil) -> [UInt8] {
        let last = label.isEmpty ? [] : self.chunks.text(label)
        let usage = self.chunks.usageLine(result.totals.usage)
        let comment = overhead.map { ChatAnswer.Chunks.comment("overhead_ms=\($0)") } ?? []
        if self.isRelayed { return comment + ChatAnswer.Chunks.done }
        return last + self.chunks.finish(result.stopReason) + usage + comment + ChatAnswer.Chunks.done
    }
}

extension ChatAnswer.Chunks {
    /// Empty where the client has not asked for it.
    func usageLine(_ usage: TokenUsage) -> [UInt8] { self.includesUsage ? self.usage(usage) : [] }
}

/// Where comments go while tools run; nowhere as long as nothing was written.
actor SilenceOutlet {
    private var writer: (any SharedBodyWriter)?

    func open(_ writer: (any SharedBodyWriter)?) { self.writer = writer }
    func close() { self.writer = nil }

    func tell() async {
        guard var writer = self.writer else { return }
        // A client that has gone is noticed by whoever writes next.
        try? await writer.write(ByteBuffer(bytes: ChatAnswer.Chunks.comment("keep-alive")))
    }
}
