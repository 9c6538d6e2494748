import Kernel
import Platform
import Storage
import Web

/// Decides about posts that wait, and takes shown ones away.
struct ModerationService: Sendable {
    static let undoSeconds: Int64 = 86_400

    let database: any Database
    let ids: IDGenerator
    let events: PostEvents

    /// A post with what a moderator needs to decide.
    struct Case: Sendable {
        let post: Post
        let thread: ForumThread
        let account: AuthorAccount
        let reports: [Report]
        let decisions: [Decided]
        /// The post as an edit makes it that waits.
        let edited: Post?
    }

    /// Those that wait for a moderator, the oldest first.
    func queue(limit: Int) async throws -> [Case] {
        try await self.database.read { tx in
            let edits = try tx.postVersions.listWaiting(limit: limit).map(\.post)
            let posts = try tx.posts.waiting(limit: limit).map(\.id)
            return try (posts + edits.filter { !posts.contains($0) }).compactMap { try Self.find($0, in: tx) }
        }
    }

    /// Throws `postNotFound`.
    func find(_ id: ID<Post>) async throws -> Case {
        guard let found = try await self.database.read({ try Self.find(id, in: $0) }) else {
            throw ForumProblems.postNotFound
        }
        return found
    }

    private static func find(_ id: ID<Post>, in tx: Transaction) throws -> Case? {
        guard let post = try tx.posts.find(id), let thread = try tx.threads.find(post.thread),
            let account = try tx.account(of: post.author)
        else { return nil }
        return Case(
            post: post,
            thread: thread,
            account: account,
            reports: try tx.reports.open(of: id),
            decisions: try tx.decisions.list(of: id),
            edited: try tx.postVersions.edited(post)
        )
    }

    /// Throws `postNotFound`, `ownPost`, `stateChanged`, `textChanged`, `decisionImpossible`, `otherModerator`.
    func decide(_ order: DecisionOrder, by moderator: Caller, _ trace: Trace) async throws -> Case {
        try await self.database.write { tx in
            guard let known = try Self.find(order.post, in: tx) else { throw ForumProblems.postNotFound }
            try Self.requireOther(known, moderator, in: tx)
            guard known.post.state == order.seen else { throw ForumProblems.stateChanged(known.post.state) }
            guard order.version ?? known.post.version == known.post.version else { throw ForumProblems.textChanged }
            let last = known.decisions.last { $0.undoneAt == nil }
            guard let state = order.decision.outcome(of: known.post.state, appealed: last?.after) else {
                throw ForumProblems.decisionImpossible
            }
            try Self.requireOpening(known, state, in: tx)
            if known.post.state == .appealed, last?.moderator == moderator.identity,
                try Self.hasOthers(besides: known.post.author, in: tx)
            {
                throw ForumProblems.otherModerator
            }
            let wasPublished = known.post.number != nil
            let post = try self.move(known, to: state, in: tx)
            let made = Decided(
                id: self.ids.next(),
                post: post.id,
                moderator: moderator.identity,
                decision: order.decision,
                before: known.post.state,
                after: state,
                reason: order.reason,
                note: order.note,
                createdAt: tx.now
            )
            try tx.decisions.insert(made)
            switch order.decision {
            case .dismiss: try tx.reports.settle(post.id, .dismissed, by: made.id)
            case .restore: try tx.reports.overturn(post.id, by: made.id)
            case .remove: try tx.reports.settle(post.id, .upheld, by: made.id)
            case .approve, .reject, .uphold: break
            }
            try Self.audit(
                post,
                known.post.state,
                order.decision.rawValue,
                order.reason,
                order.note,
                moderator,
                trace,
                in: tx
            )
            try self.tell(post, known, order, wasPublished: wasPublished, trace, in: tx)
            return try Self.find(post.id, in: tx) ?? known
        }
    }

    /// What a moderator thinks of an edit that waits.
    struct EditOrder: Sendable {
        let post: ID<Post>
        let isApproved: Bool
        let reason: String
        /// The version that the moderator has seen; nil for whichever there is.
        let version: Int?
    }

