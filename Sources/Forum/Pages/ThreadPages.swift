import HTTPTypes
import Hummingbird
import Kernel
import Platform
import Storage
import Web

/// A thread, by pages of fifty.
struct ThreadPages: Sendable {
    let database: any Database
    let subdivisions: Subdivisions
    let console: Console
    let page: ReadingPage
    let cache: PageCache
    private var publicURL: String { self.page.layout.publicURL }

    var endpoints: [Endpoint] {
        Language.allCases.map { language in
            self.page.endpoint(
                "/threads/{category}/{slug}",
                "A thread",
                language,
                kept: { try await self.kept($0, language) }
            ) { call, visitor in try await self.thread(call, language, visitor) }
        } + [
            Endpoint.page(.get, "/p/{postId}", "Go to a post") { call in
                let id: ID<Post> = ID(call.context.pathParameter("postId").lowercased())
                let found = try await self.database.read { tx -> (Int64, ForumThread)? in
                    guard let post = try tx.posts.find(id), let number = post.number,
                        let thread = try tx.threads.find(post.thread), thread.isVisible
                    else { return nil }
                    return (number, thread)
                }
                guard let (number, thread) = found else { throw ForumProblems.pageNotFound }
                let language = Language.of(call.request, among: Language.allCases)
                let path = thread.path(to: number, in: language.rawValue)
                return .redirect(to: call.base(of: ForumContract.shared) + path, type: .found)
            }
        ]
    }

    private static let pageNames: [Substring] = ["after", "before", "at", "ai"]

    /// Where the page may stand already, as strangers see it.
    private func kept(_ call: Call, _ language: Language) async throws -> PageCache.Place? {
        let (category, slug) = (call.context.pathParameter("category"), call.context.pathParameter("slug"))
        guard let thread = try await self.database.read({ try $0.threads.find(category: category, slug: slug) }),
            thread.isVisible, let shelf = try await self.cache.shelf(of: thread.id)
        else { return nil }
        let zone = self.console.display(of: call, language).timeZone.name
        let fields = call.request.uri.fields
        let asked = Self.pageNames.map { "\($0)=\(fields[$0].map(String.init) ?? "")" }
        return PageCache.Place(
            shelf: shelf,
            name: "\(zone) \(call.request.uri.path)?\(asked.joined(separator: "&"))",
            isExact: fields.allSatisfy { Self.pageNames.contains($0.key) }
        )
    }

    private static let template = Template(
        """
        <p><a href="{{base}}/{{lang}}/forum/categories/{{category}}">{{category_name}}</a></p>
        <h1 lang="{{post_lang}}">{{title}}</h1>
        {{#is_closed}}<p class="notice">[[thread_is_closed]]</p>{{/is_closed}}
        {{#moderates}}<p><a href="{{base}}/moderation/threads/{{thread}}">[[moderate_the_thread]]</a></p>{{/moderates}}
        <nav aria-label="[[posts]]"><ul class="inline">{{#filters}}<li><a href="{{path}}"{{#isHere}} aria-current="true"{{/isHere}} rel="nofollow">{{name}}</a></li>{{/filters}}</ul></nav>
        {{#left_out}}<p class="soft">{{left_out}}</p>{{/left_out}}
        {{#newer}}<p><a href="{{newer}}" rel="prev">[[previous_page]]</a></p>{{/newer}}
        {{#posts}}
        """
            + PostView.template + """
                {{/posts}}{{#older}}<p><a href="{{older}}" rel="next">[[next_page]]</a></p>{{/older}}
                {{#reply}}<h2>[[write_a_reply]]</h2>
                <form method="post" action="{{base}}/threads/{{thread}}/reply"><input type="hidden" name="form_token" value="{{token}}">
                """
            + PageParts.area("body", "[[your_text_markdown]]", value: "") + """
                {{#tells}}<p class="soft">{{tells}}</p>{{/tells}}<p><button>[[reply]]</button></p></form>{{/reply}}
                {{#invitation}}<p><a class="button" href="{{base}}/threads/{{thread}}/reply">[[write_a_reply]]</a></p>{{/invitation}}
                """,
        ForumWords.all
    )

    /// Which part of a thread is asked for.
    private struct Window {
        var posts: [Post] = []
        var authors = PostStore.Authors.all
        /// The number before the first one of the page.
        var start: Int64 = 0
        /// Whether posts of those authors come before the page.
        var hasEarlier = false
    }

