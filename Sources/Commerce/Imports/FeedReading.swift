import Foundation
import Kernel
import Platform
import Web

/// What a line of a feed says: a product, or that one is withdrawn.
struct FeedProduct: Sendable {
    let content: ProductContent
    let isWithdrawn: Bool
    /// The number that the product has in its source, for imports that keep it.
    let number: ProductID?
    /// Videos that show it.
    var videos: [FeedVideo] = []
}

/// A video as a feed names it.
struct FeedVideo: Sendable {
    let taskID: String
    let creator: Creator
    let thumbnail: String
    let url: String
    let tiktokURL: String
    let durationSeconds: Int
    let gmv: Money
    let orders: Int64
    let views: Int64
    let publishedAt: Timestamp
}

/// Reads a record of a feed as a product of a merchant.
struct FeedReading: Sendable {
    static let titleLimit = 500
    static let textLimit = 10_000
    static let attributeLimit = 200
    static let attributeBytes = 1024
    static let galleryLimit = 20

    let format: FeedFormat
    let merchant: Merchant
    let lexicon: Lexicon

    /// Throws a `FeedRejection`.
    func product(_ record: FeedRecord) throws -> FeedProduct {
        self.format == .icecat ? try self.icecat(record) : try self.acp(record)
    }

    // MARK: Agentic Commerce Protocol, Google

    private func acp(_ record: FeedRecord) throws -> FeedProduct {
        guard let id = record.text("item_id", "id") else { throw FeedRejection("item_id", "missing") }
        guard id.utf8.count <= 200, Self.isLine(id) else { throw FeedRejection("item_id", "too_long") }
        let isWithdrawn = record.flag("is_eligible_search") == false
        guard let title = record.text("title") else { throw FeedRejection("title", "missing") }
        var content = ProductContent(externalID: id, title: VisibleLine.of(title, Self.titleLimit))
        content.description = VisibleLine.of(record.text("description") ?? "", Self.textLimit)
        content.brand = VisibleLine.of(record.text("brand") ?? "", 100)
        content.code = VisibleLine.of(record.text("mpn") ?? "", 100)
        content.gtin = VisibleLine.of(record.text("gtin") ?? "", 50)
        guard let link = record.text("url", "link") else { throw FeedRejection("url", "missing") }
        content.link = try self.link(link, "url")
        try self.readImages(record, into: &content)
        try self.readPrice(record, into: &content)
        content.availability = Self.availability(record.text("availability"))
        content.regions = try record.list("target_countries").map { try Self.region($0, "target_countries") }
        if content.regions.isEmpty, let store = record.text("store_country") {
            content.regions = [try Self.region(store, "store_country")]
        }
        content.isAgeRestricted =
            (record.text("age_restriction").flatMap { Int($0) } ?? 0) >= 18 || record.flag("adult") == true
        if let date = record.text("release_date", "date_released") { content.releasedAt = Timestamp(text: date) }
        if let rate = record.text("commission_rate_bps").flatMap({ Int($0) }) {
            guard (0...10_000).contains(rate) else { throw FeedRejection("commission_rate_bps", "out_of_range") }
            content.rateBasisPoints = rate
        }
        content.attributes = try Self.attributes(record.fields.filter { !Self.known.contains($0.key) })
        self.readCategory(record.text("product_category", "google_product_category", "product_type"), into: &content)
        return FeedProduct(
            content: content,
            isWithdrawn: isWithdrawn,
            number: Int64(id).flatMap { $0 > 0 && $0 < 1 << 53 ? ProductID($0) : nil },
            videos: try self.videos(record)
        )
    }

    /// What has a place of its own, or says nothing of the product.
    private static let known: Set<String> = [
        "item_id", "id", "title", "description", "brand", "mpn", "gtin", "url", "link", "image_url", "image_link",
        "additional_image_urls", "additional_image_link", "price", "sale_price", "availability", "target_countries",
        "store_country", "is_eligible_search", "is_eligible_checkout", "age_restriction", "adult", "release_date",
        "date_released", "product_category", "google_product_category", "seller_name", "seller_url",
        "seller_privacy_policy", "seller_tos", "return_policy", "commission_rate_bps", "videos", "group_id",
        "listing_has_variations", "video_link", "model_3d_link",
    ]

    private func readImages(_ record: FeedRecord, into content: inout ProductContent) throws {
        if let image = record.text("image_url", "image_link") { content.image = try self.image(image, "image_url") }
        content.gallery = try record.list("additional_image_urls", "additional_image_link").prefix(Self.galleryLimit)
            .map {
                try self.image($0, "additional_image_urls")
            }
    }

