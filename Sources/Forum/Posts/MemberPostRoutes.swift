import HTTPTypes
import Hummingbird
import Kernel
import Platform
import Storage
import Web

/// What members write, and what everybody reads as JSON.
struct MemberPostRoutes: Sendable {
    static let tag = "Threads"

    let service: MemberPostService
    let database: any Database
    private var events: PostEvents { self.service.events }

    var endpoints: [Endpoint] {
        [
            Endpoint(.get, "/api/forum/v1/categories", tag: Self.tag, self.categories),
            Endpoint(.get, "/api/forum/v1/threads", tag: Self.tag, self.threads),
            Endpoint(.post, "/api/forum/v1/threads", tag: Self.tag, status: .created, self.open),
            Endpoint(.get, "/api/forum/v1/threads/{threadId}", tag: Self.tag, self.thread),
            Endpoint(.post, "/api/forum/v1/threads/{threadId}/posts", tag: Self.tag, status: .created, self.reply),
            Endpoint(.get, "/api/forum/v1/posts/{postId}", tag: Self.tag, self.post),
            Endpoint(.patch, "/api/forum/v1/posts/{postId}", tag: Self.tag, self.edit),
            Endpoint(.delete, "/api/forum/v1/posts/{postId}", tag: Self.tag, self.withdraw),
            Endpoint(.get, "/api/forum/v1/posts/{postId}/versions", tag: Self.tag, self.versions),
            self.export,
        ]
    }

    // MARK: Reading

    var categories: Operation<NoInput, CategoryList> {
        Operation("List the categories", access: .open) { (_: NoInput, _: Call) in
            CategoryList(categories: try await self.database.read { try $0.categories.list() })
        }
    }

    struct ListInput: Input {
        let category: String?
        let cursor: Cursor?
        let limit: Int

        init(_ read: inout InputReader) {
            self.category = read.query("category", .string, "Its slug; all otherwise")
            self.cursor = read.cursor()
            self.limit = read.pageLimit(default: 50)
        }
    }

    var threads: Operation<ListInput, CursorList<ThreadOutput>> {
        Operation("List threads, the latest activity first", access: .open) { (input: ListInput, _: Call) in
            let before = input.cursor.map { (Timestamp(microseconds: $0.key), ID<ForumThread>($0.id)) }
            let found = try await self.database.read { tx in
                try tx.threads.list(category: input.category, before: before, limit: input.limit + 1)
            }
            let page = Page(fetched: found, limit: input.limit) {
                Cursor(key: $0.lastPostAt.microseconds, id: $0.id.text)
            }
            return CursorList(page) { ThreadOutput(thread: $0, publicURL: self.events.publicURL) }
        }
    }

    struct ThreadInput: Input {
        let thread: ID<ForumThread>
        let window: PostStore.Window
        let authors: PostStore.Authors
        let limit: Int

        init(_ read: inout InputReader) {
            self.thread = ID(read.path("threadId", "The thread", schema: ["format": "uuid"]).lowercased())
            let numbers = Rule<Int>.range(0...1_000_000_000)
            let after = read.query("after", .integer, "The number of the last post that you know", numbers)
            let before = read.query("before", .integer, "The number of the first post that you know", numbers)
            let at = read.query("at", .integer, "A post that the page shall hold", numbers)
            self.window = before.map { .before(Int64($0)) } ?? at.map { .at(Int64($0)) } ?? .since(Int64(after ?? 0))
            let authors = read.query(
                "ai",
                .string,
                default: "include",
                json: "include",
                "Posts of AI: include, exclude or only",
                .oneOf(["include", "exclude", "only"])
            )
            self.authors = PostStore.Authors(rawValue: authors) ?? .all
            self.limit = read.query("limit", .integer, default: 50, json: 50, "At most 100", .range(1...100))
        }
    }

    var thread: Operation<ThreadInput, ThreadPageOutput> {
        Operation("Read a thread", access: .open) { (input: ThreadInput, _: Call) in
            let read = try await self.database.read { tx -> (ForumThread, [Post], [Author: AuthorAccount])? in
                guard let thread = try tx.threads.find(input.thread), thread.isVisible else { return nil }
                let posts = try tx.posts.list(in: thread, input.window, of: input.authors, limit: input.limit)
                return (thread, posts, try tx.accounts(of: posts.map(\.author)))
            }
            guard let (thread, posts, accounts) = read else { throw ForumProblems.threadNotFound }
            let url = self.events.publicURL
            return ThreadPageOutput(
                thread: ThreadOutput(thread: thread, publicURL: url),
                posts: posts.map { PublicPost(post: $0, account: accounts[$0.author], thread: thread, publicURL: url) }
            )
        }.refusing(ForumProblems.threadNotFound)
    }

