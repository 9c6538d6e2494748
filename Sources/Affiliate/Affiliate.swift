import HTTPTypes
package import Kernel
import Ledger
import Logging
package import Platform
package import ServiceLifecycle
package import Storage
package import Web

/// The affiliate network: programs, partners, clicks, orders that are counted once, and months that are paid.
package struct Affiliate: Slice {
    package static let name = AffiliateContract.name
    package static let migrations = AffiliateSchema.migrations
    package static let settings = [Setting.countryHeader]
    package static let webhooks = AffiliateWebhooks.dialect
    package static let roles = AffiliateRole.allCases.map(\.rawValue)

    package static func check(_ settings: SettingValues) throws { _ = try Countries.header(settings) }

    package let surface: Surface
    /// Background work.
    package let services: [any Service]
    /// For the operator's console.
    package let keys: AffiliateKeyService
    package let accounts: AccountService
    package let jobKinds: [JobKind]
    package let seed: AffiliateSeed
    private let figures: ProgramFigures
    private let schedule: MonthSchedule

    package init(_ house: SurfaceDependencies, _ settings: SettingValues) throws {
        let parts = Parts(house, Countries(header: try Countries.header(settings)))
        self.keys = parts.keys
        self.accounts = parts.accounts
        self.figures = parts.figures
        self.seed = AffiliateSeed(database: house.database, keys: parts.keys, ids: house.ids)
        self.jobKinds = parts.close.kinds
        let actions = Self.actions(house, parts)
        let operations =
            ActionRoutes(actions: actions, usage: parts.usage, clock: house.clock).endpoints
            + Self.tracking(house, parts) + Self.operations(house, parts)
        let api = API(operations, at: house.door, of: AffiliateContract.shared)
        self.surface = Surface(
            AffiliateContract.shared,
            endpoints: operations + Self.pages(house, parts, api),
            actions: actions.map(\.name),
            events: AffiliateWebhooks.described
        )
        self.schedule = MonthSchedule(database: house.database, close: parts.close, logger: house.logger)
        self.services = [parts.usage, parts.figures, self.schedule]
    }

    package func makeKey(role: String, owner: String, rateLimit: Int?) async throws -> JSONValue {
        let limit = rateLimit ?? AffiliateKeyService.readsPerMinute
        guard let role = AffiliateRole(rawValue: role) else { throw ConfigurationError("there is no role \(role)") }
        let key = try await self.keys.createAtConsole(owner: owner, role: role, rateLimit: limit)
        return [
            "authorization": .string(key.key), "api_key": .string(key.key), "key_id": .string(key.credential),
            "role": .string(key.role), "rate_limit": .int(limit), "owner_id": .string(owner),
        ]
    }

    /// What figures, payouts and the ledger say against the clicks and orders; a true network gives an empty list.
    package func verify(in tx: Transaction) throws -> [String] { try tx.affiliateAudit.verify() }

    /// Counts at once what the figures are behind by.
    package func catchUp() async throws { try await self.figures.catchUp() }

    /// Closes the last month, if that is due.
    package func closeWhenDue() async throws { try await self.schedule.closeWhenDue() }

    /// What several routes and workers share.
    private struct Parts {
        let keys: AffiliateKeyService
        let usage: KeyUsage
        let figures: ProgramFigures
        let links: Links
        let visitors: VisitorCookie
        let countries: Countries
        let conversions: ConversionService
        let clicks: ClickService
        let partnerships: PartnershipService
        let decisions: DecisionService
        let payouts: PayoutService
        let close: MonthClose
        let bank: BankAccounts
        let accounts: AccountService

        init(_ house: SurfaceDependencies, _ countries: Countries) {
            let (database, ids) = (house.database, house.ids)
            self.keys = AffiliateKeyService(database: database, ids: ids)
            self.usage = KeyUsage(database: database, logger: house.logger)
            self.figures = ProgramFigures(database: database, logger: house.logger)
            self.links = Links(publicURL: house.publicURL, references: ClickReference(secrets: house.secrets))
            self.visitors = VisitorCookie(ids: ids, isSecure: house.publicURL.bytewise.starts(with: "https:"))
            self.countries = countries
            self.conversions = ConversionService(ledger: ConversionLedger(accounts: house.accounts))
            self.clicks = ClickService(
                database: database,
                cache: TrackingCache(database: database),
                conversions: self.conversions,
                figures: self.figures,
                clock: house.clock
            )
            self.partnerships = PartnershipService(database: database, ids: ids)
            self.decisions = DecisionService(ledger: self.conversions.ledger)
            self.payouts = PayoutService(accounts: house.accounts)
            self.close = MonthClose(database: database, payouts: self.payouts, ids: ids)
            self.bank = BankAccounts(database: database, secrets: house.secrets)
            self.accounts = AccountService(
                database: database,
                secrets: house.secrets,
                ids: ids,
                clock: house.clock
            )
        }
    }

    /// The contract's actions, in its order.
    private static func actions(_ house: SurfaceDependencies, _ parts: Parts) -> [Action] {
        let (database, clock) = (house.database, house.clock)
        let others =
            ProgramActions(
                database: database,
                cache: ProgramCache(database: database, clock: clock),
                clock: clock
            ).actions
            + PartnershipActions(database: database, service: parts.partnerships).actions
            + LinkActions(
                database: database,
                selfBack: SelfBack(database: database, partnerships: parts.partnerships, clicks: parts.clicks),
                links: parts.links
            ).actions
            + ReportActions(database: database, clock: clock).actions
            + NotificationActions(database: database).actions
            + ClickActions(database: database, clicks: parts.clicks, links: parts.links).actions
            + ConversionActions(database: database, conversions: parts.conversions).actions
        let access = others.map { ($0.name, $0.access) }
        let common = ["health", "common.categories", "common.stats", "common.profile", "common.api_key_info"]
        return CommonActions(database: database, usage: parts.usage, clock: clock) { role in
            common + access.filter { $0.1.allows(role) }.map(\.0)
        }.actions + others
    }

    private static func tracking(_ house: SurfaceDependencies, _ parts: Parts) -> [Endpoint] {
        TrackingRoutes(
            clicks: parts.clicks,
            links: parts.links,
            visitors: parts.visitors,
            countries: parts.countries
        ).endpoints
            + PostbackRoutes(database: house.database, service: parts.conversions, links: parts.links).endpoints
            + PixelRoutes(
                database: house.database,
                service: parts.conversions,
                links: parts.links,
                visitors: parts.visitors
            ).endpoints
    }

    /// What the contract has no action for: advertisers, the operator, and each account's own affairs.
    private static func operations(_ house: SurfaceDependencies, _ parts: Parts) -> [Endpoint] {
        let (database, clock) = (house.database, house.clock)
        return ProgramRoutes(database: database, clock: clock).endpoints
            + RequestRoutes(database: database, service: parts.partnerships).endpoints
            + ConversionRoutes(database: database, decisions: parts.decisions, why: ConversionWhy(), clock: clock)
            .endpoints
            + OrderReportRoutes(database: database).endpoints
            + BulkDecisionRoutes(database: database, decisions: parts.decisions).endpoints
            + PayoutRoutes(database: database, clock: clock).endpoints
            + ReportRoutes(database: database, clock: clock).endpoints
            + AccountRoutes(
                database: database,
                accounts: parts.accounts,
                door: house.door,
                keys: parts.keys,
                usage: parts.usage,
                tokens: PostbackTokens(database: database, secrets: house.secrets, ids: house.ids),
                bank: parts.bank
            ).endpoints
            + WebhookRoutes(
                subscriptions: house.subscriptions(surface: AffiliateContract.name, AffiliateWebhooks.problems)
            ).endpoints
            + NotificationActions(database: database).endpoints
            + OperatorAccountRoutes(database: database, bank: parts.bank).endpoints
            + CategoryRoutes(database: database).endpoints + SettingRoutes(database: database).endpoints
            + MonthRoutes(database: database, payouts: parts.payouts, close: parts.close).endpoints
    }

    /// What people see.
    private static func pages(_ house: SurfaceDependencies, _ parts: Parts, _ api: API) -> [Endpoint] {
        let workPlace = WorkPlace(
            sessions: house.sessions,
            door: house.door,
            api: api,
            contract: AffiliateContract.shared,
            style: AffiliatePlace.style
        )
        let entry = EntryPages(
            database: house.database,
            accounts: parts.accounts,
            door: house.door,
            workPlace: workPlace,
            sessions: SignIn(
                sessions: house.sessions,
                contract: AffiliateContract.shared,
                formToken: AffiliateProblems.formToken
            ),
            visitors: parts.visitors
        )
        return entry.endpoints
            + workPlace.endpoints(
                PublisherPages().pages + AdvertiserPages().pages
                    + GuidePages(publicURL: house.publicURL).pages + ConversionPages().pages + OperatorPages().pages
                    + MonthPages().pages
                    + AccountPages().pages
            ) + [
                workPlace.download(
                    "/publisher/payouts/{payout_id}/statement.csv",
                    "A statement as CSV",
                    of: "GET /api/v1/payouts/{payout_id}/statement.csv"
                )
            ]
    }
}
