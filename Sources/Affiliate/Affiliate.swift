import HTTPTypes
package import Kernel
import Ledger
import Logging
package import Platform
package import Search
package import ServiceLifecycle
package import Storage
package import Web

/// The affiliate network: programs, partners, clicks, orders that are counted once, and months that are paid.
package struct Affiliate: Slice {
    package static let name = AffiliateContract.name
    package static let migrations = AffiliateSchema.migrations
    package static let settings = [Setting.countryHeader]
    package static let words = AffiliateWords.all
    package static let webhooks = AffiliateWebhooks.dialect
    package static let roles = AffiliateRole.allCases.map(\.role)

    package static func check(_ settings: SettingValues) throws { _ = try Countries.header(settings) }

    package let surface: Surface
    /// Background work.
    package let services: [any Service]
    /// For the operator's console.
    package let keys: AffiliateKeyService
    package let accounts: AccountService
    package let recovery: PasswordRecovery?
    package let jobKinds: [JobKind]
    package let searches: [Search]
    /// For other surfaces of the house.
    package let inside: AffiliateInside
    let demoSeed: AffiliateSeed
    private let figures: ProgramFigures
    private let schedule: MonthSchedule

    package init(_ house: SurfaceDependencies, _ settings: SettingValues) throws {
        let parts = Parts(house, Countries(header: try Countries.header(settings)))
        self.keys = parts.keys
        self.inside = AffiliateInside(parts: parts, database: house.database)
        self.searches = [parts.programSearch]
        self.accounts = parts.accounts
        self.recovery = parts.recovery
        self.figures = parts.figures
        self.demoSeed = AffiliateSeed(database: house.database, keys: parts.keys, ids: house.ids)
        self.jobKinds = parts.close.kinds
        let routes = AffiliateRoutes(house, parts)
        self.surface = Surface(
            AffiliateContract.shared,
            endpoints: routes.endpoints + Self.pages(house, parts, routes),
            actions: routes.actions.map { NamedAction(name: $0.name, refusals: $0.refusals) },
            events: AffiliateWebhooks.described
        )
        self.schedule = MonthSchedule(database: house.database, close: parts.close, logger: house.logger)
        self.services = [parts.usage, parts.figures, self.schedule]
    }

    package func makeKey(role: Role, owner: String, rateLimit: Int?) async throws -> JSONValue {
        let limit = rateLimit ?? AffiliateKeyService.readsPerMinute
        guard let role = AffiliateRole(role) else { throw ConfigurationError("there is no role \(role)") }
        let key = try await self.keys.createAtConsole(owner: owner, role: role, rateLimit: limit)
        return [
            "authorization": .string(key.key), "api_key": .string(key.key), "key_id": .string(key.credential),
            "role": .string(key.role.name), "rate_limit": .int(limit), "owner_id": .string(owner),
        ]
    }

    /// What figures, payouts and the ledger say against the clicks and orders; a true network gives an empty list.
    package func noteRevoked(_ credential: String, in tx: Transaction) throws {
        try tx.affiliateKeys.revoke(credential)
    }

    package func verify(in tx: Transaction) throws -> [String] { try tx.affiliateAudit.verify() }

    /// Counts at once what the figures are behind by.
    package func catchUp() async throws { try await self.figures.catchUp() }

    /// Closes the last month, if that is due.
    package func closeWhenDue() async throws { try await self.schedule.closeWhenDue() }

    /// What several routes and workers share.
    struct Parts {
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
        let recovery: PasswordRecovery
        let programSearch: Search

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
            self.programSearch = house.search(ProgramSearch.source)
            self.bank = BankAccounts(database: database, secrets: house.secrets)
            self.accounts = AccountService(
                database: database,
                secrets: house.secrets,
                ids: ids,
                clock: house.clock
            )
            self.recovery = PasswordRecovery(self.accounts, house, AffiliateContract.shared)
        }
    }

    /// What people see.
    private static func pages(_ house: SurfaceDependencies, _ parts: Parts, _ routes: AffiliateRoutes) -> [Endpoint] {
        let console = Console(
            sessions: house.sessions,
            door: house.door,
            contract: AffiliateContract.shared,
            style: AffiliateConsole.style(house.database)
        )
        let entry = EntryPages(
            database: house.database,
            accounts: parts.accounts,
            door: house.door,
            visitors: parts.visitors,
            recovery: parts.recovery
        )
        let signIn = SignIn(
            sessions: house.sessions,
            contract: AffiliateContract.shared,
            formToken: AffiliateProblems.formToken
        )
        return [FrontPage(database: house.database, search: parts.programSearch, console: console).endpoint]
            + entry.forms(console, signIn).endpoints
            + console.endpoints(
                PublisherPages(
                    programs: routes.programActions,
                    partnershipActions: routes.partnershipActions,
                    requests: routes.requests,
                    linkActions: routes.linkActions,
                    reports: routes.reportActions,
                    common: routes.common
                ).pages
                    + AdvertiserPages(
                        routes: routes.programs,
                        reports: routes.orderReports,
                        form: ProgramForm(common: routes.common)
                    ).pages
                    + PayoutPages(reports: routes.reportActions, payoutRoutes: routes.payouts).pages
                    + RequestPages(requestRoutes: routes.requests).pages
                    + GuidePages(
                        publicURL: house.publicURL,
                        account: routes.account,
                        routes: routes.programs,
                        postback: routes.postbacks.query,
                        pixel: routes.pixel.image
                    ).pages
                    + ConversionPages(
                        routes: routes.conversions,
                        bulk: routes.bulk
                    ).pages
                    + ReportPages(reportRoutes: routes.reports).pages
                    + OperatorPages(
                        accountRoutes: routes.operatorAccounts,
                        categoryRoutes: routes.categories,
                        settingRoutes: routes.settings,
                        common: routes.common
                    ).pages
                    + MonthPages(routes: routes.months).pages + JobPages(routes.jobs, roles: .operators).pages
                    + AccountPages(routes: routes.account).pages + KeyPages.affiliate(routes.account).pages
                    + NoticePages(routes.notices.operations, NoticeAddresses(house, AffiliateContract.shared)).pages
                    + WebhookPages(
                        routes.webhooks.operations,
                        words: AffiliateWords.all,
                        notFound: AffiliateProblems.webhookNotFound
                    ).pages
            ) + [
                console.download(
                    "/publisher/payouts/{payout_id}/statement.csv",
                    "A statement as CSV",
                    of: routes.payouts.csvEndpoint
                )
            ]
    }
}