    /// `79.99 USD`; of two prices the lower one is paid.
    private func readPrice(_ record: FeedRecord, into content: inout ProductContent) throws {
        guard let text = record.text("price") else { throw FeedRejection("price", "missing") }
        let price = try Self.price(text, "price")
        content.price = price
        guard let sale = try record.text("sale_price").map({ try Self.price($0, "sale_price") }),
            sale.currency == price.currency,
            sale.micros < price.micros
        else { return }
        (content.price, content.originalPrice) = (sale, price)
    }

    static func price(_ text: String, _ field: String) throws -> Money {
        let parts = text.bytewise.split(" ").map(String.init)
        guard (1...2).contains(parts.count) else { throw FeedRejection(field, "not_a_price") }
        let code = parts.count == 2 ? parts[1].uppercased() : "USD"
        guard let currency = Currency(iso: code) else { throw FeedRejection(field, "unknown_currency") }
        guard let money = Money(parts[0], currency), money.micros <= Self.priceLimit * Micros.perUnit else {
            throw FeedRejection(field, "not_a_price")
        }
        return money
    }

    /// What cannot be read is no licence to sell everywhere.
    private static func region(_ text: String, _ field: String) throws -> Region {
        guard let region = Region(text.trimmed) else { throw FeedRejection(field, "not_a_region") }
        return region
    }

    private static func availability(_ text: String?) -> Availability {
        switch text?.lowercased().bytewise.replacing(" ", with: "_") {
        case "in_stock": .inStock
        case "limited", "limited_availability": .limited
        case "preorder", "pre_order", "backorder": .preorder
        case "out_of_stock": .outOfStock
        default: .unknown
        }
    }

    /// The last part of a path that names a kind of product; else the kind that the title names.
    private func readCategory(_ path: String?, into content: inout ProductContent) {
        let parts = path?.bytewise.list(">") ?? []
        if let last = parts.last {
            content.category = VisibleLine.of(last, 100)
            content.group =
                parts.count > 1 ? VisibleLine.of(parts[0], 100) : self.lexicon.type(named: last)?.group ?? ""
        } else if let type = self.lexicon.type(ofTitle: content.title) {
            (content.category, content.group) = (type.name, type.group)
        }
    }

    // MARK: Icecat

    private func icecat(_ record: FeedRecord) throws -> FeedProduct {
        guard let id = record.text("id"), let number = Int64(id), number > 0, number < 1 << 52 else {
            throw FeedRejection("id", "not_a_number")
        }
        guard let title = record.text("title") else { throw FeedRejection("title", "missing") }
        var content = ProductContent(externalID: id, title: VisibleLine.of(title, Self.titleLimit))
        content.description = VisibleLine.of(record.text("short_description") ?? "", Self.textLimit)
        content.brand = VisibleLine.of(record.text("supplier") ?? "", 100)
        content.code = VisibleLine.of(record.text("name") ?? "", 100)
        content.gtin = record.list("ean").first ?? ""
        if let image = record.text("img_500x500") { content.image = (try? self.image(image, "img_500x500")) ?? "" }
        guard case .integer(let cents)? = record.fields["price"], cents >= 0, cents < 100_000_000_000 else {
            throw FeedRejection("price", "not_a_price")
        }
        content.price = Money(micros: cents * 10_000, .usd)
        content.availability = .inStock
        content.releasedAt = record.text("date_released").flatMap { Timestamp(text: $0) }
        content.attributes = try Self.attributes(
            Dictionary(
                record.fields.compactMap { name, value in
                    name.bytewise.dropping(prefix: "attr_").map { (Self.attributeName($0), value) }
                }
            ) { first, _ in first }
        )
        let declared = record.text("attr_t_product_type").flatMap { Double($0) == nil ? $0 : nil }
        if let declared {
            content.category = self.lexicon.type(named: declared)?.name ?? VisibleLine.of(declared, 100)
            content.group = self.lexicon.type(named: declared)?.group ?? ""
        } else {
            self.readCategory(nil, into: &content)
        }
        return FeedProduct(content: content, isWithdrawn: false, number: ProductID(number))
    }

    /// `t_product_colour` is `product colour`.
    private static func attributeName(_ name: Substring) -> String {
        let words = name.bytewise.cut(at: "_").after ?? name
        return words.bytewise.split("_").joined(separator: " ")
    }
}

extension FeedReading {
    // MARK: Values

