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
                call.header(ActorReader.sessionHeader) ?? "",
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
        /// Whether somebody reads the stream.
        var isTaken = false
    }

    enum Turn: Sendable {
        case mine(RunEvent?)
        /// Somebody who came earlier has the stream.
        case others
    }

    let answering: PendingAnswer
    private let state = Mutex(State())
    private let carry: @Sendable (@escaping RunService.Work) -> Void

    /// - Parameter carry: does something that no request's end ends.
    init(_ answering: PendingAnswer, carry: @escaping @Sendable (@escaping RunService.Work) -> Void) {
        (self.answering, self.carry) = (answering, carry)
    }

    /// Goes on until there is a first word, whoever leaves meanwhile.
    func run() async {
        let outcome: Result<RunEvent?, any Error>
        do { outcome = .success(try await self.answering.begin()) } catch { outcome = .failure(error) }
        let readers = self.state.withLock { state in
            state.outcome = outcome
            return state.readers.values
        }
        for reader in readers { reader.fire() }
        if readers.isEmpty { await self.answering.machine.abandon(.clientDisconnected) }
    }

    /// What the answer begins with. A stream is read by one: the first who is still there. The run ends when the last who waits has left.
    func first(for watch: ConnectionWatch) async throws -> Turn {
        let signal = StopSignal()
        let reader = self.state.withLock { state in
            state.last += 1
            state.readers[state.last] = signal
            if state.outcome != nil { signal.fire() }
            return state.last
        }
        return try await watch.endingWhenLeft(unless: self.answering.isDetached) {
            await signal.wait()
            return try self.turn(of: reader)
        }
    }

    private func turn(of reader: Int) throws -> Turn {
        let isStream = self.answering.request.isStream
        let (outcome, isMine, isDeserted) = self.state.withLock { state in
            let isMine = !isStream || !state.isTaken && state.readers.keys.min() == reader
            state.readers[reader] = nil
            let hasLeft = Task.isCancelled
            if isMine, !hasLeft, state.outcome != nil { state.isTaken = true }
            return (hasLeft ? nil : state.outcome, isMine, state.readers.isEmpty && !state.isTaken)
        }
        guard let outcome else {
            if isDeserted { self.desert() }
            throw CancellationError()
        }
        return isMine ? .mine(try outcome.get()) : .others
    }

    /// Nobody reads it any more, or ever will.
    private func desert() {
        self.answering.machine.handle.stop(.clientDisconnected)
        let machine = self.answering.machine
        if self.state.withLock({ $0.outcome != nil }) { self.carry { await machine.abandon(.clientDisconnected) } }
    }
}
