import HTTPTypes
import Kernel
import Ledger
import Platform
import Storage

/// A payment that came with the call: claimed before it, taken on the chain when the provider has answered.
struct X402Funding: Funding {
    let payment: X402Payment
    let offer: X402Offer
    let rail: X402Rail
    let accounts: AccountCache
    let database: any Database
    let amount: Amount<USDC>

    func take(for _: ProxyCall) async throws -> Receipt {
        switch try await self.rail.settle(self.payment) {
        case .paid(let transaction):
            let name: HTTPField.Name = self.payment.version == 2 ? .paymentResponse : .xPaymentResponse
            let text = self.payment.receipt(chainTransaction: transaction, offer: self.offer)
            return Receipt(chainTransaction: transaction, header: HTTPField(name: name, value: text))
        case .refused(let reason):
            try await self.database.write { _ = try self.rail.refuse(self.payment.nonceKey, in: $0) }
            throw self.offer.problem("refused", ["reason": reason], error: reason)
        case .unknown: throw MarketProblems.paymentUnknown
        }
    }

    func settle(_ call: ProxyCall, _ receipt: Receipt, in tx: Transaction) throws {
        if let transaction = receipt.chainTransaction {
            _ = try self.rail.complete(self.payment.nonceKey, chainTransaction: transaction, in: tx)
        }
        try tx.ledger.post(try call.posting(.posted, self.accounts, in: tx))
    }

    func release(_: ProxyCall, in tx: Transaction) throws { try self.rail.abandon(self.payment.nonceKey, in: tx) }
}
