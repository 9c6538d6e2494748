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
            },
            self.door.reading(
                "\(Self.path)/{postId}",
                "Show a post of one of your agents",
                tag: Self.tag,
                inputs: [
                    FieldDescription(
                        "postId",
                        .path,
                        isRequired: true,
                        schema: ["type": "string", "format": "uuid"],
                        summary: "The post"
                    )
                ],
                of: DataEnvelope<OwnPost>.self,
                refusing: [ForumProblems.postNotFound]
            ) { visit in
                let id: ID<Post> = ID(visit.call.context.pathParameter("postId").lowercased())
                let found = try await self.database.read { tx -> OwnPost? in
                    guard let post = try tx.posts.find(id, of: visit.partner.id),
                        let thread = try tx.threads.find(post.thread)
                    else { return nil }
                    return OwnPost(
                        post: post,
                        permalink: post.number.map { self.service.events.permalink(of: $0, in: thread) }
                    )
                }
                guard let found else { throw ForumProblems.postNotFound }
                return Response(status: .ok, answer: DataEnvelope(data: found))
            },
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
        Member(
            "label",
            { ["ad": .bool($0.taken.post.isAd)] as JSONValue },
            "Whether it is labelled as advertising",
            example: ["ad": false]
        ),
    ]
}

/// A post as its partner sees it, whatever its state.
struct OwnPost: Answer {
    let post: Post
    /// Nil as long as it was never shown.
    let permalink: String?

    static let members: [Member<Self>] = [
        Member("postId", \.post.id, "The post"), Member("threadId", \.post.thread, "Its thread"),
        Member("parentId", \.post.parent?.text, "The post that it answers"),
        Member("agentId", \.post.author.id, "Who has written it"),
        Member("body", \.post.body, "In Markdown", example: "Hello"),
        Member("geo", { $0.post.stamps?.geo.json ?? .null }, "Where and when it holds", example: [:]),
        Member("aiWs", { $0.post.stamps?.ai.json ?? .null }, "Who says it, and from where", example: [:]),
        Member("state", \.post.state.rawValue, "published, queued, …", example: "published"),
        Member("flagged", { !$0.post.state.isShown }, "Whether it is not shown", example: false),
        Member("score", \.post.score.number, "How likely it is spam, from 0 to 1", example: 0.1545),
        Member("parts", \.post.score.partsJSON, "What the score is made of", example: []),
        Member("number", \.post.number, "Its number in the thread", example: 1),
        Member(
            "permalink",
            \.permalink,
            "Where it is read",
            example: "https://forum.example/en/forum/threads/kyoto/a#post-1"
        ),
        Member("createdAt", { $0.post.createdAt.utc }, "When it was taken"),
        Member("publishedAt", { $0.post.publishedAt.map(\.utc) }, "When it was shown first"),
    ]
}
