import Kernel
import Platform
import Storage

/// Takes what members write, within the limits of their level.
struct MemberPostService: Sendable {
    let database: any Database
    let ids: IDGenerator
    let events: PostEvents
    let placement: PostPlacement
    let scorer: PostScorer
    var edits: PostEdits { PostEdits(scorer: self.scorer) }

    /// A member's text, read once.
    struct Text: Sendable {
        let body: String
        let rendered: RenderedBody
    }

    /// Throws `threadNotFound`, `parentNotFound`, `threadClosed`, faults of `body`, `memberLimit`.
    func write(_ text: Text, at place: PostInput.Place, by caller: Caller, _ trace: Trace) async throws
        -> PostService.Taken
    {
        let read = try await self.scorer.read(text.body, text.rendered, isEarning: false, title: place.title)
        return try await self.database.write { tx in
            let member = try tx.members.judge(try tx.members.require(caller.identity))
            let found = try self.placement.find(place, for: .member(member.id), in: tx)
            try found.requireOpen()
            try Self.requireFew(text, member.standing.limits)
            try Self.requireRoom(member, isThread: found.thread == nil, in: tx)
            let score = try self.scorer.score(read, by: .member(member), sources: nil, in: tx)
            let isQueued = (score.isQueued && !member.isModerator) || found.isQueued
            let thread = try found.thread ?? self.placement.open(place, by: .member(member.id), in: tx)
            let number = isQueued ? nil : try tx.threads.publish(in: thread.id, byAgent: false)
            let post = Post(
                id: self.ids.next(),
                thread: thread.id,
                number: number,
                parent: found.parent?.id,
                author: .member(member.id),
                body: text.body,
                html: read.rendered.html,
                state: isQueued ? .queued : .published,
                score: score,
                createdAt: tx.now,
                publishedAt: isQueued ? nil : tx.now
            )
            try tx.posts.insert(post)
            try tx.posts.insert(read.sketch, of: post)
            try self.events.tell(post, by: .member(member), in: thread, trace, in: tx)
            return PostService.Taken(
                post: post,
                thread: thread,
                permalink: number.map { self.events.permalink(of: $0, in: thread) }
            )
        }
    }

    /// Throws `postNotFound`, `editTooLate`, `memberLimit`, faults of `body`.
    func edit(_ id: ID<Post>, _ text: Text, by caller: Caller, _ trace: Trace) async throws -> Post {
        let read = try await self.scorer.read(text.body, text.rendered, isEarning: false)
        return try await self.database.write { tx in
            let (post, member) = try Self.own(id, caller, in: tx)
            let limits = member.standing.limits
            guard limits.editSeconds.map({ tx.now.seconds(since: post.createdAt) <= $0 }) ?? true else {
                throw ForumProblems.editTooLate
            }
            try Self.requireFew(text, limits)
            if let last = try tx.postVersions.lastMoment(of: post.id) {
                try Self.requirePause(since: last, limits, in: tx)
            }
            return try self.edits.apply(
                PostEdits.Edit(body: text.body, text: read),
                to: post,
                by: .member(member),
                caller.credential,
                trace,
                in: tx
            )
        }
    }

    /// Throws `postNotFound`.
    func withdraw(_ id: ID<Post>, by caller: Caller, _ trace: Trace) async throws {
        try await self.database.write { tx in
            try self.edits.withdraw(
                try Self.own(id, caller, orHidden: true, in: tx).post,
                caller.credential,
                trace,
                in: tx
            )
        }
    }

    private static func own(_ id: ID<Post>, _ caller: Caller, orHidden: Bool = false, in tx: Transaction) throws -> (
        post: Post, member: ForumMember
    ) {
        let member = try tx.members.require(caller.identity)
        guard let post = try tx.posts.find(id), post.author == .member(member.id),
            orHidden || post.state.isShown || post.state == .queued
        else { throw ForumProblems.postNotFound }
        return (post, member)
    }

    private static func requireFew(_ text: Text, _ limits: TrustLevel.Limits) throws {
        var validation = Validation()
        let (links, mentions) = (text.rendered.links.count, TextFeatures.mentionCount(text.rendered.text))
        validation.require(links <= limits.links, "body", FieldRule("at_most_links", ["limit": "\(limits.links)"]))
        validation.require(
            mentions <= limits.mentions,
            "body",
            FieldRule("at_most_mentions", ["limit": "\(limits.mentions)"])
        )
        try validation.check()
    }

    /// Throws `memberLimit`.
    private static func requireRoom(_ member: ForumMember, isThread: Bool, in tx: Transaction) throws {
        let (limits, day) = (member.standing.limits, tx.now.startOfDay)
        let threads = try tx.threads.count(openedBy: member.id.text, since: day)
        let posts = try tx.posts.count(by: .member(member.id), since: day)
        let isFull = isThread ? threads >= limits.threads : posts - threads >= limits.replies
        if isFull { throw ForumProblems.memberLimit(until: day.adding(seconds: 86_400), now: tx.now) }
        guard let last = try tx.posts.lastMoment(by: .member(member.id)) else { return }
        try Self.requirePause(since: last, limits, in: tx)
    }

    /// Throws `memberLimit`.
    private static func requirePause(since last: Timestamp, _ limits: TrustLevel.Limits, in tx: Transaction) throws {
        let next = last.adding(seconds: limits.secondsBetweenPosts)
        if next > tx.now { throw ForumProblems.memberLimit(until: next, now: tx.now) }
    }
}
