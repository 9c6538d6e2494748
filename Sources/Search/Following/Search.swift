import Atomics
import Dispatch
import Kernel
package import Logging
package import Storage
import Synchronization

/// The search over a kind of records: an index that follows the database.
///
/// What this node writes is found once it is acknowledged. What others write is found when ``follow()`` has read the log.
package final class Search: Sendable {
    /// Records that are read from the database at once.
    private static let pageSize = 8000
    /// Before whatever else there is to do comes its turn.
    private static let pagesAtOnce = 8
    /// Changes of the log that are read at once.
    private static let changeLimit = 5000
    /// An index that has to be made while the server starts may take so long; then the server starts, and the rest follows.
    private static let patienceSeconds: Int64 = 5
    /// Changes in memory are written to the folder from so many on, or after a while.
    private static let saveLimit = 4096
    private static let saveSeconds: Int64 = 10

    package let source: SearchSource
    let database: any Database
    private let path: String?
    private let logger: Logger
    private let current: ManagedAtomic<SearchIndex>
    private let state = Mutex(State())

    private struct State {
        var folder: SearchFolder?
        /// Opened from files that were not read to the end yet.
        var unchecked: [SegmentView] = []
        var isReading = false
        /// Being made beside the current one, or as the current one.
        var building: SearchBuild?
        /// How often a rebuild was asked for when the index was made.
        var rebuildNumber: Int64?
        var savedAt = ContinuousClock.now
    }

    /// - Parameter folder: where indexes are kept; nil for memory alone.
    package init(_ source: SearchSource, database: any Database, folder: String?, logger: Logger) {
        self.source = source
        self.database = database
        self.logger = logger
        self.path = folder.map { "\($0)/\(source.kind.name)" }
        self.current = ManagedAtomic(SearchIndex(source.kind))
        database.invalidations.listen(source.kind.topic) { [weak self] values in
            self?.take(values.compactMap { $0 as? NumberedChange })
        }
    }

    private var folder: SearchFolder? { self.state.withLock { $0.folder } }
    /// Nil where nothing may be written.
    private var writable: SearchFolder? { self.folder.flatMap { $0.isWritable ? $0 : nil } }
    var index: SearchIndex { self.current.load(ordering: .acquiring) }

    package var kind: SearchKind { self.source.kind }
    package var count: Int { self.index.count }
    package var segmentCount: Int { self.index.segmentCount }
    /// Of all segments, in memory and on the disk.
    package var byteCount: Int { self.index.byteCount }

    package func answer(_ query: SearchQuery) -> SearchAnswer { self.index.answer(query) }

    /// Why records were found, by record.
    package func explain(_ text: String, _ documents: [SearchDocument]) -> [String: [SearchReason]] {
        self.index.explain(text, documents)
    }

    // MARK: Changes

    /// Of this node's commits.
    private func take(_ changes: [NumberedChange]) {
        let building = self.state.withLock { $0.building?.index }
        for index in self.distinct(building) {
            do { try index.apply(changes) } catch {
                self.logger.error("cannot take a change into the search", metadata: ["error": "\(error)"])
            }
        }
    }

    /// The index that answers, and one that is being built beside it.
    private func distinct(_ building: SearchIndex?) -> [SearchIndex] {
        let index = self.index
        return building.map { $0 === index ? [index] : [index, $0] } ?? [index]
    }

    /// Takes in what the log has that the index has not.
    package func follow() async throws {
        let index = self.index
        while try await self.follow(index) {}
    }

    /// False when there is nothing more.
    private func follow(_ index: SearchIndex) async throws -> Bool {
        let (position, known) = index.followed
        let source = self.source
        let (read, top, documents) = try await self.database.read { tx in
            let last = try tx.searchChanges.lastNumber()
            guard last > position else { return ([SearchChangeStore.Change](), last, [SearchDocument]()) }
            let changes = try tx.searchChanges.list(source.kind.name, after: position, limit: Self.changeLimit)
            let top = changes.count == Self.changeLimit ? changes.last?.number ?? last : last
            let ids = Set(changes.filter { known[$0.record] ?? 0 < $0.number }.map(\.record))
            return (changes, top, ids.isEmpty ? [] : try source.load(tx, ids.sorted()))
        }
        guard top > position else { return false }
        let ids = Set(read.filter { known[$0.record] ?? 0 < $0.number }.map(\.record))
        try index.apply(documents, of: ids, asOf: top)
        return read.count == Self.changeLimit
    }

    // MARK: Beginning

    /// Opens what the folder has and takes in what has changed since; makes the index anew when there is none that can be used.
    ///
    /// - Parameter reading: for a command beside a server, which writes nothing to the folder.
    package func open(reading: Bool = false) async throws {
        do {
            let folder = try self.path.map { try SearchFolder($0, reading: reading) }
            self.state.withLock { ($0.folder, $0.isReading) = (folder, reading) }
        } catch {
            self.logger.warning("the search index is kept in memory alone", metadata: ["reason": "\(error)"])
        }
        let (synonyms, number) = try await self.database.read { tx in
            (try tx.searchChanges.listSynonyms(self.kind.name), try tx.searchChanges.finishedNumber(self.kind.name))
        }
        self.state.withLock { $0.rebuildNumber = number }
        let index: SearchIndex
        do { index = try await self.openFolder() } catch {
            self.logger.info(
                "the search index is made anew",
                metadata: ["kind": "\(self.kind.name)", "reason": "\(error)"]
            )
            try await self.beginBuild(isCurrent: true)
            self.index.setSynonyms(synonyms)
            let end = ContinuousClock.now + .seconds(Self.patienceSeconds)
            while try await self.build(), reading || ContinuousClock.now < end {}
            return
        }
        index.setSynonyms(synonyms)
        self.current.store(index, ordering: .releasing)
        try await self.follow()
    }

    /// Throws `SearchDamage` when the folder has no index that can be used.
    private func openFolder() async throws -> SearchIndex {
        guard let folder = self.folder, let list = folder.readList() else { throw SearchDamage("there is none") }
        let mark = try await self.database.read { try $0.searchChanges.findMark(list.position) }
        guard let mark, mark == list.mark else { throw SearchDamage("the log of changes is another one") }
        let views = try folder.open(list, self.kind)
        let index = SearchIndex(self.kind, folder: self.writable, views: views, position: list.position)
        // A damaged byte is found while questions are answered already; nothing that is read can harm the process.
        index.hold(views)
        self.state.withLock { $0.unchecked = views }
        return index
    }

    // MARK: Building

    /// - Parameter isCurrent: whether questions are answered from what has been built so far.
    private func beginBuild(isCurrent: Bool) async throws {
        let position = try await self.database.read { try $0.searchChanges.lastNumber() }
        let index = SearchIndex(self.kind, folder: self.writable, views: [], position: position)
        if isCurrent { self.current.store(index, ordering: .releasing) }
        self.state.withLock { $0.building = SearchBuild(index: index) }
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
    private func build() async throws -> Bool {
        guard let building = self.state.withLock({ $0.building }) else { return false }
        let index = building.index
        var read = try await self.readPage(after: building.last)
        for _ in 0..<Self.pagesAtOnce {
            guard let last = read.page.last else {
                try await self.endBuild(building)
                return false
            }
            let now = read
            async let next = self.readPage(after: last)
            try await self.onThread {
                let ids = Set(now.page.documents.map(\.id))
                try index.apply(now.page.documents, of: ids, asOf: now.top, movesOn: false)
            }
            self.state.withLock { state in
                state.building?.last = last
                state.building?.records += now.page.documents.count
            }
            read = try await next
        }
        try await self.note(self.state.withLock { $0.building?.records ?? 0 }, isFinished: false)
        return true
    }

    private func endBuild(_ building: SearchBuild) async throws {
        while try await self.follow(building.index) {}
        if self.index !== building.index {
            building.index.takeSynonyms(from: self.index)
            self.current.store(building.index, ordering: .releasing)
        }
        let records = self.state.withLock { state in
            defer { state.building = nil }
            return state.building?.records ?? 0
        }
        try await self.note(records, isFinished: true)
        self.logger.info(
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

    // MARK: Beside the server

    /// One round: follows, builds on, merges and saves. True when there is more to do at once.
    package func work() async throws -> Bool {
        try await self.follow()
        try await self.takeWhatOperatorsSet()
        try await self.check()
        async let merging = self.merge()
        let isBuilding = try await self.build()
        let hasMerged = try await merging
        let isWhole = self.state.withLock { $0.building == nil }
        let isDue = self.state.withLock { $0.savedAt.duration(to: .now) > .seconds(Self.saveSeconds) }
        if isWhole, self.index.unsaved >= Self.saveLimit || isDue && self.index.unsaved > 0 {
            try await self.save()
        }
        return isBuilding || hasMerged
    }

    /// Reads the files that were opened; an index with a damaged one is made anew.
    private func check() async throws {
        let views = self.state.withLock { state in
            defer { state.unchecked = [] }
            return state.unchecked
        }
        guard !views.isEmpty else { return }
        do {
            try await self.onThread { for view in views { try view.segment.check() } }
            self.index.release(views)
        } catch {
            self.logger.error("the search index is damaged and is made anew", metadata: ["error": "\(error)"])
            try await self.beginBuild(isCurrent: false)
        }
    }

    private func merge() async throws -> Bool {
        let building = self.state.withLock { $0.building?.index }
        var hasMerged = false
        for index in self.distinct(building) where try await self.onThread({ try index.compact() }) {
            hasMerged = true
        }
        return hasMerged
    }

    private func takeWhatOperatorsSet() async throws {
        let (asked, synonyms) = try await self.database.read { tx in
            (try tx.searchChanges.rebuildNumber(self.kind.name), try tx.searchChanges.listSynonyms(self.kind.name))
        }
        self.index.setSynonyms(synonyms)
        // One that is asked for during another begins after it.
        let isAsked = self.state.withLock { state in
            guard state.building == nil, state.rebuildNumber != asked else { return false }
            state.rebuildNumber = asked
            return true
        }
        if isAsked { try await self.beginBuild(isCurrent: false) }
    }

    /// Writes what is in memory to the folder, so that the next start has little to read.
    package func save() async throws {
        guard self.writable != nil, self.state.withLock({ $0.building == nil }) else { return }
        let index = self.index
        let position = index.followed.position
        guard let mark = try await self.database.read({ try $0.searchChanges.findMark(position) }) else { return }
        try await self.onThread { try index.save(position: position, mark: mark) }
        self.state.withLock { $0.savedAt = .now }
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

    /// Work that takes long has a thread of its own, and not one of those that answer.
    private func onThread<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global(qos: .utility).async { continuation.resume(with: Result { try body() }) }
        }
    }
}

/// An index on its way.
private struct SearchBuild {
    let index: SearchIndex
    var last: String?
    var records = 0
}

extension SearchIndex: AtomicReference {}