    /// Shows an edit that waits, or lets the post stay as it is. Throws `postNotFound`, `ownPost`, `decisionImpossible`, `textChanged`.
    func decide(_ order: EditOrder, by moderator: Caller, _ trace: Trace) async throws -> Case {
        let id = order.post
        return try await self.database.write { tx in
            guard let known = try Self.find(id, in: tx) else { throw ForumProblems.postNotFound }
            try Self.requireOther(known, moderator, in: tx)
            guard let edited = known.edited, known.post.state.isShown || !order.isApproved else {
                throw ForumProblems.decisionImpossible
            }
            guard order.version ?? edited.version == edited.version else { throw ForumProblems.textChanged }
            if order.isApproved {
                try tx.posts.update(edited)
                try tx.posts.update(TextSketch((try? RenderedBody(edited.body))?.text ?? ""), of: id)
                try tx.postVersions.show(edited.version, of: id)
            } else {
                try tx.postVersions.deleteWaiting(of: id)
            }
            let action = order.isApproved ? "edit_approved" : "edit_rejected"
            try Self.audit(edited, known.post.state, action, order.reason, nil, moderator, trace, in: tx)
            return try Self.find(id, in: tx) ?? known
        }
    }

    /// Takes the last decision back: the post is as it was. Throws `postNotFound`, `undoImpossible`.
    func undo(_ id: ID<Post>, by moderator: Caller, _ trace: Trace) async throws -> Case {
        try await self.database.write { tx in
            guard let known = try Self.find(id, in: tx) else { throw ForumProblems.postNotFound }
            guard let last = known.decisions.last(where: { $0.undoneAt == nil }), last.after == known.post.state,
                last.appealedAt == nil, tx.now.seconds(since: last.createdAt) <= Self.undoSeconds,
                last.moderator == moderator.identity || moderator.has(ForumRole.operator)
            else { throw ForumProblems.undoImpossible }
            try tx.decisions.undo(last.id)
            let post = try self.move(known, to: last.before, in: tx)
            try tx.reports.reopen(last)
            try tx.posts.forgetDecision(of: id)
            try Self.audit(post, known.post.state, "undo", last.reason, nil, moderator, trace, in: tx)
            if post.state.isShown {
                try self.events.tellRestored(
                    post,
                    by: known.account,
                    in: known.thread,
                    .undo,
                    reason: last.reason,
                    trace,
                    in: tx
                )
            } else {
                let standing = known.decisions.last { $0.undoneAt == nil && $0.id != last.id }
                let isFinal = post.state != .removed && post.state != .rejected
                let flagging = PostEvents.Flagging(
                    stage: .decided,
                    reason: standing?.reason ?? last.reason,
                    note: standing?.note,
                    reasons: known.reports.counts,
                    appealUntil: isFinal ? nil : standing?.createdAt.adding(seconds: PostEvents.appealSeconds)
                )
                try self.events.tellFlagged(post, by: known.account, in: known.thread, flagging, trace, in: tx)
            }
            return try Self.find(id, in: tx) ?? known
        }
    }

    /// The author disagrees with the last decision. Throws `postNotFound`, `appealImpossible`.
    ///
    /// - Parameter charge: takes what the appeal costs the author.
    func appeal(
        _ id: ID<Post>,
        _ text: String,
        by author: @escaping @Sendable (Post) -> Bool,
        _ actor: String,
        _ trace: Trace,
        charge: @escaping @Sendable (Transaction) throws -> Void = { _ in }
    ) async throws -> Post {
        try await self.database.write { tx in
            guard var post = try tx.posts.find(id), author(post) else { throw ForumProblems.postNotFound }
            guard post.state == .rejected || post.state == .removed, let last = try tx.decisions.last(of: id),
                last.after == post.state, last.decision != .uphold, last.appealedAt == nil,
                tx.now.seconds(since: last.createdAt) <= PostEvents.appealSeconds
            else { throw ForumProblems.appealImpossible }
            try charge(tx)
            try tx.decisions.appeal(last.id, text)
            post.state = .appealed
            try tx.posts.update(post)
            try tx.audit.record(
                actor: actor,
                action: "post.appealed",
                subject: id.text,
                detail: "\(last.after.rawValue) → appealed",
                trace: trace
            )
            return post
        }
    }

