import Kernel
import Platform
import Storage
import Web

/// Where members open threads, reply, edit, report and appeal.
struct WritingPages: Sendable {
    let routes: MemberPostRoutes
    let moderation: ModerationRoutes
    let database: any Database

    var pages: [ConsolePage] { [self.newThread, self.reply, self.edit, self.report, self.appeal] }

    // MARK: Threads and replies

    private static let threadTemplate = ForumConsole.template(
        PageParts.heading + """
            <form method="post" action="{{here}}">{{{token}}}
            \(PageParts.field("title", "[[title_of_the_thread]]", value: "{{form.title}}", "required minlength=\"5\" maxlength=\"200\""))
            \(PageParts.choice("category", "[[category]]", of: "categories"))
            \(PageParts.area("body", "[[your_text_markdown]]", value: "{{form.body}}"))
            <p><button>[[open_the_thread]]</button></p></form>
            """
    )

    private var newThread: ConsolePage {
        ConsolePage(
            path: "/threads/new",
            summary: "New thread",
            roles: ForumConsole.members,
            show: { request in
                let open = try await request.ask(self.routes.categories).categories.filter(\.isOpen)
                let chosen = request.form["category"].isEmpty ? request.query("category") : request.form["category"]
                let options = open.map { ($0.slug, $0.name(in: request.language)) }
                return PageContent(
                    request.say("new_thread"),
                    Self.threadTemplate,
                    request,
                    ["categories": PageParts.options(options, chosen: chosen)]
                )
            },
            forms: [
                ConsoleForm(path: "/threads/new", summary: "Open a thread") { request in
                    Self.outcome(try await request.submit(self.routes.open), request)
                }
            ]
        )
    }

    /// To the post; one that waits has no page yet.
    private static func outcome(_ output: PostOutput, _ request: PageRequest) -> ConsoleForm.Outcome {
        let taken = output.taken
        guard let number = taken.post.number else { return .goTo("/account?done=1") }
        return .goTo(taken.thread.path(to: number, in: request.language.rawValue))
    }

    private static let replyTemplate = ForumConsole.template(
        PageParts.heading + """
            <p><a href="{{base}}{{path}}" lang="{{post_lang}}">{{thread_title}}</a></p>
            {{#answered}}<blockquote><p class="soft">{{who}}</p><p lang="{{post_lang}}">{{text}}</p></blockquote>{{/answered}}
            {{#tells}}<p class="soft">{{tells}}</p>{{/tells}}
            <form method="post" action="{{here}}">{{{token}}}<input type="hidden" name="parentId" value="{{parent}}">
            \(PageParts.area("body", "[[your_text_markdown]]", value: "{{form.body}}"))
            <p><button>[[reply]]</button></p></form>
            """
    )

    private var reply: ConsolePage {
        ConsolePage(
            path: "/threads/{threadId}/reply",
            summary: "Reply",
            roles: ForumConsole.members,
            show: self.showReply,
            forms: [
                ConsoleForm(path: "/threads/{threadId}/reply", summary: "Reply") { request in
                    Self.outcome(try await request.submit(self.routes.reply), request)
                }
            ]
        )
    }

    @Sendable private func showReply(_ request: PageRequest) async throws -> PageContent {
        let parent = request.form["parentId"].isEmpty ? request.query("parent") : request.form["parentId"]
        let thread: ID<ForumThread> = ID(request.parameter("threadId").lowercased())
        let found = try await self.database.read { tx -> (ForumThread, Post?, AuthorAccount?)? in
            guard let thread = try tx.threads.find(thread), thread.isVisible else { return nil }
            let asked = try parent.isEmpty ? nil : tx.posts.find(ID(parent.lowercased()))
            let answered = asked.flatMap { $0.thread == thread.id && $0.state.isShown ? $0 : nil }
            let opening = try tx.posts.list(in: thread.id, after: 0, limit: 1).first
            return (thread, answered ?? opening, try answered.flatMap { try tx.account(of: $0.author) })
        }
        guard let (thread, post, account) = found else { throw ForumProblems.threadNotFound }
        var values: [String: Any?] = [
            "path": thread.path(in: request.language.rawValue), "thread_title": thread.title,
            "post_lang": thread.language, "parent": account == nil ? "" : parent,
            "tells": post?.stamps.map { request.say("reply_is_sent_to", ["operator": $0.ai.operator]) },
        ]
        if let post, let account {
            let text = (try? RenderedBody(post.body))?.text ?? ""
            values["answered"] = [
                "who": request.say(
                    "in_answer_to",
                    ["number": "\(post.number ?? 0)", "name": account.displayName(in: request.language)]
                ),
                "text": text,
            ]
        }
        return PageContent(request.say("reply"), Self.replyTemplate, request, values)
    }

