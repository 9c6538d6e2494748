import Kernel
import Storage
import Synchronization

/// Where the tasks of a simulation wait, until it says which of them goes on, and how.
final class CallStage: Sendable {
    /// What a task waits for.
    enum Wait: Sendable {
        case commit
        case provider
        case reader
    }

    /// How a task goes on.
    enum Turn: Sendable {
        case goOn
        /// The other side has given up: the provider fails, the buyer leaves.
        case fail
        /// The process has ended.
        case die
        /// The process ends after the commit, before anybody hears of it.
        case commitAndDie
    }

    private struct State {
        /// Tasks that do not wait here.
        var running = 0
        var waiting: [(wait: Wait, continuation: CheckedContinuation<Turn, Never>)] = []
        var idle: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    func begin() { self.state.withLock { $0.running += 1 } }
    func end() { self.stop { _ in } }

    private func stop(_ body: (inout State) -> Void) {
        let idle = self.state.withLock { state in
            body(&state)
            state.running -= 1
            guard state.running == 0 else { return CheckedContinuation<Void, Never>?.none }
            defer { state.idle = nil }
            return state.idle
        }
        idle?.resume()
    }

    func wait(for wait: Wait) async -> Turn {
        await withCheckedContinuation { continuation in self.stop { $0.waiting.append((wait, continuation)) } }
    }

    /// Returns when every task waits or has ended.
    func settle() async {
        await withCheckedContinuation { continuation in
            let isIdle = self.state.withLock { state in
                if state.running > 0 { state.idle = continuation }
                return state.running == 0
            }
            if isIdle { continuation.resume() }
        }
    }

    var waits: [Wait] { self.state.withLock { $0.waiting.map(\.wait) } }

    /// - Parameter index: of ``waits``.
    func release(_ index: Int, _ turn: Turn) {
        let waiting = self.state.withLock { state in
            state.running += 1
            return state.waiting.remove(at: index)
        }
        waiting.continuation.resume(returning: turn)
    }
}

/// A database whose commits happen when the simulation says so, in its order. Of one process, with which it ends.
final class StagedDatabase: Database {
    let engine: Engine
    private let base: any Database
    private let stage: CallStage
    private let isDead = Atomic(false)

    /// - Parameter engine: what it says that it is: by this it is decided where holds stand.
    init(_ base: any Database, engine: Engine, _ stage: CallStage) {
        (self.base, self.engine, self.stage) = (base, engine, stage)
    }

    var invalidations: Invalidations { self.base.invalidations }
    var health: CommitHealth { self.base.health }
    var load: WriterLoad { self.base.load }

    var hasDied: Bool { self.isDead.load(ordering: .relaxed) }

    func die() { self.isDead.store(true, ordering: .relaxed) }

    func read<T: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> T) async throws -> T {
        try self.live()
        return try await self.base.read(body)
    }

    func write<T: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> T) async throws -> T {
        try self.live()
        switch await self.stage.wait(for: .commit) {
        case .goOn: return try await self.base.write(body)
        case .commitAndDie: _ = try await self.base.write(body)
        case .fail, .die: break
        }
        throw StorageError.connectionLost(message: "the process has ended")
    }

    private func live() throws {
        if self.hasDied { throw StorageError.connectionLost(message: "the process has ended") }
    }

    func close() async {}
}
