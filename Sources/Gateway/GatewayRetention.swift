import Kernel
import Logging
import Platform
import ServiceLifecycle
import Storage

/// Takes old runs away, with what was said in them, and what deleted agents have written. Money, usage, activity and keys stay.
struct GatewayRetention: Service {
    private static let seconds: Int64 = 60
    /// Runs of one commit.
    private static let batch = 50

    let database: any Database
    let workspaces: Workspaces
    /// 0 for ever.
    let days: Int
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await poll(everySeconds: Self.seconds, else: "cannot take old runs away", self.logger) {
                try await self.eraseAgents()
                try await self.sweep()
            }
        }
    }

    /// Whole days (UTC), by the start of the run.
    func sweep() async throws {
        guard self.days > 0 else { return }
        while try await self.database.write({ tx in
            let until = tx.now.adding(seconds: -Int64(self.days) * 86_400).startOfDay
            return try tx.retention.deleteRuns(before: until, limit: Self.batch)
        }) == Self.batch {}
        try await self.database.write { tx in
            try tx.retention.deleteEmptySessions(before: tx.now.adding(seconds: -Int64(self.days) * 86_400).startOfDay)
        }
    }

    private func eraseAgents() async throws {
        for agent in try await self.database.read({ try $0.agents.listErasable(limit: Self.batch) }) {
            try self.workspaces.erase(agent)
            try await self.database.write { tx in
                try tx.conversations.delete(of: agent)
                try tx.contextFiles.delete(of: agent.id)
            }
        }
    }
}
