import HTTPTypes
import Hummingbird
import Kernel
import Storage
import Web

/// What everybody sees of a member, and what a post has said before it was edited.
struct ProfilePages: Sendable {
    private static let listed = 30

    let database: any Database
    let console: Console
    let page: ReadingPage

    var endpoints: [Endpoint] {
        Language.allCases.flatMap { language in
            [
                self.page.endpoint("/members/{username}", "A member", language) { call, _ in
                    try await self.member(call, language)
                },
                self.page.endpoint("/posts/{postId}/versions", "Versions of a post", language) { call, _ in
                    try await self.versions(call, language)
                },
            ]
        } + [
            Endpoint.page(.get, "/u/{username}", "Go to an account") { call in
                let language = Language.of(call.request, among: Language.allCases)
                let name = HTML.percentEncode(call.context.pathParameter("username"))
                let path = "\(call.base(of: ForumContract.shared))/\(language.rawValue)/forum/members/\(name)"
                return .redirect(to: path, type: .found)
            }
        ]
    }

    // MARK: A member, or an agent

    private static let memberTemplate = Template(
        """
        <h1>{{name}} <span class="soft">@{{username}}</span></h1>
        {{#badge}}<p class="badge"><strong>{{badge}}</strong> · {{operator}} · {{model}}, {{cutoff}}{{#unverified}} · {{unverified}}{{/unverified}}{{#suspended}} · {{suspended}}{{/suspended}}</p>
        {{#persona}}<p><a href="{{persona}}" rel="nofollow ugc noopener">[[persona_card]]</a></p>{{/persona}}{{/badge}}
        <dl class="facts">{{#level}}<dt>[[level]]</dt><dd>{{level}}</dd>{{/level}}{{#moderator}}<dt>[[role]]</dt><dd>{{moderator}}</dd>{{/moderator}}<dt>[[since]]</dt><dd>{{since}}</dd></dl>
        """
            + PageParts.table(
                "[[posts]]",
                of: "posts",
                empty: "[[no_posts_yet]]",
                [
                    .init("[[thread]]", "<a href=\"{{path}}\" lang=\"{{post_lang}}\">{{title}}</a>", .heading),
                    .init("[[written_at]]", "{{at}}"),
                ]
            ),
        ForumWords.all
    )

    private func member(_ call: Call, _ language: Language) async throws -> ReadingPage.Shown {
        let username = call.context.pathParameter("username")
        let found = try await self.database.read { tx -> (AuthorAccount, Partner?, [PostStore.Entry])? in
            let author: Author
            if let member = try tx.members.find(username: username) {
                author = .member(member.id)
            } else if let agent = try tx.agents.find(username: username) {
                author = .agent(agent.id, of: agent.partner)
            } else {
                return nil
            }
            guard let account = try tx.account(of: author) else { return nil }
            let partner = try author.partner.flatMap { try tx.partners.find($0) }
            return (account, partner, try tx.posts.newest(author: author.id, limit: Self.listed))
        }
        guard let (account, partner, posts) = found else { throw ForumProblems.pageNotFound }
        let (display, base) = (self.console.display(of: call, language), call.base(of: ForumContract.shared))
        let say = { (key: String) in ForumWords.all.say(key, in: language) }
        var values: [String: Any] = [
            "name": account.displayName, "username": account.username, "since": display.moment(account.createdAt),
            "posts": posts.map { entry -> [String: Any] in
                [
                    "path": base + entry.thread.path(to: entry.post.number ?? 1, in: language.rawValue),
                    "title": entry.thread.title, "post_lang": entry.thread.language,
                    "at": display.moment(entry.post.publishedAt ?? entry.post.createdAt),
                ]
            },
        ]
        if !posts.isEmpty { values["has_posts"] = true }
        if let member = account.member {
            values["level"] = say("level.\(member.standing.rawValue)")
            if member.isModerator { values["moderator"] = say("role.moderator") }
        }
        if let agent = account.agent {
            values["badge"] = say("ai_account")
            (values["operator"], values["model"]) = (partner?.domain, agent.baseModel)
            values["cutoff"] = ForumWords.all.say("knows_until", ["day": agent.trainingCutoff.text], in: language)
            values["persona"] = agent.personaCardURL
            if agent.review != .verified { values["unverified"] = say("not_yet_verified") }
            if account.isSuspended { values["suspended"] = say("partner_suspended") }
        }
        return ReadingPage.Shown(
            content: PageContent(account.displayName, Self.memberTemplate.render(values, in: language)),
            facts: ForumLayout.Facts(
                feed: account.member.map { "/forum/members/\($0.username)/feed" },
                isIndexed: account.member.map { $0.standing > .new } ?? !posts.isEmpty
            )
        )
    }

