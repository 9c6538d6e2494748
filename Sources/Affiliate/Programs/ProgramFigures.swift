import Kernel
import Logging
import Platform
import ServiceLifecycle
import Storage
import Synchronization

/// Keeps the programs' valid clicks, which searches sort by: a few seconds behind the clicks, and exact after that.
final class ProgramFigures: Service {
    private static let everySeconds: Int64 = 5

    private let changed = Mutex<Set<ProgramID>>([])
    private let database: any Database
    private let logger: Logger

    init(database: any Database, logger: Logger) {
        self.database = database
        self.logger = logger
    }

    /// A click has been recorded.
    func note(_ program: ProgramID) { self.changed.withLock { _ = $0.insert(program) } }

    func run() async throws {
        // What was clicked before a crash.
        try? await self.catchUp(with: self.database.read { try $0.programs.listWithClicks() })
        await poll(everySeconds: Self.everySeconds, else: "cannot count clicks", self.logger) {
            try await self.catchUp()
        }
        try? await self.catchUp()
    }

    /// Counts what has changed.
    func catchUp() async throws {
        let programs = self.changed.withLock { changed in
            defer { changed = [] }
            return changed
        }
        do { try await self.catchUp(with: programs.sorted()) } catch {
            self.changed.withLock { $0.formUnion(programs) }
            throw error
        }
    }

    private func catchUp(with programs: [ProgramID]) async throws {
        for program in programs { try await self.database.write { try $0.programs.countClicks(of: program) } }
    }
}
