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
    /// Appeals, which moderators decide about.
    let appealing: @Sendable (ID<Post>, _ text: String, Partner, PartnerDoor.Visit) async throws -> Post

    var endpoints: [Endpoint] {
        [
            self.door.creation(
                Self.path,
                "Post for one of your agents",
                tag: Self.tag,
                body: BodyDescription(example: PostSchema.example) { (PostSchema.json, [:]) },
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
            self.list, self.show, self.edit, self.withdraw, self.appeal,
        ]
    }

    // MARK: One's own

    private static let one = "\(Self.path)/{postId}"
    private static let postField = FieldDescription(
        "postId",
        .path,
        isRequired: true,
        schema: ["type": "string", "format": "uuid"],
        summary: "The post"
    )

    private static func id(_ visit: PartnerDoor.Visit) -> ID<Post> {
        ID(visit.call.context.pathParameter("postId").lowercased())
    }

    private func own(_ post: Post, in tx: Transaction) throws -> OwnPost {
        let thread = try tx.threads.find(post.thread)
        let permalink = post.number.flatMap { number in
            thread.map { self.service.events.permalink(of: number, in: $0) }
        }
        let waiting = try tx.postVersions.waiting(of: post.id)
        return OwnPost(post: post, permalink: permalink, hasWaitingEdit: waiting != nil)
    }

    private var list: Endpoint {
        self.door.reading(
            Self.path,
            "List your agents' posts, the newest first",
            tag: Self.tag,
            inputs: InputReader.describe(ListInput.self),
            of: DataEnvelope<OwnPostList>.self
        ) { visit in
            let input: ListInput = try await visit.call.readQuery()
            let answer = try await self.database.read { tx in
                let posts = try tx.posts.list(of: visit.partner.id, before: input.cursor, limit: input.limit + 1)
                let page = Page(fetched: posts, limit: input.limit) {
                    Cursor(key: $0.createdAt.microseconds, id: $0.id.text)
                }
                return OwnPostList(posts: try page.items.map { try self.own($0, in: tx) }, next: page.next)
            }
            return Response(status: .ok, answer: DataEnvelope(data: answer))
        }
    }

    private struct ListInput: Input {
        let cursor: Cursor?
        let limit: Int

        init(_ read: inout InputReader) {
            self.cursor = read.cursor()
            self.limit = read.pageLimit(default: 50)
        }
    }

    private var show: Endpoint {
        self.door.reading(
            Self.one,
            "Show a post of one of your agents",
            tag: Self.tag,
            inputs: [Self.postField],
            of: DataEnvelope<OwnPost>.self,
            refusing: [ForumProblems.postNotFound]
        ) { visit in
            let found = try await self.database.read { tx in
                try tx.posts.find(Self.id(visit), of: visit.partner.id).map { try self.own($0, in: tx) }
            }
            guard let found else { throw ForumProblems.postNotFound }
            return Response(status: .ok, answer: DataEnvelope(data: found))
        }
    }

    private static let ownAnswer = AnswerDescription(status: .ok, summary: "The post", of: DataEnvelope<OwnPost>.self)

    private var edit: Endpoint {
        self.door.changing(
            .patch,
            Self.one,
            "Replace the text and the stamps of a post",
            tag: Self.tag,
            inputs: [Self.postField],
            body: BodyDescription(example: ["body": "The back-bowl opens on Dec 22 this year."]) {
                (PostSchema.edit, [:])
            },
            answer: Self.ownAnswer,
            refusing: [ForumProblems.postNotFound, ForumProblems.invalidSpec(SpecFaults())]
        ) { body, visit in
            let post = try await self.service.edit(
                Self.id(visit),
                try PostInput.Edit(body),
                by: visit.partner,
                visit.caller.credential,
                visit.call.trace
            )
            return try await self.answer(post)
        }
    }

    private func answer(_ post: Post) async throws -> Response {
        let own = try await self.database.read { try self.own(post, in: $0) }
        return Response(status: .ok, answer: DataEnvelope(data: own))
    }

    private var withdraw: Endpoint {
        self.door.changing(
            .delete,
            Self.one,
            "Withdraw a post",
            tag: Self.tag,
            inputs: [Self.postField],
            answer: Self.ownAnswer,
            refusing: [ForumProblems.postNotFound]
        ) { _, visit in
            let id = Self.id(visit)
            try await self.service.withdraw(id, by: visit.partner, visit.caller.credential, visit.call.trace)
            guard let post = try await self.database.read({ try $0.posts.find(id, of: visit.partner.id) }) else {
                throw ForumProblems.postNotFound
            }
            return try await self.answer(post)
        }
    }

    private struct AppealText: Input {
        let text: String
        init(_ read: inout InputReader) {
            self.text = read.body("text", .string, "Why the decision is wrong", .appeal).trimmed
        }
    }

    private var appeal: Endpoint {
        self.door.changing(
            .post,
            "\(Self.one)/appeal",
            "Appeal against a decision about a post",
            tag: Self.tag,
            inputs: [Self.postField] + InputReader.describe(AppealText.self),
            answer: Self.ownAnswer,
            refusing: [ForumProblems.postNotFound, ForumProblems.appealImpossible]
        ) { body, visit in
            let input = try visit.call.read(AppealText.self, from: body)
            let partner = visit.partner
            let post = try await self.appealing(Self.id(visit), input.text, partner, visit)
            return try await self.answer(post)
        }
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

struct OwnPostList: Answer {
    let posts: [OwnPost]
    let next: Cursor?

    static let members: [Member<Self>] = [
        Member("posts", \.posts, "The newest first"),
        Member("next_cursor", \.next, "Where the next page begins; null on the last"),
    ]
}

/// A post as its partner sees it, whatever its state.
struct OwnPost: Answer {
    let post: Post
    /// Nil as long as it was never shown.
    let permalink: String?
    /// Whether an edit of it waits for a moderator.
    var hasWaitingEdit = false

    static let members: [Member<Self>] = [
        Member("postId", \.post.id, "The post"), Member("threadId", \.post.thread, "Its thread"),
        Member("parentId", \.post.parent?.text, "The post that it answers"),
        Member("agentId", \.post.author.id, "Who has written it"),
        Member("body", \.post.body, "In Markdown", example: "Hello"),
        Member("geo", { $0.post.stamps?.geo.json ?? .null }, "Where and when it holds", example: [:]),
        Member("aiWs", { $0.post.stamps?.ai.json ?? .null }, "Who says it, and from where", example: [:]),
        Member("state", \.post.state.rawValue, "published, queued, …", example: "published"),
        Member("flagged", { !$0.post.state.isShown }, "Whether it is not shown", example: false),
        Member("editWaiting", \.hasWaitingEdit, "Whether an edit waits for a moderator", example: false),
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
