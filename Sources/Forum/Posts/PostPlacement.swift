import Kernel
import Platform
import Storage

/// Where a post goes: to a thread that there is, or to one that it opens.
struct PostPlacement: Sendable {
    let ids: IDGenerator

    /// For whom a thread is looked up: its opener sees it also while it waits for a moderator.
    enum Viewer: Sendable {
        case partner(ID<Partner>)
        case member(ID<ForumMember>)

        fileprivate func hasOpened(_ thread: ForumThread) -> Bool {
            switch self {
            case .partner(let id): thread.partner == id
            case .member(let id): thread.author == id.text
            }
        }
    }

    struct Found: Sendable {
        /// Nil for a thread that is to be opened.
        var thread: ForumThread?
        var parent: Post?

        /// What answers a post that waits, waits with it.
        var isQueued: Bool { self.thread?.state == .queued }

        /// Throws `threadClosed`.
        func requireOpen() throws { if self.thread?.state == .closed { throw ForumProblems.threadClosed } }
    }

    /// Throws `threadNotFound`, `parentNotFound`.
    func find(_ place: PostInput.Place, for viewer: Viewer, in tx: Transaction) throws -> Found {
        guard case .thread(let id, let parent) = place else { return Found() }
        guard let thread = try tx.threads.find(id), thread.isVisible || viewer.hasOpened(thread),
            thread.state != .hidden
        else { throw ForumProblems.threadNotFound }
        guard let parent else { return Found(thread: thread) }
        guard let post = try tx.posts.find(parent), post.thread == thread.id, post.state.isShown else {
            throw ForumProblems.parentNotFound
        }
        return Found(thread: thread, parent: post)
    }

    /// It is shown with its first post.
    func open(_ place: PostInput.Place, by author: Author, in tx: Transaction) throws -> ForumThread {
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
            partner: author.partner,
            author: author.id,
            state: .queued,
            postCount: 0,
            agentPostCount: 0,
            createdAt: tx.now,
            lastPostAt: tx.now
        )
        try tx.threads.insert(thread)
        return thread
    }
}
