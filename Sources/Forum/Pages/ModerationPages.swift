import Kernel
import Platform
import Storage
import Web

/// Where moderators see what waits for them, and decide.
struct ModerationPages: Sendable {
    private static let listed = 100

    let routes: ModerationRoutes
    let database: any Database
    let publicURL: String

    var pages: [ConsolePage] { [self.queue, self.one, self.decisions] }

    // MARK: Queue

    private static let queueTemplate = ForumConsole.template(
        PageParts.heading
            + PageParts.table(
                "[[waiting_the_oldest_first]]",
                of: "posts",
                empty: "[[nothing_waits]]",
                [
                    .init(
                        "[[thread]]",
                        "<a href=\"{{base}}/moderation/posts/{{postId}}\" lang=\"{{post_lang}}\">{{title}}</a>",
                        .heading
                    ),
                    .init("[[state]]", "<span class=\"state\">{{state_name}}</span>"),
                    .init("[[spam_score]]", "{{score_text}}", .number),
                    .init("[[reports]]", "{{report_count}}", .number),
                    .init("[[author]]", "{{username}}{{#operator}} · {{operator}}{{/operator}}"),
                    .init("[[written_at]]", "{{createdAt}}"),
                ]
            )
    )

    private var queue: ConsolePage {
        ConsolePage(path: "/moderation", summary: "Queue", roles: ForumConsole.moderators) { request in
            let waiting = try await request.ask(self.routes.queue).waiting
            let rows = request.rows(waiting) { output in
                [
                    "base": request.base, "post_lang": output.found.thread.language,
                    "state_name": output.found.edited == nil
                        ? request.say("post_state.\(output.found.post.state.rawValue)")
                        : request.say("edit_that_waits"),
                    "score_text": Self.text(output.found.post.score.number),
                    "report_count": "\(output.found.reports.count)",
                ]
            }
            return PageContent(request.say("queue"), Self.queueTemplate, request, ["posts": rows])
        }
    }

    private static func text(_ number: Double) -> String {
        let hundredths = Int((abs(number) * 100).rounded())
        let end = hundredths % 100
        return "\(number < 0 && hundredths > 0 ? "−" : "")\(hundredths / 100).\(end < 10 ? "0" : "")\(end)"
    }

    // MARK: One post

    private static let oneTemplate = ForumConsole.template(
        PageParts.heading.bytewise.replacing("<h1>", with: "<h1 lang=\"{{post_lang}}\">") + """
            <p>{{username}}{{#operator}} · {{operator}}{{/operator}} · <span class="state">{{state_name}}</span> · {{at}}{{#path}} · <a href="{{base}}{{path}}">[[in_the_thread]]</a>{{/path}}</p>
            <div class="post" lang="{{post_lang}}">{{{html}}}</div>
            {{#edit}}<h2>[[edit_that_waits]] <span class="soft">{{edit_score}}</span></h2><div class="post" lang="{{post_lang}}">{{{edit}}}</div>
            <form method="post" action="{{here}}/edit">{{{token}}}<input type="hidden" name="version" value="{{edit_version}}"><div class="fields"><p><label for="edit-decision">[[decision]]</label><br><select id="edit-decision" name="decision"><option value="approve">[[approve]]</option><option value="reject">[[reject]]</option></select></p>
            <p><label for="edit-reason">[[reason]]</label><br><input id="edit-reason" name="reason" required maxlength="200"></p></div><p><button>[[decide]]</button></p></form>{{/edit}}
            {{#appeal}}<h2>[[appeal]]</h2><p>{{appeal}}</p>{{/appeal}}
            {{#has_notes}}<h2>[[reports]]</h2><ul>{{#notes}}<li>{{reason}}{{#note}}: {{note}}{{/note}} ({{weight}})</li>{{/notes}}</ul>{{/has_notes}}
            <h2>[[spam_score]] {{score}}</h2>
            """
            + PageParts.table(
                "[[what_the_score_is_made_of]]",
                of: "parts",
                empty: "[[nothing_speaks_for_spam]]",
                [
                    .init("[[part]]", "{{name}}", .heading), .init("[[weight]]", "{{weight}}", .number),
                    .init("[[value]]", "{{value}}", .number), .init("[[sum]]", "{{sum}}", .number),
                ]
            ) + """
                {{#can_decide}}<h2>[[decide]]</h2><form method="post" action="{{here}}">{{{token}}}<input type="hidden" name="state" value="{{state}}"><input type="hidden" name="version" value="{{version}}">
                \(PageParts.choice("decision", "[[decision]]", of: "possible"))
                \(PageParts.field("reason", "[[reason]]", value: "{{form.reason}}", "required maxlength=\"200\""))
                \(PageParts.area("note", "[[note_to_the_author]]", value: "{{form.note}}"))<p><button>[[decide]]</button></p></form>{{/can_decide}}
                """
            + PageParts.table(
                "[[decisions]]",
                of: "made",
                empty: "[[no_decisions_yet]]",
                [
                    .init("[[decision]]", "{{decision}}", .heading), .init("[[at]]", "{{at}}"),
                    .init("[[by]]", "{{by}}"), .init("[[reason]]", "{{reason}}{{#note}} — {{note}}{{/note}}"),
                    .init("[[state]]", "{{after}}{{#undone}} ([[undone]]){{/undone}}"),
                ]
            ) + """
                {{#can_undo}}<form method="post" action="{{here}}/undo">{{{token}}}<p><button class="quiet">[[undo_the_last_decision]]</button></p></form>{{/can_undo}}
                """
    )

