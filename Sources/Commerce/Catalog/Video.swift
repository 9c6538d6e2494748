import Kernel
import Storage

/// Somebody who shows products in videos.
struct Creator: Sendable, Equatable, RowDecodable {
    /// In lower case, without `@`.
    let username: String
    let displayName: String
    let avatar: String
    let followers: Int64

    static let columns: StaticString = "c.username, c.display_name, c.avatar, c.followers"

    init(row: inout Row) throws {
        self.username = try row.column()
        self.displayName = try row.column()
        self.avatar = try row.column()
        self.followers = try row.column()
    }

    init(username: String, displayName: String, avatar: String = "", followers: Int64 = 0) {
        (self.username, self.displayName, self.avatar) = (username, displayName, avatar)
        self.followers = followers
    }

    /// As it is looked up: case and a leading `@` are ignored.
    static func key(_ text: String) -> String {
        let name = text.bytewise.dropping(prefix: "@").map(String.init) ?? text
        return name.lowercased()
    }
}

/// A video that shows a product, with what came of it.
struct Video: Sendable, Equatable, RowDecodable {
    let taskID: String
    let product: ProductID
    let creator: Creator
    let thumbnail: String
    let url: String
    let tiktokURL: String
    let durationSeconds: Int
    let gmv: Money
    let orders: Int64
    let views: Int64
    let publishedAt: Timestamp

    static let columns: StaticString = """
        v.task_id, v.product_id, v.thumbnail, v.video_url, v.tiktok_url, v.duration_s, v.gmv, v.currency, v.orders, v.views,
        v.published_at, c.username, c.display_name, c.avatar, c.followers
        """

    init(row: inout Row) throws {
        self.taskID = try row.column()
        self.product = try row.column()
        self.thumbnail = try row.column()
        self.url = try row.column()
        self.tiktokURL = try row.column()
        self.durationSeconds = try row.column()
        self.gmv = Money(micros: try row.column(), Currency(code: try row.column()))
        self.orders = try row.column()
        self.views = try row.column()
        self.publishedAt = try row.column()
        self.creator = try Creator(row: &row)
    }

    init(
        taskID: String,
        product: ProductID,
        creator: Creator,
        thumbnail: String = "",
        url: String = "",
        tiktokURL: String = "",
        durationSeconds: Int = 0,
        gmv: Money,
        orders: Int64,
        views: Int64,
        publishedAt: Timestamp
    ) {
        (self.taskID, self.product, self.creator, self.thumbnail) = (taskID, product, creator, thumbnail)
        (self.url, self.tiktokURL, self.durationSeconds) = (url, tiktokURL, durationSeconds)
        (self.gmv, self.orders, self.views, self.publishedAt) = (gmv, orders, views, publishedAt)
    }

    /// The lower end of what orders a view probably brings: Wilson's interval at 95 %, four places.
    ///
    /// More orders than views count as so many views, since counts come late.
    static func conversionScore(orders: Int64, views: Int64) -> FixedPoint {
        let n = Double(max(views, orders))
        guard n > 0 else { return FixedPoint(0, places: 4) }
        let (z, p) = (1.96, Double(orders) / n)
        let middle = p + z * z / (2 * n)
        let spread = z * ((p * (1 - p) + z * z / (4 * n)) / n).squareRoot()
        return FixedPoint(rounding: max(0, (middle - spread) / (1 + z * z / n)), places: 4)
    }

    var conversionScore: FixedPoint { Self.conversionScore(orders: self.orders, views: self.views) }
}
