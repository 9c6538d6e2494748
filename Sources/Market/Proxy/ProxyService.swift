import HTTPTypes
import Hummingbird
import Kernel
import NIOCore
import NIOHTTP1
import Platform
import Storage
import Web

/// Forwards a call to the service's provider and pays for it.
///
/// Order: idempotency, free tier, money, forward (docs/market.md, Calls). Charged exactly when the service's rule says so of
/// the provider's status (``ChargeRule``); the charge is durable before the first byte of the answer leaves.
struct ProxyService: Sendable {
    /// Answers with a stated length up to this are read whole before they are charged: one that breaks off costs nothing.
    /// They are also what is kept for an `Idempotency-Key`.
    static let wholeAnswerLimit = 64 * 1024

    /// Of the connections that are open to one host (``Outbound/connectionsPerHost``): so many for the calls of one buyer and to
    /// one service, so that nobody shuts a host for the others.
    static let connectionsOfBuyer = 128
    static let connectionsOfService = 384

    /// Sends the request, within the seconds to its answer's head.
    typealias Send =
        @Sendable (OutboundRequest, _ timeoutSeconds: Int64, _ shares: [OutboundShare]) async throws -> OutboundResponse

    let database: any Database
    let send: Send
    let ledger: CallLedger
    let rails: Rails
    let streams: OpenStreams
    let breaker: CircuitBreaker<ID<Listing>>
    let clock: WallClock
    /// By the outcome of a call.
    let calls: [Usage.Outcome: Counter]
    let failures = FailureRecorder()

    func forward(_ call: ProxyCall, _ body: BufferedBody) async throws -> Response {
        let reservation = try await self.ledger.reserve(call, body.bytes, takesPayment: self.takesPayment(of: call)) {
            now in
            if let seconds = self.breaker.secondsLeft(call.listing.id, now: now) {
                throw MarketProblems.circuitOpen(retryAfterSeconds: seconds)
            }
        }
        switch reservation {
        case .replay(let answer): return try self.replay(answer)
        case .funded(let funding, let key): return try await self.forward(call, body, funding, key)
        case .unfunded(let key): return try await self.forward(call, body, try await self.pay(call), key)
        }
    }

    // MARK: Before

    /// Throws what a buyer without means would hear at the end, so that a long body is not read in vain. A repetition under a
    /// known key costs nothing.
    func requireFunds(_ call: ProxyCall) async throws {
        let isFunded = try await self.database.read { try self.ledger.canPay(call, in: $0) }
        guard !isFunded else { return }
        _ = try await self.payment(call)
    }

    private func takesPayment(of call: ProxyCall) -> Bool {
        self.rails.x402 != nil && call.listing.paymentMethod == .x402 && call.bringsPayment
    }

    /// A payment for this one call; the 402 when there is none.
    private func pay(_ call: ProxyCall) async throws -> any Funding {
        do {
            let (rail, payment, offer) = try await self.payment(call)
            try await rail.claim(
                payment,
                offer: offer,
                subject: call.usage.text,
                caller: call.caller,
                trace: call.trace
            )
            return X402Funding(
                payment: payment,
                offer: offer,
                rail: rail,
                accounts: self.ledger.accounts,
                database: self.database,
                amount: call.listing.price.amount
            )
        } catch {
            try await self.forget(call)
            throw error
        }
    }

    /// It came to nothing: its `Idempotency-Key` may be used again.
    private func forget(_ call: ProxyCall) async throws {
        guard call.once.isAsked, self.ledger.holds == nil else { return }
        try await self.database.write { try call.once.forget(in: $0) }
    }

    /// The payment that comes with the call, which nobody has looked at yet.
    private func payment(_ call: ProxyCall) async throws -> (X402Rail, X402Payment, X402Offer) {
        guard let rail = self.rails.x402, call.listing.paymentMethod == .x402 else {
            throw self.rails.depositRequired(price: call.listing.price.amount, call.listing.paymentMethod)
                .adding([.init(HTTPField.Name.chargedFor.rawName, call.listing.chargeRule.rawValue)])
        }
        var offer = rail.offer(
            amount: call.listing.price.amount,
            resourceURL: call.resourceURL,
            summary: call.listing.name
        )
        offer.chargedFor = call.listing.chargeRule
        if let header = call.headers[.paymentSignature] {
            return (rail, try X402Payment(header: header, version: 2, offer: offer), offer)
        }
        if let header = call.headers[.xPayment] {
            return (rail, try X402Payment(header: header, version: 1, offer: offer), offer)
        }
        // Whoever has paid and does not know it yet is not asked again.
        let isOpen = try await self.database.read { try $0.x402Payments.hasOpen(call.caller.identity) }
        if isOpen { throw MarketProblems.paymentUnknown }
        throw offer.problem("balance", ["price": call.listing.price.text])
    }

