import Kernel
import Platform
import Storage
import Web

extension Forum {
    /// What several routes share.
    struct Parts: Sendable {
        let events: PostEvents
        let posts: PostService
        let memberPosts: MemberPostService
        let logins: LoginService
        let recovery: PasswordRecovery
        let members: MemberService
        let moderation: ModerationService
        let reports: ReportService
        let filter: WordFilter
        let training: WordTraining
        let agents: AgentService
        let keys: PartnerKeys
        let applications: ApplicationService
        let orders: OrderService
        let months: MonthService
        let days: BusinessDays

        init(_ house: SurfaceDependencies, _ settings: ForumSettings, _ judge: StampJudge) {
            let (database, ids) = (house.database, house.ids)
            self.events = PostEvents(publicURL: house.publicURL)
            self.filter = WordFilter(database: database)
            self.training = WordTraining(database: database, ids: ids)
            let placement = PostPlacement(ids: ids)
            let scorer = PostScorer(
                database: database,
                filter: self.filter,
                links: TrackedLinks(hosts: settings.shopHosts, publicURL: house.publicURL, ids: ids)
            )
            self.posts = PostService(
                database: database,
                ids: ids,
                judge: judge,
                prices: settings.prices,
                holdsUnverified: settings.holdsUnverified,
                events: self.events,
                placement: placement,
                scorer: scorer
            )
            self.memberPosts = MemberPostService(
                database: database,
                ids: ids,
                events: self.events,
                placement: placement,
                scorer: scorer
            )
            self.logins = LoginService(database: database, ids: ids, clock: house.clock)
            self.recovery = PasswordRecovery(self.logins, house, ForumContract.shared)
            self.members = MemberService(database: database, ids: ids, logins: self.logins)
            self.moderation = ModerationService(database: database, ids: ids, events: self.events)
            self.reports = ReportService(database: database, events: self.events)
            self.keys = PartnerKeys(database: database, ids: ids, secrets: house.secrets)
            self.days = settings.days
            self.applications = ApplicationService(house, logins: self.logins, keys: self.keys, days: settings.days)
            let ledger = ShareLedger(accounts: house.accounts)
            self.orders = OrderService(
                database: database,
                ledger: ledger,
                windowSeconds: settings.attributionSeconds
            )
            self.months = MonthService(
                database: database,
                ids: ids,
                ledger: ledger,
                rules: settings.payouts,
                publicURL: house.publicURL,
                receivers: { try $1.receivers(of: $0) }
            )
            self.agents = AgentService(
                database: database,
                ids: ids,
                outbound: house.outbound,
                webhooks: AgentWebhooks(ids: ids, secrets: house.secrets)
            )
        }
    }
}
