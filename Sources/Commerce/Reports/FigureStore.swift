import Kernel
import Storage

/// Whom a figure belongs to, and its day in UTC.
struct FigureKey: Hashable, Sendable, Comparable {
    let day: Int64
    let account: String
    let channel: String
    let product: ProductID
    let creator: String

    /// In the order of the rows, so that no two commits wait for each other.
    static func < (left: FigureKey, right: FigureKey) -> Bool {
        (left.day, left.account, left.channel, left.product, left.creator)
            < (right.day, right.account, right.channel, right.product, right.creator)
    }
}

/// How often something was shown and clicked.
struct FigureCounts: Sendable, Equatable {
    var cards: Int64 = 0
    var clicks: Int64 = 0
    var uniqueClicks: Int64 = 0
}

/// What was sold, in one currency and micro-units.
struct FigureMoney: Sendable, Equatable {
    var orders: Int64 = 0
    var gmv: Int64 = 0
    var refunded: Int64 = 0
    var cost: Int64 = 0
}

/// Roll-ups of cards, clicks and orders by day, developer, channel, product and creator.
struct FigureStore {
    let tx: Transaction

    // MARK: Writing

    func add(_ counts: FigureCounts, to key: FigureKey) throws {
        try self.tx.execute(
            """
            INSERT INTO commerce_figure (day, account_id, channel, product_id, creator, cards, clicks, unique_clicks)
            VALUES (\(key.day), \(key.account), \(key.channel), \(key.product), \(key.creator), \(counts.cards),
                \(counts.clicks), \(counts.uniqueClicks))
            ON CONFLICT (day, account_id, channel, product_id, creator) DO UPDATE SET
                cards = commerce_figure.cards + excluded.cards, clicks = commerce_figure.clicks + excluded.clicks,
                unique_clicks = commerce_figure.unique_clicks + excluded.unique_clicks
            """
        )
    }

    func add(_ money: FigureMoney, _ currency: String, to key: FigureKey) throws {
        try self.tx.execute(
            """
            INSERT INTO commerce_money (day, account_id, channel, product_id, creator, currency, orders, gmv, refunded, cost)
            VALUES (\(key.day), \(key.account), \(key.channel), \(key.product), \(key.creator), \(currency),
                \(money.orders), \(money.gmv), \(money.refunded), \(money.cost))
            ON CONFLICT (day, account_id, channel, product_id, creator, currency) DO UPDATE SET
                orders = commerce_money.orders + excluded.orders, gmv = commerce_money.gmv + excluded.gmv,
                refunded = commerce_money.refunded + excluded.refunded, cost = commerce_money.cost + excluded.cost
            """
        )
    }

    /// For what is looked at now.
    func add(weight: Int64, to product: ProductID, hour: Int64) throws {
        try self.tx.execute(
            """
            INSERT INTO commerce_hour (product_id, hour, weight) VALUES (\(product), \(hour), \(weight))
            ON CONFLICT (hour, product_id) DO UPDATE SET weight = commerce_hour.weight + excluded.weight
            """
        )
    }

    func cursor(_ name: String) throws -> Int64 {
        try self.tx.value("SELECT number FROM commerce_figure_cursor WHERE name = \(name)") ?? 0
    }

    func setCursor(_ name: String, _ number: Int64) throws {
        try self.tx.execute(
            """
            INSERT INTO commerce_figure_cursor (name, number) VALUES (\(name), \(number))
            ON CONFLICT (name) DO UPDATE SET number = excluded.number
            """
        )
    }

    // MARK: Reading

    struct Hour: RowDecodable {
        let product: ProductID
        let hour: Int64
        let weight: Int64

        static let columns: StaticString = "product_id, hour, weight"

        init(row: inout Row) throws {
            self.product = try row.column()
            self.hour = try row.column()
            self.weight = try row.column()
        }
    }

    func listHours(since moment: Timestamp) throws -> [Hour] {
        try self.tx.rows(
            "SELECT \(raw: Hour.columns) FROM commerce_hour WHERE hour >= \(moment.seconds / 3600) AND weight <> 0"
        )
    }

