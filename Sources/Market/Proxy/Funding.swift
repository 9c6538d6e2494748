import HTTPTypes
import Kernel
import Ledger
import Platform
import Storage

/// What pays for one call: held before it, charged or let go after it. Each way to pay is a type of its own; whoever makes the call
/// does not ask which it is.
protocol Funding: Sendable {
    /// What the buyer pays for an answer.
    var amount: Amount<USDC> { get }
    /// Whether it is one of the buyer's free calls.
    var isFree: Bool { get }
    /// Whether a row says what is held, which has to go when the call is not made. What is held in memory goes with the value.
    var standsInRows: Bool { get }
    /// Whose cap the charge counts against.
    var cappedKey: KeyDay? { get }

    /// Takes what no commit here can take, now that the provider has answered. When it throws, nothing is delivered.
    func take(for call: ProxyCall) async throws -> Receipt
    /// Charges, in the commit that records the call.
    func settle(_ call: ProxyCall, _ receipt: Receipt, in tx: Transaction) throws
    /// Lets go of what is held: the provider has failed, or the call is not made.
    func release(_ call: ProxyCall, in tx: Transaction) throws
}

/// What was taken outside, and what the buyer is told of it.
struct Receipt: Sendable {
    static let none = Receipt()

    var chainTransaction: String?
    var header: HTTPField?
}

extension Funding {
    var isFree: Bool { false }
    var standsInRows: Bool { true }
    var cappedKey: KeyDay? { nil }
    func take(for _: ProxyCall) async throws -> Receipt { .none }
}

/// One of the free calls that a service gives each buyer.
struct FreeTierFunding: Funding {
    let amount: Amount<USDC> = 0
    let isFree = true

    /// Nil when none is left.
    static func hold(_ call: ProxyCall, in tx: Transaction) throws -> FreeTierFunding? {
        let isHeld = try tx.freeTier.hold(
            call.usage,
            buyer: call.caller.identity,
            listing: call.listing,
            until: call.expiry
        )
        return isHeld ? FreeTierFunding() : nil
    }

    func settle(_ call: ProxyCall, _: Receipt, in tx: Transaction) throws { try tx.freeTier.use(call.usage) }
    func release(_ call: ProxyCall, in tx: Transaction) throws { try tx.freeTier.release(call.usage) }
}

/// The price is zero.
struct NoFunding: Funding {
    let amount: Amount<USDC> = 0
    let standsInRows = false

    func settle(_: ProxyCall, _: Receipt, in _: Transaction) throws {}
    func release(_: ProxyCall, in _: Transaction) throws {}
}

/// The buyer's balance, of which the price is reserved.
struct PrepaidFunding: Funding {
    let amount: Amount<USDC>
    let accounts: AccountCache

    /// Nil when the balance does not cover the price.
    static func hold(_ call: ProxyCall, _ accounts: AccountCache, in tx: Transaction) throws -> PrepaidFunding? {
        let posting = try call.posting(.pending(expiresAt: call.expiry), accounts, in: tx)
        if accounts.isShort(posting.debit) {
            let available = try tx.ledger.find(posting.debit)?.available.micros ?? 0
            guard available >= posting.amount.micros else { return nil }
            accounts.note(posting.debit, isShort: false)
        }
        do {
            try tx.ledger.post(posting)
            return PrepaidFunding(amount: call.listing.price.amount, accounts: accounts)
        } catch Rejection.exceedsCredits {
            accounts.note(posting.debit, isShort: true)
            return nil
        }
    }

    func settle(_ call: ProxyCall, _: Receipt, in tx: Transaction) throws {
        try tx.ledger.settle(try call.posting(.pending(expiresAt: call.expiry), self.accounts, in: tx))
    }

    func release(_ call: ProxyCall, in tx: Transaction) throws { try tx.ledger.release(call.usage.transfer) }
}

extension ProxyCall {
    /// The price, from the buyer's balance to the provider's earnings.
    func posting(_ phase: Posting.Phase, _ accounts: AccountCache, in tx: Transaction) throws -> Posting {
        Posting(
            self.usage.transfer,
            from: try accounts.number(of: .prepaid(self.caller.identity), in: tx),
            to: try accounts.number(of: .earnings(self.listing.provider), in: tx),
            amount: self.listing.price.amount,
            phase: phase,
            origin: Origin(
                kind: "call",
                subject: self.usage.text,
                traceID: self.trace.traceID,
                requestID: self.trace.requestID
            )
        )
    }
}