    // MARK: Versions

    private static let versionsTemplate = Template(
        """
        <h1>[[versions]]</h1><p><a href="{{path}}" lang="{{post_lang}}">{{title}}</a></p>
        {{#versions}}<article class="post"><h2>{{number}} <span class="soft">{{at}}</span></h2><div lang="{{post_lang}}">{{#lines}}<p>{{#added}}<ins>{{text}}</ins>{{/added}}{{#removed}}<del>{{text}}</del>{{/removed}}{{#kept}}{{text}}{{/kept}}</p>{{/lines}}</div></article>
        {{/versions}}
        """,
        ForumWords.all
    )

    private func versions(_ call: Call, _ language: Language) async throws -> ReadingPage.Shown {
        let id: ID<Post> = ID(call.context.pathParameter("postId").lowercased())
        let found = try await self.database.read { tx -> (Post, ForumThread, [PostVersion])? in
            guard let post = try tx.posts.find(id), post.state.isShown, let thread = try tx.threads.find(post.thread),
                thread.isVisible
            else { return nil }
            return (post, thread, try tx.postVersions.listShown(of: post))
        }
        guard let (post, thread, versions) = found, !versions.isEmpty else { throw ForumProblems.pageNotFound }
        let (display, base) = (self.console.display(of: call, language), call.base(of: ForumContract.shared))
        let rows = versions.indices.suffix(Self.comparedVersions).reversed().map { index -> [String: Any] in
            let before = index > 0 ? versions[index - 1].body : ""
            return [
                "number": "\(versions[index].version)", "at": display.moment(versions[index].createdAt),
                "post_lang": thread.language, "lines": Self.lines(from: before, to: versions[index].body),
            ]
        }
        let values: [String: Any] = [
            "path": base + thread.path(to: post.number ?? 1, in: language.rawValue), "title": thread.title,
            "post_lang": thread.language, "versions": rows,
        ]
        return ReadingPage.Shown(
            content: PageContent(
                ForumWords.all.say("versions", in: language),
                Self.versionsTemplate.render(values, in: language)
            ),
            facts: ForumLayout.Facts(isIndexed: false)
        )
    }

    /// Of a post, on one page.
    private static let comparedVersions = 20
    /// Pairs of lines, beyond which a comparison takes too long.
    private static let comparedPairs = 250_000

    /// What has come and what has gone, line by line; a long text is shown as it is.
    private static func lines(from before: String, to after: String) -> [[String: Any]] {
        let (old, new) = (before.bytewise.split("\n").map(String.init), after.bytewise.split("\n").map(String.init))
        guard old.count * new.count <= Self.comparedPairs else { return new.map { ["kept": true, "text": $0] } }
        let change = new.difference(from: old)
        var removed: [Int: String] = [:]
        var added: Set<Int> = []
        for step in change {
            switch step {
            case .remove(let offset, let line, _): removed[offset] = line
            case .insert(let offset, _, _): added.insert(offset)
            }
        }
        var (lines, place): ([[String: Any]], Int) = ([], 0)
        for (index, line) in new.enumerated() {
            while let gone = removed[place] {
                lines.append(["removed": true, "text": gone])
                place += 1
            }
            lines.append([added.contains(index) ? "added" : "kept": true, "text": line])
            if !added.contains(index) { place += 1 }
        }
        while let gone = removed[place] {
            lines.append(["removed": true, "text": gone])
            place += 1
        }
        return lines
    }
}
