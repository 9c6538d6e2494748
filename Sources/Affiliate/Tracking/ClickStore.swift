import Kernel
import Platform
import Storage

struct ClickStore {
    let tx: Transaction

    /// How many clicks are looked through for one that leads to an order.
    private static let candidateLimit = 50

    func insert(_ link: TrackingLink, _ visitor: Visitor, reason: Reason, isSelf: Bool = false, trace: Trace) throws
        -> Int64
    {
        let isValid = reason == .counts
        let id: Int64 = try self.tx.value(
            """
            INSERT INTO affiliate_click (partnership_id, program_id, terms_version, at, reason, is_self, visitor,
                browser, user_agent, referrer, context, country, trace_id)
            VALUES (\(link.partnership), \(link.program), \(link.termsVersion), \(self.tx.now), \(reason), \(isSelf),
                \(visitor.id), \(visitor.browser), \(visitor.userAgent), \(visitor.referrer), \(visitor.context),
                \(visitor.country), \(trace.traceID))
            RETURNING id
            """
        )!
        try self.tx.execute(
            """
            INSERT INTO affiliate_click_day (partnership_id, day, program_id, publisher_id, clicks, valid_clicks)
            VALUES (\(link.partnership), \(JapanTime.day(of: self.tx.now)), \(link.program), \(link.publisher), 1,
                \(isValid))
            ON CONFLICT (partnership_id, day) DO UPDATE SET clicks = affiliate_click_day.clicks + 1,
                valid_clicks = affiliate_click_day.valid_clicks + excluded.valid_clicks
            """
        )
        return id
    }

    /// Whether a click of the browser was paid in the last 24 hours.
    func wasPaid(_ browser: [UInt8], in partnership: Int64) throws -> Bool {
        try self.tx.value(
            """
            SELECT 1 FROM affiliate_paid_click WHERE partnership_id = \(partnership) AND browser = \(browser)
                AND at > \(self.tx.now.adding(seconds: -86_400))
            """,
            as: Int.self
        ) != nil
    }

    func markPaid(_ browser: [UInt8], in partnership: Int64) throws {
        try self.tx.execute(
            """
            INSERT INTO affiliate_paid_click (partnership_id, browser, at)
            VALUES (\(partnership), \(browser), \(self.tx.now))
            ON CONFLICT (partnership_id, browser) DO UPDATE SET at = excluded.at
            """
        )
    }

    /// Says whose click it is, once; false when it is another's.
    func meet(_ id: Int64, of partnership: Int64, visitor: String) throws -> Bool {
        try self.tx.count(
            """
            UPDATE affiliate_click SET visitor = \(visitor)
            WHERE id = \(id) AND partnership_id = \(partnership) AND (visitor IS NULL OR visitor = \(visitor))
            """
        ) == 1
    }

    func find(_ id: Int64) throws -> Click? {
        try self.tx.row("SELECT \(raw: Click.columns) FROM affiliate_click k WHERE k.id = \(id)")
    }

    /// A visitor's clicks to a programme up to a moment, newest first.
    func list(visitor: String, program: Int64, until moment: Timestamp) throws -> [Click] {
        try self.list("k.visitor = \(visitor) AND k.program_id = \(program) AND k.at <= \(moment)")
    }

    /// A partnership's clicks up to a moment, newest first.
    func list(partnership: Int64, until moment: Timestamp) throws -> [Click] {
        try self.list("k.partnership_id = \(partnership) AND k.at <= \(moment)")
    }

    private func list(_ condition: SQL) throws -> [Click] {
        try self.tx.rows(
            """
            SELECT \(raw: Click.columns) FROM affiliate_click k WHERE \(condition)
            ORDER BY k.id DESC LIMIT \(Self.candidateLimit)
            """
        )
    }
}

extension Transaction {
    var clicks: ClickStore { ClickStore(tx: self) }
}
