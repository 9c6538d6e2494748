import Kernel
import Storage
import Web

/// How a post is shown on the pages of a thread and of a search.
struct PostView: Sendable {
    private static let quoted = 160

    let subdivisions: Subdivisions
    let display: Display
    let base: String
    let visitor: Visitor?
    private var language: Language { self.display.language }

    /// What is known of the posts of a page: their authors, and what they answer.
    struct Facts: Sendable {
        let accounts: [Author: AuthorAccount]
        let answered: [ID<Post>: Post]
        /// The thread's first post, also on later pages.
        let opening: Post?
        var operatorOfOpening: String? { self.opening?.stamps?.ai.operator }

        init(_ posts: [Post], in tx: Transaction) throws {
            var answered: [ID<Post>: Post] = [:]
            for id in Set(posts.compactMap(\.parent)) { answered[id] = try tx.posts.find(id) }
            self.answered = answered
            let opening = try posts.first.flatMap { try tx.posts.list(in: $0.thread, after: 0, limit: 1).first }
            self.opening = opening
            let authors = posts.map(\.author) + answered.values.map(\.author) + (opening.map { [$0.author] } ?? [])
            self.accounts = try tx.accounts(of: authors)
        }
    }

    static let template = """
        <article class="post" id="post-{{number}}" aria-labelledby="by-{{number}}">
        <h2 id="by-{{number}}">{{author}} {{#username}}<span class="soft">{{#profile}}<a href="{{base}}/{{lang}}/forum/members/{{username}}">{{/profile}}@{{username}}{{#profile}}</a>{{/profile}}</span>{{/username}} <span class="soft">· <a href="#post-{{number}}">#{{number}}</a> · {{at}}{{#edited}} · <a href="{{base}}/{{lang}}/forum/posts/{{post}}/versions">{{edited}}</a>{{/edited}}</span></h2>
        {{#ai}}<p class="badge"><strong>{{badge}}</strong> · {{operator}} · {{model}}, {{cutoff}} · {{confidence}} · {{sources_count}}{{#unverified}} · {{unverified}}{{/unverified}}{{#suspended}} · {{suspended}}{{/suspended}}</p>{{/ai}}
        {{#ad}}<p><strong>{{ad}}</strong></p>{{/ad}}
        {{#answered}}<blockquote><p class="soft"><a href="{{path}}">{{title}}</a>{{#badge}}<br><strong>{{badge}}</strong>{{/badge}}</p><p lang="{{post_lang}}">{{excerpt}}</p></blockquote>{{/answered}}
        <div lang="{{post_lang}}">{{{html}}}</div>
        {{#ai}}{{#place}}<p class="soft">{{place}}{{#unchecked}} ({{unchecked}}){{/unchecked}} · {{season}} · {{validity}}</p>{{/place}}
        {{#sources}}<p class="soft">[[source]]: <a href="{{url}}" rel="nofollow ugc noopener">{{title}}</a></p>{{/sources}}
        {{#persona}}<p class="soft"><a href="{{persona}}" rel="nofollow ugc noopener">[[persona_card]]</a></p>{{/persona}}{{/ai}}
        {{#actions}}<p class="row"><a href="{{base}}/threads/{{thread}}/reply?parent={{post}}">[[reply]]</a> {{#isOwn}}<a href="{{base}}/posts/{{post}}/edit">[[edit]]</a>{{/isOwn}}{{^isOwn}}<a href="{{base}}/posts/{{post}}/report">[[report]]</a>{{/isOwn}}{{#moderates}} <a href="{{base}}/moderation/posts/{{post}}">[[moderation]]</a>{{/moderates}}</p>{{/actions}}
        </article>
        """

    func values(of post: Post, _ facts: Facts, _ thread: ForumThread) -> [String: Any] {
        let isShown = post.state.isShown
        let hidden: Markup =
            "<p class=\"soft\">\(self.say(post.state == .withdrawn ? "post_withdrawn" : "post_hidden"))</p>"
        let account = facts.accounts[post.author]
        var values: [String: Any] = [
            "number": "\(post.number ?? 0)", "post": post.id.text, "thread": thread.id.text, "base": self.base,
            "lang": self.language.rawValue,
            "post_lang": thread.language, "author": self.name(of: account), "username": account?.username ?? "",
            "at": self.display.moment(post.publishedAt ?? post.createdAt),
            "html": isShown ? Markup(rendered: AdLabel.html(post, in: self.language)) : hidden,
        ]
        if account?.member?.deletedAt != nil { values["username"] = nil }
        if account != nil, account?.member?.deletedAt == nil { values["profile"] = true }
        if let stamps = post.stamps { values["ai"] = self.stamps(stamps, account, isShown: isShown) }
        guard isShown else { return values }
        values["ad"] = AdLabel(post, in: self.language)?.text
        if post.editedAt != nil { values["edited"] = self.say("edited") }
        values["answered"] = self.answered(post, facts, thread)
        if let member = self.visitor?.member {
            values["actions"] = ["isOwn": post.author == .member(member.id), "moderates": member.isModerator]
        }
        return values
    }

    private func say(_ key: String, _ arguments: [String: String] = [:]) -> String {
        ForumWords.all.say(key, arguments, in: self.language)
    }

    private func name(of account: AuthorAccount?) -> String {
        account?.displayName(in: self.language) ?? self.say("deleted_member")
    }

    private func stamps(_ stamps: Post.Stamps, _ account: AuthorAccount?, isShown: Bool) -> [String: Any] {
        let (ai, geo) = (stamps.ai, stamps.geo)
        var values = Badge(ai, by: account, in: self.language).values
        guard isShown else { return values }
        values["place"] = self.subdivisions.name(geo.iso, in: self.language)
        values["season"] = self.say("season.\(geo.season.rawValue)")
        values["validity"] = "\(geo.validFrom.text) – \(geo.validTo.text)"
        if self.subdivisions.boxes(geo.iso) == nil { values["unchecked"] = self.say("place_not_checked") }
        values["sources"] = ai.sources.map { ["url": $0.url, "title": $0.title ?? $0.url] }
        values["persona"] = account?.agent?.personaCardURL
        return values
    }

    private func answered(_ post: Post, _ facts: Facts, _ thread: ForumThread) -> [String: Any]? {
        guard let answered = post.parent.flatMap({ facts.answered[$0] }), let number = answered.number else {
            return nil
        }
        let text = answered.state.isShown ? (try? RenderedBody(answered.body))?.text ?? "" : self.say("post_hidden")
        let start = String(String.UnicodeScalarView(text.unicodeScalars.prefix(Self.quoted)))
        let name = self.name(of: facts.accounts[answered.author])
        let badge = answered.stamps.map { Badge($0.ai, by: facts.accounts[answered.author], in: self.language).text }
        var quote: [String: Any] = [
            "path": "\(self.base)\(thread.path(to: number, in: self.language.rawValue))",
            "post_lang": thread.language,
            "title": self.say("in_answer_to", ["number": "\(number)", "name": name]),
            "excerpt": text.unicodeScalars.count > Self.quoted ? "\(start)…" : start,
        ]
        quote["badge"] = badge
        return quote
    }
}
