import Kernel
import Storage

/// What the roll-ups are made of, in the order in which it is counted.
extension FigureStore {
    /// A card that was shown.
    struct ShownCard: RowDecodable {
        let session: Int64
        let key: FigureKey

        static let columns: StaticString = "session, at, account_id, channel, product_id, creator"

        init(row: inout Row) throws {
            self.session = try row.column()
            let at = try row.column(Timestamp.self)
            self.key = FigureKey(
                day: at.startOfDay.seconds / 86_400,
                account: try row.column(),
                channel: try row.column(),
                product: try row.column(),
                creator: try row.column()
            )
        }
    }

    func listCards(after session: Int64, through last: Int64) throws -> [ShownCard] {
        try self.tx.rows(
            """
            SELECT \(raw: ShownCard.columns) FROM commerce_card
            WHERE session > \(session) AND session <= \(last)
            """
        )
    }

    /// The number of the last of so many sessions; nil where there is none.
    func lastSession(after number: Int64, limit: Int) throws -> Int64? {
        try self.tx.row(
            """
            SELECT MAX(number) FROM
                (SELECT number FROM commerce_session WHERE number > \(number) ORDER BY number LIMIT \(limit)) AS next
            """
        ) { try $0.optional(Int64.self) } ?? nil
    }

    struct MadeClick: RowDecodable {
        let number: Int64
        let counts: Bool
        let card: String
        let browser: [UInt8]
        let at: Timestamp
        let key: FigureKey

        static let columns: StaticString = """
            c.number, c.reason, c.rec_id, c.browser, c.at, c.account_id, c.channel, c.product_id, c.creator
            """

        init(row: inout Row) throws {
            self.number = try row.column()
            self.counts = try row.column(Int64.self) == 0
            self.card = try row.column()
            self.browser = try row.column()
            self.at = try row.column()
            self.key = FigureKey(
                day: self.at.startOfDay.seconds / 86_400,
                account: try row.column(),
                channel: try row.column(),
                product: try row.column(),
                creator: try row.column()
            )
        }
    }

    func listClicks(after number: Int64, limit: Int) throws -> [MadeClick] {
        try self.tx.rows(
            """
            SELECT \(raw: MadeClick.columns)
            FROM commerce_click c WHERE c.number > \(number) ORDER BY c.number LIMIT \(limit)
            """
        )
    }

    /// Whose clicks on a card counted since a moment. Older ones are not read.
    func listBrowsers(_ card: String, after first: Int64, before last: Int64, since moment: Timestamp) throws
        -> [[UInt8]]
    {
        var browsers: [[UInt8]] = []
        var end = last
        while true {
            let page = try self.tx.rows(
                """
                SELECT number, at, browser FROM commerce_click
                WHERE rec_id = \(card) AND reason = 0 AND number > \(first) AND number < \(end)
                ORDER BY number DESC LIMIT \(Self.browsersAtOnce)
                """
            ) {
                (
                    number: try $0.column(Int64.self), at: try $0.column(Timestamp.self),
                    browser: try $0.column([UInt8].self)
                )
            }
            browsers += page.lazy.filter { $0.at >= moment }.map(\.browser)
            guard let oldest = page.last, page.count == Self.browsersAtOnce, oldest.at >= moment else {
                return browsers
            }
            end = oldest.number
        }
    }

    private static let browsersAtOnce = 1000

    /// Clicks that count up to a number, as they are added up: with how many of them were the first of a browser on a card.
    func sumClicks(through last: Int64) throws -> [FigureKey: FigureCounts] {
        let rows = try self.tx.rows(
            """
            SELECT day, account_id, channel, product_id, creator, COUNT(*), CAST(SUM(CASE WHEN place = 1 THEN 1 ELSE 0 END) AS BIGINT)
            FROM (SELECT c.at / 86400000000 AS day, c.account_id, c.channel, c.product_id, c.creator,
                    ROW_NUMBER() OVER (PARTITION BY c.rec_id, c.browser ORDER BY c.number) AS place
                FROM commerce_click c WHERE c.reason = 0 AND c.number <= \(last)) AS clicks
            GROUP BY day, account_id, channel, product_id, creator
            """
        ) { row in
            (
                FigureKey(
                    day: try row.column(),
                    account: try row.column(),
                    channel: try row.column(),
                    product: try row.column(),
                    creator: try row.column()
                ),
                FigureCounts(clicks: try row.column(), uniqueClicks: try row.column())
            )
        }
        return Dictionary(rows) { $1 }
    }

    struct OrderChange: RowDecodable {
        let number: Int64
        let status: Order.Status
        let amount: Int64
        let commission: Int64
        let currency: String
        let isAttributed: Bool
        let occurredAt: Timestamp
        let key: FigureKey

        static let columns: StaticString = """
            e.number, e.status, e.amount, e.commission, o.currency, o.reason, e.occurred_at, o.paid_at, o.account_id, o.channel,
            o.product_id, o.creator
            """

        init(row: inout Row) throws {
            self.number = try row.column()
            self.status = try row.column()
            self.amount = try row.column()
            self.commission = try row.column()
            self.currency = try row.column()
            self.isAttributed = try row.column(Int64.self) == 0
            self.occurredAt = try row.column()
            let paidAt = try row.column(Timestamp.self)
            self.key = FigureKey(
                day: paidAt.startOfDay.seconds / 86_400,
                account: try row.column(),
                channel: try row.column(),
                product: try row.optional() ?? 0,
                creator: try row.column()
            )
        }

        var money: FigureMoney {
            switch self.status {
            case .paid: FigureMoney(orders: 1, gmv: self.amount, refunded: 0, cost: self.commission)
            default: FigureMoney(orders: 0, gmv: 0, refunded: self.amount, cost: self.commission)
            }
        }
    }

    func listOrders(after number: Int64, limit: Int) throws -> [OrderChange] {
        try self.tx.rows(
            """
            SELECT \(raw: OrderChange.columns)
            FROM commerce_order_event e
            JOIN commerce_order o ON o.merchant_id = e.merchant_id AND o.order_id = e.order_id
            WHERE e.number > \(number) ORDER BY e.number LIMIT \(limit)
            """
        )
    }
}
