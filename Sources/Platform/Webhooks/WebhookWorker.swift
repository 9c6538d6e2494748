package import Kernel
package import Logging
import ServiceLifecycle
package import Storage

/// Sends what the outbox holds: claims due deliveries, signs them, tries them, and writes down what became of them.
///
/// At least once: a crash between the send and its record sends again, under the same `webhook-id`.
package struct WebhookWorker: Service {
    /// What a commit that queues a delivery invalidates.
    static let topic = "webhook"
    /// Deliveries under way to one endpoint; a slow receiver holds up only its own.
    static let perEndpointLimit = 4
    /// Deliveries under way to one owner's endpoints, so that nobody can hold everybody up.
    static let perOwnerLimit = 8
    /// Deliveries under way to endpoints whose last try has failed; the rest of the room is kept for those that answer.
    static let failingLimit = 64
    static let totalLimit = 256
    /// That a receiver may ask for, in seconds.
    private static let longestWait: Int64 = 24 * 3600
    static let deadlineSeconds: Int64 = 10
    static let pollMilliseconds: Int64 = 500

    private let database: any Database
    private let dialects: [String: WebhookDialect]
    private let outbound: Outbound
    private let secrets: SecretBox
    private let clock: WallClock
    private let logger: Logger
    private let signal: Signal
    private let run: String

    /// - Parameter run: the server's, whose work is noted.
    package init(
        database: any Database,
        run: String,
        dialects: [WebhookDialect],
        outbound: Outbound,
        secrets: SecretBox,
        clock: WallClock,
        logger: Logger
    ) {
        self.database = database
        self.run = run
        self.dialects = Dictionary(uniqueKeysWithValues: dialects.map { ($0.surface, $0) })
        self.outbound = outbound
        self.secrets = secrets
        self.clock = clock
        self.logger = logger
        let signal = Signal()
        self.signal = signal
        database.invalidations.on(Self.topic) { _ in signal.raise() }
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                let load = DeliveryLoad()
                while !Task.isCancelled {
                    do {
                        for claim in try await self.claimDue(load) {
                            group.addTask {
                                await self.deliver(claim)
                                load.end(claim.endpoint.id, of: claim.endpoint.owner)
                                self.signal.raise()
                            }
                        }
                    } catch {
                        self.logger.error("cannot read the webhook outbox", metadata: ["error": "\(error)"])
                    }
                    await self.signal.wait(milliseconds: Self.pollMilliseconds)
                }
            }
        }
    }

    private func claimDue(_ load: DeliveryLoad) async throws -> [WebhookOutbox.Claim] {
        let due = try await self.database.read { try $0.webhookOutbox.listDueEndpoints() }
        var claims: [WebhookOutbox.Claim] = []
        for (endpoint, surface, owner, isFailing) in due {
            let room = load.reserve(endpoint, of: owner, isFailing: isFailing)
            guard room > 0 else { continue }
            do {
                let delays = self.dialects[surface]?.retryDelaysSeconds ?? []
                let claimed = try await self.database.write {
                    try $0.webhookOutbox.claim(endpoint, limit: room, delays: delays, run: self.run)
                }
                load.giveBack(endpoint, of: owner, room - claimed.count)
                claims += claimed
            } catch {
                load.giveBack(endpoint, of: owner, room)
                self.logger.error("cannot claim deliveries", metadata: ["error": "\(error)"])
            }
        }
        return claims
    }

    private func deliver(_ claim: WebhookOutbox.Claim) async {
        let startedAt = self.clock.now()
        let outcome = await self.send(claim, at: startedAt)
        let endedAt = self.clock.now()
        let attempt = WebhookAttempt(
            at: startedAt,
            status: outcome.status,
            error: outcome.error,
            answer: outcome.answer,
            durationMilliseconds: max(0, endedAt.milliseconds(since: startedAt))
        )
        let next = self.next(after: outcome, claim, at: endedAt)
        let ids: Logger.Metadata = ["webhook": "\(claim.endpoint.id)", "surface": "\(claim.endpoint.surface)"]
        do {
            let disabled = try await self.database.write { try $0.webhookOutbox.record(claim, attempt, next) }
            if let disabled {
                self.logger.warning("a webhook is disabled", metadata: ids.merging(["reason": "\(disabled)"]) { $1 })
            } else if next == .giveUp {
                let delivery: Logger.Metadata = ["delivery": "\(claim.delivery.id)", "error": "\(outcome.error ?? "")"]
                self.logger.warning("a delivery is given up", metadata: ids.merging(delivery) { $1 })
            }
        } catch {
            // The claim runs out and the delivery is tried again.
            self.logger.error(
                "cannot record a delivery",
                metadata: ["error": "\(error)", "id": "\(claim.delivery.id)"]
            )
        }
    }

    private struct Outcome {
        var status: Int?
        var error: String?
        var answer: String?
        var retryAfterSeconds: Int64?
        var isSuccess: Bool { self.status.map { (200..<300).contains($0) } ?? false }
    }

    private func send(_ claim: WebhookOutbox.Claim, at now: Timestamp) async -> Outcome {
        do {
            guard let dialect = self.dialects[claim.endpoint.surface] else { return Outcome(error: "unknown surface") }
            let message = try WebhookMessage(
                claim.delivery.id,
                of: claim.event,
                to: claim.endpoint,
                in: dialect,
                secrets: self.secrets,
                at: now
            )
            let answer = try await self.outbound.collect(
                OutboundRequest(
                    method: "POST",
                    url: claim.endpoint.url,
                    headers: message.headers,
                    body: message.body
                ),
                timeoutSeconds: Self.deadlineSeconds,
                limit: 64 * 1024
            )
            let retryAfter = answer.header("Retry-After").flatMap { Int64($0) }
            let isSuccess = (200..<300).contains(answer.status)
            return Outcome(
                status: answer.status,
                error: isSuccess ? nil : "answered \(answer.status)",
                answer: WebhookAttempt.beginning(of: answer.body),
                retryAfterSeconds: retryAfter
            )
        } catch { return Outcome(error: OutboundError.describe(error)) }
    }

    private func next(after outcome: Outcome, _ claim: WebhookOutbox.Claim, at now: Timestamp) -> WebhookOutbox.Next {
        if outcome.isSuccess { return .done }
        if outcome.status == 410 { return .disable(reason: "the receiver answered 410 Gone") }
        guard let dialect = self.dialects[claim.endpoint.surface],
            claim.delivery.attempts < dialect.retryDelaysSeconds.count
        else { return .giveUp }
        let delay = dialect.retryDelaysSeconds[claim.delivery.attempts]
        let spread = delay * dialect.retrySpread / 100
        let left =
            dialect.retryWindowSeconds.map { $0 - now.seconds(since: claim.delivery.createdAt) } ?? Self.longestWait
        let asked = min(outcome.retryAfterSeconds ?? 0, max(0, left))
        return .retry(now.adding(seconds: max(delay + .random(in: 0...spread), asked)))
    }
}

extension Transaction {
    var webhookOutbox: WebhookOutbox { WebhookOutbox(tx: self) }
}
