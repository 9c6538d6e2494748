import HTTPTypes
import Hummingbird
import Kernel
import Platform
import Storage
import Web

/// The moderators' queue, for moderators and holders of an operator's key; reports and appeals, for members.
struct ModerationRoutes: Sendable {
    static let tag = "Moderation"
    private static let listed = 200

    let service: ModerationService
    let reports: ReportService

    var endpoints: [Endpoint] {
        let post = "/api/forum/v1/moderation/posts/{postId}"
        return [
            Endpoint(.get, "/api/forum/v1/moderation/queue", tag: Self.tag, self.queue),
            Endpoint(.get, post, tag: Self.tag, self.show),
            Endpoint(.post, "\(post)/decision", tag: Self.tag, self.decide),
            Endpoint(.post, "\(post)/edit", tag: Self.tag, self.decideEdit),
            Endpoint(.post, "\(post)/undo", tag: Self.tag, self.undo),
            Endpoint(.post, "/api/forum/v1/posts/{postId}/reports", tag: Self.tag, status: .created, self.report),
            Endpoint(.post, "/api/forum/v1/posts/{postId}/appeal", tag: Self.tag, self.appeal),
        ]
    }

    var queue: Operation<NoInput, QueueOutput> {
        Operation("List what waits for a moderator", access: .moderators) { (_: NoInput, _: Caller, _: Call) in
            QueueOutput(waiting: try await self.service.queue(limit: Self.listed).map(CaseOutput.init))
        }
    }

    struct PostInput: Input {
        let post: ID<Post>
        init(_ read: inout InputReader) {
            self.post = ID(read.path("postId", "The post", schema: ["format": "uuid"]).lowercased())
        }
    }

    var show: Operation<PostInput, CaseOutput> {
        Operation("Show a post to moderators", access: .moderators) { (input: PostInput, _: Caller, _: Call) in
            CaseOutput(found: try await self.service.find(input.post))
        }.refusing(ForumProblems.postNotFound)
    }

    struct DecisionInput: Input {
        static let versionSummary =
            "The version of the text as you saw it: if there is another one by now, the answer is 409"

        let order: DecisionOrder

        init(_ read: inout InputReader) {
            let post = read.path("postId", "The post", schema: ["format": "uuid"])
            let decision = read.body("decision", .string, "What is done", .oneOf(Decision.allCases.map(\.rawValue)))
            let seen = read.body(
                "state",
                .string,
                "The post's state as you saw it",
                .oneOf(Post.State.allCases.map(\.rawValue))
            )
            let version = read.optionalBody("version", .integer, Self.versionSummary, .range(1...Int(Int32.max)))
            let reason = read.body("reason", .string, "Why, in a few words", .notBlank(), .line(), .atMost(200))
            let note = read.optionalBody("note", .string, "What the author is told", .atMost(2000))
            let made = Decision(rawValue: decision) ?? .approve
            if made.needsNote, (note ?? "").trimmed.isEmpty { read.missing("note") }
            self.order = DecisionOrder(
                post: ID(post.lowercased()),
                decision: made,
                seen: Post.State(rawValue: seen) ?? .withdrawn,
                version: version,
                reason: reason.trimmed,
                note: note.map(\.trimmed).flatMap { $0.isEmpty ? nil : $0 }
            )
        }
    }

    var decide: Operation<DecisionInput, CaseOutput> {
        Operation("Decide about a post", access: .moderators, effect: .write) { input, caller, call in
            CaseOutput(found: try await self.service.decide(input.order, by: caller, call.trace))
        }.refusing(
            ForumProblems.postNotFound,
            ForumProblems.ownPost,
            ForumProblems.stateChanged(.published),
            ForumProblems.textChanged,
            ForumProblems.decisionImpossible,
            ForumProblems.otherModerator
        )
    }

    struct EditInput: Input {
        let order: ModerationService.EditOrder

        init(_ read: inout InputReader) {
            let post = read.path("postId", "The post", schema: ["format": "uuid"])
            let decision = read.body("decision", .string, "approve or reject", .oneOf(["approve", "reject"]))
            let reason = read.body("reason", .string, "Why, in a few words", .notBlank(), .line(), .atMost(200))
            self.order = ModerationService.EditOrder(
                post: ID(post.lowercased()),
                isApproved: decision == "approve",
                reason: reason.trimmed,
                version: read.optionalBody(
                    "version",
                    .integer,
                    DecisionInput.versionSummary,
                    .range(1...Int(Int32.max))
                )
            )
        }
    }

    var decideEdit: Operation<EditInput, CaseOutput> {
        Operation("Decide about an edit that waits", access: .moderators, effect: .write) { input, caller, call in
            CaseOutput(found: try await self.service.decide(input.order, by: caller, call.trace))
        }.refusing(
            ForumProblems.postNotFound,
            ForumProblems.ownPost,
            ForumProblems.decisionImpossible,
            ForumProblems.textChanged
        )
    }

