import Kernel
import Synchronization

/// Places for runs on this server: so many at once, others wait in their order, and one tenant has at most half while others wait.
final class RunPlaces: Sendable {
    static let queueLimit = 1024

    private struct Waiting {
        let id: UInt64
        let tenant: ID<Tenant>
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var taken: [ID<Tenant>: Int] = [:]
        var count = 0
        var queue: [Waiting] = []
        var lastID: UInt64 = 0
        var isClosed = false
    }

    private let state = Mutex(State())
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    /// Given back when it goes away.
    final class Place: Sendable {
        private let places: RunPlaces
        private let tenant: ID<Tenant>
        fileprivate init(_ places: RunPlaces, _ tenant: ID<Tenant>) { (self.places, self.tenant) = (places, tenant) }
        deinit { self.places.giveBack(self.tenant) }
    }

    /// How many runs have a place, and how many wait for one.
    var load: (running: Int, waiting: Int) { self.state.withLock { ($0.count, $0.queue.count) } }

    /// Throws `draining`, `busy`, `CancellationError`.
    func take(_ tenant: ID<Tenant>) async throws -> Place {
        let id = try self.state.withLock { state -> UInt64? in
            if state.isClosed { throw GatewayProblems.draining }
            if state.queue.isEmpty, state.count < self.limit {
                state.count += 1
                state.taken[tenant, default: 0] += 1
                return nil
            }
            guard state.queue.count < Self.queueLimit else { throw GatewayProblems.busy }
            state.lastID += 1
            return state.lastID
        }
        guard let id else { return Place(self, tenant) }
        let isGiven = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isLate = self.state.withLock { state in
                    guard !Task.isCancelled, !state.isClosed else { return true }
                    state.queue.append(Waiting(id: id, tenant: tenant, continuation: continuation))
                    return false
                }
                if isLate { continuation.resume(returning: false) } else { self.serve() }
            }
        } onCancel: {
            self.forget(id)
        }
        guard isGiven else {
            try Task.checkCancellation()
            throw GatewayProblems.draining
        }
        return Place(self, tenant)
    }

    /// No new runs; those that wait are refused.
    func close() {
        let waiting = self.state.withLock { state in
            state.isClosed = true
            defer { state.queue = [] }
            return state.queue
        }
        for one in waiting { one.continuation.resume(returning: false) }
    }

    var isClosed: Bool { self.state.withLock { $0.isClosed } }

    private func forget(_ id: UInt64) {
        let waiting = self.state.withLock { state -> Waiting? in
            guard let index = state.queue.firstIndex(where: { $0.id == id }) else { return nil }
            return state.queue.remove(at: index)
        }
        waiting?.continuation.resume(returning: false)
    }

    private func giveBack(_ tenant: ID<Tenant>) {
        self.state.withLock { state in
            state.count -= 1
            let left = state.taken[tenant, default: 1] - 1
            state.taken[tenant] = left > 0 ? left : nil
        }
        self.serve()
    }

    private func serve() {
        while let next = self.state.withLock({ state -> Waiting? in
            guard state.count < self.limit, !state.queue.isEmpty else { return nil }
            let half = max(1, self.limit / 2)
            let isAlone = Set(state.queue.map(\.tenant)).count == 1
            let index = state.queue.firstIndex { isAlone || state.taken[$0.tenant, default: 0] < half } ?? 0
            let next = state.queue.remove(at: index)
            state.count += 1
            state.taken[next.tenant, default: 0] += 1
            return next
        }) {
            next.continuation.resume(returning: true)
        }
    }
}

/// One run of a session at a time, in the order in which they came.
final class SessionLocks: Sendable {
    static let queueLimit = 10

    private struct Waiting {
        let id: UInt64
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        /// Sessions that are in use, and who waits for them.
        var queues: [String: [Waiting]] = [:]
        var lastID: UInt64 = 0
    }

    private let state = Mutex(State())

    /// Given back when it goes away.
    final class Lock: Sendable {
        private let locks: SessionLocks
        private let key: String
        fileprivate init(_ locks: SessionLocks, _ key: String) { (self.locks, self.key) = (locks, key) }
        deinit { self.locks.giveBack(self.key) }
    }

    /// Throws `busy` where ten wait, `CancellationError`.
    func take(_ key: String) async throws -> Lock {
        let id = try self.state.withLock { state -> UInt64? in
            guard let queue = state.queues[key] else {
                state.queues[key] = []
                return nil
            }
            guard queue.count < Self.queueLimit else { throw GatewayProblems.busy }
            state.lastID += 1
            return state.lastID
        }
        guard let id else { return Lock(self, key) }
        let isGiven = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                enum Turn { case waits, isGiven, isLate }
                let turn = self.state.withLock { state -> Turn in
                    if Task.isCancelled { return .isLate }
                    guard state.queues[key] != nil else {
                        state.queues[key] = []
                        return .isGiven
                    }
                    state.queues[key]?.append(Waiting(id: id, continuation: continuation))
                    return .waits
                }
                if turn != .waits { continuation.resume(returning: turn == .isGiven) }
            }
        } onCancel: {
            let waiting = self.state.withLock { state -> Waiting? in
                guard let index = state.queues[key]?.firstIndex(where: { $0.id == id }) else { return nil }
                return state.queues[key]?.remove(at: index)
            }
            waiting?.continuation.resume(returning: false)
        }
        guard isGiven else { throw CancellationError() }
        return Lock(self, key)
    }

    private func giveBack(_ key: String) {
        let next = self.state.withLock { state -> Waiting? in
            guard let first = state.queues[key]?.first else {
                state.queues[key] = nil
                return nil
            }
            state.queues[key]?.removeFirst()
            return first
        }
        next?.continuation.resume(returning: true)
    }
}
