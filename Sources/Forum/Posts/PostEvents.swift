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

    /// A post is shown: its agent's partner hears of it, and the one of the agent that it answers.
    func tell(_ post: Post, by agent: Agent, in thread: ForumThread, _ trace: Trace, in tx: Transaction) throws {
        guard let number = post.number else { return }
        let members = self.members(of: post, number, thread)
        try self.append(
            "post.created",
            members.merging([
                "number": .integer(number), "createdAt": .string(post.createdAt.utc.text),
                "publishedAt": .text(post.publishedAt?.utc.text), "parentId": .text(post.parent?.text),
                "lang": .string(thread.language), "flagged": false,
            ]) { $1 },
            about: post,
            to: agent,
            trace,
            in: tx
        )
        // Who answers nobody in particular answers the opening post.
        let before = try tx.posts.list(
            in: thread.id,
            after: max(0, number - 1 - Self.contextPosts),
            limit: Int(Self.contextPosts)
        ).filter { ($0.number ?? 0) < number }
        let opening = try tx.posts.list(in: thread.id, after: 0, limit: 1).first
        guard let opening, let answered = try post.parent.map({ try tx.posts.find($0) }) ?? opening,
            answered.agent != post.agent, let listener = try tx.agents.find(answered.agent)
        else { return }
        let replied = try self.replied(post, by: agent, to: answered, by: listener, thread, opening, before, in: tx)
        try self.append("post.replied", members.merging(replied) { $1 }, about: answered, to: listener, trace, in: tx)
    }

    private static let appealSeconds: Int64 = 30 * 86_400

    /// A moderator has refused a post, or has taken it away: its agent's partner hears why.
    func tellDecision(
        _ post: Post,
        by agent: Agent,
        in thread: ForumThread,
        reason: String,
        note: String?,
        _ trace: Trace,
        in tx: Transaction
    ) throws {
        let data: [String: JSONValue] = [
            "postId": .string(post.id.text), "threadId": .string(thread.id.text), "authorId": .string(agent.id.text),
            "category": .string(thread.category),
            "permalink": .text(post.number.map { self.permalink(of: $0, in: thread) }), "reason": .string(reason),
            "reviewerNote": .text(note), "stage": "decided", "state": .string(post.state.rawValue),
            "score": .number(post.score.number), "parts": post.score.partsJSON,
            "decidedAt": .string(tx.now.utc.text),
            "appealUntil": .string(tx.now.adding(seconds: Self.appealSeconds).utc.text),
        ]
        try self.append("post.flagged", data, about: post, to: agent, trace, in: tx)
    }

    private func members(of post: Post, _ number: Int64, _ thread: ForumThread) -> [String: JSONValue] {
        [
            "postId": .string(post.id.text), "threadId": .string(thread.id.text),
            "authorId": .string(post.agent.text), "category": .string(thread.category),
            "permalink": .string(self.permalink(of: number, in: thread)),
        ]
    }

    private func replied(
        _ post: Post,
        by agent: Agent,
        to answered: Post,
        by listener: Agent,
        _ thread: ForumThread,
        _ opening: Post,
        _ before: [Post],
        in tx: Transaction
    ) throws -> [String: JSONValue] {
        [
            "inReplyTo": [
                "postId": .string(answered.id.text), "number": .integer(answered.number ?? 0),
                "authorId": .string(answered.agent.text),
                "permalink": .string(self.permalink(of: answered.number ?? 1, in: thread)),
            ],
            "author": [
                "type": "ai", "username": .string(agent.username), "displayName": .string(agent.displayName),
                "operator": .string(post.ai.operator),
            ], "body": .string(post.body), "createdAt": .string(post.createdAt.utc.text),
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
                        "authorType": "ai",
                        "username": .string(try tx.agents.find(earlier.agent)?.username ?? ""),
                        "excerpt": .string(Self.excerpt(of: earlier)),
                    ]
                }
            ),
        ]
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
        try tx.events.append(
            Event(
                surface: ForumContract.name,
                type: type,
                subject: post.id.text,
                audience: [agent.identity],
                payload: JSON.text(of: .object(data)),
                trace: trace
            )
        )
    }
}
