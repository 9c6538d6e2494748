import Kernel
import Platform
import Storage
import Web

/// Counts the shop's orders, each once, for the partner whose link has led to it.
struct OrderService: Sendable {
    private static let futureSeconds: Int64 = 300

    let database: any Database
    let ledger: ShareLedger
    /// Between a click and an order.
    let windowSeconds: Int64

    struct Report: Sendable {
        let id: ID<ShopOrder>
        let status: ShopOrder.Status
        let amount: Int64
        /// In all.
        let refund: Int64
        let occurredAt: Timestamp
        let click: ID<Click>?
    }

    struct Counted: Sendable {
        let order: ShopOrder
        let outcome: Outcome
    }

    enum Outcome: Sendable {
        case first, known
        /// A refund whose order has not come.
        case awaiting
    }

    /// Throws `orderFuture`, `orderConflict`.
    func report(_ report: Report, _ trace: Trace) async throws -> Counted {
        try await self.database.write { tx in
            guard report.occurredAt <= tx.now.adding(seconds: Self.futureSeconds) else {
                throw Problem(
                    .invalid,
                    "invalid",
                    fields: [FieldError(path: "occurredAt", rule: FieldRule("not_in_the_future"), isMalformed: false)]
                )
            }
            guard report.refund <= report.amount else { throw ForumProblems.orderConflict }
            guard let known = try tx.shop.find(report.id) else { return try self.begin(report, trace, in: tx) }
            guard known.amount == report.amount, known.occurredAt == report.occurredAt else {
                throw ForumProblems.orderConflict
            }
            if known.status == .awaited { return try self.complete(known, report, trace, in: tx) }
            if report.status == .paid {
                guard report.click == nil || known.click == report.click else { throw ForumProblems.orderConflict }
                return Counted(order: known, outcome: .known)
            }
            return Counted(order: try self.refund(known, report, trace, in: tx), outcome: .known)
        }
    }

    private func begin(_ report: Report, _ trace: Trace, in tx: Transaction) throws -> Counted {
        var order = ShopOrder(
            id: report.id,
            status: .paid,
            amount: report.amount,
            refund: 0,
            occurredAt: report.occurredAt,
            sharePercent: 0,
            share: 0
        )
        guard report.status == .paid else {
            // It waits for its order.
            order.status = .awaited
            order.refund = report.refund
            order.reason = .orderUnknown
            try tx.shop.insert(order)
            return Counted(order: order, outcome: .awaiting)
        }
        try self.attribute(&order, report.click, in: tx)
        try tx.shop.insert(order)
        try self.earn(order, trace, in: tx)
        return Counted(order: order, outcome: .first)
    }

    /// The order has come after its refund, or the refund has come again.
    private func complete(_ known: ShopOrder, _ report: Report, _ trace: Trace, in tx: Transaction) throws -> Counted {
        guard report.status == .paid else {
            guard report.refund >= known.refund else { throw ForumProblems.orderConflict }
            var order = known
            order.refund = report.refund
            try tx.shop.update(order)
            return Counted(order: order, outcome: .awaiting)
        }
        var order = known
        (order.status, order.reason, order.refund) = (.paid, nil, 0)
        try self.attribute(&order, report.click, in: tx)
        try tx.shop.update(order)
        try self.earn(order, trace, in: tx)
        let refunded = Report(
            id: known.id,
            status: known.refund == known.amount ? .cancelled : .refunded,
            amount: known.amount,
            refund: known.refund,
            occurredAt: known.occurredAt,
            click: nil
        )
        return Counted(order: try self.refund(order, refunded, trace, in: tx), outcome: .first)
    }

    private func refund(_ known: ShopOrder, _ report: Report, _ trace: Trace, in tx: Transaction) throws -> ShopOrder {
        guard report.refund >= known.refund, report.refund <= known.amount,
            known.status != .cancelled || report.refund == known.refund
        else { throw ForumProblems.orderConflict }
        var order = known
        // What was cancelled is given back as a whole, and stays so.
        guard known.status != .cancelled, report.refund > known.refund || report.status != known.status else {
            return known
        }
        (order.status, order.refund) = (report.status, report.refund)
        try tx.shop.update(order)
        let more = report.refund - known.refund
        let share = order.share(of: report.refund) - order.share(of: known.refund)
        try tx.shop.insert(refund: more, share: share, of: order)
        if let partner = try order.partner.flatMap({ try tx.partners.find($0) }) {
            try self.ledger.takeBack(share, of: order.id.text, total: report.refund, partner, trace, in: tx)
        }
        return order
    }

    private func earn(_ order: ShopOrder, _ trace: Trace, in tx: Transaction) throws {
        guard let partner = try order.partner.flatMap({ try tx.partners.find($0) }) else { return }
        try self.ledger.earn(order.share, with: order.id.text, of: partner, trace, in: tx)
    }

    /// The same code decides here as in the affiliate network and in commerce.
    private func attribute(_ order: inout ShopOrder, _ id: ID<Click>?, in tx: Transaction) throws {
        guard let id else { return order.reason = .noClick }
        order.click = id
        guard let click = try tx.shop.find(id) else { return order.reason = .unknownClick }
        let occurredAt = order.occurredAt
        let last = LastClick([click], isValid: { $0.reason == nil }) { click in
            click.createdAt <= occurredAt && occurredAt <= click.createdAt.adding(seconds: self.windowSeconds)
        }
        switch last {
        case .valid(let click):
            order.partner = click.partner
            order.post = click.post
            order.sharePercent = click.sharePercent
            order.share = order.share(of: order.amount)
        case .outsideWindow: order.reason = .outsideWindow
        case .invalid: order.reason = .clickNotCounted
        case .none: order.reason = .unknownClick
        }
    }
}