    // MARK: The call

    /// - Parameter key: the hold on the call's `Idempotency-Key`, which ends with it.
    private func forward(_ call: ProxyCall, _ body: BufferedBody, _ funding: any Funding, _ key: RunningKey?)
        async throws -> Response
    {
        guard self.breaker.begin(call.listing.id, now: self.clock.now()) else {
            return try await self.giveUp(call, funding, MarketProblems.circuitOpen(retryAfterSeconds: 1))
        }
        let response: OutboundResponse
        var whole: ByteBuffer?
        do {
            response = try await self.send(
                OutboundRequest(
                    method: call.method.rawValue,
                    url: call.providerURL,
                    headers: ProxyHeaders.toProvider(call.headers, call),
                    body: body.bytes.readableBytes > 0 ? body.bytes : nil
                ),
                Int64(call.listing.timeoutSeconds),
                [
                    .init(holder: "buyer \(call.caller.identity.text)", limit: Self.connectionsOfBuyer),
                    .init(holder: "service \(call.listing.id.text)", limit: Self.connectionsOfService),
                ]
            )
            whole = try await self.readWhole(response, call)
        } catch OutboundError.tooManyConnections {
            self.breaker.giveBack(call.listing.id, now: self.clock.now())
            return try await self.giveUp(call, funding, MarketProblems.tooManyCalls)
        } catch {
            return try await self.fail(call, funding, error)
        }
        guard response.status < 500 else {
            let result = self.result(call, status: response.status, .failed)
            self.breaker.failed(call.listing.id, now: self.clock.now())
            try await self.release(call, funding, result, self.failures.note(call, result, whole))
            return self.answer(call, funding, result, response, whole, .none)
        }
        self.breaker.succeeded(call.listing.id)
        guard call.listing.chargeRule.charges(response.status) else {
            let result = self.result(call, status: response.status, .refused)
            try await self.release(call, funding, result, self.failures.note(call, result, whole))
            return self.answer(call, funding, result, response, whole, .none)
        }
        return try await self.settle(call, funding, key, response, whole)
    }

    /// The call is not made now; it comes to nothing and leaves no record.
    private func giveUp(_ call: ProxyCall, _ funding: any Funding, _ problem: Problem) async throws -> Response {
        if funding.standsInRows || self.ledger.holds == nil {
            try await self.database.write { try self.ledger.cancel(call, funding, in: $0) }
        }
        throw problem
    }

    /// The body of a short answer; nil for one that is streamed.
    private func readWhole(_ response: OutboundResponse, _ call: ProxyCall) async throws -> ByteBuffer? {
        let length = response.headers.first(name: "content-length").flatMap { Int($0) }
        let isEmpty = response.status == 204 || response.status == 304
        guard isEmpty || (length ?? .max) <= Self.wholeAnswerLimit else { return nil }
        return try await response.body.collect(upTo: Self.wholeAnswerLimit, timeoutSeconds: call.bodySeconds)
    }

    private func settle(
        _ call: ProxyCall,
        _ funding: any Funding,
        _ key: RunningKey?,
        _ response: OutboundResponse,
        _ whole: ByteBuffer?
    ) async throws -> Response {
        let receipt: Receipt
        do { receipt = try await funding.take(for: call) } catch {
            try await self.forget(call)
            throw error
        }
        let result = self.result(call, status: response.status, .answered)
        let answer = self.answer(call, funding, result, response, whole, receipt)
        let record = CallRecord(call, funding, result)
        let failed = self.failures.note(call, result, whole)
        do {
            try await self.database.write { tx in
                try self.ledger.settle(call, funding, receipt, record, in: tx)
                if let failed { try tx.failures.insert(failed) }
                if whole == nil { try self.streams.insert(call.usage, funding, in: tx) }
                if let key {
                    try key.finish(Self.kept(answer.head, whole), in: tx)
                } else {
                    try call.once.finish(Self.kept(answer.head, whole), in: tx)
                }
            }
        } catch {
            self.ledger.holds?.outage.note(error)
            throw error
        }
        self.calls[.answered]?.add()
        return answer
    }

