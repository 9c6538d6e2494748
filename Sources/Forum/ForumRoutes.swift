import Kernel
import Platform
import Search
import Storage
import Web

/// Every endpoint and page of the forum but its document.
struct ForumRoutes: Sendable {
    let search: Search
    private let house: SurfaceDependencies
    private let parts: Forum.Parts
    private let door: PartnerDoor
    private let subdivisions: Subdivisions
    private let finder: PostFinder
    private let members: MemberRoutes
    private let memberPosts: MemberPostRoutes
    private let moderation: ModerationRoutes
    private let threads: ThreadModerationRoutes
    private let notices: NoticeRoutes
    private let filter: FilterRoutes
    private let figures: FigureCache
    private let dashboard: PartnerRoutes
    private let deliveries: DeliveryRoutes
    private let operators: OperatorRoutes

    init(_ house: SurfaceDependencies, _ parts: Forum.Parts, _ door: PartnerDoor, _ subdivisions: Subdivisions) {
        (self.house, self.parts, self.door, self.subdivisions) = (house, parts, door, subdivisions)
        let database = house.database
        self.search = house.search(PostSearch.source(subdivisions))
        self.finder = PostFinder(search: self.search, database: database)
        let edits = parts.memberPosts.edits
        self.members = MemberRoutes(service: parts.members, door: house.door, database: database) { member, tx in
            for post in try tx.posts.list(by: .member(member.id), limit: .max)
            where ![.removed, .appealed, .withdrawn].contains(post.state) {
                try edits.withdraw(post, "member \(member.id)", .none, in: tx)
            }
        }
        self.memberPosts = MemberPostRoutes(service: parts.memberPosts, database: database)
        self.moderation = ModerationRoutes(service: parts.moderation, reports: parts.reports)
        self.threads = ThreadModerationRoutes(
            service: ThreadModeration(database: database),
            publicURL: house.publicURL
        )
        self.notices = NoticeRoutes(database: database, publicURL: house.publicURL)
        self.filter = FilterRoutes(training: parts.training, database: database)
        self.figures = FigureCache(database: database, clock: house.clock)
        self.dashboard = PartnerRoutes(
            keys: parts.keys,
            applications: parts.applications,
            cache: self.figures,
            database: database
        )
        self.deliveries = DeliveryRoutes(database: database)
        self.operators = OperatorRoutes(
            applications: parts.applications,
            months: parts.months,
            database: database,
            days: parts.days
        )
    }

    var endpoints: [Endpoint] { self.partners + self.own + self.reading + self.signedIn }

    /// The contract's, for partners' programs, and the shop's.
    private var partners: [Endpoint] {
        let (house, posts, decisions) = (self.house, self.parts.posts, self.parts.moderation)
        let postRoutes = PostRoutes(service: posts, door: self.door, database: house.database) {
            id,
            text,
            partner,
            visit in
            try await decisions.appeal(
                id,
                text,
                by: { $0.author.partner == partner.id },
                visit.caller.credential,
                visit.call.trace,
                charge: { try posts.chargeAppeal(partner, in: $0) }
            )
        }
        let shop = ShopRoutes(
            orders: self.parts.orders,
            database: house.database,
            ids: house.ids,
            secrets: house.secrets,
            clock: house.clock,
            browsers: BrowserHash(key: house.secrets.derivedKeys("forum click")[0])
        )
        return AgentRoutes(service: self.parts.agents, door: self.door, subdivisions: self.subdivisions).endpoints
            + postRoutes.endpoints
            + StatsRoutes(cache: self.figures, door: self.door, database: house.database).endpoints
            + SpecRoutes(judge: posts.judge, database: house.database, publicURL: house.publicURL).endpoints
            + shop.endpoints
    }

    /// What members, moderators, partners' people and the operator do.
    private var own: [Endpoint] {
        self.members.endpoints + self.memberPosts.endpoints + self.notices.endpoints
            + SearchRoutes(finder: self.finder, publicURL: self.house.publicURL).endpoints
            + self.moderation.endpoints + self.threads.endpoints + self.filter.endpoints + self.dashboard.endpoints
            + self.deliveries.endpoints + self.operators.endpoints
            + CategoryRoutes(database: self.house.database).endpoints
            + DeprecationRoutes(database: self.house.database, ids: self.house.ids).endpoints
    }

    // MARK: Pages

    private var console: Console {
        Console(
            sessions: self.house.sessions,
            door: self.house.door,
            contract: ForumContract.shared,
            style: ForumConsole.style(self.house.database)
        )
    }

    /// What everybody reads.
    private var reading: [Endpoint] {
        let (database, console, url) = (self.house.database, self.console, self.house.publicURL)
        let page = ReadingPage(
            visitors: Visitors(sessions: self.house.sessions, database: database),
            layout: ForumLayout(publicURL: url)
        )
        return ListPages(database: database, console: console, page: page).endpoints
            + ThreadPages(
                database: database,
                subdivisions: self.subdivisions,
                console: console,
                page: page,
                cache: PageCache(database: database)
            ).endpoints
            + SearchPages(
                finder: self.finder,
                subdivisions: self.subdivisions,
                console: console,
                page: page,
                database: database
            ).endpoints + ProfilePages(database: database, console: console, page: page).endpoints
            + FeedRoutes(database: database, publicURL: url).endpoints
            + SitemapRoutes(database: database, publicURL: url).endpoints
    }

    /// How people come in, and what they do then.
    private var signedIn: [Endpoint] {
        let (house, database, console) = (self.house, self.house.database, self.console)
        let signIn = SignIn(
            sessions: house.sessions,
            contract: ForumContract.shared,
            formToken: ForumProblems.formToken
        )
        let entry = EntryPages(members: self.members, door: house.door, recovery: self.parts.recovery)
            .forms(console, signIn)
        let apply = ApplyPage(service: self.parts.applications).form
        let memberPages = MemberPages(
            routes: self.members,
            posts: self.memberPosts,
            database: database,
            console: console
        )
        let partnerPages = PartnerPages(
            routes: self.dashboard,
            deliveries: self.deliveries,
            database: database,
            ids: house.ids,
            members: self.members
        )
        let pages =
            WritingPages(routes: self.memberPosts, moderation: self.moderation, database: database).pages
            + memberPages.pages + [NoticePage(routes: self.notices).page]
            + ModerationPages(routes: self.moderation, database: database, publicURL: house.publicURL).pages
            + [ThreadModerationPage(routes: self.threads, database: database).page]
            + FilterPages(routes: self.filter).pages
            + partnerPages.pages
            + OperatorPages(routes: self.operators, members: self.members, database: database).pages
            + [CategoryPage(routes: CategoryRoutes(database: database), database: database).page]
        return entry.endpoints
            + ApplyRoutes(service: self.parts.applications, secrets: house.secrets).endpoints(
                page: { entry.show(apply, $0, problem: nil) },
                form: { try await entry.enter(apply, $0) }
            ) + console.endpoints(pages) + [memberPages.download]
    }
}