    // MARK: Steps

    private func move(_ known: Case, to state: Post.State, in tx: Transaction) throws -> Post {
        var post = known.post
        post.state = state
        if state.isShown, post.number == nil {
            post.number = try tx.threads.publish(in: post.thread, byAgent: post.stamps != nil)
            post.publishedAt = tx.now
        }
        try tx.posts.decide(post)
        if state == .removed || state == .rejected { try tx.postVersions.deleteWaiting(of: post.id) }
        try tx.threads.showOrHide(post.thread)
        return post
    }

    /// Nobody decides about what they have written.
    private static func requireOther(_ known: Case, _ moderator: Caller, in tx: Transaction) throws {
        guard let member = try tx.members.find(moderator.identity) else { return }
        if known.post.author == .member(member.id) { throw ForumProblems.ownPost }
    }

    /// A thread is shown with its opening post, and not before.
    private static func requireOpening(_ known: Case, _ state: Post.State, in tx: Transaction) throws {
        guard known.thread.state == .queued, state.isShown else { return }
        guard try tx.posts.opening(of: known.thread.id) == known.post.id else { throw ForumProblems.decisionImpossible }
    }

    /// Whether somebody else than one moderator could decide about what the author has written.
    private static func hasOthers(besides author: Author, in tx: Transaction) throws -> Bool {
        let roles = [ForumRole.moderator.role, ForumRole.operator.role]
        let all = try tx.identities.countOwners(of: roles, surface: ForumContract.name)
        let isAuthorOne = try tx.account(of: author)?.member?.isModerator ?? false
        return all - (isAuthorOne ? 1 : 0) > 1
    }

    private static func audit(
        _ post: Post,
        _ before: Post.State,
        _ action: String,
        _ reason: String,
        _ note: String?,
        _ moderator: Caller,
        _ trace: Trace,
        in tx: Transaction
    ) throws {
        let told = note.map { " (\($0))" } ?? ""
        try tx.audit.record(
            actor: moderator.credential,
            action: "post.\(action)",
            subject: post.id.text,
            detail:
                "\(before.rawValue) → \(post.state.rawValue), score \(post.score.number): \(reason)\(told) \(JSON.text(of: post.score.partsJSON))",
            trace: trace
        )
    }

    private func tell(
        _ post: Post,
        _ known: Case,
        _ order: DecisionOrder,
        wasPublished: Bool,
        _ trace: Trace,
        in tx: Transaction
    ) throws {
        let (account, thread) = (known.account, known.thread)
        switch order.decision {
        case .approve where wasPublished:
            try self.events.tellRestored(post, by: account, in: thread, .undo, reason: order.reason, trace, in: tx)
        case .approve:
            try self.events.tell(post, by: account, in: thread, trace, in: tx)
            try self.events.noticeDecision(post, by: account, in: tx)
        case .dismiss:
            try self.events.tellRestored(post, by: account, in: thread, .dismissed, reason: order.reason, trace, in: tx)
        case .restore:
            if !wasPublished { try self.events.tell(post, by: account, in: thread, trace, in: tx) }
            try self.events.tellRestored(post, by: account, in: thread, .appeal, reason: order.reason, trace, in: tx)
        case .reject, .remove, .uphold:
            let flagging = PostEvents.Flagging(
                stage: order.decision == .uphold ? .upheld : .decided,
                reason: order.reason,
                note: order.note,
                reasons: known.reports.counts,
                appealUntil: order.decision == .uphold ? nil : tx.now.adding(seconds: PostEvents.appealSeconds)
            )
            try self.events.tellFlagged(post, by: account, in: thread, flagging, trace, in: tx)
        }
    }
}
