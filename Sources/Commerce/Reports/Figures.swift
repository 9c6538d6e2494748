import Kernel
import Ledger
import Logging
import Platform
import ServiceLifecycle
import Storage

/// Counts cards, clicks and orders into roll-ups beside the requests, and tells what is looked at now.
struct Figures: Service {
    private static let batch = 1000

    let database: any Database
    let logger: Logger
    private let browsers = SeenBrowsers()

    init(database: any Database, logger: Logger) { (self.database, self.logger) = (database, logger) }

    func run() async throws {
        await poll(everySeconds: 1, else: "cannot count cards, clicks and orders", self.logger) {
            try await self.catchUp()
        }
    }

    /// Counts at once what the roll-ups are behind by.
    ///
    /// - Parameter rounds: of a thousand each; nil for all.
    func catchUp(atMost rounds: Int? = nil) async throws {
        var done = 0
        while done < rounds ?? .max, try await self.count() { done += 1 }
    }

    /// The next part of each; false when there is nothing more.
    private func count() async throws -> Bool {
        let isBehind = try await self.database.read { tx in
            let sessions = try tx.figures.lastSession(after: tx.figures.cursor("sessions"), limit: 1) != nil
            let clicks = try !tx.figures.listClicks(after: tx.figures.cursor("clicks"), limit: 1).isEmpty
            return try sessions || clicks
                || !tx.figures.listOrders(after: tx.figures.cursor("orders"), limit: 1).isEmpty
        }
        guard isBehind else { return false }
        let done = try await self.database.write { tx in
            let cards = try Self.countCards(in: tx)
            let clicks = try self.countClicks(in: tx)
            let orders = try Self.countOrders(in: tx)
            return (any: cards || clicks != nil || orders, clicks: clicks)
        }
        if let clicks = done.clicks { self.browsers.keep(clicks.seen, through: clicks.last) }
        return done.any
    }

    private static func countCards(in tx: Transaction) throws -> Bool {
        let first = try tx.figures.cursor("sessions")
        guard let last = try tx.figures.lastSession(after: first, limit: Self.batch / 4) else { return false }
        var counts: [FigureKey: FigureCounts] = [:]
        for card in try tx.figures.listCards(after: first, through: last) {
            counts[card.key, default: .init()].cards += 1
        }
        for (key, count) in counts.sorted(by: { $0.key < $1.key }) { try tx.figures.add(count, to: key) }
        try tx.figures.setCursor("sessions", last)
        return true
    }

    /// The number of the last click, and whose clicks its cards have by then; nil when there is nothing more.
    private func countClicks(in tx: Transaction) throws -> (last: Int64, seen: [String: SeenBrowsers.Seen])? {
        let clicks = try tx.figures.listClicks(after: tx.figures.cursor("clicks"), limit: Self.batch)
        guard let last = clicks.last else { return nil }
        var seen = try self.browsers.before(clicks, in: tx)
        var counts: [FigureKey: FigureCounts] = [:]
        var hours: [ProductHour: Int64] = [:]
        for click in clicks where click.counts {
            counts[click.key, default: .init()].clicks += 1
            let isFirst = seen[click.card]?.browsers.insert(.init(click.browser)).inserted ?? false
            if isFirst { counts[click.key, default: .init()].uniqueClicks += 1 }
            hours[ProductHour(click.key.product, click.at), default: 0] += Trending.Weight.click
        }
        for (key, count) in counts.sorted(by: { $0.key < $1.key }) { try tx.figures.add(count, to: key) }
        try Self.add(hours, in: tx)
        try tx.figures.setCursor("clicks", last.number)
        return (last.number, seen)
    }

    private static func countOrders(in tx: Transaction) throws -> Bool {
        let changes = try tx.figures.listOrders(after: tx.figures.cursor("orders"), limit: Self.batch)
        guard let last = changes.last else { return false }
        var hours: [ProductHour: Int64] = [:]
        for change in changes where change.isAttributed && [.paid, .refunded, .cancelled].contains(change.status) {
            try tx.figures.add(change.money, change.currency, to: change.key)
            let weight = change.status == .paid ? Trending.Weight.order : Trending.Weight.cancellation
            hours[ProductHour(change.key.product, change.occurredAt), default: 0] += weight
        }
        try self.add(hours, in: tx)
        try tx.figures.setCursor("orders", last.number)
        return true
    }

    private struct ProductHour: Hashable, Comparable {
        let product: ProductID
        let hour: Int64

        init(_ product: ProductID, _ at: Timestamp) { (self.product, self.hour) = (product, at.seconds / 3600) }

        static func < (left: Self, right: Self) -> Bool { (left.product, left.hour) < (right.product, right.hour) }
    }

    private static func add(_ hours: [ProductHour: Int64], in tx: Transaction) throws {
        for (hour, weight) in hours.sorted(by: { $0.key < $1.key }) where hour.product.value > 0 {
            try tx.figures.add(weight: weight, to: hour.product, hour: hour.hour)
        }
    }

    /// What the roll-ups and the ledger say against the records; true ones give an empty list.
    static func verify(in tx: Transaction) throws -> [String] {
        var counts: [FigureKey: FigureCounts] = [:]
        var money: [FigureKey: [String: FigureMoney]] = [:]
        let sessions = try tx.figures.cursor("sessions")
        for card in try tx.figures.listCards(after: 0, through: sessions) {
            counts[card.key, default: .init()].cards += 1
        }
        let clicked = try tx.figures.cursor("clicks")
        for (key, count) in try tx.figures.sumClicks(through: clicked) {
            counts[key, default: .init()].clicks += count.clicks
            counts[key, default: .init()].uniqueClicks += count.uniqueClicks
        }
        let ordered = try tx.figures.cursor("orders")
        for change in try tx.figures.listOrders(after: 0, limit: .max)
        where change.number <= ordered && change.isAttributed && [.paid, .refunded, .cancelled].contains(change.status)
        {
            var sum = money[change.key]?[change.currency] ?? .init()
            sum.orders += change.money.orders
            sum.gmv += change.money.gmv
            sum.refunded += change.money.refunded
            sum.cost += change.money.cost
            money[change.key, default: [:]][change.currency] = sum
        }
        var differences: [String] = []
        let kept = try tx.figures.listAll()
        for key in Set(counts.keys).union(kept.counts.keys).sorted()
        where counts[key] ?? .init() != kept.counts[key] ?? .init() {
            differences.append(
                "commerce figures of day \(key.day), product \(key.product) differ from cards and clicks"
            )
        }
        for key in Set(money.keys).union(kept.money.keys).sorted() where money[key] ?? [:] != kept.money[key] ?? [:] {
            differences.append("commerce money of day \(key.day), product \(key.product) differs from orders")
        }
        return differences + (try self.verifyLedger(in: tx))
    }

    /// What merchants owe is what their orders have accrued, to the unit.
    private static func verifyLedger(in tx: Transaction) throws -> [String] {
        try tx.orders.sumCommissions().compactMap { merchant, currency, micros in
            let key = CommissionLedger.merchant(merchant, Currency(code: currency))
            let owed = try tx.ledger.find(key).map { $0.debitsPosted - $0.creditsPosted } ?? 0
            return owed == micros
                ? nil
                : "commerce merchant \(merchant) owes \(owed) \(currency) in the ledger and \(micros) by its orders"
        }
    }
}
