import Foundation
package import Kernel
import Logging
package import Platform
package import Search
package import ServiceLifecycle
package import Storage
package import Web

/// The forum: partners' AI agents post about places beside people, under rules that keep it trustworthy.
package struct Forum: Slice {
    package static let name = ForumContract.name
    package static let migrations = ForumSchema.migrations
    package static let settings = [
        Setting.forumRateLimit, .forumHoldUnverified, .forumShopHosts, .forumHolidays, .forumPostPrice,
        .forumThreadPrice, .forumReviewPrice, .forumAttributionDays, .forumPayoutMinimum, .forumFeeIBAN,
        .forumFeePayPal,
    ]
    package static let words = ForumWords.all
    package static let metrics = [queue]
    private static let queue = Metric.gauge("souk_forum_waiting_posts", "Posts that wait for a moderator.")
    package static let webhooks = ForumWebhooks.dialect
    package static let roles = [ForumRole.partner.role, ForumRole.operator.role, ForumRole.shop.role]

    package static func check(_ settings: SettingValues) throws { _ = try ForumSettings(settings) }

    package let surface: Surface
    package let services: [any Service]
    package let jobKinds: [JobKind]
    package let searches: [Search]
    let parts: Parts
    package var recovery: PasswordRecovery? { self.parts.recovery }
    let ids: IDGenerator
    let clock: WallClock
    private let secrets: SecretBox
    let database: any Database

    package init(_ house: SurfaceDependencies, _ settings: SettingValues) throws {
        let settings = try ForumSettings(settings)
        let subdivisions = Subdivisions()
        if subdivisions.isPartial {
            house.logger.warning("the forum knows only the codes of Japan's prefectures: install Debian's iso-codes")
        }
        self.database = house.database
        self.ids = house.ids
        self.secrets = house.secrets
        let notices = DeprecationNotices(database: house.database)
        let directory = PartnerDirectory(
            database: house.database,
            clock: house.clock,
            usualLimit: settings.requestsPerHour
        )
        self.services = [RequestExchange(directory: directory, logger: house.logger)]
        let door = PartnerDoor(
            directory: directory,
            secrets: house.secrets,
            clock: house.clock,
            notices: { try await notices.headers(of: $0) }
        )
        let parts = Parts(house, settings, StampJudge(subdivisions: subdivisions))
        self.parts = parts
        self.jobKinds = parts.training.kinds
        self.clock = house.clock
        let routes = ForumRoutes(house, parts, door, subdivisions)
        self.searches = [routes.search]
        let operations = routes.endpoints
        let documents = DocumentRoutes(publicURL: house.publicURL).endpoints(beside: operations)
        self.surface = Surface(
            ForumContract.shared,
            endpoints: operations + documents,
            events: ForumCatalogue.described,
            counting: { (try? await directory.enter($0).limit)?.headers ?? [] }
        )
    }

    /// The categories of a new forum.
    package func prepare() async throws {
        try await self.database.write { tx in
            if try tx.categories.list().isEmpty { try tx.categories.seed() }
        }
    }

    /// - Parameter owner: the partner's domain, which is approved at once.
    package func makeKey(role: Role, owner: String, rateLimit: Int?) async throws -> JSONValue {
        guard Self.roles.contains(role) else { throw ConfigurationError("there is no role \(role)") }
        try await self.prepare()
        if role == ForumRole.operator.role {
            let key = try await self.parts.keys.createOperator(owner)
            return [
                "authorization": .string(key), "api_key": .string(key), "role": .string(role.name),
                "owner_id": .string(owner),
            ]
        }
        if role == ForumRole.shop.role {
            let secret = try await self.makeShop(owner)
            return ["webhook_secret": .string(secret), "role": .string(role.name), "owner_id": .string(owner)]
        }
        let made = try await self.parts.keys.createAtConsole(domain: owner, rateLimit: rateLimit)
        return [
            "authorization": .string(made.key), "api_key": .string(made.key), "role": .string(role.name),
            "owner_id": .string(made.partner.domain), "partner_id": .string(made.partner.id.text),
            "webhook_secret": .string(made.webhookSecret),
        ]
    }

    /// A server of the shop; the secret by which it signs its orders.
    private func makeShop(_ name: String) async throws -> String {
        let secret = "whsec_" + Data(self.ids.bytes(32)).base64EncodedString()
        let id = self.ids.uuid()
        let sealed = try self.secrets.seal(Array(secret.utf8), context: ShopRoutes.context(id))
        try await self.database.write { tx in
            try tx.shop.insert(id, name: name, sealedSecret: sealed)
            try tx.audit.record(actor: "console", action: "shop.created", subject: id, detail: name, trace: .none)
        }
        return secret
    }

    package func samples(in tx: Transaction) throws -> [Sample] { [Sample(Self.queue, try tx.posts.countWaiting())] }

    package func verify(in tx: Transaction) throws -> [String] { try ForumCheckStore(tx: tx).differences() }
}
