import Crypto
import HTTPTypes
import Kernel
import NIOCore
import Synchronization
import Web

/// Requests that OpenAI's packages send again by themselves while the first is still worked on and has been answered nothing: they join its run,
/// so that it is not paid twice.
final class RetryJoins: Sendable {
    /// How often the package has sent the request before; only its requests have the header.
    static let countHeader = HTTPField.Name("x-stainless-retry-count")!

    /// The same body of the same credential, for the same user, agent and session.
    struct Key: Hashable, Sendable {
        private let digest: SHA256Digest
        let isRepetition: Bool

        /// Nil where another client asks.
        init?(_ call: Call, _ actor: GatewayActor, _ body: ByteBuffer) {
            guard let count = call.header(RetryJoins.countHeader).flatMap({ Int($0) }) else { return nil }
            let names = [
                actor.key?.credential ?? APIKey.tokenCredential, actor.tenant.id.text, actor.userID,
                call.header(ActorReader.agentHeader) ?? "", call.header(ActorReader.agentHeaderAlias) ?? "",
                call.header(ChatOrders.sessionHeader) ?? "",
            ]
            var hash = SHA256()
            for name in names { hash.update(data: Array(name.utf8) + [0]) }
            body.withUnsafeReadableBytes { hash.update(bufferPointer: $0) }
            (self.digest, self.isRepetition) = (hash.finalize(), count > 0)
        }

        static func == (left: Key, right: Key) -> Bool { left.digest == right.digest }
        func hash(into hasher: inout Hasher) { hasher.combine(self.digest) }
    }

    private let runs = Mutex<[Key: SharedRun]>([:])

    func find(_ key: Key) -> SharedRun? { self.runs.withLock { $0[key] } }

    /// The first of two that begin at once is found.
    func add(_ run: SharedRun, _ key: Key) { self.runs.withLock { if $0[key] == nil { $0[key] = run } } }

    func remove(_ run: SharedRun, _ key: Key) { self.runs.withLock { if $0[key] === run { $0[key] = nil } } }
}

/// A run for whose first word more than one request waits.
final class SharedRun: Sendable {
    private struct State {
        var readers: [Int: StopSignal] = [:]
        var last = 0
        var outcome: Result<RunEvent?, any Error>?
    }

    let answering: ChatAnswering
    private let state = Mutex(State())

    init(_ answering: ChatAnswering) { self.answering = answering }

    /// Goes on until there is a first word, whoever leaves meanwhile.
    func run() async {
        let outcome: Result<RunEvent?, any Error>
        do { outcome = .success(try await self.answering.begin()) } catch { outcome = .failure(error) }
        let readers = self.state.withLock { state in
            state.outcome = outcome
            return state.readers.values
        }
        for reader in readers { reader.fire() }
    }

    /// What the answer begins with. The run ends when the last who waits has left.
    ///
    /// - Returns: also whether nobody has come later: a stream has one reader.
    func first(for watch: ConnectionWatch) async throws -> (event: RunEvent?, isLast: Bool) {
        let signal = StopSignal()
        let reader = self.state.withLock { state in
            state.last += 1
            state.readers[state.last] = signal
            if state.outcome != nil { signal.fire() }
            return state.last
        }
        return try await watch.endingWhenLeft(unless: self.answering.isDetached) {
            await signal.wait()
            let (outcome, isLast) = self.leave(reader)
            guard let outcome else { throw CancellationError() }
            return (try outcome.get(), isLast)
        }
    }

    private func leave(_ reader: Int) -> (outcome: Result<RunEvent?, any Error>?, isLast: Bool) {
        let (outcome, last, isDeserted) = self.state.withLock { state in
            state.readers[reader] = nil
            return (state.outcome, state.last, state.readers.isEmpty && state.outcome == nil)
        }
        if isDeserted { self.answering.machine.handle.stop(.clientDisconnected) }
        return (outcome, last == reader)
    }
}
