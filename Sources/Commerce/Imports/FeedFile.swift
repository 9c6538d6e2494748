import Foundation

/// Feeds on the disk: each is there whole, or not at all.
enum FeedFile {
    /// Durable when this returns.
    static func write(_ bytes: [UInt8], to path: String) throws {
        let file = try self.open(path)
        defer { try? file.close() }
        try file.write(contentsOf: Data(bytes))
        try self.finish(file, path)
    }

    /// A file beside the path, which `finish` puts in its place.
    static func open(_ path: String) throws -> FileHandle {
        let part = "\(path).part"
        guard FileManager.default.createFile(atPath: part, contents: nil, attributes: [.posixPermissions: 0o600]),
            let file = FileHandle(forWritingAtPath: part)
        else { throw CocoaError(.fileWriteUnknown) }
        return file
    }

    static func finish(_ file: FileHandle, _ path: String) throws {
        try file.synchronize()
        try FileManager.default.moveItem(atPath: "\(path).part", toPath: path)
        let folder = FileHandle(forReadingAtPath: URL(filePath: path).deletingLastPathComponent().path)
        defer { try? folder?.close() }
        // Not every file system can do this to a folder.
        try? folder?.synchronize()
    }

    static func remove(_ path: String) {
        for path in [path, "\(path).part"] { try? FileManager.default.removeItem(atPath: path) }
    }
}
