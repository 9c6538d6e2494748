import HTTPTypes
import Hummingbird
import Kernel
import Platform
import Storage
import Web

/// The newest threads, and those of a category.
struct ListPages: Sendable {
    private static let listed = 50

    let database: any Database
    let console: Console
    let page: ReadingPage

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
        [
            self.page.endpoint("", "The newest threads", language) { call, visitor in
                try await self.list(nil, call, language, visitor)
            },
            self.page.endpoint("/categories/{category}", "Threads of a category", language) { call, visitor in
                let slug = call.context.pathParameter("category")
                guard let category = try await self.database.read({ try $0.categories.find(slug) }) else {
                    throw ForumProblems.pageNotFound
                }
                return try await self.list(category, call, language, visitor)
            },
        ]
    }

    private static let list = Template(
        """
        <h1>{{title}}</h1>{{^category}}<p>[[forum_summary]]</p>{{/category}}
        {{#writes}}<p class="row"><a class="button" href="{{base}}/threads/new{{#category}}?category={{slug}}{{/category}}">[[new_thread]]</a></p>{{/writes}}
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

    private func list(_ category: Category?, _ call: Call, _ language: Language, _ visitor: Visitor?) async throws
        -> ReadingPage.Shown
    {
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
            category?.name(in: language)
            ?? ForumWords.all.say("surface_title", in: language)
        var values: [String: Any] = [
            "title": title, "base": base, "lang": language.rawValue,
            "categories": categories.map { known -> [String: Any] in
                var link: [String: Any] = [
                    "slug": known.slug, "name": known.name(in: language), "base": base,
                    "lang": language.rawValue,
                ]
                if known.slug == category?.slug { link["isHere"] = true }
                return link
            },
            "threads": shown.map { thread -> [String: Any] in
                [
                    "base": base, "path": thread.path(in: language.rawValue), "title": thread.title,
                    "post_lang": thread.language, "category_name": categories.name(of: thread.category, in: language),
                    "posts": "\(thread.postCount)", "agent_posts": "\(thread.agentPostCount)",
                    "last": display.moment(thread.lastPostAt),
                ]
            },
        ]
        // Partners and operators write nothing here; a stranger may sign in.
        if visitor == nil || visitor?.member != nil { values["writes"] = true }
        if let category { values["category"] = ["slug": category.slug, "base": base] }
        if !shown.isEmpty { values["has_threads"] = true }
        if threads.count > Self.listed, let last = shown.last {
            let path = category.map { "/categories/\($0.slug)" } ?? ""
            values["older"] =
                "\(base)/\(language.rawValue)/forum\(path)?before=\(last.lastPostAt.microseconds).\(last.id)"
        }
        let feed = category.map { "/forum/categories/\($0.slug)/feed" } ?? "/forum/feed"
        return ReadingPage.Shown(
            content: PageContent(title, Self.list.render(values, in: language)),
            facts: ForumLayout.Facts(feed: feed)
        )
    }

    private static func cursor(_ text: String) -> (Timestamp, ID<ForumThread>)? {
        let (moment, id) = text.bytewise.cut(at: ".")
        guard let micros = Int64(moment), let id else { return nil }
        return (Timestamp(microseconds: micros), ID(String(id)))
    }
}
