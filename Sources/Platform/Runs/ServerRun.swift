import Foundation
import Kernel
package import Logging
import ServiceLifecycle
package import Storage

/// One run of the server and its work under way. Work is recorded before it begins, so that the next run knows what a crash interrupted.
package struct ServerRun: Service {
    /// If several processes share the database, a run that is not renewed for this long counts as dead.
    static let lostAfterSeconds: Int64 = 60
    static let pollSeconds: Int64 = 15

    package let id: String
    private let version: String
    private let database: any Database
    private let logger: Logger

    /// - Parameter version: of the server.
    package init(id: String, version: String, database: any Database, logger: Logger) {
        self.id = id
        self.version = version
        self.database = database
        self.logger = logger
    }

    /// Begins the run; says of earlier ones that did not end how they were cut off.
    package func begin() async throws {
        let (run, isAlone) = (self.here, self.database.engine == .sqlite)
        let crashed = try await self.database.write { tx in
            // One process has a SQLite file at a time.
            let lost = try tx.serverRuns.takeLost(
                before: isAlone ? nil : tx.now.adding(seconds: -Self.lostAfterSeconds)
            )
            try tx.serverRuns.renew(run)
            return lost
        }
        self.report(crashed)
    }

    package func run() async throws {
        await poll(everySeconds: Self.pollSeconds, else: "cannot renew the server's run", self.logger) {
            let (run, isAlone) = (self.here, self.database.engine == .sqlite)
            let crashed = try await self.database.write { tx in
                try tx.serverRuns.renew(run)
                return isAlone ? [] : try tx.serverRuns.takeLost(before: tx.now.adding(seconds: -Self.lostAfterSeconds))
            }
            self.report(crashed)
        }
    }

    private var here: ServerRunStore.Node {
        .init(
            id: self.id,
            host: ProcessInfo.processInfo.hostName,
            process: Int(ProcessInfo.processInfo.processIdentifier),
            version: self.version
        )
    }

    /// The run has ended as it should.
    package func end() async {
        let run = self.id
        try? await self.database.write { try $0.serverRuns.delete(run) }
    }

    private func report(_ crashed: [ServerRunStore.Lost]) {
        for run in crashed {
            self.logger.error(
                "an earlier run of the server crashed",
                metadata: [
                    "run": "\(run.id)", "started_at": "\(run.startedAt.text)",
                    "under_way": "\(run.underWay.isEmpty ? "nothing" : run.underWay.joined(separator: ", "))",
                ]
            )
        }
    }
}
