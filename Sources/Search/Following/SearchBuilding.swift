import Atomics
import Foundation
import Logging
import Storage
import Synchronization

/// Makes an index of all records, while another one answers or, when there is none, itself as far as it is.
extension Search {
    /// An index on its way.
    struct Building {
        let index: SearchIndex
        var last: String?
        var records = 0
    }

    /// Records that are read from the database at once.
    private static let pageSize = 8000
    /// Before whatever else there is to do comes its turn.
    private static let pagesAtOnce = 8

    /// Whether questions are answered from all records, and not from an index that is still being made.
    package var isComplete: Bool { self.state.withLock { $0.building.map { $0.index !== self.index } ?? true } }

    /// - Parameter isCurrent: whether questions are answered from what has been built so far.
    func beginBuild(isCurrent: Bool) async throws {
        let position = try await self.database.read { try $0.searchChanges.lastNumber() }
        let index = SearchIndex(self.kind, folder: self.writable, views: [], position: position)
        if isCurrent { self.current.store(index, ordering: .releasing) }
        self.state.withLock { $0.building = Building(index: index) }
    }

    private struct Page: Sendable {
        let page: SearchSource.Page
        /// How far the log was when it was read.
        let top: Int64
    }

    private func readPage(after last: String?) async throws -> Page {
        let source = self.source
        return try await self.database.read { tx in
            Page(page: try source.page(tx, last, Self.pageSize), top: try tx.searchChanges.lastNumber())
        }
    }

    /// Takes the next records into the index that is being built, and reads the next ones meanwhile. False when nothing is left.
    func build() async throws -> Bool {
        guard let building = self.state.withLock({ $0.building }) else { return false }
        let index = building.index
        // An index that answers is slow with many segments, and a writer waits for a long slice.
        let slice = self.index === index ? Self.sliceSize : Self.pageSize
        var read = try await self.readPage(after: building.last)
        for _ in 0..<Self.pagesAtOnce {
            guard let last = read.page.last else {
                try await self.endBuild(building)
                return false
            }
            let now = read
            async let next = self.readPage(after: last)
            try await self.onThread {
                let documents = now.page.documents
                for start in stride(from: 0, to: documents.count, by: slice) {
                    let some = Array(documents[start..<min(start + slice, documents.count)])
                    try index.apply(some, of: Set(some.map(\.id)), asOf: now.top, movesOn: false)
                }
            }
            self.state.withLock { state in
                state.building?.last = last
                state.building?.records += now.page.documents.count
            }
            read = try await next
            // The one that is built is not followed here, since the page that was read ahead is older.
            if self.index !== index { try await self.followOrBegin() }
        }
        try await self.note(self.state.withLock { $0.building?.records ?? 0 }, isFinished: false)
        return true
    }

    private func endBuild(_ building: Building) async throws {
        while try await self.follow(building.index) {}
        if self.index !== building.index {
            building.index.takeSynonyms(from: self.index)
            self.current.store(building.index, ordering: .releasing)
        }
        // Also one without records, so that the next start need not look for any.
        building.index.touch()
        try await self.note(self.state.withLock { $0.building?.records ?? 0 }, isFinished: true)
        self.state.withLock { state in
            state.building = nil
            if !state.isReading { state.damage = nil }
        }
        self.logger.log(
            level: self.state.withLock { $0.isReading } ? .debug : .info,
            "the search index is complete",
            metadata: ["kind": "\(self.kind.name)", "records": "\(self.count)"]
        )
    }

    /// For who waits for a rebuild.
    private func note(_ records: Int, isFinished: Bool) async throws {
        let (number, isReading) = self.state.withLock { ($0.rebuildNumber, $0.isReading) }
        guard !isReading else { return }
        try await self.database.write {
            try $0.searchChanges.note(self.kind.name, records: records, finished: isFinished ? number : nil)
        }
    }
}
