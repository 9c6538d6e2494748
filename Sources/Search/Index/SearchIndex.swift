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
        /// All changes of the log up to here are in them.
        var position: Int64 = 0
        /// What is in them of the log beyond that: the last change of each record.
        var ahead: [String: Int64] = [:]
        /// Segments that are being merged, saved or checked.
        var busy: Set<ObjectIdentifier> = []
        /// Changes since the folder was written.
        var unsaved = 0
    }

    /// An index in memory alone.
    package convenience init(_ kind: SearchKind) { self.init(kind, folder: nil, views: [], position: 0) }

    /// Of the bytes of one segment, as ``segmentBytes`` gives them. Throws `SearchDamage`.
    package convenience init(_ kind: SearchKind, segment bytes: [UInt8]) throws {
        self.init(kind, folder: nil, views: [SegmentView(try Segment(SegmentBytes(bytes), kind))], position: 0)
    }

    /// - Parameter position: the last change of the log that is in the segments.
    init(_ kind: SearchKind, folder: SearchFolder?, views: [SegmentView], position: Int64) {
        self.kind = kind
        self.folder = folder
        self.current = ManagedAtomic(SearchSnapshot(views))
        self.synonyms = ManagedAtomic(SharedSynonyms([], Synonyms(kind.synonyms)))
        self.state = Mutex(State(views: views, position: position))
    }

    // MARK: Reading

    var snapshot: SearchSnapshot { self.current.load(ordering: .acquiring) }

    package var count: Int { self.snapshot.count }
    package var segmentCount: Int { self.snapshot.views.count }
    /// Of all segments, in memory and on the disk.
    package var byteCount: Int { self.snapshot.views.reduce(0) { $0 + $1.segment.bytes.count } }

    /// As a file has them.
    package var segmentBytes: [[UInt8]] {
        let snapshot = self.snapshot
        return snapshot.views.map { view in Array(view.segment.bytes.all.bytes(0, view.segment.bytes.count)) }
    }

    /// The bytes of each part of the segments, for measuring.
    package var parts: [(String, Int)] {
        let segments = self.snapshot.views.map(\.segment)
        return SegmentPart.allCases.map { part in ("\(part)", segments.reduce(0) { $0 + $1.size(part) }) }
    }

    package func answer(_ query: SearchQuery) -> SearchAnswer {
        let snapshot = self.snapshot
        // Its bytes are read through pointers.
        return withExtendedLifetime(snapshot) {
            Searching(query, self.kind, snapshot, self.synonyms.load(ordering: .acquiring).rules).answer()
        }
    }

    /// Why the records match a question, by record.
    package func explain(_ text: String, _ documents: [SearchDocument]) -> [String: [SearchReason]] {
        self.explain(text, documents.map(self.read))
    }

    package func explain(_ text: String, _ records: [SearchText]) -> [String: [SearchReason]] {
        Explaining(text, self.kind, self.snapshot, self.rules).explain(records)
    }

    package func read(_ document: SearchDocument) -> SearchText { SearchText(document, self.kind) }

    var rules: Synonyms { self.synonyms.load(ordering: .acquiring).rules }

    /// - Parameter lines: those of an operator, beside the kind's own.
    package func setSynonyms(_ lines: [String]) {
        guard self.synonyms.load(ordering: .acquiring).lines != lines else { return }
        self.synonyms.store(SharedSynonyms(lines, Synonyms(self.kind.synonyms + lines)), ordering: .releasing)
    }

    func takeSynonyms(from other: SearchIndex) {
        self.synonyms.store(other.synonyms.load(ordering: .acquiring), ordering: .releasing)
    }

    /// Whether the record is in the index as it is.
    func holds(_ document: SearchDocument) -> Bool {
        self.find(document.id).map { $0.segment.holds(document, at: $0.place, self.kind) } ?? false
    }

    func contains(_ id: String) -> Bool { self.find(id) != nil }

    private func find(_ id: String) -> (segment: Segment, place: Int)? {
        let key = SearchKey.encode(id)
        for view in self.snapshot.views {
            if let place = view.segment.find(key), view.live.contains(place) { return (view.segment, place) }
        }
        return nil
    }

    /// Some records, spread over all.
    func sample(_ limit: Int) -> [String] {
        let snapshot = self.snapshot
        let step = max(1, snapshot.count / limit)
        return snapshot.views.flatMap { view in
            stride(from: 0, to: view.segment.count, by: step).filter(view.live.contains)
                .map { SearchKey.decode(view.segment.key($0)) }
        }
    }

    // MARK: Writing

    /// Takes in changes of records, the last of a record standing; they are found when this returns.
    package func apply(_ changes: [SearchChange]) throws {
        try self.apply(changes.map { NumberedChange(number: 0, change: $0) })
    }

    /// The same, with each change's number in the log.
    func apply(_ changes: [NumberedChange]) throws {
        var last: [String: NumberedChange] = [:]
        for change in changes { last[change.change.id] = change }
        try self.replace(last.keys, by: last.values.compactMap(\.change.document)) { state in
            // What the log has brought already is at least as new.
            let newer = last.filter { $0.value.number == 0 || $0.value.number > state.position }
            for (id, change) in newer where change.number > 0 { state.ahead[id] = change.number }
            return Set(newer.keys)
        }
    }

    /// Takes in records as the database had them when its log had reached a number. What is newer here already stays.
    ///
    /// - Parameters:
    ///   - ids: the records that were read; those without a document cannot be found.
    ///   - movesOn: whether all changes up to the number are in the index now.
    func apply(_ documents: [SearchDocument], of ids: Set<String>, asOf number: Int64, movesOn: Bool = true) throws {
        try self.replace(ids, by: documents) { state in
            // What was read before others had moved it on is older than what it has.
            guard number >= state.position || !movesOn else { return [] }
            let newer = state.ahead.filter { $0.value > number }
            if movesOn {
                state.position = max(state.position, number)
                state.ahead = newer
            }
            return ids.subtracting(newer.keys)
        }
    }

    /// - Parameter note: takes note of the change under the lock; which of the records are really replaced.
    private func replace(
        _ ids: some Collection<String>,
        by documents: [SearchDocument],
        _ note: (inout State) -> Set<String>
    ) throws {
        let keys = Dictionary(ids.map { ($0, SearchKey.encode($0)) }) { first, _ in first }
        let segment = documents.isEmpty ? nil : try SegmentBuilder(kind: self.kind).build(documents)
        self.state.withLock { state in
            let replaced = note(&state)
            guard segment != nil || !replaced.isEmpty else { return }
            for id in replaced { if let key = keys[id] { state.remove(key) } }
            if let segment {
                var view = SegmentView(segment)
                for document in documents where !replaced.contains(document.id) {
                    if let place = keys[document.id].flatMap({ segment.find($0) }) { view.remove(place) }
                }
                state.views.append(view)
            }
            state.dropEmpty()
            state.unsaved += replaced.count
            self.mergeSmall(&state)
            self.publish(state)
        }
    }

    /// How far the log is in the index, and what of it is in there beyond that.
    var followed: (position: Int64, ahead: [String: Int64]) { self.state.withLock { ($0.position, $0.ahead) } }

    var unsaved: Int { self.state.withLock { $0.unsaved } }

    /// There is something to save, though no record has changed.
    func touch() { self.state.withLock { $0.unsaved += 1 } }

    /// Under the lock, so that no older snapshot follows a newer one.
    func publish(_ state: borrowing State) { self.current.store(SearchSnapshot(state.views), ordering: .releasing) }
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

/// A change with its number in the log.
struct NumberedChange: Sendable {
    let number: Int64
    let change: SearchChange
}

extension SearchSnapshot: AtomicReference {}

private final class SharedSynonyms: AtomicReference, Sendable {
    /// Of the operator.
    let lines: [String]
    let rules: Synonyms

    init(_ lines: [String], _ rules: Synonyms) {
        self.lines = lines
        self.rules = rules
    }
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
