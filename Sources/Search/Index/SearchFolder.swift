import CZlib
import Foundation
import Kernel
import Synchronization

/// The files of an index: segments that never change, and a list of those that count.
///
/// The list is replaced whole, and after the segments are durable, so that a crash leaves either list.
final class SearchFolder: Sendable {
    private let folder: String
    private let next = Mutex(UInt64(0))

    private static let listName = "index.json"

    /// Holds the lock of who writes here; negative for who reads.
    private let lock: Int32

    /// Makes the folder. Throws when that cannot be done, or when another process writes there.
    ///
    /// - Parameter reading: for who writes nothing, beside a server.
    init(_ folder: String, reading: Bool = false) throws {
        self.folder = folder
        if reading {
            self.lock = -1
            return
        }
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        self.lock = Foundation.open("\(folder)/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard self.lock >= 0, flock(self.lock, LOCK_EX | LOCK_NB) == 0 else {
            if self.lock >= 0 { close(self.lock) }
            throw SearchDamage("another process keeps its index in \(folder)")
        }
        let numbers = try FileManager.default.contentsOfDirectory(atPath: folder).compactMap(Self.number)
        self.next.withLock { $0 = (numbers.max() ?? 0) + 1 }
    }

    var isWritable: Bool { self.lock >= 0 }

    deinit { if self.lock >= 0 { close(self.lock) } }

    private static func number(_ name: String) -> UInt64? {
        (name.bytewise.dropping(prefix: "segment-") ?? name.bytewise.dropping(prefix: "live-")).flatMap { UInt64($0) }
    }

    func path(_ name: String) -> String { self.folder + "/" + name }

    private func newName(_ kind: String) -> String {
        self.next.withLock { next in
            defer { next += 1 }
            return "\(kind)-\(next)"
        }
    }

    /// A new segment's file, durable when this returns.
    func write(_ body: (ByteWriter) throws -> Void) throws -> SegmentFile {
        let name = self.newName("segment")
        let path = self.path(name)
        guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]),
            let file = FileHandle(forWritingAtPath: path)
        else { throw SearchDamage("\(path) cannot be written") }
        defer { try? file.close() }
        do {
            let output = ByteWriter(file: file)
            try body(output)
            _ = try output.finish()
            try file.synchronize()
            return SegmentFile(name: name, bytes: output.count)
        } catch {
            unlink(path)
            throw error
        }
    }

    // MARK: The list

    struct List: Codable {
        /// Of the kind: another layout is another index.
        let layout: String
        /// The last change of the log that is in the segments, with what says that it is the same log.
        let position: Int64
        let mark: String
        let segments: [Entry]
        let live: String
        let liveChecksum: UInt32

        struct Entry: Codable {
            let name: String
            let bytes: Int
            let documents: Int
        }
    }

    /// The list that counts; nil when there is none, or none that can be read.
    func readList() -> List? {
        guard let data = FileManager.default.contents(atPath: self.path(Self.listName)) else { return nil }
        return try? JSONDecoder().decode(List.self, from: data)
    }

    /// The segments of the list. Throws `SearchDamage` when a file is missing or is not what was written.
    func open(_ list: List, _ kind: SearchKind) throws -> [SegmentView] {
        guard list.layout == kind.layout else { throw SearchDamage("the index is of another version") }
        guard let live = FileManager.default.contents(atPath: self.path(list.live)),
            Self.checksum(Array(live)) == list.liveChecksum
        else { throw SearchDamage("\(list.live) is damaged") }
        var rest = Array(live)[...]
        return try list.segments.map { entry in
            let bytes = try SegmentBytes(path: self.path(entry.name))
            guard bytes.count == entry.bytes else { throw SearchDamage("\(entry.name) has another length") }
            let segment = try Segment(bytes, kind)
            guard segment.count == entry.documents else { throw SearchDamage("\(entry.name) has other documents") }
            let length = (segment.count + 65_535) / 65_536 * 8192
            let part = Array(rest.prefix(length))
            rest = rest.dropFirst(length)
            return SegmentView(
                segment,
                file: SegmentFile(name: entry.name, bytes: entry.bytes),
                live: try LiveDocuments(part, capacity: segment.count)
            )
        }
    }

    /// Makes these segments the ones that count, and deletes the files of no list.
    func save(_ views: [SegmentView], _ kind: SearchKind, position: Int64, mark: String) throws {
        let live = views.flatMap(\.live.bytes)
        let name = self.newName("live")
        try self.writeWhole(name, Data(live))
        let list = List(
            layout: kind.layout,
            position: position,
            mark: mark,
            segments: views.compactMap { view in
                view.file.map { .init(name: $0.name, bytes: $0.bytes, documents: view.segment.count) }
            },
            live: name,
            liveChecksum: Self.checksum(live)
        )
        try self.writeWhole(Self.listName + ".new", try JSONEncoder().encode(list))
        guard rename(self.path(Self.listName + ".new"), self.path(Self.listName)) == 0 else {
            throw SearchDamage("\(self.path(Self.listName)) cannot be replaced")
        }
        try self.synchronize()
        self.deleteOthers(Set(list.segments.map(\.name) + [name, Self.listName]), upTo: name)
    }

    /// What began after the list was written may be a merge's file that is not listed yet.
    private func deleteOthers(_ names: Set<String>, upTo last: String) {
        let limit = Self.number(last) ?? 0
        for name in (try? FileManager.default.contentsOfDirectory(atPath: self.folder)) ?? [] {
            guard let number = Self.number(name), number < limit, !names.contains(name) else { continue }
            unlink(self.path(name))
        }
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        bytes.withUnsafeBufferPointer { UInt32(truncatingIfNeeded: crc32(0, $0.baseAddress, UInt32($0.count))) }
    }

    private func writeWhole(_ name: String, _ data: Data) throws {
        let path = self.path(name)
        guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]),
            let file = FileHandle(forWritingAtPath: path)
        else { throw SearchDamage("\(path) cannot be written") }
        defer { try? file.close() }
        try file.write(contentsOf: data)
        try file.synchronize()
    }

    private func synchronize() throws {
        let descriptor = Foundation.open(self.folder, O_RDONLY | O_DIRECTORY)
        defer { if descriptor >= 0 { close(descriptor) } }
        guard descriptor >= 0, fsync(descriptor) == 0 else {
            throw SearchDamage("\(self.folder) cannot be synchronized")
        }
    }
}
