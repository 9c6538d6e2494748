import Kernel
import NIOCore
import NIOHTTP1
import Synchronization

/// One request and its answer: written by its connection, read by the task that asked.
final class Exchange: Sendable {
    /// So much of an answer is kept for a reader who is slower than the host; then the host waits.
    static let bufferLimit = 256 * 1024

    private struct State {
        var head: (status: Int, headers: HTTPHeaders)?
        var chunks: [ByteBuffer] = []
        var buffered = 0
        /// How it ended; what has come before can still be read.
        var end: Result<Void, any Error>?
        var reader: CheckedContinuation<Void, Never>?
        /// When the reader wants to be told that nothing has come.
        var patience: NIODeadline?
        var channel: (any Channel)?
        /// For the head, or for the whole body.
        var deadline: NIODeadline
        /// Whether the connection stops reading until the reader has caught up.
        var isHeldUp = false
        var canRepeat: Bool
        /// Counts what happens, so that a reader misses nothing between looking and waiting.
        var changes = 0
    }

    let request: OutboundRequest
    /// Path and query.
    let uri: String
    let destination: Destination
    private let lease: ConnectionShares.Lease?
    /// Without data for so long, the answer counts as broken off; nil for as long as the loop waits.
    let silence: TimeAmount?
    private let state: Mutex<State>

    /// - Parameter canRepeat: whether it may be sent again when the connection turns out to be closed.
    init(
        _ request: OutboundRequest,
        uri: String,
        to destination: Destination,
        deadline: NIODeadline,
        canRepeat: Bool,
        silence: TimeAmount? = nil,
        lease: ConnectionShares.Lease?
    ) {
        self.request = request
        self.uri = uri
        self.destination = destination
        self.lease = lease
        self.silence = silence
        self.state = Mutex(State(deadline: deadline, canRepeat: canRepeat))
    }

    // MARK: The connection's side

    /// False when nobody waits for the answer any more.
    func begin(on channel: any Channel) -> Bool {
        self.state.withLock { state in
            guard state.end == nil else { return false }
            state.channel = channel
            return true
        }
    }

    func receive(status: Int, _ headers: HTTPHeaders) {
        self.change { state in
            state.head = (status, headers)
            state.deadline = .distantFuture
        }
    }

    /// Whether the connection should stop reading for now.
    func receive(_ chunk: ByteBuffer) -> Bool {
        self.change { state in
            guard state.end == nil else { return }
            state.chunks.append(chunk)
            state.buffered += chunk.readableBytes
            state.isHeldUp = state.buffered > Self.bufferLimit
        }
    }

    var isHeldUp: Bool { self.state.withLock { $0.isHeldUp } }

    /// The first end counts.
    func end(_ result: Result<Void, any Error>) {
        self.change { state in
            if state.end == nil { state.end = result }
            state.channel = nil
        }
        self.lease?.end()
    }

    func isOverdue(_ now: NIODeadline) -> Bool { self.state.withLock { $0.deadline < now } }

    /// Whether the answer has begun.
    var hasHead: Bool { self.state.withLock { $0.head != nil } }

    /// Wakes a reader that has waited for as long as it wants to.
    func wakeImpatient(_ now: NIODeadline) {
        let reader = self.state.withLock { state in
            guard let patience = state.patience, patience < now else { return CheckedContinuation<Void, Never>?.none }
            state.patience = nil
            state.changes += 1
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume()
    }

    var isOver: Bool { self.state.withLock { $0.end != nil } }

    /// Whether to send it again on a new connection, once.
    func takeRepetition() -> Bool {
        self.state.withLock { state in
            guard state.canRepeat, state.end == nil else { return false }
            state.canRepeat = false
            state.channel = nil
            return true
        }
    }

    @discardableResult
    private func change(_ change: (inout State) -> Void) -> Bool {
        let (reader, isHeldUp) = self.state.withLock { state in
            change(&state)
            state.changes += 1
            defer { state.reader = nil }
            return (state.reader, state.isHeldUp)
        }
        reader?.resume()
        return isHeldUp
    }

    // MARK: The reader's side

    /// Throws `OutboundError`, `CancellationError`.
    func head() async throws -> (status: Int, headers: HTTPHeaders) { try await self.head(until: .distantFuture)! }

    /// Nil when nothing has come until then; the answer may still come.
    func head(until patience: NIODeadline) async throws -> (status: Int, headers: HTTPHeaders)? {
        try await self.await(until: patience) { state in
            if let head = state.head { return .success(head) }
            return state.end.map { end in
                end.flatMap { .failure(OutboundError.unreachable("the connection failed")) }
            }
        }
    }

    /// Nil at the end.
    func next() async throws -> ByteBuffer? {
        guard case .chunk(let chunk)? = try await self.next(until: .distantFuture) else { return nil }
        return chunk
    }

    /// Nil when nothing has come until then; more may still come.
    func next(until patience: NIODeadline) async throws -> OutboundBody.Piece? {
        let found = try await self.await(until: patience) {
            state -> Result<(ByteBuffer?, (any Channel)?), any Error>? in
            guard !state.chunks.isEmpty else { return state.end.map { $0.map { (nil, nil) } } }
            let chunk = state.chunks.removeFirst()
            state.buffered -= chunk.readableBytes
            let goesOn = state.isHeldUp && state.buffered <= Self.bufferLimit / 2
            if goesOn { state.isHeldUp = false }
            return .success((chunk, goesOn ? state.channel : nil))
        }
        guard let (chunk, channel) = found else { return nil }
        channel?.read()
        return chunk.map { .chunk($0) } ?? .end
    }

    /// From now on, for the rest of the body.
    func set(deadline: NIODeadline) { self.state.withLock { $0.deadline = deadline } }

    /// Nobody reads it any more: the connection is closed unless the answer has ended.
    func abandon() {
        let channel = self.state.withLock { state in
            guard state.end == nil else { return (any Channel)?.none }
            state.end = .failure(CancellationError())
            return state.channel
        }
        self.change { _ in }
        self.lease?.end()
        // Meanwhile the answer may have ended, and the connection may carry another exchange.
        channel?.eventLoop.execute {
            let connection = try? channel?.pipeline.syncOperations.handler(type: OutboundConnection.self)
            connection?.close(if: self)
        }
    }

    /// Looks until there is something; nil when there is nothing until then.
    private func await<T: Sendable>(
        until patience: NIODeadline,
        _ look: @Sendable (inout State) -> Result<T, any Error>?
    ) async throws -> T? {
        if let found = self.state.withLock({ look(&$0) }) { return try found.get() }
        return try await withTaskCancellationHandler {
            while true {
                let (found, changes) = self.state.withLock { (look(&$0), $0.changes) }
                if let found { return try found.get() }
                if patience != .distantFuture, patience < .now() { return nil }
                await withCheckedContinuation { continuation in
                    let hasChanged = self.state.withLock { state in
                        if state.changes == changes {
                            state.reader = continuation
                            state.patience = patience == .distantFuture ? nil : patience
                        }
                        return state.changes != changes
                    }
                    if hasChanged { continuation.resume() }
                }
            }
        } onCancel: {
            self.abandon()
        }
    }
}
