import Kernel
import Ledger

/// Deposits over x402 are paid at a door of this server, with a signed authorization in a header.
extension X402Rail: Rail {
    var method: PaymentMethod { .x402 }
    var purpose: AccountKey.Purpose { .x402 }
    var step: Amount<USDC> { 1 }

    func open(_: Deposit) async -> RailOpening { .opened(reference: nil, checkoutURL: nil) }

    func instructions(for deposit: Deposit) -> [String: JSONValue] {
        ["url": .string(self.payURL(deposit)), "accepts": [self.offer(for: deposit).requirementsV2]]
    }

    /// Payments are known by their nonce, not by their deposit: `X402Reconciler` asks about them.
    func ask(about _: Deposit, payments _: [String]) async -> RailAnswer { .waiting }

    /// Money came by the payer's signature; sending it back would need the operator's own.
    func refund(_: Refund, of _: String) async -> RailRefund { .byHand }

    func trouble() async -> String? {
        await self.facilitator.answers()
            ? nil : "the facilitator does not answer GET /supported; check x402_facilitator"
    }

    func offer(for deposit: Deposit) -> X402Offer {
        self.offer(
            amount: deposit.amount,
            resourceURL: self.payURL(deposit),
            summary: "Deposit \(deposit.id.text)"
        )
    }

    private func payURL(_ deposit: Deposit) -> String { "\(self.publicURL)/api/v1/deposits/\(deposit.id.text)/pay" }
}
