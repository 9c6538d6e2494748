import Foundation
import Kernel
import NIOPosix

/// A client that sends any bytes at any pace on a connection of its own.
package final class RawClient: Sendable {
    private let descriptor: Int32

    /// Of its own: reading blocks a thread, and the server under test needs the shared ones.
    private static let threads: NIOThreadPool = {
        let pool = NIOThreadPool(numberOfThreads: 64)
        pool.start()
        return pool
    }()

    package struct Failed: Error {
        package let call: String
        package let code: Int32
    }

    /// - Parameter receiveBuffer: bytes that the kernel takes for a client that does not read; nil as it likes.
    package init(port: Int, receiveBuffer: Int32? = nil) throws {
        self.descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        if var size = receiveBuffer {
            setsockopt(self.descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(self.descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw Failed(call: "connect", code: errno) }
    }

    deinit { Foundation.close(self.descriptor) }

    package func send(_ text: String) { self.send(Array(text.utf8)) }

    package func send(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes {
                Foundation.send(self.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if sent <= 0 { return }
            rest = rest.dropFirst(sent)
        }
    }

    /// Ends what it sends, as `shutdown(SHUT_WR)` does.
    package func closeOutput() { shutdown(self.descriptor, Int32(SHUT_WR)) }

    /// What comes until the other side closes, or nothing comes for the time.
    package func read(milliseconds: Int = 2000) async throws -> (text: String, isClosed: Bool) {
        try await Self.threads.runIfActive {
            var time = timeval(tv_sec: milliseconds / 1000, tv_usec: milliseconds % 1000 * 1000)
            setsockopt(self.descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
            var bytes: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 64 * 1024)
            while true {
                let count = recv(self.descriptor, &buffer, buffer.count, 0)
                if count > 0 { bytes += buffer[..<count] }
                if count == 0 || count < 0 && errno != EAGAIN { return (String(decoding: bytes, as: UTF8.self), true) }
                if count < 0 { return (String(decoding: bytes, as: UTF8.self), false) }
            }
        }
    }

    /// One request on a connection of its own, and the status of its answer; nil when there is none.
    package static func status(port: Int, _ request: String, milliseconds: Int = 20_000) async throws -> Int? {
        let client = try RawClient(port: port)
        client.send(request)
        let text = try await client.read(milliseconds: milliseconds).text
        return text.bytewise.split(" ").dropFirst().first.flatMap { Int($0) }
    }
}
