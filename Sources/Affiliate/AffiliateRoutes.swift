import HTTPTypes
import Kernel
import Platform
import Web

/// What clients do: each noun's operations, as actions of the contract and as routes beside them. The pages share them.
struct AffiliateRoutes: Sendable {
    let common: CommonActions
    let programActions: ProgramActions
    let partnershipActions: PartnershipActions
    let linkActions: LinkActions
    let reportActions: ReportActions
    let notices: NotificationActions
    let clicks: ClickActions
    let conversionActions: ConversionActions
    /// The contract's actions, in its order.
    let actions: [Action]

    let usage: KeyUsage
    let clock: WallClock
    let tracking: TrackingRoutes
    let postbacks: PostbackRoutes
    let pixel: PixelRoutes

    let programs: ProgramRoutes
    let requests: RequestRoutes
    let conversions: ConversionRoutes
    let orderReports: OrderReportRoutes
    let bulk: BulkDecisionRoutes
    let payouts: PayoutRoutes
    let reports: ReportRoutes
    let account: AccountRoutes
    let webhooks: WebhookRoutes
    let operatorAccounts: OperatorAccountRoutes
    let categories: CategoryRoutes
    let settings: SettingRoutes
    let months: MonthRoutes
    let jobs: JobOperations

    init(_ house: SurfaceDependencies, _ parts: Affiliate.Parts) {
        let (database, clock) = (house.database, house.clock)
        (self.usage, self.clock) = (parts.usage, clock)
        let cache = ProgramCache(database: database, search: parts.programSearch, clock: clock)
        self.programActions = ProgramActions(database: database, cache: cache, clock: clock)
        self.partnershipActions = PartnershipActions(database: database, service: parts.partnerships)
        let selfBack = SelfBack(database: database, partnerships: parts.partnerships, clicks: parts.clicks)
        self.linkActions = LinkActions(database: database, selfBack: selfBack, links: parts.links)
        self.reportActions = ReportActions(database: database, clock: clock)
        self.notices = NotificationActions(operations: NoticeOperations(database, access: .roles(nil)))
        self.clicks = ClickActions(database: database, clicks: parts.clicks, links: parts.links)
        self.conversionActions = ConversionActions(database: database, conversions: parts.conversions)
        let searched = self.programActions.actions + self.partnershipActions.actions + self.linkActions.actions
        let others =
            searched + self.reportActions.actions + self.notices.actions + self.clicks.actions
            + self.conversionActions.actions
        let access = others.map { ($0.name, $0.access) }
        let open = ["health", "common.categories", "common.stats", "common.profile", "common.api_key_info"]
        self.common = CommonActions(database: database, usage: parts.usage, clock: clock) { role in
            open + access.filter { $0.1.allows(role) }.map(\.0)
        }
        self.actions = self.common.actions + others

        self.tracking = TrackingRoutes(
            clicks: parts.clicks,
            links: parts.links,
            visitors: parts.visitors,
            countries: parts.countries
        )
        self.postbacks = PostbackRoutes(database: database, service: parts.conversions, links: parts.links)
        self.pixel = PixelRoutes(
            database: database,
            service: parts.conversions,
            links: parts.links,
            visitors: parts.visitors
        )

        self.programs = ProgramRoutes(database: database, clock: clock)
        self.requests = RequestRoutes(database: database, service: parts.partnerships)
        self.conversions = ConversionRoutes(
            database: database,
            decisions: parts.decisions,
            why: ConversionWhy(),
            clock: clock
        )
        self.orderReports = OrderReportRoutes(database: database)
        self.bulk = BulkDecisionRoutes(database: database, decisions: parts.decisions)
        self.payouts = PayoutRoutes(database: database, clock: clock)
        self.reports = ReportRoutes(database: database, clock: clock)
        self.account = Self.account(house, parts)
        self.webhooks = WebhookRoutes(
            operations: .init(
                house.subscriptions(AffiliateWebhooks.dialect, AffiliateWebhooks.problems),
                access: .roles(nil)
            )
        )
        self.operatorAccounts = OperatorAccountRoutes(database: database, bank: parts.bank)
        self.categories = CategoryRoutes(database: database)
        self.settings = SettingRoutes(database: database)
        self.jobs = JobOperations(
            AffiliateContract.shared,
            house,
            .init(notFound: AffiliateProblems.jobNotFound),
            access: .roles(.operators)
        )
        self.months = MonthRoutes(database: database, payouts: parts.payouts, close: parts.close)
    }

    private static func account(_ house: SurfaceDependencies, _ parts: Affiliate.Parts) -> AccountRoutes {
        AccountRoutes(
            database: house.database,
            accounts: parts.accounts,
            door: house.door,
            keys: parts.keys,
            usage: parts.usage,
            tokens: PostbackTokens(database: house.database, secrets: house.secrets, ids: house.ids),
            bank: parts.bank
        )
    }

    var endpoints: [Endpoint] {
        let contract =
            ActionRoutes(actions: self.actions, usage: self.usage, clock: self.clock).endpoints
            + self.tracking.endpoints + self.postbacks.endpoints + self.pixel.endpoints
        let advertising =
            self.programs.endpoints + self.requests.endpoints + self.conversions.endpoints
            + self.orderReports.endpoints + self.bulk.endpoints + self.payouts.endpoints + self.reports.endpoints
        let accounts = self.account.endpoints + self.webhooks.endpoints + self.notices.endpoints
        let operating =
            self.operatorAccounts.endpoints + self.categories.endpoints + self.settings.endpoints
            + self.months.endpoints + [
                .affiliate(.get, "/api/v1/jobs", tag: JobOperations.tag, self.jobs.list),
                .affiliate(.get, "/api/v1/jobs/{job_id}", tag: JobOperations.tag, self.jobs.job),
            ]
        return contract + advertising + accounts + operating
    }
}
