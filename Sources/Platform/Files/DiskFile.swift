import Crypto
import Foundation
import Kernel

/// A file as it stands on the disk.
package enum DiskFile {
    private static let pieceBytes = 1 << 20

    /// SHA-256 in hexadecimal digits. Throws when the file cannot be read.
    package static func checksum(of path: String) throws -> String {
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        defer { try? file.close() }
        var hash = SHA256()
        while let piece = try file.read(upToCount: self.pieceBytes), !piece.isEmpty { hash.update(data: piece) }
        return Array(hash.finalize()).hex
    }

    /// The same of a file, or of all that is below a folder.
    package static func synchronizeAll(in path: String) throws {
        for case let name as String in FileManager.default.enumerator(atPath: path) ?? .init() {
            try self.synchronize("\(path)/\(name)")
        }
        try self.synchronize(path)
    }

    /// Returns when the file, or the names in a folder, are on the disk.
    package static func synchronize(_ path: String) throws {
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else { throw CocoaError(.fileReadUnknown) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw CocoaError(.fileWriteUnknown) }
    }
}
