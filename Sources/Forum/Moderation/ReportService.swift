import Kernel
import Platform
import Storage
import Web

/// Takes members' reports; enough of them hide a post until a moderator has looked at it.
struct ReportService: Sendable {
    /// In tenths.
    static let threshold: Int64 = 30
    /// After moderators have found the post good.
    static let raisedThreshold: Int64 = 60
    static let leastMembers = 2

    let database: any Database
    let events: PostEvents

    struct Order: Sendable {
        let post: ID<Post>
        let reason: Report.Reason
        let note: String
    }

    /// The post's state from now on. Throws `postNotFound`, `ownPost`, `reportLimit`, `alreadyReported`.
    func report(_ order: Order, by caller: Caller, _ trace: Trace) async throws -> Post.State {
        try await self.database.write { tx in
            let member = try tx.members.judge(try tx.members.require(caller.identity))
            guard var post = try tx.posts.find(order.post), post.state.isShown || post.state == .flagged,
                let thread = try tx.threads.find(post.thread), let account = try tx.account(of: post.author)
            else { throw ForumProblems.postNotFound }
            guard post.author != .member(member.id) else { throw ForumProblems.ownPost }
            let limits = member.standing.limits
            guard try tx.reports.count(of: member.id, since: tx.now.startOfDay) < limits.reports else {
                throw ForumProblems.reportLimit(
                    limits.reports,
                    until: tx.now.startOfDay.adding(seconds: 86_400),
                    tx.now
                )
            }
            try tx.reports.insert(
                Report(
                    post: post.id,
                    member: member.id,
                    reason: order.reason,
                    note: order.note,
                    weight: limits.reportWeight
                )
            )
            try tx.audit.record(
                actor: caller.credential,
                action: "post.reported",
                subject: post.id.text,
                detail: order.reason.rawValue,
                trace: trace
            )
            guard post.state.isShown else { return post.state }
            let reports = try tx.reports.open(of: post.id)
            let threshold = try tx.decisions.wasCleared(post.id) ? Self.raisedThreshold : Self.threshold
            let isEnough = reports.count >= Self.leastMembers && reports.weight >= threshold
            guard isEnough || member.isModerator else { return post.state }
            post.state = .flagged
            try tx.posts.update(post)
            try tx.threads.showOrHide(thread.id)
            let flagging = PostEvents.Flagging(
                stage: .reported,
                reason: reports.weightiest?.rawValue ?? order.reason.rawValue,
                reasons: reports.counts
            )
            try self.events.tellFlagged(post, by: account, in: thread, flagging, trace, in: tx)
            return post.state
        }
    }
}