    private func thread(_ call: Call, _ language: Language, _ visitor: Visitor?) async throws -> ReadingPage.Shown {
        let (category, slug) = (call.context.pathParameter("category"), call.context.pathParameter("slug"))
        let (authors, isAsked) = Self.authors(call, visitor)
        let read = try await self.database.read { tx -> (ForumThread, Category?, Window, PostView.Facts)? in
            guard let thread = try tx.threads.find(category: category, slug: slug), thread.state != .queued else {
                return nil
            }
            guard thread.isVisible else { throw ForumProblems.threadGone }
            let window = try Self.window(call, thread, authors, in: tx)
            let shown = try tx.categories.find(thread.category)
            return (thread, shown, window, try PostView.Facts(window.posts, in: tx))
        }
        guard let (thread, shown, window, facts) = read else { throw ForumProblems.pageNotFound }
        if let member = visitor?.member {
            let numbers = window.posts.compactMap(\.number)
            let last = try await self.database.read { try $0.members.lastRead(member.id, of: thread.id) }
            if last.map({ $0 < numbers.max() ?? 0 }) ?? true {
                try await self.database.write { try $0.members.note(member.id, read: numbers, of: thread.id) }
            }
        }
        let path = call.base(of: ForumContract.shared) + thread.path(in: language.rawValue)
        let view = PostView(
            subdivisions: self.subdivisions,
            display: self.console.display(of: call, language),
            base: call.base(of: ForumContract.shared),
            visitor: visitor
        )
        var values = self.values(of: thread, window, facts, view, path, isAsked, visitor, language)
        values["category_name"] = shown?.name(in: language) ?? thread.category
        let canonical = window.start == 0 ? "" : "?after=\(window.start)"
        let publicURL = self.publicURL
        return ReadingPage.Shown(
            content: PageContent(thread.title, Self.template.render(values, in: language)),
            facts: ForumLayout.Facts(
                feed: "/forum/threads/\(thread.firstCategory)/\(Slug.encoded(thread.slug))/feed",
                isIndexed: authors == .all,
                canonical: "/forum/threads/\(thread.firstCategory)/\(Slug.encoded(thread.slug))\(canonical)",
                linkedData: LinkedData.thread(thread, window.posts, facts, in: language) { publicURL + $0 }
            )
        )
    }

    private static func authors(_ call: Call, _ visitor: Visitor?) -> (PostStore.Authors, isAsked: Bool) {
        let asked = call.request.uri.fields["ai"].flatMap { PostStore.Authors(rawValue: String($0)) }
        return (asked ?? (visitor?.member?.hidesAgents ?? false ? .members : .all), asked != nil)
    }

    private static func number(_ call: Call, _ name: Substring) -> Int64? {
        call.request.uri.fields[name].map { Int64($0) ?? ($0.utf8.allSatisfy(\.isDigit) ? .max : 0) }
    }

    private static func window(_ call: Call, _ thread: ForumThread, _ authors: PostStore.Authors, in tx: Transaction)
        throws -> Window
    {
        let asked: PostStore.Window
        if let before = self.number(call, "before"), before > 1 {
            asked = .before(before)
        } else {
            asked = self.number(call, "at").map { .at($0) } ?? .after(self.number(call, "after") ?? 0)
        }
        let posts = try tx.posts.list(in: thread, asked, of: authors, limit: ForumThread.pageSize)
        // A page without AI begins after the posts that it leaves out.
        let start: Int64
        if case .after(let number) = asked, number > 0, number < Int64(thread.postCount) {
            start = number
        } else {
            start = (posts.first?.number ?? 1) - 1
        }
        let first = posts.first?.number ?? 1
        return Window(
            posts: posts,
            authors: authors,
            start: authors == .all ? first - 1 : start,
            hasEarlier: try first > 1
                && (authors == .all || !tx.posts.list(in: thread.id, before: first, of: authors, limit: 1).isEmpty)
        )
    }

    private func values(
        of thread: ForumThread,
        _ window: Window,
        _ facts: PostView.Facts,
        _ view: PostView,
        _ path: String,
        _ isAsked: Bool,
        _ visitor: Visitor?,
        _ language: Language
    ) -> [String: Any] {
        let say = { (key: String, arguments: [String: String]) in ForumWords.all.say(key, arguments, in: language) }
        var values: [String: Any] = [
            "base": view.base, "lang": language.rawValue, "title": thread.title, "post_lang": thread.language,
            "category": thread.category,
            "thread": thread.id.text, "token": visitor?.session.formToken ?? "",
            "posts": window.posts.map { view.values(of: $0, facts, thread) },
            "filters": [PostStore.Authors.all, .members, .agents].map { authors -> [String: Any] in
                let query = authors == .all && !(visitor?.member?.hidesAgents ?? false) ? "" : "?ai=\(authors.rawValue)"
                let here: [String: Any] = window.authors == authors ? ["isHere": true] : [:]
                return ["name": say("filter.\(authors.rawValue)", [:]), "path": path + query].merging(here) { $1 }
            },
        ]
        let filter = isAsked ? "&ai=\(window.authors.rawValue)" : ""
        if window.hasEarlier, let first = window.posts.first?.number {
            values["newer"] = "\(path)?before=\(first)\(filter)"
        }
        if let last = window.posts.last?.number, last < Int64(thread.postCount),
            window.posts.count == ForumThread.pageSize
        {
            values["older"] = "\(path)?after=\(last)\(filter)"
        }
        if window.authors == .members, thread.agentPostCount > 0 {
            values["left_out"] = say("posts_of_ai_left_out", ["count": "\(thread.agentPostCount)"])
        }
        if let caller = visitor?.caller, ForumConsole.moderators.contains(caller.role) { values["moderates"] = true }
        if thread.state == .closed {
            values["is_closed"] = true
        } else if visitor?.member != nil {
            values["reply"] = true
        } else if visitor == nil {
            values["invitation"] = true
        }
        if let opening = facts.operatorOfOpening { values["tells"] = say("reply_is_sent_to", ["operator": opening]) }
        return values
    }
}
