import Atomics
import Foundation
import Kernel
package import Logging
package import Storage
import Synchronization

/// The search over a kind of records: an index that follows the database.
///
/// What this node writes is found once it is acknowledged. What others write is found when ``follow()`` has read the log.
package final class Search: Sendable {
    /// Changes of the log that are read at once.
    private static let changeLimit = 5000
    /// Of these, and of a page, so many are taken in at once.
    static let sliceSize = 1000
    /// An index that has to be made while the server starts may take so long; then the server starts, and the rest follows.
    private static let patienceSeconds: Int64 = 5
    /// Files are read again after so long, so that damage on the disk is noticed.
    private static let checkSeconds: Int64 = 3600

    package let source: SearchSource
    let database: any Database
    private let path: String?
    let logger: Logger
    let current: ManagedAtomic<SearchIndex>
    let state = Mutex(State())

    struct State {
        var folder: SearchFolder?
        /// Opened from files that were not read to the end yet.
        var unchecked: [SegmentView] = []
        var isReading = false
        /// Why the folder's index could not be used.
        var damage: String?
        /// Being made beside the current one, or as the current one.
        var building: Building?
        /// How often a rebuild was asked for when the index was made.
        var rebuildNumber: Int64?
        var savedAt = ContinuousClock.now
        /// The position that was written then.
        var savedPosition: Int64 = 0
        var checkedAt = ContinuousClock.now
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
    var writable: SearchFolder? { self.folder.flatMap { $0.isWritable ? $0 : nil } }
    var index: SearchIndex { self.current.load(ordering: .acquiring) }

    package var kind: SearchKind { self.source.kind }
    package var count: Int { self.index.count }
    package var segmentCount: Int { self.index.segmentCount }
    /// Of all segments, in memory and on the disk.
    package var byteCount: Int { self.index.byteCount }

    package func answer(_ query: SearchQuery) -> SearchAnswer { self.index.answer(query) }

    /// The words of a question, and how many records have each.
    package func words(in text: String) -> [SearchWord] { self.index.words(in: text) }

    /// Why records were found, by record.
    package func explain(_ text: String, _ documents: [SearchDocument]) -> [String: [SearchReason]] {
        self.index.explain(text, documents)
    }

    /// The same of records that were read before.
    package func explain(_ text: String, _ records: [SearchText]) -> [String: [SearchReason]] {
        self.index.explain(text, records)
    }

    package func read(_ document: SearchDocument) -> SearchText { self.index.read(document) }

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
    func distinct(_ building: SearchIndex?) -> [SearchIndex] {
        let index = self.index
        return building.map { $0 === index ? [index] : [index, $0] } ?? [index]
    }

    /// Takes in what the log has that the index has not.
    package func follow() async throws {
        let index = self.index
        while try await self.follow(index) {}
    }

    /// False when there is nothing more. Throws `SearchDamage` when the log no longer reaches back so far.
    func follow(_ index: SearchIndex) async throws -> Bool {
        let (position, known) = index.followed
        let source = self.source
        let (read, top, documents) = try await self.database.read { tx in
            let last = try tx.searchChanges.lastNumber()
            guard last > position else { return ([SearchChangeStore.Change](), last, [SearchDocument]()) }
            guard try tx.searchChanges.findMark(position) != nil else { throw SearchDamage("changes were missed") }
            let changes = try tx.searchChanges.list(source.kind.name, after: position, limit: Self.changeLimit)
            let top = changes.count == Self.changeLimit ? changes.last?.number ?? last : last
            let ids = Set(changes.filter { known[$0.record] ?? 0 < $0.number }.map(\.record))
            return (changes, top, ids.isEmpty ? [] : try source.load(tx, ids.sorted()))
        }
        guard top > position else { return false }
        let ids = Set(read.filter { known[$0.record] ?? 0 < $0.number }.map(\.record)).sorted()
        if !ids.isEmpty {
            let byID = Dictionary(documents.map { ($0.id, $0) }) { first, _ in first }
            // Writers of this node wait for no more than one slice.
            try await self.onThread {
                for start in stride(from: 0, to: ids.count, by: Self.sliceSize) {
                    let slice = ids[start..<min(start + Self.sliceSize, ids.count)]
                    try index.apply(slice.compactMap { byID[$0] }, of: Set(slice), asOf: top, movesOn: false)
                }
            }
        }
        try index.apply([], of: [], asOf: top)
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
            if self.folder?.readList() != nil { self.state.withLock { $0.damage = "\(error)" } }
            self.logger.log(
                level: reading ? .debug : .info,
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

    // MARK: Beside the server

    /// One round of what keeps the index up to date: follows, and builds on. True when there is more to do at once.
    ///
    /// Only one task may do this, since following and building must not overtake each other.
    func catchUp() async throws -> Bool {
        try await self.followOrBegin()
        try await self.check()
        try await self.takeWhatOperatorsSet()
        return try await self.build()
    }

    /// Where changes were missed, another index is begun; until it is complete, this one answers as it is.
    func followOrBegin() async throws {
        do { try await self.follow() } catch let gap as SearchDamage {
            guard self.state.withLock({ $0.building == nil }) else { return }
            self.logger.error("the search index is made anew", metadata: ["reason": "\(gap)"])
            try await self.beginBuild(isCurrent: false)
        }
    }

    /// Both, one after the other.
    package func work() async throws -> Bool {
        let isBuilding = try await self.catchUp()
        let hasMerged = try await self.maintain()
        return isBuilding || hasMerged
    }

    /// Reads the files that were opened, and all of them now and then; an index with a damaged one is made anew.
    private func check() async throws {
        if self.state.withLock({ $0.unchecked.isEmpty && $0.checkedAt.duration(to: .now) > .seconds(Self.checkSeconds) }
        ) {
            let held = self.index.holdFiles()
            self.state.withLock { ($0.checkedAt, $0.unchecked) = (.now, held) }
        }
        let views = self.state.withLock { $0.unchecked }
        guard !views.isEmpty else { return }
        do {
            try await self.onThread(isQuiet: true) { for view in views { try view.segment.check() } }
            self.index.release(views)
        } catch {
            self.logger.error("the search index is damaged and is made anew", metadata: ["error": "\(error)"])
            try await self.beginBuild(isCurrent: false)
        }
        self.state.withLock { $0.unchecked = [] }
    }

    private func takeWhatOperatorsSet() async throws {
        let (asked, synonyms) = try await self.database.read { tx in
            (try tx.searchChanges.rebuildNumber(self.kind.name), try tx.searchChanges.listSynonyms(self.kind.name))
        }
        self.index.setSynonyms(synonyms)
        // One that is asked for during another begins after it.
        guard self.state.withLock({ $0.building == nil && $0.rebuildNumber != asked }) else { return }
        try await self.beginBuild(isCurrent: false)
        self.state.withLock { $0.rebuildNumber = asked }
    }

    /// Work that takes long has a thread of its own.
    ///
    /// - Parameter isQuiet: for work without locks, so that threads that answer are preferred.
    func onThread<T: Sendable>(isQuiet: Bool = false, _ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                #if os(Linux)
                    // Of this thread alone.
                    if isQuiet { setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10) }
                #endif
                continuation.resume(with: Result { try body() })
            }
        }
    }
}

extension SearchIndex: AtomicReference {}
