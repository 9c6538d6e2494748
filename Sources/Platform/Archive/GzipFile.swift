import CZlib
import Crypto
import Foundation
import Kernel

/// Lines that are written into a new gzip file.
final class GzipWriter {
    private let path: String
    private let file: FileHandle
    private var stream = z_stream()
    private var hash = SHA256()
    private(set) var bytes = 0
    private(set) var lines = 0

    private static let bufferBytes = 64 * 1024

    /// Makes the file's folder. Throws when nothing can be written there.
    init(path: String) throws {
        self.path = path
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        let rights: [FileAttributeKey: Any] = [.posixPermissions: 0o600]
        guard FileManager.default.createFile(atPath: path, contents: nil, attributes: rights),
            let file = FileHandle(forWritingAtPath: path), souk_gzip_begin(&self.stream) == Z_OK
        else { throw GzipError.unwritable }
        self.file = file
    }

    deinit { deflateEnd(&self.stream) }

    func write(_ line: JSONValue) throws {
        self.lines += 1
        try self.deflate(Array((JSON.text(of: line) + "\n").utf8), Z_NO_FLUSH)
    }

    /// The checksum of the file, which is on the disk now, and so is its name.
    func finish() throws -> String {
        try self.deflate([], Z_FINISH)
        try self.file.synchronize()
        try self.file.close()
        // Each folder may be new.
        var folder = URL(fileURLWithPath: self.path).deletingLastPathComponent()
        for _ in 0..<3 {
            try DiskFile.synchronize(folder.path)
            folder.deleteLastPathComponent()
        }
        return Array(self.hash.finalize()).hex
    }

    private func deflate(_ input: [UInt8], _ flush: Int32) throws {
        var input = input
        try input.withUnsafeMutableBufferPointer { input in
            self.stream.next_in = input.baseAddress
            self.stream.avail_in = UInt32(input.count)
            var buffer = [UInt8](repeating: 0, count: Self.bufferBytes)
            var isFull = true
            while isFull {
                let written = try buffer.withUnsafeMutableBufferPointer { buffer in
                    self.stream.next_out = buffer.baseAddress
                    self.stream.avail_out = UInt32(buffer.count)
                    guard CZlib.deflate(&self.stream, flush) != Z_STREAM_ERROR else { throw GzipError.unwritable }
                    return buffer.count - Int(self.stream.avail_out)
                }
                let piece = buffer[..<written]
                try self.file.write(contentsOf: piece)
                self.hash.update(data: piece)
                self.bytes += written
                isFull = written == Self.bufferBytes
            }
        }
    }
}

/// Reads the lines of a gzip file, one after another.
final class GzipReader {
    private static let bufferBytes = 64 * 1024

    private let file: FileBytes
    private var text: [UInt8] = []
    private var start = 0

    init(path: String) throws {
        do { self.file = try FileBytes(path: path) } catch FileBytes.Failure.missing { throw GzipError.missing }
        guard self.file.isCompressed else { throw GzipError.damaged }
    }

    /// Nil at the end. Throws `GzipError.damaged` for a file that ends too early.
    func next() throws -> ArraySlice<UInt8>? {
        while true {
            if let end = self.text[self.start...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { self.start = end + 1 }
                return self.text[self.start..<end]
            }
            self.text.removeFirst(self.start)
            self.start = 0
            do {
                guard let more = try self.file.next() else {
                    guard self.text.isEmpty else { throw GzipError.damaged }
                    return nil
                }
                self.text += more
            } catch is FileBytes.Failure { throw GzipError.damaged }
        }
    }
}

enum GzipError: Error {
    case unwritable
    case missing
    case damaged
}
