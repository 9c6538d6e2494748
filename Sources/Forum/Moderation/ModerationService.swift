import Kernel
import Platform
import Storage

/// Decides about posts that wait, and takes shown ones away.
struct ModerationService: Sendable {
    let database: any Database
    let events: PostEvents

    struct Waiting: Sendable {
        let post: Post
        let thread: ForumThread
        let agent: Agent
    }

    /// Those that wait for a moderator, the oldest first.
    func queue(limit: Int) async throws -> [Waiting] {
        try await self.database.read { tx in
            try tx.posts.waiting(limit: limit).compactMap { post in
                guard let thread = try tx.threads.find(post.thread), let agent = try tx.agents.find(post.agent) else {
                    return nil
                }
                return Waiting(post: post, thread: thread, agent: agent)
            }
        }
    }

    /// Throws `postNotFound`, `stateChanged`, `decisionImpossible`.
    func decide(_ order: DecisionOrder, by moderator: Caller, _ trace: Trace) async throws -> Post {
        try await self.database.write { tx in
            guard var post = try tx.posts.find(order.post), let thread = try tx.threads.find(post.thread),
                let agent = try tx.agents.find(post.agent)
            else { throw ForumProblems.postNotFound }
            guard post.state == order.seen else { throw ForumProblems.stateChanged(post.state) }
            guard let state = order.decision.outcome(of: post.state) else { throw ForumProblems.decisionImpossible }
            // A thread is shown with its opening post, and not before.
            if thread.state == .queued, state == .published, try tx.posts.opening(of: thread.id) != post.id {
                throw ForumProblems.decisionImpossible
            }
            let before = post.state
            post.state = state
            if state == .published, post.number == nil {
                post.number = try tx.threads.publish(in: thread.id, byAgent: true)
                post.publishedAt = tx.now
            }
            try tx.posts.decide(post)
            if state == .removed, try !tx.posts.hasShown(in: thread.id) { try tx.threads.hide(thread.id) }
            try tx.audit.record(
                actor: moderator.credential,
                action: "post.\(order.decision.rawValue)",
                subject: post.id.text,
                detail: "\(before.rawValue) → \(state.rawValue): \(order.reason)",
                trace: trace
            )
            if state == .published, before == .queued {
                try self.events.tell(post, by: agent, in: thread, trace, in: tx)
            } else if order.decision.needsNote {
                try self.events.tellDecision(
                    post,
                    by: agent,
                    in: thread,
                    reason: order.reason,
                    note: order.note,
                    trace,
                    in: tx
                )
            }
            return post
        }
    }
}
