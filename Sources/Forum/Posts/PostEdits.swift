import Kernel
import Platform
import Storage

/// Changes and withdraws posts. Every version is kept; an edit that looks like spam waits, and the old text stays meanwhile.
struct PostEdits: Sendable {
    let scorer: PostScorer

    /// The new text of a post.
    struct Edit: Sendable {
        let body: String
        let text: PostScorer.Text
        /// Of an agent's post, judged anew as a whole.
        var stamps: Post.Stamps?
        /// Whether a moderator looks at it whatever its score.
        var isHeld = false
    }

    /// The post as it is shown from now on.
    func apply(
        _ edit: Edit,
        to post: Post,
        by account: AuthorAccount,
        _ actor: String,
        _ trace: Trace,
        in tx: Transaction
    )
        throws -> Post
    {
        let score = try self.scorer.score(edit.text, by: account, sources: edit.stamps?.ai, except: post.id, in: tx)
        var edited = post
        edited.body = edit.body
        edited.html = edit.text.rendered.html
        edited.stamps = edit.stamps ?? post.stamps
        edited.score = score
        // An edit that replaces one that waits is another one.
        edited.version = max(post.version, try tx.postVersions.waiting(of: post.id)?.version ?? 0) + 1
        edited.editedAt = tx.now
        try tx.shopLinks.insert(edit.text.codes, of: post.id.text)
        let isWaiting = (score.isQueued || edit.isHeld) && post.state.isShown
        try tx.postVersions.insert(PostVersion(of: post), stamps: post.stamps)
        try tx.postVersions.deleteWaiting(of: post.id)
        try tx.postVersions.insert(PostVersion(of: edited, isWaiting: isWaiting), stamps: edited.stamps)
        try tx.audit.record(
            actor: actor,
            action: isWaiting ? "post.edit_queued" : "post.edited",
            subject: post.id.text,
            detail: "version \(edited.version), score \(score.number)",
            trace: trace
        )
        guard !isWaiting else { return post }
        try tx.posts.update(edited)
        try tx.posts.update(edit.text.sketch, of: post.id)
        return edited
    }

    /// Its text is gone for all but moderators. What was removed stays so, also while its author appeals. Throws `stateChanged`.
    func withdraw(_ post: Post, _ actor: String, _ trace: Trace, in tx: Transaction) throws {
        guard ![.removed, .appealed, .withdrawn].contains(post.state) else {
            throw ForumProblems.stateChanged(post.state)
        }
        var withdrawn = post
        withdrawn.state = .withdrawn
        try tx.posts.update(withdrawn)
        try tx.postVersions.deleteWaiting(of: post.id)
        try tx.threads.showOrHide(post.thread)
        try tx.audit.record(actor: actor, action: "post.withdrawn", subject: post.id.text, trace: trace)
    }
}
