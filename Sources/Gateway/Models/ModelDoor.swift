import Kernel
import Logging
import NIOCore
import NIOHTTP1
import Platform
import Synchronization

/// Where models are called from: what each provider takes, how many calls it has, and whether it rests.
final class ModelDoor: Sendable {
    /// Of a provider's calls in a minute, so many in a hundred may be repetitions.
    static let repetitionPercent = 20
    /// Connections of a tenant to one host: half of all.
    private static let tenantConnections = Outbound.connectionsPerHost / 2

    struct Key: Hashable, Sendable {
        let provider: ID<Provider>
        let model: String
    }

    private struct Failures {
        /// In a row.
        var count = 0
        var lastAt: Timestamp?
    }

    private struct State {
        var openAI: [Key: OpenAIWire.Quirks] = [:]
        var anthropic: [Key: AnthropicWire.Quirks] = [:]
        var running: [ID<Provider>: Int] = [:]
        var failures: [ID<Provider>: Failures] = [:]
        /// How many tokens are counted for one that was estimated, by model.
        var factors: [Key: Double] = [:]
    }

    private let state = Mutex(State())
    private let outbound: Outbound
    let ids: IDGenerator
    let breaker: CircuitBreaker<Key>
    private let calls = SlidingWindows(policy: "calls", windowSeconds: 60)
    private let repetitions = SlidingWindows(policy: "repetitions", windowSeconds: 60)
    let clock: WallClock

    init(outbound: Outbound, ids: IDGenerator, clock: WallClock, logger: Logger) {
        (self.outbound, self.ids, self.clock) = (outbound, ids, clock)
        self.breaker = CircuitBreaker(openSeconds: 30) { key, isOpen in
            let model: Logger.Metadata = ["provider": "\(key.provider)", "model": "\(key.model)"]
            if isOpen {
                logger.warning("a model has failed five times in a row: its circuit is open", metadata: model)
            } else {
                logger.info("a model answers again: its circuit is closed", metadata: model)
            }
        }
    }

    /// A place among a provider's calls; given back when it goes away.
    final class Place: Sendable {
        private let door: ModelDoor
        private let provider: ID<Provider>

        fileprivate init(_ door: ModelDoor, _ provider: ID<Provider>) { (self.door, self.provider) = (door, provider) }

        deinit {
            self.door.state.withLock { state in
                let left = state.running[self.provider, default: 1] - 1
                state.running[self.provider] = left > 0 ? left : nil
            }
        }
    }

    /// Throws `providerBusy`.
    func place(at provider: Provider) throws -> Place {
        let hasRoom = self.state.withLock { state in
            guard state.running[provider.id, default: 0] < provider.settings.maximumConcurrent else { return false }
            state.running[provider.id, default: 0] += 1
            return true
        }
        guard hasRoom else { throw GatewayProblems.providerBusy }
        return Place(self, provider.id)
    }

    // MARK: Sending

    /// The request as it goes to the provider, and what of it the provider does not take.
    struct Prepared: Sendable {
        let request: OutboundRequest
        let byteCount: Int
        let ignored: [String]
    }

    func prepare(_ request: ModelRequest, for open: OpenProvider) throws -> Prepared {
        let key = Key(provider: open.provider.id, model: request.model)
        if let relay = request.relay {
            let quirks = self.state.withLock { $0.openAI[key] } ?? .init()
            let limit = request.isBounded ? request.maximumOutput : nil
            let bytes = relay.bytes(model: request.model, limit: limit, for: open.provider, quirks)
            let ignored = relay.ignored(isBounded: request.isBounded)
            return Prepared(request: self.request(open, bytes), byteCount: bytes.count, ignored: ignored)
        }
        let (body, ignored): (JSONValue, [String])
        switch open.provider.wire {
        case .anthropic:
            let quirks = self.state.withLock { $0.anthropic[key] } ?? .init()
            (body, ignored) = AnthropicWire.body(of: request, for: open.provider, quirks)
        case .openAI, .echo:
            let quirks = self.state.withLock { $0.openAI[key] } ?? .init()
            (body, ignored) = (OpenAIWire.body(of: request, for: open.provider, quirks), quirks.without.sorted())
        }
        let bytes = try JSON.encode(body)
        return Prepared(request: self.request(open, bytes), byteCount: bytes.count, ignored: ignored)
    }

    /// The request as a server on a private address gets it, which reads nothing of the network itself. Throws `imageUnreadable`.
    func reachable(_ request: ModelRequest) async throws -> ModelRequest {
        var request = request
        request.messages = try await ImageFetch(outbound: self.outbound).inlined(request.messages)
        return request
    }

    /// - Parameter path: below the provider's address; its usual one without it.
    func request(_ open: OpenProvider, _ body: [UInt8]?, method: String = "POST", path: String? = nil)
        -> OutboundRequest
    {
        var headers = HTTPHeaders([("Accept-Encoding", "identity"), ("User-Agent", "Souk")])
        if body != nil { headers.add(name: "Content-Type", value: "application/json") }
        let base = open.provider.apiBase
        let usual: String
        switch open.provider.wire {
        case .anthropic:
            usual = "/v1/messages"
            headers.add(name: "anthropic-version", value: AnthropicWire.version(of: open.provider))
            if let key = open.apiKey { headers.add(name: "x-api-key", value: key) }
        case .openAI, .echo:
            usual = "/chat/completions"
            if let key = open.apiKey { headers.add(name: "Authorization", value: "Bearer \(key)") }
        }
        for (name, value) in open.headers { headers.replaceOrAdd(name: name, value: value) }
        return OutboundRequest(
            method: method,
            url: base + (path ?? usual),
            headers: headers,
            body: body.map { ByteBuffer(bytes: $0) }
        )
    }

