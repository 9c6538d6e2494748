import Foundation
import Synchronization

/// Segments of one size become one of the next, so that a question meets few of them and a document moves few times.
extension SearchIndex {
    /// So many of a size are merged.
    private static let fanOut = 8
    /// What is merged at once, by whoever writes; larger segments are merged in the background.
    private static let smallLimit = 512
    /// Larger segments are left as they are: offsets in them have 32 bits.
    private static let byteLimit = 3 << 30
    /// From so many documents on, a segment is a file.
    static let fileLimit = 4096

    private static func size(_ view: SegmentView) -> Int {
        var (size, limit) = (0, 64)
        while view.live.count >= limit {
            size += 1
            limit *= Self.fanOut
        }
        return size
    }

    /// Which segments of one size there are enough of to merge; the smallest first.
    private func candidates(_ state: borrowing State, below limit: Int) -> [SegmentView]? {
        var bySize: [Int: [SegmentView]] = [:]
        for view in state.views where !state.busy.contains(ObjectIdentifier(view.segment)) && view.segment.count < limit
        {
            bySize[Self.size(view), default: []].append(view)
        }
        return bySize.filter { $0.value.count >= Self.fanOut }.min { $0.key < $1.key }?.value
    }

    /// Merges what is small at once.
    func mergeSmall(_ state: inout State) {
        while let sources = self.candidates(state, below: Self.smallLimit) {
            guard let merged = try? self.merged(sources, toFile: false) else { return }
            state.replace(sources, by: merged)
        }
    }

    /// Merges the next segments, if there are enough of a size. False when there is nothing to do.
    package func compact() throws -> Bool {
        guard let sources = self.beginMerge() else { return false }
        defer { self.release(sources) }
        self.endMerge(sources, try self.merged(sources))
        return true
    }

    /// The segments that are to be merged next; they are busy until they are released.
    func beginMerge() -> [SegmentView]? {
        self.state.withLock { state in
            let sources =
                self.fitting(self.candidates(state, below: .max)) ?? self.fitting(self.wasteful(state).map { [$0] })
                ?? self.fitting(self.rest(state))
            state.busy.formUnion((sources ?? []).map { ObjectIdentifier($0.segment) })
            return sources
        }
    }

    /// Of more than fit into one segment, the smallest.
    private func fitting(_ sources: [SegmentView]?) -> [SegmentView]? {
        guard let sources else { return nil }
        var bytes = 0
        let fitting = sources.sorted { $0.segment.bytes.count < $1.segment.bytes.count }.prefix { view in
            bytes += view.segment.bytes.count
            return bytes < Self.byteLimit
        }
        return fitting.isEmpty || fitting.count < min(2, sources.count) ? nil : Array(fitting)
    }

    func merged(_ sources: [SegmentView]) throws -> SegmentView {
        let count = sources.reduce(0) { $0 + $1.live.count }
        return try self.merged(sources, toFile: self.folder != nil && count >= Self.fileLimit)
    }

    func endMerge(_ sources: [SegmentView], _ merged: SegmentView) {
        self.state.withLock { state in
            state.replace(sources, by: merged)
            // A new file must come on the list.
            state.unsaved += merged.file == nil ? 0 : 1
            self.publish(state)
        }
    }

    /// A large segment of which half is gone.
    private func wasteful(_ state: borrowing State) -> SegmentView? {
        state.views.first {
            $0.segment.count >= Self.fileLimit && $0.live.count * 2 < $0.segment.count && $0.live.count > 0
                && !state.busy.contains(ObjectIdentifier($0.segment))
        }
    }

    /// While nothing changes: the segments that come to more than a quarter of the next larger one, with that one.
    private func rest(_ state: borrowing State) -> [SegmentView]? {
        guard state.unsaved == 0, state.busy.isEmpty else { return nil }
        let views = state.views.sorted { $0.live.count > $1.live.count }
        var smaller = views.reduce(0) { $0 + $1.live.count }
        for (index, view) in views.enumerated() {
            smaller -= view.live.count
            if view.live.count < smaller * 4 { return Array(views[index...]) }
        }
        return nil
    }

    /// Writes what is in memory to a file, and the list of files with the position up to which they hold the log. False, and
    /// nothing is done, while segments are being merged or checked.
    func save(position: Int64, mark: String) throws -> Bool {
        guard let folder else { return false }
        // No segment may go into another one until the list is written.
        let (all, unsaved) = self.state.withLock { state in
            guard state.busy.isEmpty else { return ([SegmentView]?.none, 0) }
            state.busy = Set(state.views.map { ObjectIdentifier($0.segment) })
            return (state.views, state.unsaved)
        }
        guard let all else { return false }
        defer { self.state.withLock { $0.busy = [] } }
        let inMemory = all.filter { $0.file == nil }
        let merged = inMemory.isEmpty ? nil : try self.merged(inMemory, toFile: true)
        let files = self.state.withLock { state in
            if let merged {
                state.busy.insert(ObjectIdentifier(merged.segment))
                state.replace(inMemory, by: merged)
                self.publish(state)
            }
            return state.views.filter { $0.file != nil }
        }
        try folder.save(files, self.kind, position: position, mark: mark)
        self.state.withLock { $0.unsaved -= min(unsaved, $0.unsaved) }
        return true
    }

    /// Keeps segments out of merges until they are known to be what was written.
    func hold(_ views: [SegmentView]) {
        self.state.withLock { $0.busy.formUnion(views.map { ObjectIdentifier($0.segment) }) }
    }

    /// All files, which are held; none while some are busy.
    func holdFiles() -> [SegmentView] {
        self.state.withLock { state in
            guard state.busy.isEmpty else { return [] }
            let views = state.views.filter { $0.file != nil }
            state.busy = Set(views.map { ObjectIdentifier($0.segment) })
            return views
        }
    }

    func release(_ views: [SegmentView]) {
        self.state.withLock { $0.busy.subtract(views.map { ObjectIdentifier($0.segment) }) }
    }

    private func merged(_ sources: [SegmentView], toFile: Bool) throws -> SegmentView {
        let merge = SegmentMerge(self.kind, sources)
        if toFile, let folder {
            let file = try folder.write { try merge.write(to: $0) }
            return SegmentView(try Segment(try SegmentBytes(path: folder.path(file.name)), self.kind), file: file)
        }
        let output = ByteWriter()
        try merge.write(to: output)
        return SegmentView(try Segment(SegmentBytes(try output.finish()), self.kind))
    }
}

extension SearchIndex.State {
    /// - Parameter merged: of the sources as they were when the merge began; what has gone since then goes from it, too.
    mutating func replace(_ sources: [SegmentView], by merged: SegmentView) {
        var merged = merged
        for source in sources {
            guard let now = self.views.first(where: { $0.segment === source.segment }),
                now.live.count != source.live.count
            else { continue }
            source.live.visit { document in
                guard !now.live.contains(document), let moved = merged.segment.find(Array(source.segment.key(document)))
                else { return }
                merged.remove(moved)
            }
        }
        self.views.removeAll { view in sources.contains { $0.segment === view.segment } }
        if merged.live.count > 0 { self.views.append(merged) }
        self.views.sort { $0.segment.count > $1.segment.count }
    }
}
