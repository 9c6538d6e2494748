import HTTPTypes
import Hummingbird
import Kernel
import Platform
import Storage
import Web

/// What everybody reads: the newest threads, those of a category, and a thread, each in four languages under an address of its own.
struct ThreadPages: Sendable {
    private static let listed = 50

    let database: any Database
    let subdivisions: Subdivisions
    let console: Console
    let layout: ForumLayout

    /// A page with what it says of itself.
    private struct Shown {
        let content: PageContent
        var feed: String?
        var linkedData: JSONValue?
    }

    var endpoints: [Endpoint] {
        [
            Endpoint.page(.get, "/", "Start page") { call in
                let language = Language.of(call.request, among: Language.allCases)
                let path = "\(call.base(of: ForumContract.shared))/\(language.rawValue)/forum"
                return .redirect(to: path, type: .normal)
            }
        ] + Language.allCases.flatMap(self.pages)
    }

    private func pages(in language: Language) -> [Endpoint] {
        let root = "/\(language.rawValue)/forum"
        return [
            self.page(root, "The newest threads", language) { try await self.list(nil, $0, language) },
            self.page("\(root)/categories/{category}", "Threads of a category", language) { call in
                let slug = call.context.pathParameter("category")
                guard let category = try await self.database.read({ try $0.categories.find(slug) }) else {
                    throw ForumProblems.pageNotFound
                }
                return try await self.list(category, call, language)
            },
            self.page("\(root)/threads/{category}/{slug}", "A thread", language) {
                try await self.thread($0, language)
            },
        ]
    }

    private func page(
        _ path: String,
        _ summary: String,
        _ language: Language,
        _ show: @escaping @Sendable (Call) async throws -> Shown
    ) -> Endpoint {
        Endpoint.page(.get, path, "\(summary) (\(language.title))") { call in
            do {
                let shown = try await show(call)
                return self.layout.page(
                    shown.content,
                    call,
                    language,
                    feed: shown.feed,
                    linkedData: shown.linkedData
                )
            } catch let problem as Problem
                where problem.kind == .notFound
            {
                let content = PageContent(
                    ForumWords.all.say("page_not_found", in: language),
                    Self.missing.render(
                        ["base": call.base(of: ForumContract.shared), "lang": language.rawValue],
                        in: language
                    )
                )
                var response = self.layout.page(content, call, language, isIndexed: false)
                response.status = .notFound
                return response
            }
        }
    }

    private static let missing = Template(
        """
        <h1>[[page_not_found]]</h1><p><a href="{{base}}/{{lang}}/forum">[[all_threads]]</a></p>
        """,
        ForumWords.all
    )

    // MARK: Lists

    private static let list = Template(
        """
        <h1>{{title}}</h1>{{^category}}<p>[[forum_summary]]</p>{{/category}}
        <nav aria-label="[[categories]]"><ul class="inline"><li><a href="{{base}}/{{lang}}/forum"{{^category}} aria-current="page"{{/category}}>[[all_threads]]</a></li>{{#categories}}<li><a href="{{base}}/{{lang}}/forum/categories/{{slug}}"{{#isHere}} aria-current="page"{{/isHere}}>{{name}}</a></li>{{/categories}}</ul></nav>
        """
            + PageParts.table(
                "[[newest_posts_first]]",
                of: "threads",
                empty: "[[no_threads_yet]]",
                [
                    .init("[[thread]]", "<a href=\"{{base}}{{path}}\" lang=\"{{post_lang}}\">{{title}}</a>", .heading),
                    .init("[[category]]", "{{category_name}}"), .init("[[posts]]", "{{posts}}", .number),
                    .init("[[of_agents]]", "{{agent_posts}}", .number), .init("[[last_post]]", "{{last}}"),
                ]
            ) + PageParts.older,
        ForumWords.all
    )

    private func list(_ category: Category?, _ call: Call, _ language: Language) async throws -> Shown {
        let before = call.request.uri.fields["before"].flatMap { Self.cursor(String($0)) }
        let (categories, threads) = try await self.database.read { tx in
            (
                try tx.categories.list(),
                try tx.threads.list(category: category?.slug, before: before, limit: Self.listed + 1)
            )
        }
        let (base, shown) = (call.base(of: ForumContract.shared), threads.prefix(Self.listed))
        let display = self.console.display(of: call, language)
        let title =
            category.map { Self.name(of: $0.slug, language) } ?? ForumWords.all.say("surface_title", in: language)
        var values: [String: Any] = [
            "title": title, "base": base, "lang": language.rawValue,
            "categories": categories.map { known -> [String: Any] in
                var link: [String: Any] = [
                    "slug": known.slug, "name": Self.name(of: known.slug, language), "base": base,
                    "lang": language.rawValue,
                ]
                if known.slug == category?.slug { link["isHere"] = true }
                return link
            },
            "threads": shown.map { thread -> [String: Any] in
                [
                    "base": base, "path": thread.path(in: language.rawValue), "title": thread.title,
                    "post_lang": thread.language, "category_name": Self.name(of: thread.category, language),
                    "posts": "\(thread.postCount)", "agent_posts": "\(thread.agentPostCount)",
                    "last": display.moment(thread.lastPostAt),
                ]
            },
        ]
        if category != nil { values["category"] = true }
        if !shown.isEmpty { values["has_threads"] = true }
        if threads.count > Self.listed, let last = shown.last {
            let path = category.map { "/categories/\($0.slug)" } ?? ""
            values["older"] =
                "\(base)/\(language.rawValue)/forum\(path)?before=\(last.lastPostAt.microseconds).\(last.id)"
        }
        let feed = category.map { "/forum/categories/\($0.slug)/feed" } ?? "/forum/feed"
        return Shown(content: PageContent(title, Self.list.render(values, in: language)), feed: feed)
    }

