import Foundation
import Kernel

/// One server's claim on a SQLite file. The kernel gives it up when the process ends, however that happens.
package final class ServerLock: Sendable {
    /// Another server has the file.
    package struct Taken: Error {
        /// The other process; nil when it has not said so yet.
        package let process: Int32?
    }

    private let descriptor: Int32

    /// Throws `Taken`, or `StorageError.unavailable` when the lock's file cannot be made.
    package init(databasePath: String) throws {
        let path = "\(databasePath).lock"
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw StorageError.unavailable(message: "\(path): \(String(cString: strerror(errno)))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            defer { close(descriptor) }
            var bytes = [UInt8](repeating: 0, count: 20)
            let count = max(0, read(descriptor, &bytes, bytes.count))
            throw Taken(process: Int32(String(decoding: bytes.prefix(count), as: UTF8.self).trimmed))
        }
        self.descriptor = descriptor
        let process = Array("\(getpid())\n".utf8)
        _ = ftruncate(descriptor, 0)
        _ = pwrite(descriptor, process, process.count, 0)
    }

    deinit { close(self.descriptor) }
}
