import Kernel
import Logging
import Platform
import ServiceLifecycle
import Storage

/// Asks again about payments whose outcome is not known, until it is.
struct X402Reconciler: Service {
    static let pollSeconds: Int64 = 15
    /// Longer than any request that could still be working on the payment.
    static let graceSeconds: Int64 = 420

    let rail: X402Rail
    let deposits: DepositService
    let database: any Database
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do { try await self.reconcile() } catch {
                    self.logger.error("cannot reconcile x402 payments", metadata: ["error": "\(error)"])
                }
                try? await Task.sleep(for: .seconds(Self.pollSeconds))
            }
        }
    }

    /// One round over what is open.
    func reconcile() async throws {
        let open = try await self.database.read { tx in
            try tx.x402Payments.listOpen(before: tx.now.adding(seconds: -Self.graceSeconds), limit: 100)
        }
        for record in open { try await self.reconcile(record) }
    }

    private func reconcile(_ record: X402PaymentStore.Record) async throws {
        guard record.state != .claimed else {
            // The server stopped before it asked for the money.
            try await self.database.write { try self.rail.abandon(record.nonce, subject: record.subject, in: $0) }
            return
        }
        switch await self.facilitator(record) {
        case .paid(let transaction):
            try await self.database.write { tx in
                try self.rail.complete(record.nonce, subject: record.subject, chainTransaction: transaction, in: tx)
                try self.deposits.noteReconciled(record, in: tx)
            }
        case .refused:
            try await self.database.write { tx in
                try self.rail.refuse(record.nonce, subject: record.subject, in: tx)
                try tx.deposits.update(ID(record.subject), to: .failed)
            }
        case .unknown:
            try await self.database.write { try $0.x402Payments.update(record.nonce, to: .unknown) }
        }
    }

    /// A facilitator that says that the nonce was used says that this payment was taken: nobody else can use it.
    private func facilitator(_ record: X402PaymentStore.Record) async -> RailOutcome {
        let outcome = await self.rail.facilitator.settle(record.request)
        if case .refused(let reason) = outcome, reason.contains("nonce") { return .paid(reference: reason) }
        return outcome
    }
}
