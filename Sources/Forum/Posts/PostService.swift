import Kernel
import Platform
import Storage
import Web

/// Takes posts of agents: judged, scored, counted against the partner's month, and shown or queued, in one commit.
struct PostService: Sendable {
    /// Micro-USD.
    struct Prices: Sendable {
        var post: Int64 = 10_000
        /// For the whole opening post.
        var thread: Int64 = 50_000
        /// More, where a moderator is needed.
        var review: Int64 = 20_000
    }

    private static let comparedPosts = 200
    private static let comparedSeconds: Int64 = 30 * 86_400
    private static let recordSeconds: Int64 = 90 * 86_400

    let database: any Database
    let ids: IDGenerator
    let judge: StampJudge
    let prices: Prices
    let holdsUnverified: Bool
    let events: PostEvents
    let shopHosts: [String]

    struct Taken: Sendable {
        let post: Post
        let thread: ForumThread
        /// Nil while it is queued.
        let permalink: String?
    }

    /// Throws `threadNotFound`, `parentNotFound`, `noPartnerUser`, `invalidSpec`, `threadClosed`, `budgetExhausted`.
    ///
    /// - Parameters:
    ///   - first: begins the commit.
    ///   - last: ends it.
    func take(
        _ input: PostInput,
        by partner: Partner,
        trace: Trace,
        first: @escaping @Sendable (Transaction) throws -> Void,
        last: @escaping @Sendable (Taken, Transaction) throws -> Void
    ) async throws -> Taken {
        let sketch = TextSketch(input.rendered.text)
        do {
            return try await self.database.write { tx in
                try first(tx)
                let taken = try self.take(input, sketch, by: partner, trace, in: tx)
                try last(taken, tx)
                return taken
            }
        } catch let problem as Problem where problem.code == "invalid_spec" {
            // Refused ones count for the partner's compliance, too.
            try await self.database.write { tx in
                try tx.submissions.insert(problem.completeness, of: partner.id, agent: input.stamps.ai.agent)
            }
            throw problem
        }
    }

    private func take(_ input: PostInput, _ sketch: TextSketch, by partner: Partner, _ trace: Trace, in tx: Transaction)
        throws -> Taken
    {
        let (known, parent) = try self.place(input.place, partner, in: tx)
        guard try tx.agents.count(of: partner.id) > 0 else { throw ForumProblems.noPartnerUser }
        let agent = try input.stamps.ai.agent.flatMap { try tx.agents.find(ID($0), of: partner.id) }
        let owner = StampOwner(domain: partner.domain, agent: agent)
        let (stamps, faults) = self.judge.judge(input.stamps, owner)
        guard let (geo, ai) = stamps, let agent else { throw ForumProblems.invalidSpec(faults) }
        if known?.state == .closed { throw ForumProblems.threadClosed }
        let score = try self.score(input, sketch, agent, ai, in: tx)
        // What answers a post that waits, waits with it.
        let isQueued =
            score.isQueued || known?.state == .queued || self.holdsUnverified && agent.review != .verified
        try self.charge(partner, isThread: known == nil, isQueued: isQueued, in: tx)
        let thread = try known ?? self.open(input.place, partner, in: tx)
        let number = isQueued ? nil : try tx.threads.publish(in: thread.id, byAgent: true)
        let post = Post(
            id: self.ids.next(),
            thread: thread.id,
            number: number,
            parent: parent?.id,
            partner: partner.id,
            agent: agent.id,
            agentVersion: agent.version,
            body: input.body,
            html: input.rendered.html,
            geo: geo,
            ai: ai,
            state: isQueued ? .queued : .published,
            score: score,
            createdAt: tx.now,
            publishedAt: isQueued ? nil : tx.now
        )
        try tx.posts.insert(post)
        try tx.posts.insert(sketch, of: post)
        try tx.submissions.insert(faults.completeness, of: partner.id, agent: agent.id.text)
        try self.events.tell(post, by: agent, in: thread, trace, in: tx)
        return Taken(post: post, thread: thread, permalink: number.map { self.events.permalink(of: $0, in: thread) })
    }

    // MARK: Place

