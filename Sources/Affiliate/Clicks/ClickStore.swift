import Kernel
import Platform
import Storage

struct ClickStore {
    let tx: Transaction

    /// How many clicks are looked through for one that leads to an order.
    private static let candidateLimit = 50

    func insert(_ link: TrackingLink, _ visitor: Visitor, reason: Reason, isSelf: Bool = false, trace: Trace) throws
        -> ClickID
    {
        let id = try self.tx.insert(
            """
            INSERT INTO affiliate_click (partnership_id, program_id, terms_version, at, reason, is_self, visitor,
                browser, user_agent, referrer, context, country, trace_id)
            VALUES (\(link.partnership), \(link.program), \(link.termsVersion), \(self.tx.now), \(reason), \(isSelf),
                \(visitor.id), \(visitor.browser), \(visitor.userAgent), \(visitor.referrer), \(visitor.context),
                \(visitor.country), \(trace.traceID))
            """,
            counting: "id"
        )
        let day = ClickDays.Day(link, JapanTime.day(of: self.tx.now))
        let count = ClickDays.Count(clicks: 1, valid: reason == .counts ? 1 : 0)
        if self.tx.canWait {
            self.tx.together(ClickDays.self).add(count, to: day)
        } else {
            try self.add(count, to: day)
        }
        return ClickID(id)
    }

    fileprivate func add(_ count: ClickDays.Count, to day: ClickDays.Day) throws {
        try self.tx.later(
            """
            INSERT INTO affiliate_click_day (partnership_id, day, program_id, publisher_id, clicks, valid_clicks)
            VALUES (\(day.partnership), \(day.day), \(day.program), \(day.publisher), \(count.clicks), \(count.valid))
            ON CONFLICT (partnership_id, day) DO UPDATE SET clicks = affiliate_click_day.clicks + excluded.clicks,
                valid_clicks = affiliate_click_day.valid_clicks + excluded.valid_clicks
            """
        )
    }

    /// Whether a click of the browser was paid in the last 24 hours.
    func wasPaid(_ browser: [UInt8], in partnership: PartnershipID) throws -> Bool {
        try self.tx.value(
            """
            SELECT 1 FROM affiliate_paid_click WHERE partnership_id = \(partnership) AND browser = \(browser)
                AND at > \(self.tx.now.adding(seconds: -86_400))
            """,
            as: Int.self
        ) != nil
    }

    func markPaid(_ browser: [UInt8], in partnership: PartnershipID) throws {
        try self.tx.execute(
            """
            INSERT INTO affiliate_paid_click (partnership_id, browser, at)
            VALUES (\(partnership), \(browser), \(self.tx.now))
            ON CONFLICT (partnership_id, browser) DO UPDATE SET at = excluded.at
            """
        )
    }

    /// Says whose click it is, once; nil when it is another's.
    func claim(_ id: ClickID, of partnership: PartnershipID, by visitor: String) throws -> Click? {
        let claimed = try self.tx.count(
            """
            UPDATE affiliate_click SET visitor = \(visitor)
            WHERE id = \(id) AND partnership_id = \(partnership) AND (visitor IS NULL OR visitor = \(visitor))
            """
        )
        return claimed == 1 ? try self.find(id) : nil
    }

    /// What came of a click whose visitor was not known before.
    func decide(_ click: Click, _ reason: Reason) throws {
        try self.tx.execute("UPDATE affiliate_click SET reason = \(reason) WHERE id = \(click.id)")
        guard reason == .counts else { return }
        try self.tx.execute(
            """
            UPDATE affiliate_click_day SET valid_clicks = valid_clicks + 1
            WHERE partnership_id = \(click.partnership) AND day = \(JapanTime.day(of: click.at))
            """
        )
    }

    func find(_ id: ClickID) throws -> Click? {
        try self.tx.row("SELECT \(raw: Click.columns) FROM affiliate_click k WHERE k.id = \(id)")
    }

    /// Whose clicks may lead to an order.
    enum ClickScope: Sendable {
        case visitor(String, program: ProgramID)
        case partnership(PartnershipID)
        case one(Click)
        case nothing
    }

    /// Clicks that count, up to a moment, the newest first.
    ///
    /// - Parameter limit: one does for most orders; the others are for windows that have closed.
    func listValid(_ clickScope: ClickScope, until moment: Timestamp, limit: Int = ClickStore.candidateLimit) throws
        -> [Click]
    {
        try self.list(clickScope, "k.reason = 0 AND k.at <= \(moment)", limit: limit).filter {
            $0.reason == .counts && $0.at <= moment
        }
    }

    /// Clicks that count, after a moment, the newest first.
    func listValid(_ clickScope: ClickScope, after moment: Timestamp) throws -> [Click] {
        try self.list(clickScope, "k.reason = 0 AND k.at > \(moment)").filter { $0.reason == .counts && $0.at > moment }
    }

    /// The latest click that does not count, which says why.
    func findLatestInvalid(_ clickScope: ClickScope) throws -> Click? {
        // One look for each reason is found by the index, however many clicks there are.
        try Reason.ofClicks.compactMap { reason in
            try self.list(clickScope, "k.reason = \(reason)", limit: 1).first { $0.reason == reason }
        }.max { ($0.at, $0.id) < ($1.at, $1.id) }
    }

    private func list(_ clickScope: ClickScope, _ condition: SQL, limit: Int = ClickStore.candidateLimit) throws
        -> [Click]
    {
        let whose: SQL
        switch clickScope {
        case .nothing: return []
        case .one(let click): return [click]
        case .visitor(let visitor, let program): whose = "k.visitor = \(visitor) AND k.program_id = \(program)"
        case .partnership(let id): whose = "k.partnership_id = \(id)"
        }
        return try self.tx.rows(
            """
            SELECT \(raw: Click.columns) FROM affiliate_click k WHERE \(whose) AND \(condition)
            ORDER BY k.at DESC, k.id DESC LIMIT \(limit)
            """
        )
    }

    /// A partnership's clicks, the newest first.
    func list(partnership: PartnershipID, limit: Int) throws -> [Click] {
        try self.list(.partnership(partnership), "k.id > 0", limit: limit)
    }
}

/// Clicks of one commit by partnership and day, added up: many clicks at once are those of few links.
final class ClickDays: BatchPart {
    static let table: StaticString = "affiliate_click_day"

    struct Day: Hashable {
        let partnership: PartnershipID
        let program: ProgramID
        let publisher: ID<Identity>
        let day: Int64

        init(_ link: TrackingLink, _ day: Int64) {
            (self.partnership, self.program, self.publisher) = (link.partnership, link.program, link.publisher)
            self.day = day
        }
    }

    struct Count {
        var clicks = 0
        var valid = 0
    }

    private var counts: [Day: Count] = [:]

    init() {}

    func add(_ count: Count, to day: Day) {
        self.counts[day, default: Count()].clicks += count.clicks
        self.counts[day, default: Count()].valid += count.valid
    }

    /// In the order of the rows, so that no two commits wait for each other.
    func flush(in tx: Transaction) throws {
        let counts = self.counts.sorted { ($0.key.partnership, $0.key.day) < ($1.key.partnership, $1.key.day) }
        self.counts = [:]
        for (day, count) in counts { try tx.clicks.add(count, to: day) }
    }
}

extension Transaction {
    var clicks: ClickStore { ClickStore(tx: self) }
}
