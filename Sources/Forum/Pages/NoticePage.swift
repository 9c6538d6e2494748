import Kernel
import Platform
import Storage
import Web

/// Where members see who answers or names them, and what became of their posts.
struct NoticePage: Sendable {
    let routes: NoticeRoutes

    private static let template = ForumConsole.template(
        PageParts.heading
            + PageParts.table(
                "[[notices]]",
                of: "notices",
                empty: "[[no_notices_yet]]",
                [
                    .init(
                        "[[what_happened]]",
                        "{{#unread}}<strong>{{unread}}</strong> {{/unread}}{{what}}<br>{{#path}}<a href=\"{{path}}\" lang=\"{{post_lang}}\">{{title}}</a>{{/path}}{{^path}}<span lang=\"{{post_lang}}\">{{title}}</span>{{/path}}{{#badge}}<br><span class=\"soft\">{{badge}}</span>{{/badge}}",
                        .heading
                    ),
                    .init("[[at]]", "{{at}}"),
                ]
            ) + PageParts.older + """
                {{#some_unread}}<form method="post" action="{{base}}/notices/read">{{{token}}}<p><button>[[mark_all_as_read]]</button></p></form>{{/some_unread}}
                """
    )

    var page: ConsolePage {
        ConsolePage(
            path: "/notices",
            summary: "Notices",
            roles: ForumConsole.members,
            show: { request in
                let cursor: [String: JSONValue] =
                    request.query("cursor").isEmpty ? [:] : ["cursor": .string(request.query("cursor"))]
                let found = try await request.ask(self.routes.list, cursor)
                let language = request.language
                let rows = found.items.map { output -> [String: Any] in
                    var row: [String: Any] = [
                        "what": ForumWords.all.say(
                            "notice.\(output.notice.kind.rawValue)",
                            [
                                "name": output.account.displayName(in: language),
                                "state": request.say("post_state.\(output.post.state.rawValue)"),
                            ],
                            in: language
                        ),
                        "title": output.thread.title, "post_lang": output.thread.language,
                        "at": request.display.moment(output.notice.createdAt),
                    ]
                    if output.notice.readAt == nil { row["unread"] = request.say("unread") }
                    if let ai = output.post.stamps?.ai {
                        row["badge"] = Badge(ai, by: output.account, in: language).text
                    }
                    if output.path != nil, let number = output.post.number {
                        row["path"] = request.base + output.thread.path(to: number, in: language.rawValue)
                    }
                    return row
                }
                let values: [String: Any?] = [
                    "notices": rows, "older": request.next(found.next),
                    "some_unread": found.items.contains { $0.notice.readAt == nil } ? true : nil,
                ]
                return PageContent(request.say("notices"), Self.template, request, values)
            },
            forms: [
                ConsoleForm(
                    path: "/notices/read",
                    summary: "Mark all as read",
                    does: self.routes.markRead,
                    then: "/notices?done=1"
                )
            ]
        )
    }
}