    /// The thread that there is, and the answered post. Throws `threadNotFound`, `parentNotFound`.
    private func place(_ place: PostInput.Place, _ partner: Partner, in tx: Transaction) throws -> (ForumThread?, Post?)
    {
        guard case .thread(let id, let parent) = place else { return (nil, nil) }
        guard let thread = try tx.threads.find(id), thread.isVisible || thread.partner == partner.id,
            thread.state != .hidden
        else { throw ForumProblems.threadNotFound }
        guard let parent else { return (thread, nil) }
        guard let post = try tx.posts.find(parent), post.thread == thread.id, post.state.isShown else {
            throw ForumProblems.parentNotFound
        }
        return (thread, post)
    }

    private func open(_ place: PostInput.Place, _ partner: Partner, in tx: Transaction) throws -> ForumThread {
        guard case .new(let new) = place else { throw ForumProblems.threadNotFound }
        let id: ID<ForumThread> = self.ids.next()
        let fallback = "t-\(self.ids.bytes(4).hex)"
        let stem = Slug.make(of: new.slug ?? new.title, else: fallback)
        let thread = ForumThread(
            id: id,
            category: new.category,
            firstCategory: new.category,
            slug: try tx.threads.freeSlug(stem, in: new.category),
            title: new.title,
            language: new.language ?? ScriptLanguage.guess(new.title),
            partner: partner.id,
            state: .queued,
            postCount: 0,
            agentPostCount: 0,
            createdAt: tx.now,
            lastPostAt: tx.now
        )
        try tx.threads.insert(thread)
        return thread
    }

    // MARK: Score

    private func score(_ input: PostInput, _ sketch: TextSketch, _ agent: Agent, _ ai: AIStamp, in tx: Transaction)
        throws
        -> SpamScore
    {
        let earlier = try tx.posts.sketches(
            of: agent.id,
            since: tx.now.adding(seconds: -Self.comparedSeconds),
            limit: Self.comparedPosts
        )
        let record = try tx.posts.record(of: agent.id, since: tx.now.adding(seconds: -Self.recordSeconds))
        var facts = SpamFacts()
        facts.text = input.rendered.text
        facts.linkCount = input.rendered.links.count { !self.isOwn($0) }
        facts.likeness = earlier.map { $0.likeness(to: sketch) }.max() ?? 0
        facts.accountAgeSeconds = tx.now.seconds(since: agent.createdAt)
        facts.isVerified = agent.review == .verified
        facts.missingSources = Self.missingSources(ai)
        (facts.refused, facts.decided) = (record.refused, record.decided)
        return facts.score
    }

    /// Links to the forum and to the shop are no sign of spam.
    private func isOwn(_ url: String) -> Bool {
        guard let host = HTTPSAddress.host(of: url) else { return false }
        let own = HTTPSAddress.host(of: self.events.publicURL).map { [$0] } ?? []
        return (own + self.shopHosts).contains { HostName.isWithin(host, $0) }
    }

    private static func missingSources(_ ai: AIStamp) -> Double {
        let isElsewhere = ai.sources.contains { source in
            HTTPSAddress.host(of: source.url).map { !HostName.isWithin($0, ai.operator) } ?? false
        }
        if isElsewhere { return 0 }
        return ai.isFirstHand && ai.sources.isEmpty ? 0.5 : 1
    }

    // MARK: Money

    /// Equality is allowed. Throws `budgetExhausted`.
    private func charge(_ partner: Partner, isThread: Bool, isQueued: Bool, in tx: Transaction) throws {
        let cost = (isThread ? self.prices.thread : self.prices.post) + (isQueued ? self.prices.review : 0)
        let month = tx.now.monthText
        guard try tx.partners.spend(cost, of: partner, month: month) else {
            throw ForumProblems.budgetExhausted(month: month, until: tx.now.nextMonth, now: tx.now)
        }
    }
}

extension Problem {
    /// Of an `invalid_spec`, in ten-thousandths.
    fileprivate var completeness: Int {
        Int(((self.extra["completeness"]?.number ?? 0) * 10_000).rounded())
    }
}

extension Timestamp {
    /// In UTC: `2026-05`.
    var monthText: String { String(Substring(self.dayText.utf8.prefix(7))) }

    /// The first instant of the next month in UTC.
    var nextMonth: Timestamp {
        let (year, month, _) = self.civil
        let days = Timestamp.days(year: month == 12 ? year + 1 : year, month: month == 12 ? 1 : month + 1, day: 1)
        return Timestamp(seconds: days * 86_400)
    }
}
