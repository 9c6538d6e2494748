import HTTPTypes
import Hummingbird
import Kernel
import NIOCore
import NIOHTTP1
import Synchronization

@testable import Platform

/// Providers and buyers, and what they saw.
final class SimulatedWorld: Sendable {
    private struct Seen {
        /// Usage records whose provider has answered below 500.
        var answered: Set<String> = []
        /// What buyers got whole.
        var delivered: [(usage: String, key: String?)] = []
        /// Answers that a provider broke off while their buyers read.
        var broken: [String] = []
        var unexpected: [String] = []
        var failures = 0
    }

    private let seen = Mutex(Seen())
    private let destination: Destination

    init() throws {
        self.destination = Destination(
            address: try SocketAddress(ipAddress: "192.0.2.1", port: 80),
            port: 80,
            authority: "provider.example",
            tls: nil,
            slots: ConnectionSlots(limit: 1)
        )
    }

    var unexpected: [String] { self.seen.withLock { $0.unexpected } }
    var delivered: [(usage: String, key: String?)] { self.seen.withLock { $0.delivered } }
    var broken: [String] { self.seen.withLock { $0.broken } }
    var answeredCount: Int { self.seen.withLock { $0.answered.count } }

    func hasAnswered(_ usage: String) -> Bool { self.seen.withLock { $0.answered.contains(usage) } }
    func deliver(_ usage: String, key: String?) { self.seen.withLock { $0.delivered.append((usage, key)) } }
    func noteBroken(_ usage: String) { self.seen.withLock { $0.broken.append(usage) } }
    func note(_ error: any Error) { self.seen.withLock { $0.unexpected.append("\(error)") } }

    /// A provider that answers whole or in a stream, breaks off, fails, or says nothing in time.
    func answer(_ request: OutboundRequest, within seconds: Int64, _ clock: WallClock, _ stage: CallStage) async throws
        -> OutboundResponse
    {
        let askedAt = clock.now()
        let usage = request.headers.first(name: "X-ACF-Usage-Id") ?? ""
        let isStream = request.url.bytewise.ends(with: "/stream")
        let failure: Int?
        switch await stage.wait(for: .provider) {
        case .goOn: failure = nil
        case .fail:
            failure = self.seen.withLock { seen in
                seen.failures += 1
                return seen.failures % 4
            }
        case .die, .commitAndDie: throw CancellationError()
        }
        if failure == 0 || clock.now().seconds(since: askedAt) >= seconds { throw OutboundError.timeout }
        if failure == 1 { throw OutboundError.unreachable("the connection failed") }
        let exchange = Exchange(
            request,
            uri: "/",
            to: self.destination,
            deadline: .distantFuture,
            canRepeat: false,
            lease: nil
        )
        let status = failure == 2 ? 500 : self.seen.withLock { $0.answered.count % 5 == 0 ? 404 : 200 }
        let isBroken = failure == 3
        // A short answer that breaks off is none.
        if status < 500, isStream || !isBroken { self.seen.withLock { _ = $0.answered.insert(usage) } }
        exchange.receive(status: status, isStream ? [:] : ["Content-Length": "10"])
        _ = exchange.receive(ByteBuffer(string: "01234"))
        if !isBroken { _ = exchange.receive(ByteBuffer(string: "56789")) }
        exchange.end(isBroken ? .failure(OutboundError.unreachable("it broke off")) : .success(()))
        return OutboundResponse(
            status: status,
            headers: isStream ? [:] : ["Content-Length": "10"],
            body: OutboundBody(exchange)
        )
    }
}

/// A buyer who reads, and may leave before the end.
struct SimulatedReader: ResponseBodyWriter {
    struct Left: Error {}

    let stage: CallStage

    func write(_: ByteBuffer) async throws {
        switch await self.stage.wait(for: .reader) {
        case .goOn: break
        case .fail: throw Left()
        case .die, .commitAndDie: throw CancellationError()
        }
    }

    consuming func finish(_: HTTPFields?) async throws {}
}