    /// Throws ``ModelFailure``.
    ///
    /// - Parameter isStream: whether the answer begins before all of it is there.
    func send(_ request: OutboundRequest, to open: OpenProvider, isStream: Bool = true) async throws -> OutboundCall {
        let provider = open.provider
        _ = self.calls.take(provider.id.text, limit: .max, now: self.clock.now())
        do {
            return try await self.outbound.begin(
                request,
                reach: open.isNamed ? .everywhere : .publicOnly,
                timeoutSeconds: min(isStream ? ModelStream.headSeconds : .max, Int64(provider.settings.timeoutSeconds)),
                silenceSeconds: ModelStream.silenceSeconds,
                sharing: [OutboundShare(holder: "tenant \(provider.tenant)", limit: Self.tenantConnections)]
            )
        } catch let error as OutboundError {
            throw ModelFailure.unreachable(OutboundError.describe(error), wasWritten: false)
        }
    }

    // MARK: Health

    /// A call has failed, for a reason that is not the request's own.
    ///
    /// - Parameter mayPass: whether the model is left alone for a while when it goes on so.
    func failed(_ key: Key, mayPass: Bool) {
        let now = self.clock.now()
        if mayPass { self.breaker.failed(key, now: now) } else { self.breaker.succeeded(key) }
        self.state.withLock { state in
            if state.failures.count >= 10_000 { state.failures = [:] }
            state.failures[key.provider, default: Failures()].count += 1
            state.failures[key.provider]?.lastAt = now
        }
    }

    func succeeded(_ key: Key) {
        self.breaker.succeeded(key)
        self.state.withLock { if !$0.failures.isEmpty { $0.failures[key.provider]?.count = 0 } }
    }

    /// The provider has changed, or has answered a trial: it is asked again at once.
    func reset(_ provider: ID<Provider>) {
        self.breaker.reset { $0.provider == provider }
        self.state.withLock { $0.failures[provider]?.count = 0 }
    }

    /// How a provider has answered this process lately.
    func health(of provider: ID<Provider>) -> ProviderHealth {
        let failures = self.state.withLock { $0.failures[provider] } ?? Failures()
        let seconds = self.breaker.secondsLeft(where: { $0.provider == provider }, now: self.clock.now())
        return ProviderHealth(
            failureCount: failures.count,
            pauseSeconds: seconds,
            lastFailedAt: failures.lastAt
        )
    }

    func echo(_ request: ModelRequest) -> EchoModel { EchoModel(request, callID: "call_\(self.ids.rawUUID().hex)") }

    // MARK: What is learnt

    /// Whether a repetition of a failed call is within the provider's share of them. The first few of a minute always are.
    func mayRepeat(_ provider: Provider) -> Bool {
        let now = self.clock.now()
        let sent = self.calls.count(provider.id.text, now: now)
        let limit = max(10, sent * Self.repetitionPercent / 100)
        return self.repetitions.take(provider.id.text, limit: limit, now: now).isAllowed
    }

    /// Whether the same request goes once more, without what the refusal names.
    func learn(from failure: ModelFailure, of request: ModelRequest, at open: OpenProvider) -> Bool {
        guard case .refused(400, let message, _) = failure else { return false }
        if request.relay != nil, !self.isOwn(message, of: request, at: open) { return false }
        let key = Key(provider: open.provider.id, model: request.model)
        return self.state.withLock { state in
            switch open.provider.wire {
            case .anthropic:
                guard request.thinking != .off, state.anthropic[key]?.hasThinkingBudget != true,
                    ["thinking", "output_config", "effort"].contains(where: { message.bytewise.contains($0) })
                else { return false }
                if state.anthropic.count >= 10_000 { state.anthropic = [:] }
                state.anthropic[key] = .init(hasThinkingBudget: true)
                return true
            case .openAI, .echo:
                guard let quirks = OpenAIWire.quirks(after: message, state.openAI[key] ?? .init()) else { return false }
                if state.openAI.count >= 10_000 { state.openAI = [:] }
                state.openAI[key] = quirks
                return true
            }
        }
    }

    /// Whether a refusal names what was put into a client's own request.
    private func isOwn(_ message: String, of request: ModelRequest, at open: OpenProvider) -> Bool {
        guard let relay = request.relay else { return false }
        if relay.isStream, !relay.includesUsage, message.bytewise.contains("stream_options") { return true }
        return request.isBounded && relay.maximumOutput == nil
            && ["max_tokens", "max_completion_tokens"].contains { message.bytewise.contains($0) }
    }

    /// What a provider has counted corrects later estimates of the same model.
    func learn(tokens counted: Int64, estimated: Int64, _ key: Key) {
        guard counted > 0, estimated > 0 else { return }
        let factor = min(4, max(0.25, Double(counted) / Double(estimated)))
        self.state.withLock { state in
            if state.factors.count >= 10_000 { state.factors = [:] }
            state.factors[key] = state.factors[key].map { $0 * 0.8 + factor * 0.2 } ?? factor
        }
    }

    func factor(_ key: Key) -> Double { self.state.withLock { $0.factors[key] } ?? 1 }
}