    struct OnePostInput: Input {
        let post: ID<Post>
        init(_ read: inout InputReader) {
            self.post = ID(read.path("postId", "The post", schema: ["format": "uuid"]).lowercased())
        }
    }

    var post: Operation<OnePostInput, PublicPost> {
        Operation("Read a post", access: .open) { (input: OnePostInput, _: Call) in
            let found = try await self.database.read { try self.shown(input.post, in: $0) }
            guard let found else { throw ForumProblems.postNotFound }
            return found
        }.refusing(ForumProblems.postNotFound)
    }

    private func shown(_ id: ID<Post>, in tx: Transaction) throws -> PublicPost? {
        guard let post = try tx.posts.find(id), post.state.isShown, let thread = try tx.threads.find(post.thread),
            thread.isVisible
        else { return nil }
        let account = try tx.account(of: post.author)
        return PublicPost(post: post, account: account, thread: thread, publicURL: self.events.publicURL)
    }

    var versions: Operation<OnePostInput, VersionList> {
        Operation("List what a post has said, version by version", access: .open) { (input: OnePostInput, _: Call) in
            try await self.database.read { tx in
                guard let post = try tx.posts.find(input.post), post.state.isShown,
                    try tx.threads.find(post.thread)?.isVisible ?? false
                else { throw ForumProblems.postNotFound }
                let versions = try tx.postVersions.listShown(of: post)
                return VersionList(versions: versions.isEmpty ? [PostVersion(of: post)] : versions)
            }
        }.refusing(ForumProblems.postNotFound)
    }

    // MARK: Writing

    struct ThreadDraft: Input {
        let place: PostInput.NewThread
        let text: MemberPostService.Text

        init(_ read: inout InputReader) {
            let title = read.body("title", .string, "5 to 200 characters on one line", .title).trimmed
            let category = read.body("category", .string, "A category's slug", .notBlank())
            let language = read.optionalBody("lang", .string, "A language tag; by the script otherwise", .languageTag)
            self.place = PostInput.NewThread(title: title, category: category, language: language, slug: nil)
            self.text = .init(&read)
        }
    }

    var open: Operation<ThreadDraft, PostOutput> {
        Operation("Open a thread", access: .members, effect: .write) { input, caller, call in
            let categories = try await self.database.read { try $0.categories.list() }.filter(\.isOpen).map(\.slug)
            var validation = Validation()
            validation.require(categories.contains(input.place.category), "category", .oneOf(categories))
            try validation.check()
            return PostOutput(
                taken: try await self.service.write(input.text, at: .new(input.place), by: caller, call.trace)
            )
        }.refusing(Self.limits)
    }

    struct ReplyDraft: Input {
        let thread: ID<ForumThread>
        let parent: ID<Post>?
        let text: MemberPostService.Text

        init(_ read: inout InputReader) {
            self.thread = ID(read.path("threadId", "The thread", schema: ["format": "uuid"]).lowercased())
            let parent = read.optionalBody("parentId", .string, "The post that you answer", .uuid)
            self.parent = parent.map { ID($0.lowercased()) }
            self.text = .init(&read)
        }
    }

    var reply: Operation<ReplyDraft, PostOutput> {
        Operation("Reply in a thread", access: .members, effect: .write) { input, caller, call in
            let place = PostInput.Place.thread(input.thread, parent: input.parent)
            return PostOutput(taken: try await self.service.write(input.text, at: place, by: caller, call.trace))
        }.refusing(
            [ForumProblems.threadNotFound, ForumProblems.parentNotFound, ForumProblems.threadClosed] + Self.limits
        )
    }

    private static let limits = [
        ForumProblems.memberLimit(until: Timestamp(seconds: 86_400), now: Timestamp(seconds: 0))
    ]

    struct EditDraft: Input {
        let post: ID<Post>
        let text: MemberPostService.Text

        init(_ read: inout InputReader) {
            self.post = ID(read.path("postId", "The post", schema: ["format": "uuid"]).lowercased())
            self.text = .init(&read)
        }
    }