    // MARK: After

    /// No answer: unreachable, too late, or broken off before it could be charged.
    private func fail(_ call: ProxyCall, _ funding: any Funding, _ error: any Error) async throws -> Response {
        let problem =
            error as? OutboundError == .timeout ? MarketProblems.providerTimeout : MarketProblems.providerUnreachable
        // A buyer that went away says nothing about the provider.
        if !(error is CancellationError) { self.breaker.failed(call.listing.id, now: self.clock.now()) }
        let status = problem.kind == .gatewayTimeout ? 504 : 502
        let result = self.result(call, status: status, .failed)
        // Whoever went away waits for nothing: that says nothing of the provider.
        let reason = problem.kind == .gatewayTimeout ? FailedCall.Reason.timeout : .unreachable
        let failed = error is CancellationError ? nil : self.failures.note(call, result, reason: reason)
        try await self.release(call, funding, result, failed)
        throw problem.adding(self.billing(call, funding, result).map { .init($0.name.rawName, $0.value) })
    }

    private func release(_ call: ProxyCall, _ funding: any Funding, _ result: CallResult, _ failed: FailedCall?)
        async throws
    {
        let record = CallRecord(call, funding, result)
        try await self.database.write { tx in
            try self.ledger.release(call, funding, record, in: tx)
            if let failed { try tx.failures.insert(failed) }
        }
        self.calls[result.outcome]?.add()
    }

    private func result(_ call: ProxyCall, status: Int, _ outcome: Usage.Outcome) -> CallResult {
        let latency = max(0, self.clock.now().milliseconds(since: call.startedAt))
        return CallResult(status: status, latencyMilliseconds: latency, outcome: outcome)
    }

    private func billing(_ call: ProxyCall, _ funding: any Funding, _ result: CallResult) -> [HTTPField] {
        let isCharged = result.outcome == .answered && funding.amount > 0
        return [
            HTTPField(name: .usageID, value: call.usage.text),
            HTTPField(name: .amount, value: isCharged ? call.listing.price.text : "0"),
            HTTPField(name: .freeTier, value: funding.isFree && result.outcome == .answered ? "true" : "false"),
            HTTPField(name: .latency, value: "\(result.latencyMilliseconds)"),
            HTTPField(name: .chargedFor, value: call.listing.chargeRule.rawValue),
        ]
    }

    private func answer(
        _ call: ProxyCall,
        _ funding: any Funding,
        _ result: CallResult,
        _ response: OutboundResponse,
        _ whole: ByteBuffer?,
        _ receipt: Receipt
    ) -> Response {
        var headers = ProxyHeaders.toBuyer(response.headers)
        for field in self.billing(call, funding, result) { headers.append(field) }
        // What a provider sends is no page of this server's: a browser gives it no access to anything here.
        headers[.contentSecurityPolicy] = "sandbox"
        // It was paid for by one buyer.
        headers[.cacheControl] = "private, no-store"
        if let header = receipt.header { headers.append(header) }
        let head = HTTPResponse(status: .init(code: response.status), headerFields: headers)
        let body =
            whole.map { ResponseBody(byteBuffer: $0) }
            ?? self.stream(response, call, head, isCharged: result.outcome == .answered)
        return Response(status: head.status, headers: headers, body: body)
    }

    // MARK: Repetitions

    static func kept(_ head: HTTPResponse, _ whole: ByteBuffer?) -> IdempotencyStore.Answer {
        IdempotencyStore.Answer(
            status: head.status.code,
            headers: head.headerFields.map { [$0.name.rawName, $0.value] },
            body: whole.map { Array($0.readableBytesView) }
        )
    }

    private func replay(_ answer: IdempotencyStore.Answer) throws -> Response {
        guard let body = answer.body else { throw MarketProblems.idempotencyNotKept }
        var headers = HTTPFields(
            answer.headers.compactMap { pair in HTTPField.Name(pair[0]).map { HTTPField(name: $0, value: pair[1]) } }
        )
        headers[.replayed] = "true"
        return Response(
            status: .init(code: answer.status),
            headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body))
        )
    }
}
