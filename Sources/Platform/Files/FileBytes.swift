import CZlib
import Foundation
import Kernel

/// The bytes of a file, piece by piece; of a gzip file what was compressed, however many members it has.
package final class FileBytes {
    package enum Failure: Error, Equatable {
        case missing
        /// Not gzip, or it ends too early.
        case damaged
        /// More than ``Limits`` allow.
        case tooLarge
        /// It becomes so much larger that it is made to fill a disk.
        case bomb
    }

    /// What a file from outside may hold.
    package struct Limits: Sendable {
        /// Of the file, and of what was compressed in it.
        package var bytes = 1 << 30
        package var inflatedBytes = 2 << 30
        /// After the first MiB, so many bytes may come of one.
        package var ratio = 200

        package init() {}

        /// For files that this server has written.
        package static let none: Limits = {
            var limits = Limits()
            (limits.bytes, limits.inflatedBytes, limits.ratio) = (.max, .max, .max)
            return limits
        }()
    }

    private static let bufferBytes = 64 * 1024

    package let isCompressed: Bool
    private let file: FileHandle
    private let limits: Limits
    private var stream = z_stream()
    private var input: [UInt8] = []
    /// Of the input, what has been used up.
    private var used = 0
    private var hasBegun = false
    /// Whether a member has ended and none has begun after it.
    private var isBetween = false
    private var readBytes = 0
    private var writtenBytes = 0

    package init(path: String, limits: Limits = .none) throws {
        guard let file = FileHandle(forReadingAtPath: path) else { throw Failure.missing }
        self.file = file
        self.limits = limits
        self.input = Array(try file.read(upToCount: Self.bufferBytes) ?? Data())
        self.readBytes = self.input.count
        self.isCompressed = self.input.starts(with: [0x1F, 0x8B])
        guard self.isCompressed else { return }
        guard souk_gunzip_begin(&self.stream) == Z_OK else { throw Failure.damaged }
        self.hasBegun = true
    }

    deinit {
        if self.hasBegun { inflateEnd(&self.stream) }
        try? self.file.close()
    }

    /// Nil at the end. Throws a ``Failure``.
    package func next() throws -> [UInt8]? {
        while true {
            if self.used == self.input.count, try !self.refill() {
                guard !self.isCompressed || self.isBetween else { throw Failure.damaged }
                return nil
            }
            let piece = self.isCompressed ? try self.inflated() : self.plain()
            self.writtenBytes += piece.count
            try self.checkLimits()
            if !piece.isEmpty { return piece }
        }
    }

    private func refill() throws -> Bool {
        self.input = Array(try self.file.read(upToCount: Self.bufferBytes) ?? Data())
        self.used = 0
        self.readBytes += self.input.count
        return !self.input.isEmpty
    }

    private func checkLimits() throws {
        guard self.readBytes <= self.limits.bytes, self.writtenBytes <= self.limits.inflatedBytes else {
            throw Failure.tooLarge
        }
        guard self.writtenBytes > 1 << 20, self.limits.ratio < .max else { return }
        if self.writtenBytes / self.limits.ratio > self.readBytes { throw Failure.bomb }
    }

    private func plain() -> [UInt8] {
        defer { self.used = self.input.count }
        return Array(self.input[self.used...])
    }

    private func inflated() throws -> [UInt8] {
        if self.isBetween {
            // Zeros may fill a block up after the last member.
            guard self.input[self.used] != 0 else {
                self.used += 1
                return []
            }
            guard inflateReset(&self.stream) == Z_OK else { throw Failure.damaged }
            self.isBetween = false
        }
        var buffer = [UInt8](repeating: 0, count: Self.bufferBytes)
        let written = try self.input.withUnsafeMutableBufferPointer { input in
            try buffer.withUnsafeMutableBufferPointer { buffer in
                self.stream.next_in = input.baseAddress.map { $0 + self.used }
                self.stream.avail_in = UInt32(input.count - self.used)
                self.stream.next_out = buffer.baseAddress
                self.stream.avail_out = UInt32(buffer.count)
                let result = CZlib.inflate(&self.stream, Z_NO_FLUSH)
                guard [Z_OK, Z_STREAM_END, Z_BUF_ERROR].contains(result) else { throw Failure.damaged }
                self.isBetween = result == Z_STREAM_END
                self.used = input.count - Int(self.stream.avail_in)
                return buffer.count - Int(self.stream.avail_out)
            }
        }
        return Array(buffer[..<written])
    }
}