    private static func isLine(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control && !$0.isInvisible }
    }

    /// An address that a browser may be sent to. Throws a `FeedRejection`.
    private func link(_ text: String, _ field: String) throws -> String {
        let url = try self.image(text, field)
        let host = try? Outbound.host(of: url)
        let isAllowed =
            self.merchant.linkHosts.isEmpty
            || self.merchant.linkHosts.contains { $0.lowercased() == host?.lowercased() }
        guard isAllowed else { throw FeedRejection(field, "host_not_allowed") }
        let query = url.bytewise.cut(at: "#").before.bytewise.cut(at: "?").after ?? ""
        let names = query.bytewise.split("&").map { $0.bytewise.cut(at: "=").before }
        guard
            !names.contains(where: {
                ($0.removingPercentEncoding ?? String($0)).bytewise.equals(self.merchant.linkParameter)
            })
        else {
            throw FeedRejection(field, "has_link_parameter")
        }
        return url
    }

    /// Throws a `FeedRejection`.
    private func image(_ text: String, _ field: String) throws -> String {
        guard text.utf8.count <= 2000,
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && ![0x22, 0x3C, 0x3E, 0x5C].contains($0) })
        else { throw FeedRejection(field, "not_a_url") }
        let (scheme, rest) = text.bytewise.cut(at: "://")
        guard let rest, ["http", "https"].contains(scheme.lowercased()) else { throw FeedRejection(field, "not_a_url") }
        let authority = rest.bytewise.split(anyOf: "/?#", maxSplits: 1, keepsEmpty: true)[0]
        guard !authority.bytewise.contains("@"), (try? Outbound.host(of: text)) != nil else {
            throw FeedRejection(field, "not_a_url")
        }
        return text
    }

    private static func attributes(_ fields: [String: JSONValue]) throws -> String {
        var kept: [String: JSONValue] = [:]
        for (name, value) in fields where value != .null && value != "" {
            guard name.utf8.count <= 200 else { throw FeedRejection("attributes", "name_too_long") }
            switch value {
            case .string(let text): kept[name] = .string(VisibleLine.of(text, Self.attributeBytes))
            case .array, .object:
                guard Self.depth(value) <= 8, JSON.text(of: value).utf8.count <= Self.attributeBytes else {
                    throw FeedRejection(name, "too_long")
                }
                kept[name] = value
            default: kept[name] = value
            }
            guard kept[name].map({ JSON.text(of: $0).utf8.count <= Self.attributeBytes * 4 }) ?? true else {
                throw FeedRejection(name, "too_long")
            }
        }
        guard kept.count <= Self.attributeLimit else { throw FeedRejection("attributes", "too_many") }
        return JSON.text(of: .object(kept))
    }

    private static func depth(_ value: JSONValue) -> Int {
        switch value {
        case .array(let values): 1 + (values.map(Self.depth).max() ?? 0)
        case .object(let members): 1 + (members.values.map(Self.depth).max() ?? 0)
        default: 0
        }
    }

    // MARK: Videos

    /// Of views, orders and followers; no sum of them leaves its range.
    private static let countLimit: Int64 = 1_000_000_000_000
    /// In units of any currency.
    private static let priceLimit: Int64 = 10_000_000_000

    /// Throws a `FeedRejection`.
    private func videos(_ record: FeedRecord) throws -> [FeedVideo] {
        guard case .array(let values)? = record.fields["videos"] else { return [] }
        return try values.prefix(50).map { value in
            guard let id = value["task_id"]?.string, !id.isEmpty, id.utf8.count <= 100,
                let name = value["creator"]?.string
            else { throw FeedRejection("videos", "without_id_or_creator") }
            let count = { (member: String) in min(max(0, value[member]?.integer ?? 0), Self.countLimit) }
            let address = { (member: String) in try value[member]?.string.map { try self.image($0, "videos") } ?? "" }
            let gmv = try value["gmv"]?.string.map { try Self.price($0, "videos") } ?? Money(micros: 0, .usd)
            return FeedVideo(
                taskID: id,
                creator: Creator(
                    username: Creator.key(name),
                    displayName: VisibleLine.of(value["creator_name"]?.string ?? name, 100),
                    avatar: try address("creator_avatar"),
                    followers: count("creator_followers")
                ),
                thumbnail: try address("thumbnail"),
                url: try address("video_url"),
                tiktokURL: try address("tiktok_video_url"),
                durationSeconds: Int(min(count("duration_s"), 1_000_000)),
                gmv: gmv,
                orders: count("orders"),
                views: count("views"),
                publishedAt: value["published_at"]?.string.flatMap { Timestamp(text: $0) } ?? Timestamp(microseconds: 0)
            )
        }
    }
}
