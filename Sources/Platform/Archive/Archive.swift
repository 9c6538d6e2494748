import Foundation
package import Kernel
package import Logging
import ServiceLifecycle
package import Storage

/// Moves old records into files, and tells and restores what is in them.
package struct Archive: Service {
    package static let minimumDays = 40
    static let pollSeconds: Int64 = 600
    /// Restored records stay for so long before they leave again.
    static let restoredSeconds: Int64 = 7 * 86_400
    /// Records that one statement reads or one commit deletes, with a pause in between, so that calls wait for one batch at most.
    private static let batch = 500
    private static let pause = Duration.milliseconds(40)

    /// In the order in which a day leaves.
    package let kinds: [ArchiveKind]
    private let database: any Database
    private let folder: String
    /// 0 keeps everything.
    private let days: Int
    private let clock: WallClock
    private let logger: Logger

    package init(
        _ kinds: [ArchiveKind],
        database: any Database,
        folder: String,
        days: Int,
        clock: WallClock,
        logger: Logger
    ) {
        self.kinds = kinds
        self.database = database
        self.folder = folder
        self.days = days
        self.clock = clock
        self.logger = logger
    }

    package func run() async throws {
        guard self.days > 0 else {
            return await poll(everySeconds: Self.pollSeconds, else: "", self.logger) {}
        }
        await poll(everySeconds: Self.pollSeconds, else: "cannot archive", self.logger) { try await self.archive() }
    }

    /// Every whole day that is old enough.
    package func archive() async throws {
        let until = self.clock.now().adding(seconds: -Int64(self.days) * 86_400).startOfDay
        for kind in self.kinds {
            guard var day = try await self.database.read({ try kind.oldest($0) })?.startOfDay else { continue }
            // A day that a crash has interrupted may have no records left.
            let begun = try await self.files().filter { $0.kind == kind.name && $0.state == .written }
            for file in begun { try await self.delete(file, kind) }
            while day < until {
                try await self.archive(day, kind)
                try Task.checkCancellation()
                day = day.adding(seconds: 86_400)
            }
        }
    }

    private func archive(_ day: Timestamp, _ kind: ArchiveKind) async throws {
        let known = try await self.database.read { try $0.archive.find(kind.name, day: day) }
        if let known, known.state == .restored, self.clock.now().seconds(since: known.changedAt) < Self.restoredSeconds
        {
            return
        }
        // What is found of a day that has left came later: it stays, since its file must not change.
        if let known, known.state != .restored { return }
        guard let file = try await self.write(day, kind) else { return }
        guard try await self.database.write({ try $0.archive.insert(file) }) else { return }
        try await self.delete(file, kind)
        self.logger.info(
            "archived",
            metadata: ["file": "\(file.path)", "records": "\(file.records)", "bytes": "\(file.bytes)"]
        )
    }

    /// Nil when the day has no records.
    private func write(_ day: Timestamp, _ kind: ArchiveKind) async throws -> ArchiveFile? {
        let time = day..<day.adding(seconds: 86_400)
        var page = try await self.database.read { try kind.list(time, nil, Self.batch, $0) }
        guard !page.isEmpty else { return nil }
        let path = "\(kind.name)/\(day.dayText).jsonl.gz"
        let writer = try GzipWriter(path: "\(self.folder)/\(path)")
        while let last = page.last {
            for line in page { try writer.write(line) }
            if page.count < Self.batch { break }
            page = try await self.database.read { try kind.list(time, last, Self.batch, $0) }
        }
        let checksum = try writer.finish()
        return ArchiveFile(
            kind: kind.name,
            day: day,
            path: path,
            records: writer.lines,
            bytes: writer.bytes,
            checksum: checksum,
            state: .written,
            changedAt: self.clock.now()
        )
    }

    /// Deletes what stands in the file, line by line, so that nothing else goes.
    private func delete(_ file: ArchiveFile, _ kind: ArchiveKind) async throws {
        try await self.forEachBatch(of: file) { lines in
            try await self.database.write { try kind.delete(lines, $0) }
            try await Task.sleep(for: Self.pause)
        }
        try await self.database.write { try $0.archive.set(file, .archived) }
    }

    // MARK: What is there

    package func files() async throws -> [ArchiveFile] { try await self.database.read { try $0.archive.list() } }

    /// Whether the file is there as it was written.
    package func isWhole(_ file: ArchiveFile) -> Bool {
        (try? GzipReader.checksum(of: "\(self.folder)/\(file.path)")) == file.checksum
    }

    /// Throws `ConfigurationError` in words for the operator.
    package func find(_ kind: String, day: String) async throws -> ArchiveFile {
        guard self.kinds.contains(where: { $0.name.bytewise.equals(kind) }) else {
            let names = self.kinds.map(\.name).joined(separator: ", ")
            throw ConfigurationError("there is no kind '\(kind)'; there are \(names)")
        }
        guard let time = Timestamp(text: day), day.utf8.count == 10 else {
            throw ConfigurationError("'\(day)' is no day; write it as 2026-08-01")
        }
        guard let file = try await self.database.read({ try $0.archive.find(kind, day: time) }) else {
            throw ConfigurationError("\(kind) of \(day) are not archived")
        }
        guard self.isWhole(file) else {
            throw ConfigurationError("\(self.folder)/\(file.path) is missing, or not what was written")
        }
        return file
    }

    /// The lines as they are.
    package func read(_ file: ArchiveFile, _ visit: (ArraySlice<UInt8>) throws -> Void) throws {
        let reader = try GzipReader(path: "\(self.folder)/\(file.path)")
        while let line = try reader.next() { try visit(line) }
    }

    /// Brings the records back, for a week.
    package func restore(_ file: ArchiveFile) async throws {
        guard let kind = self.kinds.first(where: { $0.name == file.kind }), file.state == .archived else {
            throw ConfigurationError("\(file.kind) of \(file.dayText) are \(file.state.rawValue)")
        }
        // One that breaks off can be done again.
        try await self.forEachBatch(of: file) { lines in
            try await self.database.write { try kind.insert(lines, $0) }
        }
        try await self.database.write { try $0.archive.set(file, .restored) }
    }

    private func forEachBatch(of file: ArchiveFile, _ visit: ([JSONValue]) async throws -> Void) async throws {
        let path = "\(self.folder)/\(file.path)"
        guard try GzipReader.checksum(of: path) == file.checksum else { throw GzipError.damaged }
        let reader = try GzipReader(path: path)
        var lines: [JSONValue] = []
        while let line = try reader.next() {
            lines.append(try JSON.read(line))
            guard lines.count == Self.batch else { continue }
            try await visit(lines)
            lines = []
        }
        if !lines.isEmpty { try await visit(lines) }
    }
}
