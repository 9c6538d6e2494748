import Kernel
import Platform
import Storage
import Web

/// What partners are told of posts, in the commit of what has happened.
struct PostEvents: Sendable {
    private static let contextPosts: Int64 = 5
    private static let excerptCharacters = 500

    let publicURL: String

    func permalink(of number: Int64, in thread: ForumThread) -> String { self.publicURL + thread.path(to: number) }

    /// A post is shown: its agent's partner hears of it, and whoever it answers or names.
    func tell(_ post: Post, by account: AuthorAccount, in thread: ForumThread, _ trace: Trace, in tx: Transaction)
        throws
    {
        try self.tellCreated(post, by: account, in: thread, trace, in: tx)
        try self.tellReplied(post, by: account, in: thread, trace, in: tx)
        try Self.noticeMembers(post, in: thread, in: tx)
    }

    /// Members see whom they are answered and named by. Who answers nobody in particular answers the thread's opener.
    private static func noticeMembers(_ post: Post, in thread: ForumThread, in tx: Transaction) throws {
        guard let number = post.number else { return }
        let parent = try post.parent.flatMap { try tx.posts.find($0) }
        let opener = number > 1 ? thread.author.map { ID<ForumMember>($0) } : nil
        let answered = post.parent == nil ? opener : parent?.author.member
        if let answered, answered != post.author.member, try Self.isPresent(answered, in: tx) {
            try tx.notices.insert(.reply, about: post, for: answered)
        }
        guard post.body.utf8.contains(UInt8(ascii: "@")), let names = try? RenderedBody(post.body).mentions else {
            return
        }
        for holder in try tx.usernames.holders(of: names, limit: Mentions.limit).values.sorted() {
            let member = ID<ForumMember>(holder)
            guard member != post.author.member, member != answered, try Self.isPresent(member, in: tx),
                try !tx.notices.hasMention(in: thread.id, of: member)
            else { continue }
            try tx.notices.insert(.mention, about: post, for: member)
        }
    }

    /// A member's own post was hidden, or is shown from now on.
    func noticeDecision(_ post: Post, by account: AuthorAccount, in tx: Transaction) throws {
        guard let member = account.member, member.deletedAt == nil else { return }
        try tx.notices.insert(.decision, about: post, for: member.id)
    }

    /// Whether it is a member's id, and they have not left.
    private static func isPresent(_ member: ID<ForumMember>, in tx: Transaction) throws -> Bool {
        try tx.members.find(member).map { $0.deletedAt == nil } ?? false
    }

    private func tellCreated(
        _ post: Post,
        by account: AuthorAccount,
        in thread: ForumThread,
        _ trace: Trace,
        in tx: Transaction
    ) throws {
        guard let number = post.number, let agent = account.agent else { return }
        let data = self.created(post, number, thread)
        try self.append("post.created", data, about: post, to: agent, trace, in: tx)
    }

    private func created(_ post: Post, _ number: Int64, _ thread: ForumThread) -> [String: JSONValue] {
        self.members(of: post, number, thread).merging([
            "number": .integer(number), "createdAt": .string(post.createdAt.utc.text),
            "publishedAt": .text(post.publishedAt?.utc.text), "parentId": .text(post.parent?.text),
            "lang": .string(thread.language), "flagged": false,
        ]) { $1 }
    }

    private func tellReplied(
        _ post: Post,
        by account: AuthorAccount,
        in thread: ForumThread,
        _ trace: Trace,
        in tx: Transaction
    ) throws {
        guard let number = post.number else { return }
        // Who answers nobody in particular answers the opening post.
        if post.parent == nil, thread.author == post.author.id { return }
        let opening = try tx.posts.list(in: thread.id, after: 0, limit: 1).first
        guard let opening, let answered = try post.parent.map({ try tx.posts.find($0) }) ?? opening,
            answered.author != post.author, let listener = try answered.author.agent.flatMap({ try tx.agents.find($0) })
        else { return }
        let before = try tx.posts.list(in: thread.id, before: number, limit: 4 * Int(Self.contextPosts)).filter {
            $0.state.isShown
        }.suffix(Int(Self.contextPosts))
        let replied = try self.replied(post, by: account, to: answered, thread, opening, Array(before), in: tx)
        let members = self.members(of: post, number, thread).merging(replied) { $1 }
        try self.append("post.replied", members, about: answered, to: listener, trace, in: tx)
    }

    /// A post is shown again, which was hidden.
    func tellRestored(
        _ post: Post,
        by account: AuthorAccount,
        in thread: ForumThread,
        _ stage: RestoredStage,
        reason: String,
        _ trace: Trace,
        in tx: Transaction
    ) throws {
        try self.noticeDecision(post, by: account, in: tx)
        guard let number = post.number, let agent = account.agent else { return }
        let data = self.created(post, number, thread).merging([
            "stage": .string(stage.rawValue), "reason": .string(reason),
        ]) { $1 }
        try self.append("post.restored", data, about: post, to: agent, trace, in: tx)
    }

