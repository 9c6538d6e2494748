import CLibpq
import Foundation
import Kernel
import Logging
import Synchronization

/// Hears what other nodes changed (LISTEN), and passes it on.
final class PostgresListener: Sendable {
    private let url: String
    private let node: String
    private let invalidations: Invalidations
    private let logger: Logger
    private let stopped = Atomic(false)

    init(url: String, node: String, invalidations: Invalidations, logger: Logger) {
        self.url = url
        self.node = node
        self.invalidations = invalidations
        self.logger = logger
    }

    func start() {
        let thread = Thread { [self] in
            while !self.stopped.load(ordering: .relaxed) {
                do { try self.listen() } catch {
                    self.logger.warning(
                        "lost the connection that listens to other nodes",
                        metadata: ["error": "\(error)"]
                    )
                    usleep(500_000)
                }
            }
        }
        thread.name = "postgres.listen"
        thread.start()
    }

    func stop() { self.stopped.store(true, ordering: .relaxed) }

    private func listen() throws {
        let connection = PostgresConnection(url: self.url, node: self.node)
        try connection.ensureOpen()
        try connection.runSchema("LISTEN \(Invalidation.channel)")
        // What was said while nobody listened is not repeated.
        self.invalidations.publishAll()
        while !self.stopped.load(ordering: .relaxed) {
            var descriptor = pollfd(fd: PQsocket(connection.raw), events: Int16(POLLIN), revents: 0)
            poll(&descriptor, 1, 250)
            guard PQconsumeInput(connection.raw) == 1 else {
                throw StorageError.connectionLost(message: String(cString: PQerrorMessage(connection.raw)))
            }
            while let notification = PQnotifies(connection.raw) {
                self.handle(String(cString: notification.pointee.extra))
                PQfreemem(notification)
            }
        }
    }

    private func handle(_ payload: String) {
        let parts = payload.bytewise.split(" ", maxSplits: 2, keepsEmpty: true).map(String.init)
        guard parts.count == 3, parts[0] != self.node else { return }
        self.invalidations.publish(Invalidation(topic: parts[1], key: parts[2]))
    }
}
