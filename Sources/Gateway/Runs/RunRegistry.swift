import Kernel
import Synchronization

/// A run that can be stopped from elsewhere.
final class RunHandle: Sendable {
    private struct State {
        var reason: RunResult.StopReason?
        var stop: (@Sendable () -> Void)?
    }

    let id: String
    let tenant: ID<Tenant>
    let user: String
    let agent: String
    let credential: String
    private let state = Mutex(State())

    init(id: String, tenant: ID<Tenant>, user: String, agent: String, credential: String) {
        (self.id, self.tenant, self.user, self.agent, self.credential) = (id, tenant, user, agent, credential)
    }

    convenience init(_ order: RunOrder) {
        self.init(
            id: order.id,
            tenant: order.tenant.id,
            user: order.user,
            agent: order.agent.id.text,
            credential: order.actor.key?.credential ?? APIKey.tokenCredential
        )
    }

    var stopped: RunResult.StopReason? { self.state.withLock { $0.reason } }

    /// The first reason counts.
    func stop(_ reason: RunResult.StopReason) {
        let stop = self.state.withLock { state in
            if state.reason == nil { state.reason = reason }
            return state.stop
        }
        stop?()
    }

    /// What ends the present step of the run at once; nil between steps. It is done at once where the run was stopped before.
    func ending(by stop: (@Sendable () -> Void)?) {
        let isLate = self.state.withLock { state in
            state.stop = stop
            return state.reason != nil
        }
        if isLate { stop?() }
    }
}

/// The runs of this server.
final class RunRegistry: Sendable {
    private let runs = Mutex<[String: RunHandle]>([:])

    func add(_ run: RunHandle) { self.runs.withLock { $0[run.id] = run } }

    func remove(_ run: RunHandle) { self.runs.withLock { $0[run.id] = nil } }

    func find(_ id: String, of tenant: ID<Tenant>) -> RunHandle? {
        self.runs.withLock { $0[id] }.flatMap { $0.tenant == tenant ? $0 : nil }
    }

    func stop(_ reason: RunResult.StopReason, where isMeant: (RunHandle) -> Bool) {
        for run in self.runs.withLock({ Array($0.values) }) where isMeant(run) { run.stop(reason) }
    }

    var isEmpty: Bool { self.runs.withLock { $0.isEmpty } }

    func isRunning(_ id: String) -> Bool { self.runs.withLock { $0[id] != nil } }
}
