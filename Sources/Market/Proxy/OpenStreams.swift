import Kernel
import Logging
import Platform
import Storage
import Synchronization

/// Answers that were charged and are still being passed on.
///
/// Each has a row until its end is written down. The rows of this process are renewed every few seconds; one that is not belongs
/// to a process that has died, and its charge is given back.
final class OpenStreams: Sendable {
    /// A stream that nobody has renewed for this long is lost.
    static let renewalSeconds: Int64 = 30
    static let batch = 200

    private enum Stage {
        case open
        /// Ended, which could not be written down yet.
        case ended(isBroken: Bool, trace: Trace)
    }

    private let stages = Mutex<[ID<Usage>: Stage]>([:])
    private let database: any Database
    private let ledger: CallLedger
    private let logger: Logger

    init(database: any Database, ledger: CallLedger, logger: Logger) {
        self.database = database
        self.ledger = ledger
        self.logger = logger
    }

    /// Renews the stream from now on.
    func begin(_ usage: ID<Usage>) { self.stages.withLock { $0[usage] = .open } }

    /// Writes the end down: at once if possible, else with the next renewal.
    func end(_ usage: ID<Usage>, isBroken: Bool, trace: Trace) async {
        self.stages.withLock { $0[usage] = .ended(isBroken: isBroken, trace: trace) }
        do { try await self.write(usage, isBroken: isBroken, trace: trace) } catch {
            self.logger.warning(
                "the end of a stream is written down later",
                metadata: ["error": "\(error)", "usage_id": "\(usage)", "request_id": "\(trace.requestID)"]
            )
        }
    }

    /// Renews what is open, writes ends down that are late, and gives back what was lost.
    func sweep() async throws {
        let stages = self.stages.withLock { $0 }
        let open = stages.compactMap { if case .open = $0.value { $0.key } else { nil } }
        if !open.isEmpty { try await self.database.write { try $0.openStreams.renew(open) } }
        for case (let usage, .ended(let isBroken, let trace)) in stages {
            try await self.write(usage, isBroken: isBroken, trace: trace)
        }
        let lost = try await self.database.read { try $0.openStreams.listLost(limit: Self.batch) }
        for usage in lost {
            try await self.database.write { tx in
                try self.ledger.reverse(usage, trace: Trace(traceID: "", requestID: usage.text), in: tx)
            }
        }
    }

    private func write(_ usage: ID<Usage>, isBroken: Bool, trace: Trace) async throws {
        try await self.database.write { tx in
            if isBroken {
                try self.ledger.reverse(usage, trace: trace, in: tx)
            } else {
                _ = try tx.openStreams.delete(usage)
            }
        }
        self.stages.withLock { $0[usage] = nil }
    }
}
