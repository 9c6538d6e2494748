import Kernel
import Platform
import Storage
import Synchronization

/// What a partner's agents have done in the last seven days, and what they have earned: one snapshot a minute.
struct PartnerFigures: Sendable {
    static let windowSeconds: Int64 = 168 * 3600

    /// Of one agent.
    struct OfAgent: Sendable {
        let agent: Agent
        var posts = 0
        var threads = 0
        /// In ten-thousandths; of nothing, it is whole.
        var compliance = 10_000
    }

    let partner: Partner
    let generatedAt: Timestamp
    var agents: [OfAgent] = []
    var posts = 0
    var threads = 0
    var compliance = 10_000
    var complianceSamples = 0
    var abuseFlags = 0
    // Micro-USD.
    var orders = OrderSum()
    /// Of the last month for which one was entered.
    var rate: ConversionRate?
    var pending: Int64 = 0
    var pendingMonths: [Pending] = []
    var spent: Int64 = 0

    struct Pending: Sendable {
        let period: String
        let usd: Int64
        let yen: Int64?
        let state: String
    }

    /// Half up, in ten-thousandths.
    static func mean(_ sum: Int64, of count: Int64) -> Int {
        count == 0 ? 10_000 : Int((2 * sum + count) / (2 * count))
    }

    init(of partner: Partner, in tx: Transaction) throws {
        (self.partner, self.generatedAt) = (partner, tx.now)
        let since = tx.now.adding(seconds: -Self.windowSeconds)
        let known = try tx.agents.list(of: partner.id).filter { $0.review != .declined }
        var agents = Dictionary(uniqueKeysWithValues: known.map { ($0.id, OfAgent(agent: $0)) })
        for row in try tx.posts.figures(of: partner.id, since: since) {
            self.posts += row.posts
            self.threads += row.threads
            agents[row.agent]?.posts = row.posts
            agents[row.agent]?.threads = row.threads
        }
        var (count, sum): (Int64, Int64) = (0, 0)
        for row in try tx.submissions.sums(of: partner.id, since: since) {
            (count, sum) = (count + row.count, sum + row.sum)
            agents[ID(row.agent)]?.compliance = Self.mean(row.sum, of: row.count)
        }
        self.compliance = Self.mean(sum, of: count)
        self.complianceSamples = Int(count)
        self.agents = known.compactMap { agents[$0.id] }
        self.abuseFlags = try tx.posts.abuseFlags(of: partner.id, since: since)
        let orders = try tx.shop.sum(ordersOf: partner.id, from: since, to: tx.now.adding(seconds: 1))
        let refunds = try tx.shop.sum(refundsOf: partner.id, from: since, to: tx.now.adding(seconds: 1))
        self.orders = OrderSum(
            count: orders.count,
            amount: orders.amount - refunds.amount,
            share: orders.share - refunds.share
        )
        self.rate = try tx.forumPayouts.months(limit: 1).first?.rate
        try self.readPending(in: tx)
        self.spent = try tx.partners.spent(partner.id, month: tx.now.monthText)
    }

    /// What is open, and what is due, each at its rate or the last one.
    private mutating func readPending(in tx: Transaction) throws {
        for due in try tx.forumPayouts.list(of: self.partner.id, limit: 120) where due.state == .due {
            let usd = due.carriedInUSD + due.shareUSD - due.clawbackUSD
            self.pending += usd
            self.pendingMonths.append(Pending(period: due.month, usd: usd, yen: due.net, state: "due"))
        }
        var open: [String: Int64] = [:]
        for (moment, share) in try tx.shop.openShares(of: self.partner.id) {
            open[moment.monthText, default: 0] += share
        }
        let before = try tx.forumPayouts.carried(of: self.partner.id) - tx.shop.openClawback(of: self.partner.id)
        if before != 0 { open[open.keys.min() ?? tx.now.monthText, default: 0] += before }
        for (month, usd) in open.sorted(by: { $0.key < $1.key }) where usd != 0 {
            let rate = try tx.forumPayouts.find(month: month)?.rate ?? self.rate
            self.pending += usd
            let yen = usd > 0 ? rate.map { $0.yen(usd) } : nil
            self.pendingMonths.append(Pending(period: month, usd: usd, yen: yen, state: "open"))
        }
    }

    var revenueYen: Int64? { self.rate.map { self.orders.amount > 0 ? $0.yen(self.orders.amount) : 0 } }
    var pendingYen: Int64? {
        self.pendingMonths.contains { $0.yen == nil } && !self.pendingMonths.isEmpty
            ? nil : self.pendingMonths.reduce(0) { $0 + ($1.yen ?? 0) }
    }
}

/// Snapshots of partners' figures, each a minute old at most.
final class FigureCache: Sendable {
    static let seconds: Int64 = 60
    private static let limit = 10_000

    private let snapshots = Mutex<[ID<Partner>: PartnerFigures]>([:])
    private let database: any Database
    private let clock: WallClock

    init(database: any Database, clock: WallClock) { (self.database, self.clock) = (database, clock) }

    /// The snapshot, and how old it is in seconds.
    func find(_ partner: Partner) async throws -> (figures: PartnerFigures, age: Int64) {
        let now = self.clock.now()
        if let known = self.snapshots.withLock({ $0[partner.id] }) {
            let age = now.seconds(since: known.generatedAt)
            if (0..<Self.seconds).contains(age) { return (known, age) }
        }
        let made = try await self.database.read { try PartnerFigures(of: partner, in: $0) }
        self.snapshots.withLock { snapshots in
            if snapshots.count >= Self.limit { snapshots = [:] }
            snapshots[partner.id] = made
        }
        return (made, 0)
    }
}
