import Kernel
import Platform
import Web

/// What people see of the market, and the contract's own dashboard among it.
struct MarketPages: Sendable {
    let house: SurfaceDependencies
    let parts: Market.Parts
    let routes: MarketRoutes

    private var console: Console {
        Console(
            sessions: self.house.sessions,
            door: self.house.door,
            contract: MarketContract.shared,
            style: MarketPage.style
        )
    }

    private var entryPages: EntryPages {
        EntryPages(
            door: self.house.door,
            publicURL: self.house.publicURL,
            accounts: self.parts.accountService,
            recovery: self.parts.recovery
        )
    }

    private var entry: EntryForms {
        EntryForms(
            self.console,
            SignIn(
                sessions: self.house.sessions,
                contract: MarketContract.shared,
                formToken: MarketProblems.formToken
            ),
            forms: self.entryPages.forms,
            home: EntryPages.home
        )
    }

    var endpoints: [Endpoint] {
        self.entry.endpoints + self.console.endpoints(self.signedIn) + self.service.endpoints + self.downloads
            + self.dashboard.endpoints + self.info.endpoints
    }

    private var signedIn: [ConsolePage] {
        let routes = self.routes
        return AccountPages(cache: self.parts.cache, billing: routes.billing, jobs: routes.jobs).pages
            + SpendingPage(routes: routes.spending, clock: self.house.clock).pages
            + DepositPages(
                methods: self.parts.rails.offered,
                routes: routes.deposits,
                refunds: routes.refunds
            ).pages
            + KeyPages.market(routes.keys).pages + SettingsPage(routes: routes.account).pages
            + KeyCapPage(routes: routes.keyCaps).pages
            + WebhookPages(
                routes.webhooks.operations,
                words: MarketWords.all,
                notFound: MarketProblems.webhookNotFound
            ) { request in .goTo(JobPages.path(of: try await request.submit(routes.jobs.replay))) }.pages
            + ProviderPages(portal: routes.portal, listings: routes.listings).pages
            + OperatorPages(ids: self.house.ids, routes: routes).pages
            + TodayPage(routes: routes).pages + AccountAdminPages(routes: routes.accounts).pages
            + ServiceAdminPages(routes: routes.services, admin: routes.admin).pages
            + LedgerPages(routes: routes.operations).pages + ServerPages(routes: routes.operations).pages
            + JobPages(routes.jobs.operations).pages
            + NoticePages(routes.notices, self.parts.accountService.addresses).pages
    }

    private var service: ServicePages {
        ServicePages(
            cache: self.parts.cache,
            proxy: self.routes.proxy.endpoints,
            console: self.console,
            methods: self.parts.rails.offered,
            ids: self.house.ids,
            publicURL: self.house.publicURL
        )
    }

    private var downloads: [Endpoint] {
        [
            self.console.download(
                "/account/jobs/{job_id}/file",
                "The file of a job",
                of: self.routes.jobs.operations.fileEndpoint
            ),
            self.console.download("/account/usage.csv", "Usage as CSV", of: self.routes.billing.csvEndpoint),
            self.console.download(
                "/account/settlements/{settlement_id}/usage.csv",
                "A settlement's calls as CSV",
                of: self.routes.settlements.csvEndpoint
            ),
        ]
    }

    private var dashboard: DashboardRoutes {
        DashboardRoutes(
            database: self.house.database,
            rollUps: self.parts.rollUps,
            sessions: self.house.sessions,
            entry: self.entry,
            form: self.entryPages.dashboardForm,
            console: self.console
        )
    }

    private var info: InfoRoutes {
        InfoRoutes(
            clock: self.house.clock,
            page: MarketPage(
                database: self.house.database,
                cache: self.parts.cache,
                rollUps: self.parts.rollUps,
                search: self.parts.listingSearch,
                publicURL: self.house.publicURL
            ),
            console: self.console
        )
    }
}
