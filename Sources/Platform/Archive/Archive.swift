import Foundation
package import Kernel
package import Logging
import ServiceLifecycle
package import Storage

/// Moves old records into files, and tells and restores what is in them.
package struct Archive: Service {
    package static let minimumDays = 40
    static let pollSeconds: Int64 = 600
    /// A server that has not shown for so long that it still writes a file has lost its claim.
    static let claimSeconds: Int64 = 3600
    /// Restored records stay for so long before they leave again.
    static let restoredSeconds: Int64 = 7 * 86_400
    /// Records that one statement reads or one commit deletes, with a pause in between, so that calls wait for one batch at most.
    private static let batch = 500
    private static let pause = Duration.milliseconds(40)

    /// In the order in which a day leaves.
    package let kinds: [ArchiveKind]
    private let database: any Database
    private let folder: String
    private let days: Int
    private let clock: WallClock
    private let ids: IDGenerator
    private let logger: Logger

    package init(
        _ kinds: [ArchiveKind],
        database: any Database,
        folder: String,
        days: Int,
        clock: WallClock,
        ids: IDGenerator,
        logger: Logger
    ) {
        self.kinds = kinds
        self.database = database
        self.folder = folder
        self.days = days
        self.clock = clock
        self.ids = ids
        self.logger = logger
    }

    package func run() async throws {
        await poll(everySeconds: Self.pollSeconds, else: "cannot archive", self.logger) { try await self.archive() }
    }

    /// Every whole day that is old enough. What cannot leave is logged, and keeps nothing else from leaving.
    package func archive() async throws {
        let until = self.clock.now().adding(seconds: -Int64(self.days) * 86_400).startOfDay
        for kind in self.kinds {
            for file in try await self.files() where file.kind == kind.name {
                try await self.attempt(file.path) { try await self.finish(file, kind) }
            }
            guard let oldest = try await self.database.read({ try kind.oldest($0) }) else { continue }
            var day = oldest.startOfDay
            while day < until {
                let current = day
                try await self.attempt("\(kind.name) of \(day.dayText)") { try await self.archive(current, kind) }
                day = day.adding(seconds: 86_400)
            }
        }
    }

    private func attempt(_ what: String, _ body: () async throws -> Void) async throws {
        try Task.checkCancellation()
        do { try await body() } catch let error as CancellationError { throw error } catch {
            self.logger.error("cannot archive", metadata: ["what": "\(what)", "error": "\(error)"])
        }
    }

    /// A file whose records a crash has left in the database, or that have been back for long enough.
    private func finish(_ file: ArchiveFile, _ kind: ArchiveKind) async throws {
        switch file.state {
        case .written: try await self.delete(file, kind)
        case .restored where self.clock.now().seconds(since: file.changedAt) >= Self.restoredSeconds:
            guard try await self.database.write({ try $0.archive.change(file, from: .restored, to: .written) }) else {
                return
            }
            try await self.delete(file, kind)
        case .writing, .archived, .restored: break
        }
    }

    private func archive(_ day: Timestamp, _ kind: ArchiveKind) async throws {
        let time = day..<day.adding(seconds: 86_400)
        guard try await !self.database.read({ try kind.list(time, nil, 1, $0) }).isEmpty else { return }
        // Its name is nobody else's, so that no other server can replace it.
        let name = "\(kind.name)/\(day.dayText)-\(self.ids.bytes(4).hex).jsonl.gz"
        var file = ArchiveFile(kind: kind.name, day: day, path: name, changedAt: self.clock.now())
        let claim = file
        let lost = self.clock.now().adding(seconds: -Self.claimSeconds)
        guard try await self.database.write({ try $0.archive.claim(claim, ifLostBefore: lost) }) else { return }
        do {
            try await self.write(&file, time, kind)
            let complete = file
            let isOurs = try await self.database.write { try $0.archive.complete(complete) }
            if !isOurs { throw ArchiveError.lostClaim }
        } catch {
            try? FileManager.default.removeItem(atPath: "\(self.folder)/\(claim.path)")
            try await self.database.write { try $0.archive.forget(claim) }
            throw error
        }
        try await self.delete(file, kind)
        self.logger.info(
            "archived",
            metadata: ["file": "\(file.path)", "records": "\(file.records)", "bytes": "\(file.bytes)"]
        )
    }

    private func write(_ file: inout ArchiveFile, _ time: Range<Timestamp>, _ kind: ArchiveKind) async throws {
        let writer = try GzipWriter(path: "\(self.folder)/\(file.path)")
        let claim = file
        var last: JSONValue?
        var renewedAt = self.clock.now()
        while true {
            try Task.checkCancellation()
            let after = last
            let page = try await self.database.read { try kind.list(time, after, Self.batch, $0) }
            for line in page { try writer.write(line) }
            last = page.last ?? last
            if page.count < Self.batch { break }
            guard self.clock.now().seconds(since: renewedAt) > Self.claimSeconds / 10 else { continue }
            renewedAt = self.clock.now()
            guard try await self.database.write({ try $0.archive.renew(claim) }) else { throw ArchiveError.lostClaim }
        }
        file.checksum = try writer.finish()
        (file.records, file.bytes) = (writer.lines, writer.bytes)
    }

    /// Deletes what stands in the file, line by line, so that nothing else goes.
    private func delete(_ file: ArchiveFile, _ kind: ArchiveKind) async throws {
        try await self.forEachBatch(of: file) { lines in
            try await self.database.write { try kind.delete(lines, $0) }
            try await Task.sleep(for: Self.pause)
        }
        try await self.database.write { _ = try $0.archive.change(file, from: .written, to: .archived) }
    }

    // MARK: What is there

    package func files() async throws -> [ArchiveFile] { try await self.database.read { try $0.archive.list() } }

    /// Whether the file is there as it was written.
    package func isWhole(_ file: ArchiveFile) -> Bool {
        (try? DiskFile.checksum(of: "\(self.folder)/\(file.path)")) == file.checksum
    }

    /// The day's files. Throws `ConfigurationError` in words for the operator, also when one of them is not as it was written.
    package func find(_ kind: String, day: String) async throws -> [ArchiveFile] {
        guard self.kinds.contains(where: { $0.name.bytewise.equals(kind) }) else {
            let names = self.kinds.map(\.name).joined(separator: ", ")
            throw ConfigurationError("there is no kind '\(kind)'; there are \(names)")
        }
        guard let time = Timestamp(text: day), day.utf8.count == 10 else {
            throw ConfigurationError("'\(day)' is no day; write it as 2026-08-01")
        }
        let files = try await self.files().filter { $0.kind.bytewise.equals(kind) && $0.day == time }
        if files.isEmpty { throw ConfigurationError("\(kind) of \(day) are not archived") }
        if let damaged = files.first(where: { !self.isWhole($0) }) {
            throw ConfigurationError("\(self.folder)/\(damaged.path) is missing, or not what was written")
        }
        return files
    }

    /// The lines as they are.
    package func read(_ file: ArchiveFile, _ visit: (ArraySlice<UInt8>) throws -> Void) throws {
        let reader = try GzipReader(path: "\(self.folder)/\(file.path)")
        while let line = try reader.next() { try visit(line) }
    }

    /// Brings the records back, for a week.
    package func restore(_ file: ArchiveFile) async throws {
        guard let kind = self.kinds.first(where: { $0.name == file.kind }), file.state == .archived else {
            let state = file.state == .restored ? "back already" : "still leaving; try again in a moment"
            throw ConfigurationError("\(file.kind) of \(file.dayText) are \(state)")
        }
        // One that breaks off can be done again.
        try await self.forEachBatch(of: file) { lines in
            try await self.database.write { try kind.insert(lines, $0) }
        }
        try await self.database.write { _ = try $0.archive.change(file, from: .archived, to: .restored) }
    }

    private func forEachBatch(of file: ArchiveFile, _ visit: ([JSONValue]) async throws -> Void) async throws {
        let path = "\(self.folder)/\(file.path)"
        guard FileManager.default.fileExists(atPath: path) else { throw GzipError.missing }
        guard try DiskFile.checksum(of: path) == file.checksum else { throw GzipError.damaged }
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

enum ArchiveError: Error {
    /// Another server has claimed the day, since this one did not show itself for too long.
    case lostClaim
}