    private static func version(_ request: PageRequest) -> [String: JSONValue] {
        ["version": Int64(request.form["version"]).map { .integer($0) } ?? .null]
    }

    private var one: ConsolePage {
        ConsolePage(
            path: "/moderation/posts/{postId}",
            summary: "A post",
            roles: ForumConsole.moderators,
            show: self.show,
            forms: [
                ConsoleForm(path: "/moderation/posts/{postId}", summary: "Decide about a post") { request in
                    let decided = try await request.submit(self.routes.decide, Self.version(request))
                    return .goTo("/moderation/posts/\(decided.found.post.id)?done=1")
                },
                ConsoleForm(path: "/moderation/posts/{postId}/edit", summary: "Decide about an edit") { request in
                    let decided = try await request.submit(self.routes.decideEdit, Self.version(request))
                    return .goTo("/moderation/posts/\(decided.found.post.id)?done=1")
                },
                ConsoleForm(path: "/moderation/posts/{postId}/undo", summary: "Undo a decision") { request in
                    let decided = try await request.submit(self.routes.undo)
                    return .goTo("/moderation/posts/\(decided.found.post.id)?done=1")
                },
            ]
        )
    }

    @Sendable private func show(_ request: PageRequest) async throws -> PageContent {
        let found = try await request.ask(self.routes.show).found
        let names = try await self.names(of: found.decisions)
        let post = found.post
        let last = found.decisions.last { $0.undoneAt == nil }
        let isMine = last?.moderator == request.session.caller.identity
        let isFresh = last.map { $0.after == post.state && $0.appealedAt == nil } ?? false
        let possible = Decision.possible(for: post.state)
        let values: [String: Any?] = [
            "username": found.account.username, "operator": post.stamps?.ai.operator, "state": post.state.rawValue,
            "version": "\(post.version)", "edit_version": found.edited.map { "\($0.version)" },
            "state_name": request.say("post_state.\(post.state.rawValue)"),
            "at": request.display.moment(post.createdAt), "post_lang": found.thread.language,
            "path": post.number == nil ? nil : "/p/\(post.id)", "html": Markup(rendered: post.html),
            "edit": found.edited.map { Markup(rendered: $0.html) },
            "edit_score": found.edited.map { Self.text($0.score.number) },
            "appeal": post.state == .appealed ? last?.appeal : nil,
            "notes": found.reports.map { report -> [String: Any] in
                [
                    "reason": request.say("report_reason.\(report.reason.rawValue)"), "note": report.note,
                    "weight": Self.text(Double(report.weight) / 10),
                ]
            },
            "score": Self.text(post.score.number),
            "parts": post.score.parts.filter { $0.value != 0 }.map { part in
                [
                    "name": request.say("score_part.\(part.name)"), "weight": Self.text(part.weight),
                    "value": Self.text(part.value), "sum": Self.text(part.weight * part.value),
                ]
            },
            "can_decide": possible.isEmpty ? nil : true,
            "possible": PageParts.options(
                possible.map { ($0.rawValue, request.say("decision.\($0.rawValue)")) },
                chosen: request.form["decision"]
            ), "made": found.decisions.reversed().map { Self.row(of: $0, names, request) },
            "can_undo": isFresh && (isMine || request.session.caller.has(ForumRole.operator)) ? true : nil,
        ]
        return PageContent(found.thread.title, Self.oneTemplate, request, values)
    }

    private func names(of decisions: [Decided]) async throws -> [ID<Identity>: String] {
        try await self.database.read { tx in
            var names: [ID<Identity>: String] = [:]
            for id in Set(decisions.map(\.moderator)) {
                names[id] = try tx.members.find(id)?.username ?? tx.identities.find(id)?.name
            }
            return names
        }
    }

    private static func row(of made: Decided, _ names: [ID<Identity>: String], _ request: PageRequest) -> [String: Any]
    {
        var row: [String: Any] = [
            "decision": request.say("decision.\(made.decision.rawValue)"),
            "at": request.display.moment(made.createdAt), "by": names[made.moderator] ?? "", "reason": made.reason,
            "after": request.say("post_state.\(made.after.rawValue)"), "post": made.post.text, "base": request.base,
        ]
        row["note"] = made.note
        if made.undoneAt != nil { row["undone"] = true }
        return row
    }

    // MARK: Decisions

    private static let decisionsTemplate = ForumConsole.template(
        PageParts.heading
            + PageParts.table(
                "[[decisions]]",
                of: "made",
                empty: "[[no_decisions_yet]]",
                [
                    .init("[[decision]]", "<a href=\"{{base}}/moderation/posts/{{post}}\">{{decision}}</a>", .heading),
                    .init("[[at]]", "{{at}}"), .init("[[by]]", "{{by}}"),
                    .init("[[reason]]", "{{reason}}{{#note}} — {{note}}{{/note}}"),
                    .init("[[state]]", "{{after}}{{#undone}} ([[undone]]){{/undone}}"),
                ]
            )
    )

    private var decisions: ConsolePage {
        ConsolePage(path: "/moderation/decisions", summary: "Decisions", roles: ForumConsole.moderators) { request in
            let made = try await self.database.read { try $0.decisions.newest(limit: Self.listed) }
            let names = try await self.names(of: made)
            return PageContent(
                request.say("decisions"),
                Self.decisionsTemplate,
                request,
                ["made": made.map { Self.row(of: $0, names, request) }]
            )
        }
    }
}
