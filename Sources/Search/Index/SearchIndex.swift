import Atomics
import Synchronization

/// The records of a kind, to be found. Everything in it comes from the database and can be made anew from there.
///
/// Readers take a snapshot and never wait. Writers take turns.
package final class SearchIndex: Sendable {
    package let kind: SearchKind
    private let current: ManagedAtomic<SearchSnapshot>
    private let synonyms: ManagedAtomic<SharedSynonyms>
    let state: Mutex<State>
    let folder: SearchFolder?

    struct State {
        var views: [SegmentView] = []
        /// The last change of the log that is in them.
        var position: Int64 = 0
        /// Segments that are being merged.
        var busy: Set<ObjectIdentifier> = []
        /// What the folder holds.
        var saved: Int64 = 0
        var hasUnsaved = false
    }

    /// An index in memory alone.
    package convenience init(_ kind: SearchKind) { self.init(kind, folder: nil, State()) }

    init(_ kind: SearchKind, folder: SearchFolder?, _ state: sending State) {
        self.kind = kind
        self.folder = folder
        self.current = ManagedAtomic(SearchSnapshot(state.views))
        self.synonyms = ManagedAtomic(SharedSynonyms(Synonyms(kind.synonyms)))
        self.state = Mutex(state)
    }

    // MARK: Reading

    var snapshot: SearchSnapshot { self.current.load(ordering: .acquiring) }

    package var count: Int { self.snapshot.count }
    package var segmentCount: Int { self.snapshot.views.count }
    /// Of all segments, in memory and on the disk.
    package var byteCount: Int { self.snapshot.views.reduce(0) { $0 + $1.segment.bytes.count } }

    /// The bytes of each part of the segments, for measuring.
    package var parts: [(String, Int)] {
        let segments = self.snapshot.views.map(\.segment)
        return SegmentPart.allCases.map { part in ("\(part)", segments.reduce(0) { $0 + $1.size(part) }) }
    }

    package func answer(_ query: SearchQuery) -> SearchAnswer {
        Searching(query, self.kind, self.snapshot, self.synonyms.load(ordering: .acquiring).rules).answer()
    }

    /// Why the records match a question, by record.
    package func explain(_ text: String, _ documents: [SearchDocument]) -> [String: [SearchReason]] {
        let rules = self.synonyms.load(ordering: .acquiring).rules
        return Explaining(text, self.kind, self.snapshot, rules).explain(documents)
    }

    /// - Parameter lines: those of an operator, beside the kind's own.
    package func setSynonyms(_ lines: [String]) {
        self.synonyms.store(SharedSynonyms(Synonyms(self.kind.synonyms + lines)), ordering: .releasing)
    }

    // MARK: Writing

    /// Takes in changes of records, the last of a record standing; they are found when this returns.
    ///
    /// - Parameter position: the last change of the log that is in the index with these.
    package func apply(_ changes: [SearchChange], upTo position: Int64? = nil) throws {
        var last: [String: SearchDocument?] = [:]
        var ids: [String] = []
        for change in changes {
            if last.updateValue(change.document, forKey: change.id) == nil { ids.append(change.id) }
        }
        let documents = ids.compactMap { last[$0] ?? nil }
        let segment = documents.isEmpty ? nil : try SegmentBuilder(kind: self.kind).build(documents)
        let snapshot = self.state.withLock { state in
            for id in ids { state.remove(SearchKey.encode(id)) }
            if let segment { state.views.append(SegmentView(segment)) }
            state.dropEmpty()
            if let position { state.position = max(state.position, position) }
            state.hasUnsaved = true
            self.mergeSmall(&state)
            return self.publish(state)
        }
        _ = snapshot
    }

    /// Under the lock, so that no older snapshot follows a newer one.
    func publish(_ state: borrowing State) -> SearchSnapshot {
        let snapshot = SearchSnapshot(state.views)
        self.current.store(snapshot, ordering: .releasing)
        return snapshot
    }
}

/// What has happened to a record.
package struct SearchChange: Sendable {
    let id: String
    /// Nil when it can no longer be found.
    let document: SearchDocument?

    package static func put(_ document: SearchDocument) -> SearchChange {
        SearchChange(id: document.id, document: document)
    }
    package static func remove(_ id: String) -> SearchChange { SearchChange(id: id, document: nil) }
}

extension SearchSnapshot: AtomicReference {}

private final class SharedSynonyms: AtomicReference, Sendable {
    let rules: Synonyms
    init(_ rules: Synonyms) { self.rules = rules }
}

extension SearchIndex.State {
    mutating func remove(_ key: [UInt8]) {
        for index in self.views.indices {
            guard let document = self.views[index].segment.find(key) else { continue }
            self.views[index].remove(document)
        }
    }

    mutating func dropEmpty() {
        self.views.removeAll { $0.live.count == 0 && !self.busy.contains(ObjectIdentifier($0.segment)) }
    }
}
