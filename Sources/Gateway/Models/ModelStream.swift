import Kernel
import NIOCore
import NIOHTTP1
import Platform

/// One answer of a model on its way in. Used by one task at a time.
final class ModelStream {
    /// Bytes of one answer.
    static let limit = 32 * 1024 * 1024
    static let headSeconds: Int64 = 120
    static let silenceSeconds: Int64 = 60

    enum Step: Sendable {
        case event(ModelEvent)
        /// Nothing has come for as long as was waited.
        case waiting
        case end
    }

    private enum Decoder {
        case openAI(OpenAIDecoder)
        case anthropic(AnthropicDecoder)
        case echo(EchoModel)
    }

    private enum Source {
        case none
        case call(OutboundCall)
        case body(OutboundBody)
        /// An answer that is no stream: all of it is collected, for it is JSON or an error.
        case whole(OutboundBody, status: Int, retryAfter: Int64?)
    }

    /// Ends the answer from elsewhere.
    let abandon: @Sendable () -> Void
    private var decoder: Decoder
    private var source: Source
    private var events: [ModelEvent] = []
    private var parser = EventStream()
    private var collected: [UInt8] = []
    private var byteCount = 0
    private var deltas = 0
    private let deltaLimit: Int
    private let ids: IDGenerator
    private let deadline: NIODeadline
    /// Whether what comes is passed on as it is, and how it was asked for.
    private let relay: RelayBody?
    private var isDone = false
    private var late: ModelFailure?
    /// Whether a finish was told, after which the end of the stream is no breaking off.
    private var hasFinished = false

    /// A call that was sent.
    init(
        _ call: OutboundCall,
        speaking wire: Provider.Wire,
        maximumOutput: Int,
        timeoutSeconds: Int,
        relay: RelayBody? = nil,
        ids: IDGenerator
    ) {
        self.ids = ids
        self.decoder = wire == .anthropic ? .anthropic(AnthropicDecoder()) : .openAI(OpenAIDecoder())
        self.source = .call(call)
        self.abandon = { call.abandon() }
        self.relay = relay
        self.deltaLimit = maximumOutput + maximumOutput / 10 + 64
        self.deadline = .now() + .seconds(Int64(timeoutSeconds))
    }

    init(_ echo: EchoModel, ids: IDGenerator) {
        self.ids = ids
        self.decoder = .echo(echo)
        self.source = .none
        self.abandon = {}
        self.relay = nil
        (self.deltaLimit, self.deadline) = (.max, .distantFuture)
    }

    /// Throws ``ModelFailure``, `CancellationError`.
    func next(until patience: NIODeadline) async throws -> Step {
        while true {
            if !self.events.isEmpty { return .event(self.events.removeFirst()) }
            if let late = self.late { throw late }
            if self.isDone { return .end }
            if case .echo(var echo) = self.decoder {
                guard let event = echo.next() else { return .end }
                self.decoder = .echo(echo)
                return .event(event)
            }
            do {
                guard try await self.read(until: patience) else { return .waiting }
            } catch let error as OutboundError {
                self.late = self.failure(error)
            } catch let failure as ModelFailure {
                // What came before it is told first: nothing is repeated once something was said.
                self.late = failure
            }
        }
    }

    /// False when nothing has come.
    private func read(until patience: NIODeadline) async throws -> Bool {
        switch self.source {
        case .none:
            self.isDone = true
            return true
        case .call(let call):
            guard let response = try await call.response(until: patience) else { return false }
            response.body.set(deadline: self.deadline)
            let type = response.headers.first(name: "content-type")?.lowercased() ?? ""
            let isStream = type.bytewise.contains("event-stream")
            if let relay = self.relay, response.status < 300, relay.isStream != isStream {
                // The same request would be answered the same way.
                let message = isStream ? "a stream came unasked" : "the answer is no stream"
                throw ModelFailure.failed(status: 422, message: message)
            }
            self.source =
                response.status < 300 && isStream
                ? .body(response.body)
                : .whole(response.body, status: response.status, retryAfter: Self.retryAfter(response.headers))
            return true
        case .body(let body): return try await self.readStream(body, until: patience)
        case .whole(let body, let status, let retryAfter):
            switch try await body.next(until: patience) {
            case nil: return false
            case .chunk(let chunk)?:
                self.collected += chunk.readableBytesView
                guard self.collected.count <= Self.limit else { throw ModelFailure.broken("the answer is too long") }
            case .end?: try self.readWhole(status, retryAfter)
            }
            return true
        }
    }

