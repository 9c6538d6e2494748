import Logging
import Platform
import ServiceLifecycle
import Storage

/// Commands beside the server write to the same SQLite file. What they have changed is seen within a second, although the server keeps
/// copies in memory.
struct OtherProcesses: Service {
    static let pollSeconds: Int64 = 1

    let database: SQLiteDatabase
    let logger: Logger

    func run() async throws {
        let database = self.database
        await poll(everySeconds: Self.pollSeconds, else: "cannot look for commits of other processes", self.logger) {
            try await database.noteOtherProcesses()
        }
    }
}
