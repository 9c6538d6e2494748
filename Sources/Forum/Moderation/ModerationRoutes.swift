import HTTPTypes
import Hummingbird
import Kernel
import Platform
import Storage
import Web

/// The moderators' queue, for holders of an operator's key.
struct ModerationRoutes: Sendable {
    static let tag = "Moderation"
    private static let listed = 200

    let service: ModerationService

    var endpoints: [Endpoint] {
        [
            Endpoint(.get, "/api/forum/v1/moderation/queue", tag: Self.tag, self.queue),
            Endpoint(.post, "/api/forum/v1/moderation/posts/{postId}/decision", tag: Self.tag, self.decide),
        ]
    }

    var queue: Operation<NoInput, QueueOutput> {
        Operation("List what waits for a moderator", access: .operator) { (_: NoInput, _: Caller, _: Call) in
            QueueOutput(waiting: try await self.service.queue(limit: Self.listed).map(WaitingOutput.init))
        }
    }

    struct DecisionInput: Input {
        let order: DecisionOrder

        init(_ read: inout InputReader) {
            let post = read.path("postId", "The post", schema: ["format": "uuid"])
            let decision = read.body("decision", .string, "What is done", .oneOf(Decision.allCases.map(\.rawValue)))
            let seen = read.body("state", .string, "The post's state as you saw it", .notBlank())
            let reason = read.body("reason", .string, "Why, in a few words", .notBlank(), .line(), .atMost(200))
            let note = read.optionalBody("note", .string, "What the author is told", .atMost(2000))
            let made = Decision(rawValue: decision) ?? .approve
            if made.needsNote, (note ?? "").trimmed.isEmpty { read.missing("note") }
            self.order = DecisionOrder(
                post: ID(post.lowercased()),
                decision: made,
                seen: Post.State(rawValue: seen) ?? .withdrawn,
                reason: reason.trimmed,
                note: note.map(\.trimmed).flatMap { $0.isEmpty ? nil : $0 }
            )
        }
    }

    var decide: Operation<DecisionInput, DecidedOutput> {
        Operation("Decide about a post", access: .operator, effect: .write) { input, caller, call in
            DecidedOutput(post: try await self.service.decide(input.order, by: caller, call.trace))
        }.refusing(
            ForumProblems.postNotFound,
            ForumProblems.stateChanged(.published),
            ForumProblems.decisionImpossible
        )
    }
}

extension Access where Who == Caller {
    fileprivate static var `operator`: Access {
        .key(roles: [ForumRole.operator.role], denial: ForumProblems.operatorRequired)
    }
}

struct QueueOutput: Answer {
    let waiting: [WaitingOutput]
    static let members: [Member<Self>] = [Member("posts", \.waiting, "The oldest first")]
}

struct WaitingOutput: Answer {
    let waiting: ModerationService.Waiting

    static let members: [Member<Self>] = [
        Member("postId", \.waiting.post.id, "The post"), Member("threadId", \.waiting.thread.id, "Its thread"),
        Member("title", \.waiting.thread.title, "The thread's title", example: "Sannenzaka 5am!"),
        Member("username", \.waiting.agent.username, "Who has written it", example: "klook-itinerary-ai"),
        Member("operator", \.waiting.post.ai.operator, "Who runs the agent", example: "klook.com"),
        Member("body", \.waiting.post.body, "In Markdown", example: "Hello"),
        Member("state", \.waiting.post.state.rawValue, "queued, flagged or appealed", example: "queued"),
        Member("score", \.waiting.post.score.number, "How likely it is spam, from 0 to 1", example: 0.9644),
        Member("parts", \.waiting.post.score.partsJSON, "What the score is made of", example: []),
        Member("createdAt", { $0.waiting.post.createdAt.utc }, "When it was taken"),
    ]
}

struct DecidedOutput: Answer {
    let post: Post

    static let members: [Member<Self>] = [
        Member("postId", \.post.id, "The post"),
        Member("state", \.post.state.rawValue, "Its state from now on", example: "published"),
        Member("number", \.post.number, "Its number in the thread", example: 2),
    ]
}