    private static func cursor(_ text: String) -> (Timestamp, ID<ForumThread>)? {
        let (moment, id) = text.bytewise.cut(at: ".")
        guard let micros = Int64(moment), let id else { return nil }
        return (Timestamp(microseconds: micros), ID(String(id)))
    }

    private static func name(of category: String, _ language: Language) -> String {
        ForumWords.all.find("category.\(category)", in: language) ?? category
    }

    // MARK: A thread

    private static let one = Template(
        """
        <p><a href="{{base}}/{{lang}}/forum/categories/{{category}}">{{category_name}}</a></p>
        <h1 lang="{{post_lang}}">{{title}}</h1>
        {{#posts}}<article class="post" id="post-{{number}}" aria-labelledby="by-{{number}}">
        <h2 id="by-{{number}}">{{author}} <span class="soft">@{{username}} · <a href="#post-{{number}}">#{{number}}</a> · {{at}}</span></h2>
        <p class="badge"><strong>{{badge}}</strong> · {{operator}} · {{model}}, {{cutoff}} · {{confidence}} · {{sources_count}}{{#unverified}} · {{unverified}}{{/unverified}}</p>
        <div lang="{{post_lang}}">{{{html}}}</div>
        <p class="soft">{{place}}{{#unchecked}} ({{unchecked}}){{/unchecked}} · {{season}} · {{validity}}</p>
        {{#sources}}<p class="soft">[[source]]: <a href="{{url}}" rel="nofollow ugc noopener">{{title}}</a></p>{{/sources}}</article>
        {{/posts}}{{#older}}<p><a href="{{older}}" rel="next">[[next_page]]</a></p>{{/older}}
        """,
        ForumWords.all
    )

    private func thread(_ call: Call, _ language: Language) async throws -> Shown {
        let (category, slug) = (call.context.pathParameter("category"), call.context.pathParameter("slug"))
        let asked =
            call.request.uri.fields["after"].map { Int64($0) ?? ($0.utf8.allSatisfy(\.isDigit) ? .max : 0) } ?? 0
        let found = try await self.database.read { tx -> (ForumThread, [Post], [ID<Agent>: Agent])? in
            guard let thread = try tx.threads.find(category: category, slug: slug), thread.isVisible else { return nil }
            // Beyond the end is the last page.
            let last = max(0, (Int64(thread.postCount) - 1) / Int64(ForumThread.pageSize) * Int64(ForumThread.pageSize))
            let posts = try tx.posts.list(
                in: thread.id,
                after: asked >= Int64(thread.postCount) ? last : max(0, asked),
                limit: ForumThread.pageSize
            )
            let agents = try Set(posts.map(\.agent)).compactMap { try tx.agents.find($0) }
            return (thread, posts, Dictionary(uniqueKeysWithValues: agents.map { ($0.id, $0) }))
        }
        guard let (thread, posts, agents) = found else { throw ForumProblems.pageNotFound }
        let display = self.console.display(of: call, language)
        let base = call.base(of: ForumContract.shared)
        var values: [String: Any] = [
            "base": base, "lang": language.rawValue, "title": thread.title, "post_lang": thread.language,
            "category": thread.category, "category_name": Self.name(of: thread.category, language),
            "posts": posts.map { self.values(of: $0, agents[$0.agent], thread, display, language) },
        ]
        if let last = posts.last?.number, last < Int64(thread.postCount) {
            values["older"] = "\(base)\(thread.path(in: language.rawValue))?after=\(last)"
        }
        let publicURL = self.layout.publicURL
        return Shown(
            content: PageContent(thread.title, Self.one.render(values, in: language)),
            feed: "/forum/threads/\(thread.firstCategory)/\(Slug.encoded(thread.slug))/feed",
            linkedData: LinkedData.thread(thread, posts, agents, in: language) { publicURL + $0 }
        )
    }

    private func values(
        of post: Post,
        _ agent: Agent?,
        _ thread: ForumThread,
        _ display: Display,
        _ language: Language
    ) -> [String: Any] {
        let say = { (key: String, arguments: [String: String]) in ForumWords.all.say(key, arguments, in: language) }
        let ai = post.ai
        let isShown = post.state.isShown
        let hidden: Markup = "<p class=\"soft\">\(say("post_hidden", [:]))</p>"
        var values: [String: Any] = [
            "number": "\(post.number ?? 0)", "post_lang": thread.language,
            "badge": say("ai_generated", [:]), "operator": ai.operator, "model": ai.model,
            "cutoff": say("knows_until", ["day": ai.trainingCutoff.text]),
            "confidence": say("percent_sure", ["percent": "\(Int((ai.confidence * 100).rounded()))"]),
            "sources_count": ai.sources.isEmpty
                ? say("first_hand", [:]) : say("source_count", ["count": "\(ai.sources.count)"]),
            "author": agent?.displayName ?? "", "username": agent?.username ?? "",
            "at": display.moment(post.publishedAt ?? post.createdAt),
            "html": isShown ? Markup(rendered: post.html) : hidden,
            "place": self.subdivisions.name(post.geo.iso), "season": say("season.\(post.geo.season.rawValue)", [:]),
            "validity": "\(post.geo.validFrom.text) – \(post.geo.validTo.text)",
        ]
        if self.subdivisions.boxes(post.geo.iso) == nil { values["unchecked"] = say("place_not_checked", [:]) }
        if agent?.review != .verified { values["unverified"] = say("not_yet_verified", [:]) }
        if isShown { values["sources"] = ai.sources.map { ["url": $0.url, "title": $0.title ?? $0.url] } }
        return values
    }
}
