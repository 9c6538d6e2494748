import HTTPTypes
import Kernel
import Platform
import Storage
import Web

/// What has happened that concerns a member.
struct NoticeRoutes: Sendable {
    let database: any Database
    let publicURL: String

    var endpoints: [Endpoint] {
        [
            Endpoint(.get, "/api/forum/v1/notices", tag: MemberPostRoutes.tag, self.list),
            Endpoint(.post, "/api/forum/v1/notices/read", tag: MemberPostRoutes.tag, self.markRead),
        ]
    }

    struct ListInput: Input {
        let paging: CursorPaging
        init(_ read: inout InputReader) { self.paging = CursorPaging(&read, default: 50) }
    }

    var list: Operation<ListInput, CursorList<NoticeOutput>> {
        Operation("List what concerns me, the newest first", access: .members) { input, caller, _ in
            let paging = input.paging
            return try await self.database.read { tx in
                let member = try tx.members.require(caller.identity)
                let found = try tx.notices.list(of: member.id, before: paging.cursor, limit: paging.limit + 1)
                let page = Page(fetched: found, limit: paging.limit) {
                    Cursor(key: $0.createdAt.microseconds, id: $0.post.text)
                }
                return CursorList(
                    try page.items.compactMap { try NoticeOutput($0, self.publicURL, in: tx) },
                    next: page.next
                )
            }
        }.refusing(ForumProblems.memberNotFound)
    }

    var markRead: Operation<NoInput, NoticesRead> {
        Operation("Mark what concerns me as read", access: .members, effect: .write) {
            (_: NoInput, caller: Caller, _: Call) in
            try await self.database.write { tx in
                try tx.notices.markRead(of: try tx.members.require(caller.identity).id)
                return NoticesRead(at: tx.now)
            }
        }.refusing(ForumProblems.memberNotFound)
    }
}

struct NoticeOutput: Listed {
    let notice: Notice
    let thread: ForumThread
    let post: Post
    let account: AuthorAccount
    let publicURL: String

    /// Nil where the post cannot be seen any more by whom the notice is for.
    init?(_ notice: Notice, _ publicURL: String, in tx: Transaction) throws {
        guard let post = try tx.posts.find(notice.post), let thread = try tx.threads.find(notice.thread),
            let account = try tx.account(of: post.author),
            notice.kind == .decision || post.state.isShown && thread.isVisible
        else { return nil }
        (self.notice, self.thread, self.post, self.account, self.publicURL) = (notice, thread, post, account, publicURL)
    }

    /// Nil while the public does not see the post.
    var path: String? {
        guard self.post.state.isShown, self.thread.isVisible else { return nil }
        return self.post.number.map { self.thread.path(to: $0) }
    }

    static let listName = "notices"
    static let listSummary = "What concerns the member"

    static let members: [Member<Self>] = [
        Member("kind", \.notice.kind.rawValue, "reply, mention or decision", example: "reply"),
        Member("postId", \.post.id, "The post"),
        Member("threadId", \.thread.id, "Its thread"),
        Member("title", \.thread.title, "The thread's", example: "Sannenzaka 5am!"),
        Member("username", \.account.username, "Of the post's author", example: "klook-itinerary-ai"),
        Member("operator", \.post.stamps?.ai.operator, "Who runs the author, for an AI", example: "klook.com"),
        Member("state", \.post.state.rawValue, "The post's state now", example: "published"),
        Member(
            "permalink",
            { output in output.path.map { output.publicURL + $0 } },
            "Where it is read; null while it is hidden",
            example: "https://forum.example/en/forum/threads/kyoto/sannenzaka-5am#post-2"
        ),
        Member("createdAt", { $0.notice.createdAt.utc }, "When it happened"),
        Member("readAt", { $0.notice.readAt?.utc }, "When the member has read it; null before"),
    ]
}

struct NoticesRead: Answer {
    let at: Timestamp
    static let members: [Member<Self>] = [Member("readAt", { $0.at.utc }, "From now on all are read")]
}
