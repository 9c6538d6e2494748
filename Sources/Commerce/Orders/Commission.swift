import Kernel
import Ledger
import Platform
import Storage

/// What an order costs its merchant, and who gets it. Every part is rounded down to the currency's smallest unit; the rest is the
/// operator's.
struct Commission: Sendable, Equatable {
    let total: Money
    let fee: Money
    let creator: Money
    let `operator`: Money

    /// - Parameter base: what was paid and not given back.
    init(base: Money, _ rates: Order.Rates, hasCreator: Bool) {
        self.total = base.share(basisPoints: Int64(rates.commission))
        self.fee = self.total.share(basisPoints: Int64(rates.fee))
        let rest = Money(micros: self.total.micros - self.fee.micros, base.currency)
        self.creator = hasCreator ? rest.share(basisPoints: Int64(rates.creator)) : Money(micros: 0, base.currency)
        self.operator = Money(micros: rest.micros - self.creator.micros, base.currency)
    }
}

/// The commission's way through the ledger: a transfer for each part when an order is paid, and back by what a refund changes.
struct CommissionLedger: Sendable {
    let accounts: AccountCache

    enum Leg: String, CaseIterable {
        case fee, creator, `operator`
    }

    /// Moves the difference between two bases, part by part; nothing moves where it is 0.
    ///
    /// - Parameter step: of the order, unique within it: `paid`, `refunded:1`.
    func move(
        _ order: Order,
        from before: Commission,
        to after: Commission,
        step: String,
        trace: Trace,
        in tx: Transaction
    )
        throws
    {
        for leg in Leg.allCases {
            let difference = Self.amount(leg, after).micros - Self.amount(leg, before).micros
            guard difference != 0 else { continue }
            let merchant = try self.accounts.number(of: Self.merchant(order.merchant, order.paid.currency), in: tx)
            let other = try self.accounts.number(of: self.account(leg, order), in: tx)
            let isForth = difference > 0
            try tx.ledger.post(
                Posting(
                    Self.reference(order, step, leg),
                    from: isForth ? merchant : other,
                    to: isForth ? other : merchant,
                    money: Money(micros: abs(difference), order.paid.currency),
                    origin: Origin(
                        kind: isForth ? "commission" : "commission_reversal",
                        subject: order.subject,
                        traceID: trace.traceID,
                        requestID: trace.requestID,
                        causedBy: isForth ? nil : Self.reference(order, "paid", leg)
                    )
                )
            )
        }
    }

    static func reference(_ order: Order, _ step: String, _ leg: Leg) -> TransferReference {
        "commerce:order:\(order.merchant):\(order.id):\(step):\(leg.rawValue)"
    }

    /// What its reports have moved, in their order.
    static func transfers(of order: Order, in tx: Transaction) throws -> [Transfer] {
        try tx.orders.listEvents(order).flatMap { event in
            try Leg.allCases.compactMap { leg in
                try tx.ledger.find(transfer: self.reference(order, self.step(event.status, event.refundID), leg))
            }
        }
    }

    /// A report's part of the references of its transfers.
    static func step(_ status: Order.Status, _ refundID: String) -> String {
        status == .paid ? status.rawValue : "\(status.rawValue):\(refundID)"
    }

    /// What the merchant owes.
    static func merchant(_ id: String, _ currency: Currency) -> AccountKey {
        AccountKey(owner: "commerce:merchant:\(id)", purpose: .advertising, currency: currency)
    }

    private static func amount(_ leg: Leg, _ commission: Commission) -> Money {
        switch leg {
        case .fee: commission.fee
        case .creator: commission.creator
        case .operator: commission.operator
        }
    }

    private func account(_ leg: Leg, _ order: Order) -> AccountKey {
        switch leg {
        case .creator:
            AccountKey(owner: "commerce:creator:\(order.creator)", purpose: .rewards, currency: order.paid.currency)
        case .fee, .operator: .house(.commission, order.paid.currency)
        }
    }
}