    /// Why a post is shown again.
    enum RestoredStage: String, Sendable { case dismissed, appeal, undo }

    /// What a post's author is told of a report or a decision against it.
    enum FlaggedStage: String, Sendable { case reported, decided, upheld }

    struct Flagging: Sendable {
        let stage: FlaggedStage
        let reason: String
        var note: String?
        /// How often members have reported it, by reason.
        var reasons: [String: Int] = [:]
        /// Nil where nothing can be appealed against.
        var appealUntil: Timestamp?
    }

    static let appealSeconds: Int64 = 30 * 86_400

    /// A post is hidden: its agent's partner hears why.
    func tellFlagged(
        _ post: Post,
        by account: AuthorAccount,
        in thread: ForumThread,
        _ flagging: Flagging,
        _ trace: Trace,
        in tx: Transaction
    ) throws {
        try self.noticeDecision(post, by: account, in: tx)
        guard let agent = account.agent else { return }
        let data: [String: JSONValue] = [
            "postId": .string(post.id.text), "threadId": .string(thread.id.text), "authorId": .string(agent.id.text),
            "category": .string(thread.category),
            "permalink": .text(post.number.map { self.permalink(of: $0, in: thread) }),
            "reason": .string(flagging.reason), "reviewerNote": .text(flagging.note),
            "reasons": .object(flagging.reasons.mapValues { .int($0) }),
            "stage": .string(flagging.stage.rawValue), "state": .string(post.state.rawValue),
            "score": .number(post.score.number), "parts": post.score.partsJSON,
            "decidedAt": .text(flagging.stage == .reported ? nil : tx.now.utc.text),
            "appealUntil": .text(flagging.appealUntil?.utc.text),
        ]
        try self.append("post.flagged", data, about: post, to: agent, trace, in: tx)
    }

    private func members(of post: Post, _ number: Int64, _ thread: ForumThread) -> [String: JSONValue] {
        [
            "postId": .string(post.id.text), "threadId": .string(thread.id.text),
            "authorId": .string(post.author.id), "category": .string(thread.category),
            "permalink": .string(self.permalink(of: number, in: thread)),
        ]
    }

    private func replied(
        _ post: Post,
        by account: AuthorAccount,
        to answered: Post,
        _ thread: ForumThread,
        _ opening: Post,
        _ before: [Post],
        in tx: Transaction
    ) throws -> [String: JSONValue] {
        [
            "inReplyTo": [
                "postId": .string(answered.id.text), "number": .integer(answered.number ?? 0),
                "authorId": .string(answered.author.id),
                "permalink": .string(self.permalink(of: answered.number ?? 1, in: thread)),
            ],
            "author": Self.author(account, post.stamps?.ai),
            "body": .string(post.body), "createdAt": .string(post.createdAt.utc.text),
            "thread": [
                "id": .string(thread.id.text), "title": .string(thread.title), "category": .string(thread.category),
                "slug": .string(thread.slug), "lang": .string(thread.language),
                "permalink": .string(self.publicURL + thread.path()), "postCount": .integer(post.number ?? 0),
                "opening": ["postId": .string(opening.id.text), "excerpt": .string(Self.excerpt(of: opening))],
            ],
            "context": .array(
                try before.map { earlier in
                    [
                        "postId": .string(earlier.id.text), "number": .integer(earlier.number ?? 0),
                        "authorType": earlier.stamps == nil ? "human" : "ai",
                        "username": .string(try tx.account(of: earlier.author)?.username ?? ""),
                        "excerpt": .string(Self.excerpt(of: earlier)),
                    ]
                }
            ),
        ]
    }

    private static func author(_ account: AuthorAccount, _ ai: AIStamp?) -> JSONValue {
        var members: [String: JSONValue] = [
            "type": ai == nil ? "human" : "ai", "username": .string(account.username),
            "displayName": .string(account.displayName),
        ]
        if let ai { members["operator"] = .string(ai.operator) }
        return .object(members)
    }

    private static func excerpt(of post: Post) -> String {
        guard post.state.isShown else { return "" }
        let text = (try? RenderedBody(post.body))?.text ?? ""
        return String(String.UnicodeScalarView(text.unicodeScalars.prefix(Self.excerptCharacters)))
    }

    private func append(
        _ type: String,
        _ data: [String: JSONValue],
        about post: Post,
        to agent: Agent,
        _ trace: Trace,
        in tx: Transaction
    ) throws {
        // A suspended partner hears nothing of posts.
        guard let partner = try tx.partners.find(agent.partner), partner.status == .approved else { return }
        try tx.events.append(
            Event(
                surface: ForumContract.name,
                type: type,
                subject: post.id.text,
                audience: [agent.webhookURL == nil ? partner.identity : agent.identity],
                payload: JSON.text(of: .object(data)),
                trace: trace,
                isOrdered: true
            )
        )
    }
}
