import Kernel
import Logging
import Platform
import ServiceLifecycle
import Storage

/// Keeps medians and trends up to date, and takes old sessions away.
struct CommerceUpkeep: Service {
    private static let everySeconds: Int64 = 30
    private static let prunedAtOnce = 1000
    private static let trialDays: Int64 = 1

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
        try await self.prune(days: Self.trialDays, isTrial: true)
        try await self.prune(days: Int64(self.parts.settings.cardDays), isTrial: false)
    }

    private func prune(days: Int64, isTrial: Bool) async throws {
        let moment = self.clock.now().adding(seconds: -days * 86_400)
        var pruned = Self.prunedAtOnce
        while pruned == Self.prunedAtOnce {
            pruned = try await self.database.write {
                try $0.cards.prune(before: moment, isTrial: isTrial, limit: Self.prunedAtOnce)
            }
        }
    }
}