    // MARK: One's own posts

    private static let editTemplate = ForumConsole.template(
        PageParts.heading + """
            <form method="post" action="{{here}}">{{{token}}}
            \(PageParts.area("body", "[[your_text_markdown]]", value: "{{text}}"))
            <p><button>[[save]]</button></p></form>
            <form method="post" action="{{here}}/withdraw">{{{token}}}<p><button class="quiet">[[withdraw_the_post]]</button></p></form>
            """
    )

    private var edit: ConsolePage {
        ConsolePage(
            path: "/posts/{postId}/edit",
            summary: "Edit a post",
            roles: ForumConsole.members,
            show: { request in
                let post = try await self.own(request)
                let text = request.form.all("body").first ?? post.body
                return PageContent(request.say("edit_the_post"), Self.editTemplate, request, ["text": text])
            },
            forms: [
                ConsoleForm(path: "/posts/{postId}/edit", summary: "Edit a post") { request in
                    let edited = try await request.submit(self.routes.edit)
                    return .goTo(edited.permalink == nil ? "/account?done=1" : "/p/\(edited.post.id)")
                },
                ConsoleForm(
                    path: "/posts/{postId}/edit/withdraw",
                    summary: "Withdraw a post",
                    does: self.routes.withdraw,
                    then: "/account?done=1"
                ).askingFirst(),
            ]
        )
    }

    private func own(_ request: PageRequest) async throws -> Post {
        let id: ID<Post> = ID(request.parameter("postId").lowercased())
        return try await self.database.read { tx in
            let member = try tx.members.require(request.session.caller.identity)
            guard let post = try tx.posts.find(id), post.author == .member(member.id) else {
                throw ForumProblems.postNotFound
            }
            return post
        }
    }

    private static let appealTemplate = ForumConsole.template(
        PageParts.heading + """
            <p>{{excerpt}}</p>
            <form method="post" action="{{here}}">{{{token}}}
            \(PageParts.area("text", "[[why_the_decision_is_wrong]]", value: "{{form.text}}"))
            <p><button>[[appeal]]</button></p></form>
            """
    )

    private var appeal: ConsolePage {
        ConsolePage(
            path: "/posts/{postId}/appeal",
            summary: "Appeal",
            roles: ForumConsole.members,
            show: { request in
                let post = try await self.own(request)
                let text = (try? RenderedBody(post.body))?.text ?? ""
                return PageContent(request.say("appeal"), Self.appealTemplate, request, ["excerpt": text])
            },
            forms: [
                ConsoleForm(
                    path: "/posts/{postId}/appeal",
                    summary: "Appeal",
                    does: self.moderation.appeal,
                    then: "/account?done=1"
                )
            ]
        )
    }

    // MARK: Others' posts

    private static let reportTemplate = ForumConsole.template(
        PageParts.heading + """
            <blockquote><p>{{excerpt}}</p></blockquote>
            <form method="post" action="{{here}}">{{{token}}}
            \(PageParts.choice("reason", "[[what_is_wrong_with_it]]", of: "reasons"))
            \(PageParts.area("note", "[[note_for_moderators]]", value: "{{form.note}}"))
            <p class="soft">[[nobody_hears_who_reports]]</p><p><button>[[report]]</button></p></form>
            """
    )

    private var report: ConsolePage {
        ConsolePage(
            path: "/posts/{postId}/report",
            summary: "Report a post",
            roles: ForumConsole.members,
            show: { request in
                let id: ID<Post> = ID(request.parameter("postId").lowercased())
                let found = try await self.database.read { tx -> Post? in
                    guard let post = try tx.posts.find(id), post.state.isShown else { return nil }
                    return try tx.threads.find(post.thread)?.isVisible ?? false ? post : nil
                }
                guard let post = found else { throw ForumProblems.postNotFound }
                let reasons = Report.Reason.allCases.map { ($0.rawValue, request.say("report_reason.\($0.rawValue)")) }
                return PageContent(
                    request.say("report_the_post"),
                    Self.reportTemplate,
                    request,
                    [
                        "excerpt": (try? RenderedBody(post.body))?.text ?? "",
                        "reasons": PageParts.options(reasons, chosen: request.form["reason"]),
                    ]
                )
            },
            forms: [
                ConsoleForm(path: "/posts/{postId}/report", summary: "Report a post") { request in
                    let reported = try await request.submit(self.moderation.report)
                    return .goTo(reported.state.isShown ? "/p/\(reported.post)" : "/account?done=1")
                }
            ]
        )
    }
}
