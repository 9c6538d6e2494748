import Kernel
import Logging
import Platform
import ServiceLifecycle
import Storage

/// Asks the rails again about deposits and refunds whose outcome is not known, until it is.
struct DepositReconciler: Service {
    static let pollSeconds: Int64 = 15
    /// Rails are asked about so many at once.
    private static let atOnce = 8

    let deposits: DepositService
    let refunds: RefundService
    let database: any Database
    let logger: Logger

    func run() async throws {
        await poll(everySeconds: Self.pollSeconds, else: "cannot read the open deposits", self.logger) {
            try await self.reconcile()
        }
    }

    /// One round over what is due. What goes wrong with one does not hold up the others.
    func reconcile() async throws {
        let (deposits, refunds) = try await self.database.read { tx in
            (
                try tx.deposits.listDue(over: self.deposits.rails.offered, limit: 100),
                try tx.refunds.listDue(limit: 100)
            )
        }
        await self.each(deposits, \.id.text) { _ = try await self.deposits.refresh($0) }
        await self.each(refunds, \.id.text) { _ = try await self.refunds.ask($0) }
    }

    private func each<Item: Sendable>(
        _ items: [Item],
        _ name: @escaping @Sendable (Item) -> String,
        _ ask: @escaping @Sendable (Item) async throws -> Void
    ) async {
        await withTaskGroup(of: Void.self) { group in
            for (index, item) in items.enumerated() {
                if index >= Self.atOnce { await group.next() }
                group.addTask {
                    do { try await ask(item) } catch {
                        self.logger.error(
                            "cannot ask a rail again",
                            metadata: ["error": "\(error)", "subject": "\(name(item))"]
                        )
                    }
                }
            }
        }
    }
}
