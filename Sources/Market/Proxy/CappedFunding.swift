import HTTPTypes
import Kernel
import Platform
import Storage

/// The buyer's balance, spent by a key with a cap.
struct CappedFunding: Funding {
    let balance: any Funding
    let key: KeyDay
    /// Nil where what is held stands in a row.
    let hold: Holds<KeyDay>.Hold?

    var amount: Amount<USDC> { self.balance.amount }
    var isFree: Bool { self.balance.isFree }
    var cappedKey: KeyDay? { self.key }
    var standsInRows: Bool { self.hold == nil || self.balance.standsInRows }

    func take(for call: ProxyCall) async throws -> Receipt { try await self.balance.take(for: call) }

    func settle(_ call: ProxyCall, _ receipt: Receipt, in tx: Transaction) throws {
        try self.balance.settle(call, receipt, in: tx)
        guard let hold else { return try tx.keySpend.use(call.usage) }
        try tx.keySpend.count(hold.amount, self.key)
        hold.spend(in: tx)
    }

    func release(_ call: ProxyCall, in tx: Transaction) throws {
        try self.balance.release(call, in: tx)
        guard let hold else { return try tx.keySpend.release(call.usage) }
        hold.release()
    }
}

extension ProxyCall {
    var keyDay: KeyDay { KeyDay(self.caller.credential, self.startedAt) }

    /// Whether it comes with a payment of its own.
    var bringsPayment: Bool { self.headers[.paymentSignature] != nil || self.headers[.xPayment] != nil }
}
