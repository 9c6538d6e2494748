import Kernel
import Ledger
import Platform
import Storage

/// A partner's share on its way through the ledger: earned with an order, taken back with a refund, changed into yen and paid.
struct ShareLedger: Sendable {
    let accounts: AccountCache

    /// Where dollars become yen at the month's rate.
    private static let conversion = AccountKey.Purpose("forum_conversion")
    private static let transferFees = AccountKey.Purpose("forum_transfer_fees")
    private static let payouts = AccountKey.Purpose("forum_payouts")
    /// What the shop owes for orders that posts have brought.
    private static let orders = AccountKey.Purpose("forum_orders")
    /// What a partner has earned and was not yet paid.
    static let shares = AccountKey.Purpose("forum_shares")

    func earn(_ share: Int64, with order: String, of partner: Partner, _ trace: Trace, in tx: Transaction) throws {
        try self.post(
            "forum:order:\(order)",
            kind: "share",
            subject: Self.subject(order),
            from: .house(Self.orders, .usd),
            to: Self.shares(partner, .usd),
            Money(micros: share, .usd),
            trace,
            in: tx
        )
    }

    /// - Parameter total: what was refunded of the order in all, which names the posting.
    func takeBack(
        _ share: Int64,
        of order: String,
        total: Int64,
        _ partner: Partner,
        _ trace: Trace,
        in tx: Transaction
    )
        throws
    {
        try self.post(
            "forum:refund:\(order):\(total)",
            kind: "reversal",
            subject: Self.subject(order),
            from: Self.shares(partner, .usd),
            to: .house(Self.orders, .usd),
            Money(micros: share, .usd),
            trace,
            in: tx,
            causedBy: "forum:order:\(order)"
        )
    }

    /// What a payout takes and gives: dollars for yen, and the fee.
    func close(_ payout: Payout, usd: Int64, of partner: Partner, _ trace: Trace, in tx: Transaction) throws {
        let (name, subject) = ("forum:payout:\(payout.id)", "forum payout:\(payout.id)")
        try self.post(
            "\(name):usd",
            kind: "conversion",
            subject: subject,
            from: Self.shares(partner, .usd),
            to: .house(Self.conversion, .usd),
            Money(micros: usd, .usd),
            trace,
            in: tx
        )
        try self.post(
            "\(name):jpy",
            kind: "conversion",
            subject: subject,
            from: .house(Self.conversion, .jpy),
            to: Self.shares(partner, .jpy),
            Yen(payout.gross).money,
            trace,
            in: tx,
            causedBy: "\(name):usd"
        )
        try self.post(
            "\(name):fee",
            kind: "fee",
            subject: subject,
            from: Self.shares(partner, .jpy),
            to: .house(Self.transferFees, .jpy),
            Yen(payout.fees).money,
            trace,
            in: tx,
            causedBy: "\(name):jpy"
        )
    }

    func pay(_ payout: Payout, of partner: Partner, _ trace: Trace, in tx: Transaction) throws {
        try self.post(
            "forum:payout:\(payout.id):paid",
            kind: "payout",
            subject: "forum payout:\(payout.id)",
            from: Self.shares(partner, .jpy),
            to: .house(Self.payouts, .jpy),
            Yen(payout.net).money,
            trace,
            in: tx,
            causedBy: "forum:payout:\(payout.id):jpy"
        )
    }

    private static func subject(_ order: String) -> String { "forum order:\(order)" }

    private static func shares(_ partner: Partner, _ currency: Currency) -> AccountKey {
        AccountKey(owner: partner.identity.text, purpose: Self.shares, currency: currency)
    }

    private func post(
        _ reference: TransferReference,
        kind: String,
        subject: String,
        from debit: AccountKey,
        to credit: AccountKey,
        _ money: Money,
        _ trace: Trace,
        in tx: Transaction,
        causedBy: TransferReference? = nil
    ) throws {
        guard money.micros > 0 else { return }
        try tx.ledger.post(
            Posting(
                reference,
                from: try self.accounts.number(of: debit, in: tx),
                to: try self.accounts.number(of: credit, in: tx),
                money: money,
                origin: Origin(
                    kind: kind,
                    subject: subject,
                    traceID: trace.traceID,
                    requestID: trace.requestID,
                    causedBy: causedBy
                )
            )
        )
    }
}
