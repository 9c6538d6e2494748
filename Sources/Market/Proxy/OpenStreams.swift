import Kernel
import Logging
import Platform
import Storage
import Synchronization

/// Answers that were charged and are still being passed on.
///
/// Each has a row until its end is written down. A process renews its rows every few seconds; those that nobody renews belong
/// to a process that has died, and their charges are given back.
final class OpenStreams: Sendable {
    /// A stream that was not renewed for this long is lost. Also how far the clocks of several nodes may differ.
    static let lostAfterSeconds: Int64 = 60
    /// Lost streams that one sweep gives back.
    static let batch = 200

    struct End: Sendable {
        let isBroken: Bool
        let trace: Trace
        /// What a repetition under the same `Idempotency-Key` gets, when the answer was short enough to keep.
        var kept: IdempotencyStore.Answer?
    }

    /// Ends that could not be written down yet.
    private let late = Mutex<[ID<Usage>: End]>([:])
    private let node: String
    private let database: any Database
    private let ledger: CallLedger
    private let logger: Logger

    init(database: any Database, ledger: CallLedger, ids: IDGenerator, logger: Logger) {
        self.node = ids.uuid()
        self.database = database
        self.ledger = ledger
        self.logger = logger
    }

    /// In the commit of the charge. Whoever passes the answer on holds an ``OpenStream``.
    func insert(_ usage: ID<Usage>, _ funding: any Funding, in tx: Transaction) throws {
        try tx.openStreams.insert(usage, key: funding.cappedKey, node: self.node)
    }

    /// Writes the end down: at once if possible, else with the next sweep.
    func end(_ usage: ID<Usage>, _ end: End) async {
        do { try await self.write(usage, end) } catch {
            self.note(usage, end)
            self.logger.warning("the end of a stream is written down later", metadata: self.metadata(usage, error))
        }
    }

    /// Leaves the end to the next sweep.
    func note(_ usage: ID<Usage>, _ end: End) { self.late.withLock { $0[usage] = end } }

    /// Renews this process's streams, writes ends down that are late, and gives back what was lost.
    func sweep() async throws {
        try await self.database.write { try $0.openStreams.renew(self.node) }
        for (usage, end) in self.late.withLock({ $0 }) {
            do {
                try await self.write(usage, end)
                self.late.withLock { $0[usage] = nil }
            } catch {
                self.logger.error("cannot write the end of a stream down", metadata: self.metadata(usage, error))
            }
        }
        for usage in try await self.database.read({ try $0.openStreams.listLost(limit: Self.batch) }) {
            do {
                try await self.database.write { tx in
                    guard let stream = try tx.openStreams.deleteLost(usage) else { return }
                    try self.ledger.reverse(stream, trace: nil, in: tx)
                }
            } catch { self.logger.error("cannot give a lost charge back", metadata: self.metadata(usage, error)) }
        }
    }

    private func write(_ usage: ID<Usage>, _ end: End) async throws {
        try await self.database.write { tx in
            guard let stream = try tx.openStreams.delete(usage) else { return }
            if end.isBroken { return try self.ledger.reverse(stream, trace: end.trace, in: tx) }
            if let kept = end.kept { try tx.usage.find(usage)?.once.finish(kept, in: tx) }
        }
    }

    private func metadata(_ usage: ID<Usage>, _ error: any Error) -> Logger.Metadata {
        ["error": "\(error)", "usage_id": "\(usage)"]
    }
}

/// One answer on its way to the buyer. When it goes away without an end (the buyer left before the first byte), it has ended.
final class OpenStream: Sendable {
    private let streams: OpenStreams
    private let usage: ID<Usage>
    private let trace: Trace
    private let hasEnded = Atomic<Bool>(false)

    init(_ streams: OpenStreams, _ usage: ID<Usage>, _ trace: Trace) {
        self.streams = streams
        self.usage = usage
        self.trace = trace
    }

    func end(isBroken: Bool, kept: IdempotencyStore.Answer? = nil) async {
        self.hasEnded.store(true, ordering: .relaxed)
        await self.streams.end(self.usage, .init(isBroken: isBroken, trace: self.trace, kept: kept))
    }

    deinit {
        if !self.hasEnded.load(ordering: .relaxed) {
            self.streams.note(self.usage, .init(isBroken: false, trace: self.trace))
        }
    }
}