    private func readStream(_ body: OutboundBody, until patience: NIODeadline) async throws -> Bool {
        switch try await body.next(until: patience) {
        case nil: return false
        case .chunk(let chunk)?:
            self.byteCount += chunk.readableBytes
            guard self.byteCount <= Self.limit else { throw ModelFailure.broken("the answer is too long") }
            let events: [EventStream.Event]
            do { events = try self.parser.take(chunk) } catch { throw ModelFailure.broken("an event is too long") }
            for event in events { try self.decode(event.data) }
            if self.hasEnded { self.finish() }
        case .end?:
            if let event = self.parser.end() { try self.decode(event.data) }
            guard self.hasFinished || self.hasEnded else {
                throw ModelFailure.broken("the stream ended before the answer did")
            }
            self.finish()
        }
        return true
    }

    private func finish() {
        self.isDone = true
        self.source = .none
    }

    private var hasEnded: Bool {
        switch self.decoder {
        case .openAI(let decoder): decoder.hasEnded
        case .anthropic(let decoder): decoder.hasEnded
        case .echo: false
        }
    }

    private func decode(_ data: [UInt8]) throws {
        let events: [ModelEvent]
        switch self.decoder {
        case .openAI(var decoder):
            events = try decoder.read(data)
            self.decoder = .openAI(decoder)
        case .anthropic(var decoder):
            events = try decoder.read(data)
            self.decoder = .anthropic(decoder)
        case .echo: events = []
        }
        for event in events {
            switch event {
            case .finish: self.hasFinished = true
            case .text, .thinking, .arguments, .refusal: self.deltas += 1
            default: break
            }
        }
        guard self.deltas <= self.deltaLimit else {
            throw ModelFailure.broken("the answer is longer than was asked for")
        }
        self.events += events.map(self.named)
        let hasUsage = events.contains { if case .usage = $0 { true } else { false } }
        if let relay = self.relay, !self.isUnwanted(data, relay, hasUsage: hasUsage) { self.events.append(.raw(data)) }
    }

    /// The usage that only we have asked for, and the end, which follows when all is written down.
    private func isUnwanted(_ data: [UInt8], _ relay: RelayBody, hasUsage: Bool) -> Bool {
        guard relay.isStream else { return false }
        if self.hasEnded { return true }
        guard !relay.includesUsage, hasUsage, let chunk = try? JSON.read(data) else { return false }
        return chunk["choices"]?.array?.isEmpty ?? true && chunk["usage"].map { $0 != .null } ?? false
    }

    /// Calls get ids of our own: what servers give is missing, or the same in every answer. A relayed answer keeps what its client has read.
    private func named(_ event: ModelEvent) -> ModelEvent {
        guard self.relay == nil, case .toolCall(let index, _, let name) = event else { return event }
        return .toolCall(index: index, id: "call_\(self.ids.rawUUID().hex)", name: name)
    }

    /// An error, or a whole answer where a stream was asked for.
    private func readWhole(_ status: Int, _ retryAfter: Int64?) throws {
        let value = (try? JSON.read(self.collected)) ?? .null
        guard status < 300 else {
            let error = value["error"] ?? value.array?.first?["error"] ?? value
            throw ModelFailure.refused(status: status, message: OpenAIDecoder.text(of: error), retryAfter: retryAfter)
        }
        guard value.object != nil else { throw ModelFailure.broken("the answer is neither events nor JSON") }
        try self.decode(self.collected)
        guard self.hasFinished else { throw ModelFailure.broken("the answer has no end") }
        self.finish()
    }

    private func failure(_ error: OutboundError) -> ModelFailure {
        let isSent = if case .call = self.source { false } else { true }
        switch error {
        case .badURL, .forbiddenAddress, .cannotResolve, .tooManyConnections:
            return .unreachable(OutboundError.describe(error), wasWritten: false)
        case .timeout, .unreachable, .tooLarge:
            return isSent
                ? .broken(OutboundError.describe(error))
                : .unreachable(OutboundError.describe(error), wasWritten: true)
        }
    }

    /// In milliseconds, by either header.
    private static func retryAfter(_ headers: HTTPHeaders) -> Int64? {
        if let text = headers.first(name: "retry-after-ms"), let value = Double(text), value >= 0, value < 1e9 {
            return Int64(nearest: value)
        }
        guard let text = headers.first(name: "retry-after"), let value = Double(text), value >= 0, value < 1e6 else {
            return nil
        }
        return Int64(nearest: value * 1000)
    }
}
