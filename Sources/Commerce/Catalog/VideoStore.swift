import Kernel
import Storage

struct VideoStore {
    /// Videos of one product that are looked at.
    private static let productLimit = 50

    let tx: Transaction

    /// A creator whose videos show another merchant's products stays as that one has described them.
    func put(_ creator: Creator, of merchant: String) throws {
        let changed = try self.tx.count(
            """
            INSERT INTO commerce_creator (username, display_name, avatar, followers)
            VALUES (\(creator.username), \(creator.displayName), \(creator.avatar), \(creator.followers))
            ON CONFLICT (username) DO UPDATE SET display_name = excluded.display_name, avatar = excluded.avatar,
                followers = excluded.followers
            WHERE (commerce_creator.display_name <> excluded.display_name OR commerce_creator.avatar <> excluded.avatar
                    OR commerce_creator.followers <> excluded.followers)
                AND NOT EXISTS (SELECT 1 FROM commerce_video v JOIN commerce_product p ON p.id = v.product_id
                    WHERE v.creator = \(creator.username) AND p.merchant_id <> \(merchant))
            """
        )
        guard changed > 0 else { return }
        let shown = try self.tx.rows(
            "SELECT DISTINCT product_id FROM commerce_video WHERE creator = \(creator.username)"
        ) { try $0.column(ProductID.self) }
        for product in shown { try self.tx.invalidate(Product.topic, "\(product)") }
    }

    /// A video that shows another product already stays as it is.
    func put(_ video: Video) throws {
        let changed = try self.tx.count(
            """
            INSERT INTO commerce_video (task_id, product_id, creator, thumbnail, video_url, tiktok_url, duration_s, gmv,
                currency, orders, views, published_at)
            VALUES (\(video.taskID), \(video.product), \(video.creator.username), \(video.thumbnail), \(video.url),
                \(video.tiktokURL), \(video.durationSeconds), \(video.gmv.micros), \(video.gmv.currency.code),
                \(video.orders), \(video.views), \(video.publishedAt))
            ON CONFLICT (task_id) DO UPDATE SET thumbnail = excluded.thumbnail, video_url = excluded.video_url,
                tiktok_url = excluded.tiktok_url, duration_s = excluded.duration_s, gmv = excluded.gmv,
                currency = excluded.currency, orders = excluded.orders, views = excluded.views
            WHERE commerce_video.product_id = excluded.product_id
                AND (commerce_video.thumbnail <> excluded.thumbnail OR commerce_video.video_url <> excluded.video_url
                    OR commerce_video.tiktok_url <> excluded.tiktok_url OR commerce_video.duration_s <> excluded.duration_s
                    OR commerce_video.gmv <> excluded.gmv OR commerce_video.currency <> excluded.currency
                    OR commerce_video.orders <> excluded.orders OR commerce_video.views <> excluded.views)
            """
        )
        if changed > 0 { try self.tx.invalidate(Product.topic, "\(video.product)") }
    }

    func findCreator(_ username: String) throws -> Creator? {
        try self.tx.row("SELECT \(raw: Creator.columns) FROM commerce_creator c WHERE c.username = \(username)")
    }

    /// Of each product those that were watched most.
    func list(of products: [ProductID]) throws -> [Video] {
        guard !products.isEmpty else { return [] }
        let list = SQL.joined(products.map { "\($0)" }, separator: ", ")
        return try self.tx.rows(
            """
            SELECT \(raw: Video.columns) FROM (SELECT o.*, ROW_NUMBER() OVER (PARTITION BY o.product_id ORDER BY o.views DESC, o.task_id)
                AS place FROM commerce_video o WHERE o.product_id IN (\(list))) AS v
            JOIN commerce_creator c ON c.username = v.creator WHERE v.place <= \(Self.productLimit) ORDER BY v.task_id
            """
        )
    }

    /// Of one creator since a moment.
    func list(creator: String, since moment: Timestamp) throws -> [Video] {
        try self.tx.rows(
            """
            SELECT \(raw: Video.columns) FROM commerce_video v JOIN commerce_creator c ON c.username = v.creator
            WHERE v.creator = \(creator) AND v.published_at >= \(moment) ORDER BY v.task_id
            """
        )
    }

    func find(_ taskID: String) throws -> Video? {
        try self.tx.row(
            """
            SELECT \(raw: Video.columns) FROM commerce_video v JOIN commerce_creator c ON c.username = v.creator
            WHERE v.task_id = \(taskID)
            """
        )
    }
}

extension Transaction {
    var videos: VideoStore { VideoStore(tx: self) }
}
