package import Kernel
package import Logging
import ServiceLifecycle
package import Storage

/// Hands waiting mail to the operator's mail server, and tries again where that does not take it.
package struct MailWorker: Service {
    static let topic = "mail"
    /// As many as are surely sent before a claim ends.
    private static let batch = 4
    private static let pollMilliseconds: Int64 = 5000
    /// Between tries; the last one is used again and again.
    private static let pauses: [Int64] = [60, 300, 1800, 7200, 21_600]

    private let database: any Database
    /// Nil while no mail is sent: then what waits from before grows too old.
    private let server: MailServer?
    private let footers: [String: String]
    private let secrets: SecretBox
    private let clock: WallClock
    private let ids: IDGenerator
    private let logger: Logger
    private let signal: Signal

    /// - Parameter footers: by surface, the address under what holds no secret: where its reader switches mail off.
    package init(
        database: any Database,
        server: MailServer?,
        footers: [String: String],
        secrets: SecretBox,
        clock: WallClock,
        ids: IDGenerator,
        logger: Logger
    ) {
        (self.database, self.server, self.footers, self.secrets) = (database, server, footers, secrets)
        (self.clock, self.ids, self.logger) = (clock, ids, logger)
        let signal = Signal()
        self.signal = signal
        database.invalidations.on(Self.topic) { _ in signal.raise() }
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    while try await self.sendDue() > 0 {}
                } catch is CancellationError {
                    // The server stops.
                } catch { self.logger.error("cannot read the mail", metadata: ["error": "\(error)"]) }
                await self.signal.wait(milliseconds: Self.pollMilliseconds)
            }
        }
    }

    /// How many were due.
    package func sendDue() async throws -> Int {
        let old = try await self.database.write { try $0.mail.deleteOld() }
        if old > 0 { self.logger.warning("messages are given up", metadata: ["count": "\(old)"]) }
        guard let server else { return 0 }
        let due = try await self.database.write { try $0.mail.claim(limit: Self.batch) }
        for mail in due { try await self.send(mail, by: server) }
        return due.count
    }

    private func send(_ mail: MailStore.Waiting, by server: MailServer) async throws {
        let about: Logger.Metadata = ["mail": "\(mail.number)", "surface": "\(mail.surface)"]
        do {
            let text = try mail.sealed.map {
                String(decoding: try self.secrets.open($0, context: MailOutbox.context), as: UTF8.self)
            }
            let message = MailMessage(
                from: server.sender,
                to: mail.recipient,
                subject: mail.subject,
                text: text ?? "\(mail.text)\n\(self.footers[mail.surface] ?? "")\n",
                date: self.clock.now(),
                id: self.ids.bytes(16).hex
            )
            try await server.send(message.wire, to: mail.recipient)
            try await self.database.write { try $0.mail.delete(mail.number) }
        } catch MailServer.Failure.refused(let reply) {
            self.logger.warning(
                "the mail server refuses a message",
                metadata: about.merging(["reply": "\(reply)"]) { $1 }
            )
            try await self.database.write { try $0.mail.delete(mail.number) }
        } catch let failure as MailServer.Failure {
            try await self.postpone(mail, failure, about)
        } catch SecretBox.Failure.cannotOpen {
            self.logger.error("a message is not sent: its text does not open", metadata: about)
            try await self.database.write { try $0.mail.delete(mail.number) }
        }
    }

    private func postpone(_ mail: MailStore.Waiting, _ failure: MailServer.Failure, _ about: Logger.Metadata)
        async throws
    {
        let pause = Self.pauses[min(mail.attempts, Self.pauses.count - 1)]
        let next = self.clock.now().adding(seconds: pause)
        let isOver = next.seconds(since: mail.createdAt) > MailStore.triedSeconds
        self.logger.warning(
            isOver ? "a message is given up" : "a message could not be handed in; it is tried again",
            metadata: about.merging(["error": "\(failure)"]) { $1 }
        )
        try await self.database.write { tx in
            if isOver { return try tx.mail.delete(mail.number) }
            try tx.mail.postpone(mail.number, attempts: mail.attempts + 1, until: next)
        }
    }
}
