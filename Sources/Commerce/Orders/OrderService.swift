import Kernel
import Platform
import Storage
import Web

/// Takes orders that merchants report: each counts once, belongs to one recommendation, and moves its commission.
struct OrderService: Sendable {
    /// How far ahead of this server's clock an order may be.
    static let aheadSeconds: Int64 = 300

    let database: any Database
    let ledger: CommissionLedger
    /// The house's part of every commission.
    let feeBasisPoints: Int

    /// What has come of a report.
    struct Taken: Sendable {
        let order: Order
        /// Whether the very same was reported before.
        let isRepeated: Bool
    }

    /// Throws `orderInFuture`, `orderNotFound`, `orderConflict`.
    func report(_ report: OrderReport, by merchant: Merchant, trace: Trace, in tx: Transaction) throws -> Taken {
        guard report.occurredAt <= tx.now.adding(seconds: Self.aheadSeconds) else {
            throw CommerceProblems.orderInFuture
        }
        guard let known = try tx.orders.find(report.id, of: merchant.id) else {
            guard report.status == .paid else { throw CommerceProblems.orderNotFound }
            return try self.open(report, by: merchant, trace: trace, in: tx)
        }
        if report.status == .paid { return try self.again(report, known) }
        return try self.follow(report, known, trace: trace, in: tx)
    }

    // MARK: Paid

    private func open(_ report: OrderReport, by merchant: Merchant, trace: Trace, in tx: Transaction) throws -> Taken {
        guard let amount = report.amount else { throw CommerceProblems.orderConflict }
        let attribution = try self.attribute(report, amount, merchant, in: tx)
        let order = Order(
            merchant: merchant.id,
            id: report.id,
            paid: amount,
            attribution: attribution,
            paidAt: report.occurredAt,
            createdAt: tx.now,
            traceID: trace.traceID
        )
        try tx.orders.insert(order)
        let (before, after) = (self.commission(order, base: 0), self.commission(order, base: amount.micros))
        try tx.orders.insertEvent(order, report, amount: amount.micros, commission: after.total.micros)
        try self.ledger.move(
            order,
            from: before,
            to: after,
            step: CommissionLedger.step(.paid, report.refundID),
            trace: trace,
            in: tx
        )
        try self.tell(order, "order.attributed", trace, in: tx)
        return Taken(order: order, isRepeated: false)
    }

    /// The last click that counts and whose window is open, else the reason why there is none.
    private func attribute(_ report: OrderReport, _ amount: Money, _ merchant: Merchant, in tx: Transaction) throws
        -> OrderAttribution
    {
        var attribution = OrderAttribution()
        // Figures of a product are its own merchant's.
        let told = try report.product.flatMap { try tx.products.find($0) }.flatMap {
            $0.merchant == merchant.id ? $0.id : nil
        }
        attribution.product = told
        guard let recID = report.recID else {
            attribution.reason = report.matchToken == nil ? .noClick : .tokenNotAccepted
            return attribution
        }
        guard let card = try tx.cards.find(recID), card.merchant == merchant.id else {
            attribution.reason = .unknownRec
            return attribution
        }
        attribution.recID = recID
        attribution.product = told ?? card.product
        let window = Int64(merchant.windowDays) * 86_400
        // A shop that tells whole seconds means the whole second: the click may have been in it.
        let isWhole = report.occurredAt.microseconds % 1_000_000 == 0
        let until = isWhole ? Timestamp(microseconds: report.occurredAt.microseconds + 999_999) : report.occurredAt
        let last = LastClick(
            try tx.commerceClicks.listLatest(recID, until: until),
            isValid: { $0.reason == .counts },
            isOpen: { report.occurredAt.seconds(since: $0.at) <= window }
        )
        switch last {
        case .valid(let click):
            attribution.reason = .attributed
            (attribution.click, attribution.creator) = (click.number, click.creator)
        case .outsideWindow(let click): (attribution.reason, attribution.click) = (.outsideWindow, click.number)
        case .invalid(let click):
            attribution.reason = click.reason == .flood ? .flood : .bot
            attribution.click = click.number
        case .none: attribution.reason = .noClick
        }
        guard attribution.reason == .attributed else { return attribution }
        (attribution.account, attribution.channel) = (card.account, card.channel)
        attribution.rates = Order.Rates(
            commission: card.rateBasisPoints,
            fee: self.feeBasisPoints,
            creator: card.creatorBasisPoints
        )
        if report.product.map({ $0 != card.product }) ?? false { attribution.flags.append("halo") }
        if report.matchToken != nil { attribution.flags.append("token_not_accepted") }
        if let price = try tx.products.find(card.product)?.content.price, price.currency != amount.currency {
            attribution.flags.append("currency_differs")
        }
        return attribution
    }

    /// The same order again is the same answer; anything else of it is a conflict.
    private func again(_ report: OrderReport, _ known: Order) throws -> Taken {
        let isSame =
            report.amount?.micros == known.paid.micros && report.amount?.currency == known.paid.currency
            && (report.recID == nil || report.recID == known.recID || known.recID == nil)
        guard isSame else { throw CommerceProblems.orderConflict }
        return Taken(order: known, isRepeated: true)
    }

    // MARK: After it was paid

    private func follow(_ report: OrderReport, _ known: Order, trace: Trace, in tx: Transaction) throws -> Taken {
        let isRefund = [.refunded, .cancelled].contains(report.status)
        if let event = try tx.orders.findEvent(known, report.status, refundID: report.refundID) {
            let isSame = !isRefund || report.refundAmount.map { $0.micros == event.amount } ?? true
            guard isSame else { throw CommerceProblems.orderConflict("refund_amount") }
            return Taken(order: known, isRepeated: true)
        }
        guard isRefund else {
            try tx.orders.insertEvent(known, report, amount: 0, commission: 0)
            try tx.orders.update(known, status: report.status, refunded: known.refunded.micros)
            return Taken(order: try tx.orders.find(known.id, of: known.merchant)!, isRepeated: false)
        }
        let rest = known.paid.micros - known.refunded.micros
        let given = report.status == .cancelled ? rest : report.refundAmount?.micros ?? rest
        guard report.refundAmount.map({ $0.currency == known.paid.currency }) ?? true, given >= 0, given <= rest else {
            throw CommerceProblems.orderConflict("refund_exceeds")
        }
        let (before, after) = (self.commission(known, base: rest), self.commission(known, base: rest - given))
        try tx.orders.insertEvent(known, report, amount: given, commission: after.total.micros - before.total.micros)
        try tx.orders.update(known, status: report.status, refunded: known.refunded.micros + given)
        let step = CommissionLedger.step(report.status, report.refundID)
        try self.ledger.move(known, from: before, to: after, step: step, trace: trace, in: tx)
        let order = try tx.orders.find(known.id, of: known.merchant)!
        try self.tell(order, "order.refunded", trace, in: tx)
        return Taken(order: order, isRepeated: false)
    }

    private func commission(_ order: Order, base: Int64) -> Commission {
        Commission(base: Money(micros: base, order.paid.currency), order.rates, hasCreator: !order.creator.isEmpty)
    }

    private func tell(_ order: Order, _ type: String, _ trace: Trace, in tx: Transaction) throws {
        let audience = order.account.isEmpty ? [] : [ID<Identity>(order.account)]
        try tx.events.append(
            Event(
                surface: CommerceContract.name,
                type: type,
                subject: order.subject,
                audience: audience,
                payload: OrderOutput(order: order).text,
                trace: trace
            )
        )
    }
}