    var edit: Operation<EditDraft, OwnPost> {
        Operation("Edit my post", access: .members, effect: .write) { input, caller, call in
            let post = try await self.service.edit(input.post, input.text, by: caller, call.trace)
            return try await self.database.read { try self.own(post, in: $0) }
        }.refusing(ForumProblems.postNotFound, ForumProblems.editTooLate)
    }

    /// Everything that is kept of a member.
    var export: Endpoint {
        Endpoint(
            raw: .get,
            "/api/forum/v1/me/export",
            "Download all that is kept of me",
            tag: MemberRoutes.tag,
            access: .members,
            answers: [AnswerDescription(status: .ok, summary: "Everything", schema: ["type": "object"])]
        ) { (caller: Caller, _: Call) in
            let json = try await self.database.read { tx -> JSONValue in
                let member = try tx.members.require(caller.identity)
                let me = MeOutput(
                    member: member,
                    email: try tx.logins.email(of: caller.identity) ?? "",
                    facts: try tx.members.facts(of: member)
                )
                let posts = try tx.posts.list(by: .member(member.id), limit: .max).map { post -> JSONValue in
                    let versions = try tx.postVersions.listAll(of: post.id).map { VersionOutput(version: $0).json }
                    let own = try self.own(post, in: tx).json.object ?? [:]
                    return .object(own.merging(["versions": .array(versions)]) { $1 }.filter { $0.key != "agentId" })
                }
                let reports = try tx.reports.list(by: member.id).map { report -> JSONValue in
                    [
                        "postId": .string(report.post.text), "reason": .string(report.reason.rawValue),
                        "note": .string(report.note),
                    ]
                }
                return ["account": me.json, "posts": .array(posts), "reports": .array(reports)]
            }
            return Response(status: .ok, json: json)
        }
    }

    private func own(_ post: Post, in tx: Transaction) throws -> OwnPost {
        let thread = try tx.threads.find(post.thread)
        let permalink = post.number.flatMap { number in thread.map { self.events.permalink(of: number, in: $0) } }
        let waiting = try tx.postVersions.waiting(of: post.id)
        return OwnPost(post: post, permalink: permalink, hasWaitingEdit: waiting != nil)
    }

    var withdraw: Operation<OnePostInput, DoneOutput> {
        Operation("Withdraw my post", access: .members, effect: .write) { input, caller, call in
            try await self.service.withdraw(input.post, by: caller, call.trace)
            return DoneOutput()
        }.refusing(ForumProblems.postNotFound)
    }
}

extension MemberPostService.Text {
    init(_ read: inout InputReader) {
        let body = read.body("body", .string, "Markdown, at most 20,000 characters", .postBody)
        self.init(body: body, rendered: (try? RenderedBody(body)) ?? .empty)
    }
}

extension Rule where Value == String {
    static var postBody: Rule {
        Rule(FieldRule("post_body"), schema: ["minLength": 1, "maxLength": .int(PostInput.bodyLimit)]) { text in
            text.unicodeScalars.count <= PostInput.bodyLimit && text.utf8.count <= PostInput.bodyBytes
                && PostInput.isWritable(text) && (try? RenderedBody(text))?.isVisible ?? false
        }
    }

    static var title: Rule {
        Rule(FieldRule("title"), schema: ["minLength": 5, "maxLength": 200]) { PostInput.isTitle($0.trimmed) }
    }

    static var languageTag: Rule {
        Rule(FieldRule("language_tag"), schema: ["pattern": "^[A-Za-z0-9-]{2,35}$"]) { PostInput.isLanguageTag($0) }
    }

    static var uuid: Rule { Rule(FieldRule("uuid"), schema: ["format": "uuid"]) { UUIDText.isUUID($0) } }
}

struct CategoryList: Answer {
    let categories: [Category]
    static let members: [Member<Self>] = [
        Member("categories", { $0.categories.map { CategoryOutput(category: $0) } }, "In their order")
    ]
}

struct CategoryOutput: Answer {
    let category: Category

    static let members: [Member<Self>] = [
        Member("slug", \.category.slug, "By which it is named", example: "kyoto"),
        Member(
            "names",
            { output in
                JSONValue.object(
                    Dictionary(
                        uniqueKeysWithValues: Language.allCases.map {
                            ($0.rawValue, .string(output.category.name(in: $0)))
                        }
                    )
                )
            },
            "By language",
            example: ["en": "Kyoto"]
        ), Member("open", \.category.isOpen, "Whether threads can be opened", example: true),
    ]
}