    /// What a report is asked for.
    struct Scope: Sendable {
        let from: Int64
        let through: Int64
        var channel: String?
        var product: ProductID?
        /// Whose products; all without it.
        var merchants = MerchantScope.all

        fileprivate var condition: SQL {
            var conditions: [SQL] = ["day >= \(self.from)", "day <= \(self.through)"]
            if self.merchants != .all {
                let own = SQL.all(self.merchants.conditions(on: "merchant_id"))
                conditions.append("product_id IN (SELECT id FROM commerce_product WHERE \(own))")
            }
            if let channel { conditions.append("channel = \(channel)") }
            if let product { conditions.append("product_id = \(product)") }
            return SQL.all(conditions)
        }
    }

    /// By which column a report is divided.
    enum Division: String, Sendable, CaseIterable {
        case day, channel, developer, creator, product

        fileprivate var column: StaticString {
            switch self {
            case .day: "CAST(day AS TEXT)"
            case .channel: "channel"
            case .developer: "account_id"
            case .creator: "creator"
            case .product: "CAST(product_id AS TEXT)"
            }
        }
    }

    /// Everything that is kept, for comparing.
    func listAll() throws -> (counts: [FigureKey: FigureCounts], money: [FigureKey: [String: FigureMoney]]) {
        let key = { (row: inout Row) in
            FigureKey(
                day: try row.column(),
                account: try row.column(),
                channel: try row.column(),
                product: try row.column(),
                creator: try row.column()
            )
        }
        let counts = try self.tx.rows(
            "SELECT day, account_id, channel, product_id, creator, cards, clicks, unique_clicks FROM commerce_figure"
        ) { row in
            (
                try key(&row),
                FigureCounts(cards: try row.column(), clicks: try row.column(), uniqueClicks: try row.column())
            )
        }
        let money = try self.tx.rows(
            """
            SELECT day, account_id, channel, product_id, creator, currency, orders, gmv, refunded, cost FROM commerce_money
            """
        ) { row in
            (
                try key(&row), try row.column(String.self),
                FigureMoney(
                    orders: try row.column(),
                    gmv: try row.column(),
                    refunded: try row.column(),
                    cost: try row.column()
                )
            )
        }
        return (Dictionary(counts) { $1 }, money.reduce(into: [:]) { $0[$1.0, default: [:]][$1.1] = $1.2 })
    }

    func counts(_ scope: Scope, by division: Division) throws -> [String: FigureCounts] {
        let rows = try self.tx.rows(
            """
            SELECT \(raw: division.column), CAST(SUM(cards) AS BIGINT), CAST(SUM(clicks) AS BIGINT),
                CAST(SUM(unique_clicks) AS BIGINT)
            FROM commerce_figure WHERE \(scope.condition) GROUP BY \(raw: division.column)
            """
        ) { row in
            (
                try row.column(String.self),
                FigureCounts(cards: try row.column(), clicks: try row.column(), uniqueClicks: try row.column())
            )
        }
        return Dictionary(rows) { $1 }
    }

    func money(_ scope: Scope, by division: Division) throws -> [String: [String: FigureMoney]] {
        let rows = try self.tx.rows(
            """
            SELECT \(raw: division.column), currency, CAST(SUM(orders) AS BIGINT), CAST(SUM(gmv) AS BIGINT),
                CAST(SUM(refunded) AS BIGINT), CAST(SUM(cost) AS BIGINT)
            FROM commerce_money WHERE \(scope.condition) GROUP BY \(raw: division.column), currency
            """
        ) { row in
            (
                try row.column(String.self), try row.column(String.self),
                FigureMoney(
                    orders: try row.column(),
                    gmv: try row.column(),
                    refunded: try row.column(),
                    cost: try row.column()
                )
            )
        }
        return rows.reduce(into: [:]) { $0[$1.0, default: [:]][$1.1] = $1.2 }
    }
}

extension Transaction {
    var figures: FigureStore { FigureStore(tx: self) }
}
