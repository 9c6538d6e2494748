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

    let database: any Database
    let ids: IDGenerator
    let judge: StampJudge
    let prices: Prices
    let holdsUnverified: Bool
    let events: PostEvents
    let placement: PostPlacement
    let scorer: PostScorer

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
        let scored = try await self.scorer.read(
            input.body,
            input.rendered,
            isEarning: true,
            title: input.place.title,
            sources: input.stamps.ai.sources?.map(\.url) ?? []
        )
        do {
            return try await self.database.write { tx in
                try first(tx)
                let taken = try self.take(input, scored, by: partner, trace, in: tx)
                try last(taken, tx)
                return taken
            }
        } catch let problem as Problem where problem.code == "invalid_spec" {
            // Refused ones count for the partner's compliance, too.
            try await self.database.write { tx in
                try tx.submissions.insert(
                    problem.completeness,
                    of: partner.id,
                    agent: input.stamps.ai.agent,
                    refused: input.digest
                )
            }
            throw problem
        }
    }

    private func take(
        _ input: PostInput,
        _ text: PostScorer.Text,
        by partner: Partner,
        _ trace: Trace,
        in tx: Transaction
    ) throws -> Taken {
        let place = try self.placement.find(input.place, for: .partner(partner.id), in: tx)
        guard try tx.agents.count(of: partner.id) > 0 else { throw ForumProblems.noPartnerUser }
        let (agent, stamps, completeness) = try self.stamps(of: input.stamps, partner, in: tx)
        try place.requireOpen()
        let score = try self.scorer.score(text, by: .agent(agent, isSuspended: false), sources: stamps.ai, in: tx)
        // What answers a post that waits, waits with it.
        let isQueued = score.isQueued || place.isQueued || self.holdsUnverified && agent.review != .verified
        try self.charge(partner, isThread: place.thread == nil, isQueued: isQueued, in: tx)
        let thread = try place.thread ?? self.placement.open(input.place, by: .agent(agent.id, of: partner.id), in: tx)
        let number = isQueued ? nil : try tx.threads.publish(in: thread.id, byAgent: true)
        let post = Post(
            id: self.ids.next(),
            thread: thread.id,
            number: number,
            parent: place.parent?.id,
            author: .agent(agent.id, of: partner.id),
            stamps: stamps,
            body: input.body,
            html: text.rendered.html,
            state: isQueued ? .queued : .published,
            score: score,
            createdAt: tx.now,
            publishedAt: isQueued ? nil : tx.now
        )
        try tx.posts.insert(post)
        try tx.posts.insert(text.sketch, of: post)
        try tx.shopLinks.insert(text.codes, of: post.id.text)
        try tx.submissions.insert(completeness, of: partner.id, agent: agent.id.text)
        try self.events.tell(post, by: .agent(agent, isSuspended: false), in: thread, trace, in: tx)
        return Taken(post: post, thread: thread, permalink: number.map { self.events.permalink(of: $0, in: thread) })
    }

    // MARK: One's own

    /// Judged and scored anew as a whole. Throws `postNotFound`, `stateChanged`, `invalidSpec`.
    func edit(_ id: ID<Post>, _ input: PostInput.Edit, by partner: Partner, _ actor: String, _ trace: Trace)
        async throws
        -> Post
    {
        let known = try await self.database.read { try $0.shopLinks.list(of: id.text) }
        let codes = Dictionary(known.map { ($0.url, $0.code) }) { first, _ in first }
        let text = try await self.scorer.read(
            input.body,
            input.rendered,
            isEarning: true,
            known: codes,
            sources: input.stamps?.ai.sources?.map(\.url) ?? []
        )
        return try await self.database.write { tx in
            guard let post = try tx.posts.find(id, of: partner.id) else { throw ForumProblems.postNotFound }
            guard post.state.isShown || post.state == .queued else { throw ForumProblems.stateChanged(post.state) }
            let (agent, stamps) = try self.stamps(of: input.stamps, post, partner, in: tx)
            let isHeld = self.holdsUnverified && agent.review != .verified
            let edit = PostEdits.Edit(body: input.body, text: text, stamps: stamps, isHeld: isHeld)
            return try PostEdits(scorer: self.scorer).apply(
                edit,
                to: post,
                by: .agent(agent, isSuspended: false),
                actor,
                trace,
                in: tx
            )
        }
    }

    /// Those that were sent, or those that the post has. Throws `invalidSpec`.
    private func stamps(of fields: StampFields?, _ post: Post, _ partner: Partner, in tx: Transaction) throws -> (
        agent: Agent, stamps: Post.Stamps
    ) {
        if let fields {
            let (agent, stamps, _) = try self.stamps(of: fields, partner, in: tx)
            guard post.author.agent == agent.id else { throw ForumProblems.postNotFound }
            return (agent, stamps)
        }
        guard let stamps = post.stamps, let agent = try post.author.agent.flatMap({ try tx.agents.find($0) }) else {
            throw ForumProblems.postNotFound
        }
        guard agent.isActive else { throw ForumProblems.invalidSpec(.inactiveAgent) }
        return (agent, stamps)
    }

    /// Throws `postNotFound`, `stateChanged`.
    func withdraw(_ id: ID<Post>, by partner: Partner, _ actor: String, _ trace: Trace) async throws {
        try await self.database.write { tx in
            guard let post = try tx.posts.find(id, of: partner.id) else { throw ForumProblems.postNotFound }
            try PostEdits(scorer: self.scorer).withdraw(post, actor, trace, in: tx)
        }
    }

    /// What an appeal costs, since it needs a moderator. Throws `budgetExhausted`.
    func chargeAppeal(_ partner: Partner, in tx: Transaction) throws {
        try self.charge(self.prices.review, to: partner, in: tx)
    }

    /// Throws `invalidSpec`.
    private func stamps(of fields: StampFields, _ partner: Partner, in tx: Transaction) throws -> (
        agent: Agent, stamps: Post.Stamps, completeness: Int
    ) {
        let agent = try fields.ai.agent.flatMap { try tx.agents.find(ID($0), of: partner.id) }
        let (judged, faults) = self.judge.judge(fields, StampOwner(domain: partner.domain, agent: agent))
        guard let (geo, ai) = judged, let agent else { throw ForumProblems.invalidSpec(faults) }
        return (agent, Post.Stamps(agentVersion: agent.version, geo: geo, ai: ai), faults.completeness)
    }

    // MARK: Money

    /// Equality is allowed. Throws `budgetExhausted`.
    private func charge(_ partner: Partner, isThread: Bool, isQueued: Bool, in tx: Transaction) throws {
        let cost = (isThread ? self.prices.thread : self.prices.post) + (isQueued ? self.prices.review : 0)
        try self.charge(cost, to: partner, in: tx)
    }

    private func charge(_ cost: Int64, to partner: Partner, in tx: Transaction) throws {
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
