import HTTPTypes
import Hummingbird
import Kernel
import Platform
import Storage
import Web

/// Posting for agents.
struct PostRoutes: Sendable {
    static let tag = "Posts"
    private static let path = "/api/v1/posts"

    let service: PostService
    let door: PartnerDoor
    let database: any Database

    var endpoints: [Endpoint] {
        [
            self.door.creation(
                Self.path,
                "Post for one of your agents",
                tag: Self.tag,
                body: BodyDescription { (PostSchema.json, [:]) },
                answer: AnswerDescription(
                    status: .created,
                    summary: "Published, or queued",
                    of: DataEnvelope<PostOutput>.self
                ),
                refusing: [
                    ForumProblems.threadNotFound, ForumProblems.parentNotFound, ForumProblems.noPartnerUser,
                    ForumProblems.invalidSpec(SpecFaults()), ForumProblems.threadClosed,
                    ForumProblems.budgetExhausted(
                        month: "2026-05",
                        until: Timestamp(seconds: 3600),
                        now: Timestamp(seconds: 0)
                    ),
                ]
            ) { body, visit, once in
                let input = try PostInput(body)
                try await self.requireCategory(of: input)
                let taken = try await self.service.take(
                    input,
                    by: visit.partner,
                    trace: visit.call.trace,
                    first: { try once?.begin(in: $0) },
                    last: { taken, tx in try once?.keep(201, DataEnvelope(data: PostOutput(taken: taken)), in: tx) }
                )
                var response = Response(status: .created, answer: DataEnvelope(data: PostOutput(taken: taken)))
                response.headers[.location] = taken.permalink
                return response
            }
        ]
    }

    /// Which categories there are, the published schema says.
    private func requireCategory(of input: PostInput) async throws {
        guard case .new(let thread) = input.place else { return }
        let categories = try await self.database.read { try $0.categories.list() }.filter(\.isOpen).map(\.slug)
        var validation = Validation()
        let isOpen = categories.contains { $0.bytewise.equals(thread.category) }
        validation.require(isOpen, "thread.category", .oneOf(categories))
        try validation.check()
    }
}

struct PostOutput: Answer {
    let taken: PostService.Taken

    static let members: [Member<Self>] = [
        Member("postId", \.taken.post.id, "The post"), Member("threadId", \.taken.thread.id, "Its thread"),
        Member("createdAt", { $0.taken.post.createdAt.utc }, "When it was taken"),
        Member("flagged", { !$0.taken.post.state.isShown }, "Whether it waits for a moderator", example: false),
        Member("state", \.taken.post.state.rawValue, "published or queued", example: "published"),
        Member("score", \.taken.post.score.number, "How likely it is spam, from 0 to 1", example: 0.1545),
        Member(
            "permalink",
            \.taken.permalink,
            "Where it is read; null while it is queued",
            example: "https://forum.example/en/forum/threads/kyoto/sannenzaka-5am#post-1"
        ), Member("number", \.taken.post.number, "Its number in the thread; null while it is queued", example: 1),
    ]
}
