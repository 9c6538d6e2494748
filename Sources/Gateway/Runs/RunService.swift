import Kernel
import Logging
import NIOCore
import Platform
import ServiceLifecycle
import Storage

/// Starts runs: a place on this server, the session to itself, then the machine. Carries on those that nobody reads.
struct RunService: Service {
    let house: RunHouse
    let places: RunPlaces
    let locks: SessionLocks
    let access: AgentAccess
    let neighbours: NeighbourPlace
    private let work: AsyncStream<Work>
    private let begin: AsyncStream<Work>.Continuation

    typealias Work = @Sendable () async -> Void

    init(
        house: RunHouse,
        places: RunPlaces,
        locks: SessionLocks,
        access: AgentAccess,
        neighbours: NeighbourPlace
    ) {
        (self.house, self.places, self.locks) = (house, places, locks)
        (self.access, self.neighbours) = (access, neighbours)
        (self.work, self.begin) = AsyncStream.makeStream()
    }

    /// The machine of an order that may begin. Throws `draining`, `busy`, `agentInactive`, `messageRefused`, `messageTooLong`.
    ///
    /// - Parameter holds: what the run needs for itself until it ends.
    func machine(
        _ order: RunOrder,
        holding holds: [any Sendable] = [],
        onSilence: @escaping RunMachine.Silence = {}
    ) async throws -> RunMachine {
        guard order.agent.status != .inactive else { throw GatewayProblems.agentInactive }
        try self.checkMessages(order)
        let place = try await self.places.take(order.tenant.id)
        return RunMachine(order, self.house, holding: holds + [place], onSilence: onSilence)
    }

    private func checkMessages(_ order: RunOrder) throws {
        guard order.relay == nil else { return }
        let limit = self.house.settings.maximumMessageCharacters
        for message in order.messages where message.role == .user {
            guard message.text.utf8.count <= limit || message.text.unicodeScalars.count <= limit else {
                throw GatewayProblems.messageTooLong(limit: limit)
            }
        }
        guard self.house.settings.injectionAction != .off else { return }
        for message in order.messages where message.role == .user {
            let found = InjectionGuard.findings(in: message.text)
            guard !found.isEmpty else { continue }
            let level: Logger.Level = self.house.settings.injectionAction == .log ? .info : .warning
            self.house.logger.log(
                level: level,
                "a message looks like prompt injection",
                metadata: ["patterns": "\(found.joined(separator: ","))", "run": "\(order.id)"]
            )
            if self.house.settings.injectionAction == .block { throw GatewayProblems.messageRefused }
        }
    }

    /// Carries a run on that nobody reads any more. What goes wrong stands in the run.
    func detach(_ machine: RunMachine) { self.carry { _ = try? await machine.finish() } }

    /// Does something that no request's end ends.
    func carry(_ work: @escaping Work) { self.begin.yield(work) }

    /// Renews the leases of this process, ends what others have left, and carries detached runs on.
    func run() async throws {
        let recovery = RunRecovery(house: self.house, neighbours: self.neighbours)
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await recovery.run() }
                group.addTask {
                    await withDiscardingTaskGroup { runs in
                        for await work in self.work { runs.addTask { await work() } }
                    }
                }
            }
        }
        self.places.close()
        self.house.registry.stop(.cancelled) { _ in true }
    }
}
