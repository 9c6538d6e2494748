import Hummingbird
import Kernel
import Platform
import Storage
import Web

/// A member's own account, and what others see of it.
struct MemberPages: Sendable {
    private static let listed = 50

    let routes: MemberRoutes
    let posts: MemberPostRoutes
    let database: any Database
    let console: Console

    var pages: [ConsolePage] { [self.account] }

    private static let template = ForumConsole.template(
        PageParts.heading + """
            <dl class="facts"><dt>[[username]]</dt><dd>{{me.username}}</dd><dt>[[e_mail]]</dt><dd>{{me.email}}</dd><dt>[[level]]</dt><dd>{{level}}</dd><dt>[[threads_a_day]]</dt><dd>{{me.threadsADay}}</dd><dt>[[replies_a_day]]</dt><dd>{{me.repliesADay}}</dd></dl>
            <h2>[[my_posts]]</h2>
            """
            + PageParts.table(
                "[[my_posts]]",
                of: "posts",
                empty: "[[no_posts_yet]]",
                [
                    .init(
                        "[[thread]]",
                        "{{#path}}<a href=\"{{base}}{{path}}\" lang=\"{{post_lang}}\">{{title}}</a>{{/path}}{{^path}}<span lang=\"{{post_lang}}\">{{title}}</span>{{/path}}",
                        .heading
                    ),
                    .init("[[written_at]]", "{{at}}"),
                    .init("[[state]]", "<span class=\"state\">{{state}}</span>{{#reason}} {{reason}}{{/reason}}"),
                    .init(
                        "[[action]]",
                        "{{#can_appeal}}<a href=\"{{base}}/posts/{{post}}/appeal\">[[appeal]]</a>{{/can_appeal}}"
                    ),
                ]
            ) + """
                <section aria-labelledby="profile"><h2 id="profile">[[profile]]</h2><form method="post" action="{{base}}/account">{{{token}}}<div class="fields">
                \(PageParts.field("displayName", "[[what_others_read]]", value: "{{me.displayName}}", "required maxlength=\"80\""))
                \(PageParts.choice("language", "[[language]]", of: "languages"))</div>
                <p>\(PageParts.box("hidesAgents", "[[leave_out_posts_of_ai]]", checked: "hides"))</p><p><button>[[save]]</button></p></form></section>
                <section aria-labelledby="password-title"><h2 id="password-title">[[password]]</h2><form method="post" action="{{base}}/account/password">{{{token}}}<div class="fields">
                \(PageParts.field("password", "[[present_password]]", value: "", "type=\"password\" required autocomplete=\"current-password\""))
                \(PageParts.field("newPassword", "[[new_password]]", value: "", "type=\"password\" required minlength=\"10\" autocomplete=\"new-password\""))</div><p><button>[[change]]</button></p></form></section>
                <section aria-labelledby="data"><h2 id="data">[[my_data]]</h2><p><a href="{{base}}/account/export.json">[[download_my_data]]</a></p>
                <form method="post" action="{{base}}/account/deletion">{{{token}}}<div class="fields"><p><label for="deletion-password">[[password]]</label><br><input id="deletion-password" name="password" type="password" required autocomplete="current-password"></p></div>
                <p>\(PageParts.box("withdrawPosts", "[[withdraw_my_posts_too]]", checked: "never"))</p><p class="soft">[[what_was_sent_stays_sent]]</p><p><button class="quiet">[[delete_my_account]]</button></p></form></section>
                """
    )

    private var account: ConsolePage {
        ConsolePage(
            path: "/account",
            summary: "My account",
            roles: ForumConsole.members,
            show: self.show,
            forms: [
                ConsoleForm(path: "/account", summary: "Change the profile") { request in
                    let hides = request.form["hidesAgents"] == "true"
                    try await request.submit(self.routes.change, ["hidesAgents": .bool(hides)])
                    return .goTo("/account?done=1")
                },
                ConsoleForm(
                    path: "/account/password",
                    summary: "Change the password",
                    does: self.routes.changePassword,
                    then: "/account?done=1"
                ),
                ConsoleForm(path: "/account/deletion", summary: "Delete the account") { request in
                    let withdraws = request.form["withdrawPosts"] == "true"
                    try await request.submit(self.routes.delete, ["withdrawPosts": .bool(withdraws)])
                    return .goTo("/")
                },
            ]
        )
    }

    @Sendable private func show(_ request: PageRequest) async throws -> PageContent {
        let me = try await request.ask(self.routes.me)
        let posts = try await self.database.read { tx in
            try tx.posts.list(by: .member(me.member.id), limit: Self.listed).map { post in
                (post, try tx.threads.find(post.thread), try tx.decisions.last(of: post.id))
            }
        }
        let rows = posts.map { post, thread, decision -> [String: Any] in
            var row: [String: Any] = [
                "base": request.base, "post": post.id.text, "title": thread?.title ?? "",
                "post_lang": thread?.language ?? "",
                "at": request.display.moment(post.createdAt), "state": request.say("post_state.\(post.state.rawValue)"),
            ]
            if post.number != nil { row["path"] = "/p/\(post.id)" }
            if post.state == .rejected || post.state == .removed {
                row["reason"] = decision.map { "\($0.reason)\($0.note.map { " — \($0)" } ?? "")" }
                if let decision, decision.appealedAt == nil, decision.decision != .uphold { row["can_appeal"] = true }
            }
            return row
        }
        return PageContent(
            request.say("my_account"),
            Self.template,
            request,
            [
                "me": me, "level": request.say("level.\(me.member.standing.rawValue)"), "posts": rows,
                "languages": PageParts.options(
                    Language.allCases.map { ($0.rawValue, $0.title) },
                    chosen: me.member.language.rawValue
                ), "hides": me.member.hidesAgents ? true : nil,
            ]
        )
    }

    /// Everything that is kept of a member, for a browser.
    var download: Endpoint { self.console.download("/account/export.json", "My data", of: self.posts.export) }
}
