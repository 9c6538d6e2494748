import Kernel
import Platform
import Storage
import Web

/// Where a moderator closes, hides or moves a thread.
struct ThreadModerationPage: Sendable {
    let routes: ThreadModerationRoutes
    let database: any Database

    private static let path = "/moderation/threads/{threadId}"
    private static let states: [ForumThread.State] = [.open, .closed, .hidden]

    private static let template = ForumConsole.template(
        PageParts.heading.bytewise.replacing("<h1>", with: "<h1 lang=\"{{lang}}\">") + """
            <p><span class="state">{{state_name}}</span> · {{category_name}} · [[posts]]: {{postCount}}{{#permalink}} · <a href="{{permalink}}">[[thread]]</a>{{/permalink}}</p>
            <form method="post" action="{{here}}">{{{token}}}<input type="hidden" name="seen" value="{{seen}}"><div class="fields">
            \(PageParts.choice("state", "[[state]]", of: "states"))
            \(PageParts.choice("category", "[[category]]", of: "categories"))
            \(PageParts.field("reason", "[[reason]]", value: "{{form.reason}}", "required maxlength=\"200\""))</div>
            <p class="soft">[[moved_thread_keeps_its_address]]</p><p><button>[[save]]</button></p></form>
            """
    )

    var page: ConsolePage {
        ConsolePage(
            path: Self.path,
            summary: "A thread",
            roles: ForumConsole.moderators,
            show: { request in
                let found = try await request.ask(self.routes.show)
                let thread = found.thread
                let categories = try await self.database.read { try $0.categories.list() }
                let values: [String: Any?] = [
                    "lang": thread.language, "state_name": request.say("thread_state.\(thread.state.rawValue)"),
                    "category_name": categories.name(of: thread.category, in: request.language),
                    "postCount": "\(thread.postCount)",
                    "permalink": thread.isVisible ? request.base + thread.path(in: request.language.rawValue) : nil,
                    "seen": thread.state.rawValue,
                    "states": PageParts.options(
                        [("", request.say("stays_as_it_is"))]
                            + Self.states.map { ($0.rawValue, request.say("thread_state.\($0.rawValue)")) },
                        chosen: request.form["state"]
                    ),
                    "categories": PageParts.options(
                        [("", request.say("stays_as_it_is"))]
                            + categories.map { ($0.slug, $0.name(in: request.language)) },
                        chosen: request.form["category"]
                    ),
                ]
                return PageContent(thread.title, Self.template, request, values)
            },
            forms: [
                ConsoleForm(path: Self.path, summary: "Close, hide or move a thread") { request in
                    let changed = try await request.submit(self.routes.change, Self.sent(request))
                    return .goTo("/moderation/threads/\(changed.thread.id)?done=1")
                }
            ]
        )
    }

    /// What stays as it is is not sent.
    private static func sent(_ request: PageRequest) -> [String: JSONValue] {
        ["state", "category"].reduce(into: [:]) { sent, name in
            if request.form[name].isEmpty { sent[name] = .null }
        }
    }
}
