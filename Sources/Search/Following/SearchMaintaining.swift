import Kernel
import Storage
import Synchronization

/// Merging and saving, beside what keeps the index up to date.
extension Search {
    /// Changes in memory are written to the folder from so many on, or after a while.
    private static let saveLimit = 4096
    private static let saveSeconds: Int64 = 10
    /// The log must reach back to the position that was written last, also when nothing of this kind changes.
    private static let positionSeconds: Int64 = 3600

    /// One round of merging and saving, beside the other. True when there is more to do at once.
    func maintain() async throws -> Bool {
        let hasMerged = try await self.merge()
        if self.isSaveDue { try await self.save() }
        return hasMerged
    }

    private var isSaveDue: Bool {
        let (isWhole, saved, position) = self.state.withLock {
            ($0.building == nil, $0.savedAt.duration(to: .now), $0.savedPosition)
        }
        let unsaved = self.index.unsaved
        guard isWhole else { return false }
        return unsaved >= Self.saveLimit || unsaved > 0 && saved > .seconds(Self.saveSeconds)
            || self.index.followed.position > position && saved > .seconds(Self.positionSeconds)
    }

    private func merge() async throws -> Bool {
        let building = self.state.withLock { $0.building?.index }
        var hasMerged = false
        for index in self.distinct(building) {
            guard let sources = index.beginMerge() else { continue }
            defer { index.release(sources) }
            // Only what needs no lock: writers wait for those who have one.
            let merged = try await self.onThread(isQuiet: true) { try index.merged(sources) }
            index.endMerge(sources, merged)
            hasMerged = true
        }
        return hasMerged
    }

    /// Writes what is in memory to the folder, so that the next start has little to read.
    package func save() async throws {
        guard self.writable != nil, self.state.withLock({ $0.building == nil }) else { return }
        let index = self.index
        let position = index.followed.position
        guard let mark = try await self.database.read({ try $0.searchChanges.findMark(position) }) else { return }
        guard try await self.onThread({ try index.save(position: position, mark: mark) }) else { return }
        self.state.withLock { ($0.savedAt, $0.savedPosition) = (.now, position) }
    }

    /// The log is kept for so long; a server that was away for longer makes its indexes anew.
    private static let logDays: Int64 = 3

    /// Deletes old changes of all kinds from the log.
    func prune() async throws {
        let database = self.database
        while try await database.write({ tx in
            try tx.searchChanges.prune(before: tx.now.adding(seconds: -Self.logDays * 86_400), limit: 5000) == 5000
        }) {}
    }
}
