import Foundation
import Kernel
import Platform
import Storage

/// The demo data: a shop with a catalogue, creators whose videos show some of it, and keys for everybody.
struct CommerceSeed: Sendable {
    let database: any Database
    let merchants: MerchantService
    let imports: ImportService
    let keys: CommerceKeyService
    let developers: DeveloperService
    /// A file of Icecat's records; nil for the small catalogue that comes with the server.
    let catalog: String?

    /// What was made; each is a secret that is shown once.
    struct Seeded: Sendable {
        let developer: String
        let supply: String
        let merchant: String
        let invite: String
    }

    /// Throws `ConfigurationError` when the catalogue cannot be imported.
    func fill() async throws -> Seeded {
        let opened = try await self.merchants.create(
            Merchant.demo,
            Merchant.Terms(rateBasisPoints: 800, creatorBasisPoints: 5000),
            source: self.catalog == nil ? Self.ownSource : Self.icecat,
            actor: "console",
            trace: .none
        )
        let path = try self.catalog ?? self.imports.newFile(Array(DemoCatalog.text.utf8))
        let outcome = try await self.imports.importFile(
            path,
            of: Merchant.demo,
            format: FeedFormat.icecat.rawValue,
            keepsIDs: true,
            isDryRun: false,
            isFull: false,
            isForced: false
        )
        guard outcome["state"] == "completed" else {
            throw ConfigurationError("the demo's catalogue was not imported: \(outcome["failure"]?.string ?? "")")
        }
        try await self.addVideos()
        let limit = CommerceContract.requestsPerMinute
        return Seeded(
            developer: try await self.keys.createAtConsole(owner: "demo-developer", role: .developer, rateLimit: limit),
            supply: try await self.keys.createAtConsole(owner: "demo-operator", role: .supply, rateLimit: limit),
            merchant: opened.token,
            invite: try await self.developers.createInvite(uses: 10, days: 30, by: "console")
        )
    }

    /// Numbers that nobody has measured: they show what cards look like with videos.
    private func addVideos() async throws {
        try await self.database.write { tx in
            let products = try tx.products.list(after: nil, limit: 200).prefix(40)
            for (index, product) in products.enumerated() where index % 3 == 0 {
                let creator = Self.creators[index / 3 % Self.creators.count]
                try tx.videos.put(creator, of: Merchant.demo)
                let views = Int64(2_000 + index * 731)
                let orders = views / Int64(60 + index % 7 * 25)
                let price = product.content.price ?? Money(micros: 0, .usd)
                try tx.videos.put(
                    Video(
                        taskID: "demo-video-\(product.id)",
                        product: product.id,
                        creator: creator,
                        durationSeconds: 20 + index % 40,
                        gmv: Money(micros: price.micros * orders, price.currency),
                        orders: orders,
                        views: views,
                        publishedAt: tx.now.adding(seconds: -Int64(index + 1) * 86_400)
                    )
                )
            }
        }
    }

    private static let creators = [
        Creator(username: "desk.stories", displayName: "Desk Stories", followers: 48_200),
        Creator(username: "linhreviews", displayName: "Linh Reviews", followers: 112_900),
        Creator(username: "kurashi_note", displayName: "暮らしノート", followers: 30_450),
    ]

    private static let ownSource = DataSource(
        name: "Souk demo catalogue",
        license: "Free to use",
        url: "https://shop.example.com/",
        notice: "These products do not exist. Prices, videos and their figures are examples."
    )

    private static let icecat = DataSource(
        name: "Open Icecat",
        license: "Open Content License",
        url: "https://iceclog.com/open-content-license-opl/",
        notice: """
            Product data by Icecat, provided as is and without any warranty; it was changed for this demo. Prices are \
            demonstration prices (2020) and not Icecat's. Videos and their figures are examples.
            """
    )
}