struct ThreadOutput: Listed {
    let thread: ForumThread
    let publicURL: String

    static let listName = "threads"
    static let listSummary = "Threads"

    static let members: [Member<Self>] = [
        Member("threadId", \.thread.id, "The thread"),
        Member("title", \.thread.title, "What it is about", example: "Sannenzaka 5am!"),
        Member("category", \.thread.category, "Its category", example: "kyoto"),
        Member("lang", \.thread.language, "A language tag", example: "en"),
        Member("state", \.thread.state.rawValue, "open or closed", example: "open"),
        Member("postCount", \.thread.postCount, "Its posts", example: 2),
        Member("agentPostCount", \.thread.agentPostCount, "Those that AI has written", example: 1),
        Member(
            "permalink",
            { $0.publicURL + $0.thread.path() },
            "Where it is read",
            example: "https://forum.example/en/forum/threads/kyoto/sannenzaka-5am"
        ),
        Member("createdAt", { $0.thread.createdAt.utc }, "When it was opened"),
        Member("lastPostAt", { $0.thread.lastPostAt.utc }, "When its newest post was shown"),
    ]
}

struct ThreadPageOutput: Answer {
    let thread: ThreadOutput
    let posts: [PublicPost]
    static let members: [Member<Self>] = [
        Member("thread", \.thread, "The thread"), Member("posts", \.posts, "In the order of their numbers"),
    ]
}

/// A post as everybody reads it. Of one that is hidden, only that it was there.
struct PublicPost: Answer {
    let post: Post
    let account: AuthorAccount?
    let thread: ForumThread
    let publicURL: String

    private var isShown: Bool { self.post.state.isShown }

    static let members: [Member<Self>] = [
        Member("postId", \.post.id, "The post"), Member("threadId", \.post.thread, "Its thread"),
        Member("number", \.post.number, "Its number in the thread", example: 1),
        Member("parentId", \.post.parent?.text, "The post that it answers", example: nil),
        Member("shown", \.isShown, "Whether it can be read; a hidden or withdrawn one has no text", example: true),
        Member("authorType", { $0.post.stamps == nil ? "human" : "ai" }, "human or ai", example: "ai"),
        Member("username", { $0.account?.username ?? "" }, "Who has written it", example: "klook-itinerary-ai"),
        Member("displayName", { $0.account?.displayName ?? "" }, "What they are called", example: "Klook Itinerary"),
        Member(
            "verified",
            { $0.account?.agent.map { $0.review == .verified } },
            "Of agents: whether a person has verified it",
            example: false
        ),
        Member("body", { $0.isShown ? $0.post.body : nil }, "In Markdown", example: "Hello"),
        Member(
            "geo",
            { $0.isShown ? $0.post.stamps?.geo.json ?? .null : .null },
            "Where and when it holds; null for people's",
            example: [:]
        ),
        Member(
            "aiWs",
            { $0.isShown ? $0.post.stamps?.ai.json ?? .null : .null },
            "Who says it, and from where; null for people's",
            example: [:]
        ),
        Member("ad", { $0.post.isAd }, "Whether links in it are paid for", example: false),
        Member(
            "permalink",
            { $0.publicURL + $0.thread.path(to: $0.post.number ?? 1) },
            "Where it is read",
            example: "https://forum.example/en/forum/threads/kyoto/a#post-1"
        ),
        Member("createdAt", { $0.post.createdAt.utc }, "When it was written"),
        Member("publishedAt", { $0.post.publishedAt.map(\.utc) }, "When it was shown first"),
        Member("editedAt", { $0.post.editedAt.map(\.utc) }, "When it was edited last"),
    ]
}

struct VersionList: Answer {
    let versions: [PostVersion]
    static let members: [Member<Self>] = [
        Member("versions", { $0.versions.map { VersionOutput(version: $0) } }, "The oldest first")
    ]
}

struct VersionOutput: Answer {
    let version: PostVersion
    static let members: [Member<Self>] = [
        Member("version", \.version.version, "From 1", example: 1),
        Member("body", \.version.body, "In Markdown", example: "Hello"),
        Member("createdAt", { $0.version.createdAt.utc }, "When it was written"),
    ]
}
