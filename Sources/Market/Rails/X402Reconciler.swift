import Kernel
import Logging
import Platform
import ServiceLifecycle
import Storage

/// Asks again about payments whose outcome is not known, until it is.
struct X402Reconciler: Service {
    static let pollSeconds: Int64 = 15
    /// A request that left a payment as unknown has ended: it is asked about again soon, while the authorization is valid.
    static let unknownSeconds: Int64 = 15
    /// Longer than any request that could still be working on the payment.
    static let staleSeconds: Int64 = 900

    let rail: X402Rail
    let deposits: DepositService
    let database: any Database
    let logger: Logger

    func run() async throws {
        await poll(everySeconds: Self.pollSeconds, else: "cannot read the open x402 payments", self.logger) {
            try await self.reconcile()
        }
    }

    /// One round over what is open. What goes wrong with one payment does not hold up the others.
    func reconcile() async throws {
        let open = try await self.database.read { tx in
            try tx.x402Payments.listOpen(
                unknownBefore: tx.now.adding(seconds: -Self.unknownSeconds),
                staleBefore: tx.now.adding(seconds: -Self.staleSeconds),
                limit: 100
            )
        }
        for record in open {
            do { try await self.reconcile(record) } catch {
                self.logger.error(
                    "cannot reconcile an x402 payment",
                    metadata: ["error": "\(error)", "subject": "\(record.subject)"]
                )
            }
        }
    }

    private func reconcile(_ record: X402PaymentStore.Record) async throws {
        guard record.state != .claimed else {
            // The server stopped before it asked for the money.
            try await self.database.write { tx in
                try self.rail.abandon(record.nonce, in: tx)
                try tx.deposits.move(ID(record.subject), from: [.processing], to: .pending)
            }
            return
        }
        // Before it is asked: an answer that ends the process is not the first to be asked for again.
        try await self.keepOpen(record)
        switch await self.rail.facilitator.settle(record.request) {
        case .paid(let transaction):
            try await self.database.write { tx in
                guard try self.rail.complete(record.nonce, chainTransaction: transaction, in: tx) else { return }
                try self.deposits.noteReconciled(record, transaction, in: tx)
            }
        case .refused(let reason) where Self.isFinal(reason):
            try await self.database.write { tx in
                try self.rail.refuse(record.nonce, in: tx)
                try tx.deposits.move(ID(record.subject), from: [.processing, .unknown], to: .failed, reason: reason)
            }
        case .refused(let reason):
            self.logger.error(
                "an x402 payment needs the operator: look the nonce up on the chain",
                metadata: ["reason": "\(reason)", "subject": "\(record.subject)", "nonce": "\(record.nonce)"]
            )
        case .unknown: break
        }
    }

    private func keepOpen(_ record: X402PaymentStore.Record) async throws {
        try await self.database.write {
            _ = try $0.x402Payments.move(record.nonce, from: [.settling, .unknown], to: .unknown)
        }
    }

    /// A used nonce may have paid us or may have been cancelled by its owner, and an authorization that has run out since may have
    /// paid before: neither says what became of the first try.
    private static func isFinal(_ reason: String) -> Bool {
        !["nonce", "valid_before", "valid_after", "expired"].contains { reason.bytewise.contains($0) }
    }
}