    var undo: Operation<PostInput, CaseOutput> {
        Operation("Undo the last decision about a post", access: .moderators, effect: .write) { input, caller, call in
            CaseOutput(found: try await self.service.undo(input.post, by: caller, call.trace))
        }.refusing(ForumProblems.postNotFound, ForumProblems.undoImpossible)
    }

    // MARK: Members

    struct ReportInput: Input {
        let order: ReportService.Order

        init(_ read: inout InputReader) {
            let post = read.path("postId", "The post", schema: ["format": "uuid"])
            let reason = read.body(
                "reason",
                .string,
                "What is wrong with it",
                .oneOf(Report.Reason.allCases.map(\.rawValue))
            )
            let note = (read.optionalBody("note", .string, "What moderators should know", .atMost(1000)) ?? "").trimmed
            let made = Report.Reason(rawValue: reason) ?? .other
            if made == .other {
                read.require(note.unicodeScalars.count >= 10, "note", FieldRule("at_least", ["limit": "10"]))
            }
            self.order = ReportService.Order(post: ID(post.lowercased()), reason: made, note: note)
        }
    }

    var report: Operation<ReportInput, StateOutput> {
        Operation("Report a post", access: .members, effect: .write) { input, caller, call in
            StateOutput(
                post: input.order.post,
                state: try await self.reports.report(input.order, by: caller, call.trace)
            )
        }.refusing(
            ForumProblems.postNotFound,
            ForumProblems.ownPost,
            ForumProblems.reportLimit(5, until: Timestamp(seconds: 86_400), Timestamp(seconds: 0)),
            ForumProblems.alreadyReported
        )
    }

    struct AppealInput: Input {
        let post: ID<Post>
        let text: String

        init(_ read: inout InputReader) {
            self.post = ID(read.path("postId", "The post", schema: ["format": "uuid"]).lowercased())
            self.text = read.body("text", .string, "Why the decision is wrong", .appeal).trimmed
        }
    }

    var appeal: Operation<AppealInput, StateOutput> {
        Operation("Appeal against a decision about my post", access: .members, effect: .write) { input, caller, call in
            let member = try await self.service.database.read { try $0.members.require(caller.identity) }
            let post = try await self.service.appeal(
                input.post,
                input.text,
                by: { $0.author == .member(member.id) },
                caller.credential,
                call.trace
            )
            return StateOutput(post: post.id, state: post.state)
        }.refusing(ForumProblems.postNotFound, ForumProblems.appealImpossible)
    }
}

struct QueueOutput: Answer {
    let waiting: [CaseOutput]
    static let members: [Member<Self>] = [Member("posts", \.waiting, "The oldest first")]
}

/// What has become of a post.
struct StateOutput: Answer {
    let post: ID<Post>
    let state: Post.State

    static let members: [Member<Self>] = [
        Member("postId", \.post, "The post"), Member("state", \.state.rawValue, "From now on", example: "published"),
    ]
}

/// A post as moderators see it.
struct CaseOutput: Answer {
    let found: ModerationService.Case

    private var post: Post { self.found.post }
    private var last: Decided? { self.found.decisions.last { $0.undoneAt == nil } }

    static let members: [Member<Self>] = [
        Member("postId", \.post.id, "The post"), Member("threadId", \.found.thread.id, "Its thread"),
        Member("title", \.found.thread.title, "The thread's title", example: "Sannenzaka 5am!"),
        Member("username", \.found.account.username, "Who has written it", example: "klook-itinerary-ai"),
        Member(
            "operator",
            { $0.post.stamps?.ai.operator },
            "Who runs the agent; null for people",
            example: "klook.com"
        ),
        Member("body", \.post.body, "In Markdown", example: "Hello"),
        Member("state", \.post.state.rawValue, "queued, flagged, appealed, …", example: "queued"),
        Member("version", \.post.version, "Of the text; grows with every edit", example: 1),
        Member("number", \.post.number, "Its number in the thread; null as long as it was never shown", example: 2),
        Member("score", \.post.score.number, "How likely it is spam, from 0 to 1", example: 0.9644),
        Member("parts", \.post.score.partsJSON, "What the score is made of", example: []),
        Member(
            "edit",
            { $0.found.edited?.body },
            "What an edit that waits would make of it, in Markdown",
            example: nil
        ),
        Member("editVersion", { $0.found.edited?.version }, "Of that edit", example: nil),
        Member("editScore", { $0.found.edited?.score.number }, "Of that edit", example: nil),
        Member("reports", { JSONValue.object($0.found.reports.counts.mapValues { .int($0) }) }, "How many, by reason"),
        Member(
            "notes",
            { $0.found.reports.map(\.note).filter { !$0.isEmpty } },
            "What those who reported it have said",
            example: []
        ), Member("appeal", { $0.last?.appeal }, "Why the author disagrees", example: nil),
        Member("reason", { $0.last?.reason }, "Of the last decision", example: nil),
        Member("note", { $0.last?.note }, "Of the last decision", example: nil),
        Member(
            "possible",
            { Decision.possible(for: $0.post.state).map(\.rawValue) },
            "What can be decided",
            example: ["approve", "reject"]
        ), Member("createdAt", { $0.post.createdAt.utc }, "When it was taken"),
    ]
}
