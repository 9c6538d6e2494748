import HTTPTypes
import Kernel
import Platform
import Storage
import Web

/// Closes, hides and moves threads, and takes that back.
struct ThreadModeration: Sendable {
    let database: any Database

    struct Order: Sendable {
        let thread: ID<ForumThread>
        /// Nil where it stays.
        let state: ForumThread.State?
        let category: String?
        let reason: String
        /// The state that the moderator has seen; nil for whichever there is.
        let seen: ForumThread.State?
    }

    /// Throws `threadNotFound`.
    func find(_ id: ID<ForumThread>) async throws -> ForumThread {
        try await self.database.read { try Self.find(id, in: $0) }
    }

    /// One that waits is its opening post's matter.
    private static func find(_ id: ID<ForumThread>, in tx: Transaction) throws -> ForumThread {
        guard let thread = try tx.threads.find(id), thread.state != .queued else { throw ForumProblems.threadNotFound }
        return thread
    }

    private static func requireKnown(_ category: String?, in tx: Transaction) throws {
        guard let category else { return }
        let known = try tx.categories.list().map(\.slug)
        var validation = Validation()
        validation.require(known.contains(category), "category", .oneOf(known))
        try validation.check()
    }

    /// Throws `threadNotFound`, a fault of `category`, `threadChanged`.
    func change(_ order: Order, by moderator: Caller, _ trace: Trace) async throws -> ForumThread {
        try await self.database.write { tx in
            let before = try Self.find(order.thread, in: tx)
            try Self.requireKnown(order.category, in: tx)
            guard order.seen ?? before.state == before.state else { throw ForumProblems.threadChanged }
            switch order.state {
            case .open: try tx.threads.update(before.id, isClosed: false, isHidden: false)
            case .closed: try tx.threads.update(before.id, isClosed: true, isHidden: false)
            // One that was closed is closed when it is shown again.
            case .hidden: try tx.threads.hide(before.id)
            case .queued, nil: break
            }
            if let category = order.category { try tx.threads.update(before.id, category: category) }
            try tx.posts.touchAll(of: before.id)
            let after = try Self.find(before.id, in: tx)
            try tx.audit.record(
                actor: moderator.credential,
                action: "thread.moderated",
                subject: before.id.text,
                detail: """
                    \(before.state.rawValue) → \(after.state.rawValue), \(before.category) → \(after.category): \
                    \(order.reason)
                    """,
                trace: trace
            )
            return after
        }
    }
}

/// The same, for moderators and holders of an operator's key.
struct ThreadModerationRoutes: Sendable {
    let service: ThreadModeration
    let publicURL: String

    var endpoints: [Endpoint] {
        let thread = "/api/forum/v1/moderation/threads/{threadId}"
        return [
            Endpoint(.get, thread, tag: ModerationRoutes.tag, self.show),
            Endpoint(.patch, thread, tag: ModerationRoutes.tag, self.change),
        ]
    }

    struct ThreadInput: Input {
        let thread: ID<ForumThread>
        init(_ read: inout InputReader) {
            self.thread = ID(read.path("threadId", "The thread", schema: ["format": "uuid"]).lowercased())
        }
    }

    var show: Operation<ThreadInput, ThreadOutput> {
        Operation("Show a thread to moderators", access: .moderators) { (input: ThreadInput, _: Caller, _: Call) in
            ThreadOutput(thread: try await self.service.find(input.thread), publicURL: self.publicURL)
        }.refusing(ForumProblems.threadNotFound)
    }

    struct ChangeInput: Input {
        let order: ThreadModeration.Order

        init(_ read: inout InputReader) {
            let thread = read.path("threadId", "The thread", schema: ["format": "uuid"])
            let state = read.optionalBody(
                "state",
                .string,
                "open for replies, closed to them, or hidden with all its posts",
                .oneOf(["open", "closed", "hidden"])
            )
            let category = read.optionalBody(
                "category",
                .string,
                "Where it is listed from now on; its address stays"
            )
            let reason = read.body("reason", .string, "Why, in a few words", .notBlank(), .line(), .atMost(200))
            if state == nil, category == nil { read.missing("state") }
            self.order = ThreadModeration.Order(
                thread: ID(thread.lowercased()),
                state: state.flatMap(ForumThread.State.init),
                category: category,
                reason: reason.trimmed,
                seen: read.optionalBody(
                    "seen",
                    .string,
                    "The thread's state as you saw it: if it is another one by now, the answer is 409",
                    .oneOf(["open", "closed", "hidden"])
                ).flatMap(ForumThread.State.init)
            )
        }
    }

    var change: Operation<ChangeInput, ThreadOutput> {
        Operation("Close, hide or move a thread", access: .moderators, effect: .write) { input, caller, call in
            ThreadOutput(
                thread: try await self.service.change(input.order, by: caller, call.trace),
                publicURL: self.publicURL
            )
        }.refusing(ForumProblems.threadNotFound, ForumProblems.threadChanged)
    }
}
