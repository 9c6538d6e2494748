import Kernel
import Logging
import Platform
import ServiceLifecycle
import Storage

/// Keeps medians and trends up to date, and takes old sessions and imports away.
struct CommerceUpkeep: Service {
    private static let everySeconds: Int64 = 30
    private static let prunedAtOnce = 1000
    private static let trialDays: Int64 = 1
    /// Imports that have ended, and the lines that they did not take.
    private static let importDays: Int64 = 90

    let parts: Commerce.Parts
    let database: any Database
    let clock: WallClock
    let logger: Logger

    func run() async throws {
        await poll(everySeconds: Self.everySeconds, else: "cannot look after commerce", self.logger) {
            try await self.round()
        }
    }

    func round() async throws {
        try await self.parts.medians.refresh()
        try await self.parts.trending.refresh(at: self.clock.now())
        try await self.prune(days: Self.trialDays) { try $0.cards.prune(before: $1, isTrial: true, limit: $2) }
        try await self.prune(days: Int64(self.parts.settings.cardDays)) {
            try $0.cards.prune(before: $1, isTrial: false, limit: $2)
        }
        try await self.prune(days: Self.importDays) { try $0.imports.prune(before: $1, limit: $2) }
    }

    private func prune(
        days: Int64,
        _ prune: @escaping @Sendable (Transaction, _ before: Timestamp, _ limit: Int) throws -> Int
    ) async throws {
        let moment = self.clock.now().adding(seconds: -days * 86_400)
        while try await self.database.write({ try prune($0, moment, Self.prunedAtOnce) }) > 0 {}
    }
}
