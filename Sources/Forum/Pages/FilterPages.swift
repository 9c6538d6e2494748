import Kernel
import Platform
import Storage
import Web

/// Where moderators see how well the filter of words does, train it anew, and block words.
struct FilterPages: Sendable {
    let routes: FilterRoutes

    var pages: [ConsolePage] { [self.filter] }

    private static let template = ForumConsole.template(
        PageParts.heading + """
            <p>{{state}}</p>{{#runs}}<p class="notice" role="status">{{runs}} \(PageParts.watch)</p>{{/runs}}{{#failed}}<p class="problem">[[training_failed]]</p>{{/failed}}
            <form method="post" action="{{base}}/moderation/words/train">{{{token}}}<p><button>[[train_anew]]</button></p></form>
            {{#waits}}<p class="notice">[[new_training_is_worse]]</p><form method="post" action="{{base}}/moderation/words/activate">{{{token}}}<input type="hidden" name="version" value="{{waits}}"><p><button>[[use_it_anyway]]</button></p></form>{{/waits}}
            """
            + PageParts.table(
                "[[on_posts_not_seen]]",
                of: "figures",
                empty: "[[no_training_yet]]",
                [
                    .init("[[score_of]]", "{{name}}", .heading), .init("[[language]]", "{{language}}"),
                    .init("[[posts]]", "{{posts}}", .number), .init("[[precision]]", "{{precision}}", .number),
                    .init("[[recall]]", "{{recall}}", .number), .init("F1", "{{f1}}", .number),
                    .init("AUC", "{{auc}}", .number), .init("[[false_alarms]]", "{{alarms}}", .number),
                    .init("[[matrix]]", "{{matrix}}"),
                ]
            ) + """
                <p class="soft">[[matrix]]: [[confusion]]</p>{{#has_words}}<h2>[[strongest_words]]</h2><p>[[for_spam]]: {{spam_words}}</p><p>[[against_spam]]: {{good_words}}</p>{{/has_words}}
                <h2>[[blocked_words_and_hosts]]</h2>
                """
            + PageParts.table(
                "[[blocked_words_and_hosts]]",
                of: "blocked",
                empty: "[[nothing_is_blocked]]",
                [
                    .init("[[word]]", "{{word}}", .heading), .init("[[language]]", "{{language_name}}"),
                    .init(
                        "[[action]]",
                        "<form method=\"post\" action=\"{{base}}/moderation/words/unblock\">{{{form_token}}}<input type=\"hidden\" name=\"language\" value=\"{{language}}\"><input type=\"hidden\" name=\"word\" value=\"{{word}}\"><button class=\"quiet\">[[take_off]]</button></form>"
                    ),
                ]
            ) + """
                <form method="post" action="{{base}}/moderation/words">{{{token}}}<div class="fields">
                \(PageParts.field("word", "[[word]]", value: "{{form.word}}", "required maxlength=\"100\""))
                \(PageParts.choice("language", "[[language]]", of: "languages"))</div><p><button>[[block]]</button></p></form>
                """
    )

    private var filter: ConsolePage {
        let done = "/moderation/words?done=1"
        return ConsolePage(
            path: "/moderation/words",
            summary: "Word filter",
            roles: ForumConsole.moderators,
            show: self.show,
            forms: [
                ConsoleForm(path: "/moderation/words", summary: "Block a word", does: self.routes.block, then: done),
                ConsoleForm(
                    path: "/moderation/words/unblock",
                    summary: "Unblock a word",
                    does: self.routes.unblock,
                    then: done
                ),
                ConsoleForm(
                    path: "/moderation/words/train",
                    summary: "Train anew",
                    does: self.routes.train,
                    then: done
                ),
                ConsoleForm(path: "/moderation/words/activate", summary: "Use a training") { request in
                    try await request.submit(self.routes.activate, ["version": .string(request.form["version"])])
                    return .goTo(done)
                }.askingFirst(),
            ]
        )
    }

    @Sendable private func show(_ request: PageRequest) async throws -> PageContent {
        let filter = try await request.ask(self.routes.show)
        let blocked = try await request.ask(self.routes.blocked)
        let counts = filter.newest?.counts
        let isUsed = filter.active?.counts.isTrained ?? false
        let state = request.say(
            isUsed ? "filter_is_used" : "filter_is_not_used",
            ["spam": "\(counts?.spamPosts ?? 0)", "good": "\(counts?.goodPosts ?? 0)", "least": "\(WordCounts.least)"]
        )
        let figures = filter.newest?.figures
        let words = { (kind: String) in
            (figures?["strongest"]?[kind]?.array ?? []).compactMap { $0["word"]?.string }.joined(separator: ", ")
        }
        let names = Language.allCases.map { ($0.rawValue, $0.title) } + [(BlockedWords.hosts, request.say("host"))]
        let rows = request.rows(blocked.words.map { BlockedOutput(word: $0) }) { output in
            [
                "base": request.base, "form_token": Self.token(request),
                "language_name": names.first { $0.0 == output.word.language }?.1,
            ]
        }
        let newest = filter.newest.map { $0.isActive ? nil : "\($0.version)" } ?? nil
        return PageContent(
            request.say("word_filter"),
            Self.template,
            request,
            [
                "state": state, "failed": filter.training?.state == .failed ? true : nil,
                "runs": filter.training.flatMap { job in
                    job.state == .running
                        ? request.say("training_runs", ["since": request.display.moment(job.createdAt)]) : nil
                },
                "figures": Self.rows(figures, request), "blocked": rows, "waits": newest,
                "languages": PageParts.options(names, chosen: request.form["language"]),
                "has_words": words("spam").isEmpty && words("good").isEmpty ? nil : true, "spam_words": words("spam"),
                "good_words": words("good"),
            ]
        )
    }

    private static func token(_ request: PageRequest) -> Markup {
        "<input type=\"hidden\" name=\"form_token\" value=\"\(request.session.formToken)\">"
    }

    private static func rows(_ figures: JSONValue?, _ request: PageRequest) -> [[String: Any]] {
        ["rules", "words", "both"].flatMap { name -> [[String: Any]] in
            let languages = figures?[name]?.object ?? [:]
            return languages.keys.sorted { ($0 == "all" ? "" : $0) < ($1 == "all" ? "" : $1) }.map { language in
                let row = languages[language] ?? [:]
                let number = { (key: String) in "\(row[key]?.number ?? 0)" }
                let matrix = ["spamQueued", "spamMissed", "goodQueued", "goodPublished"].map { key in
                    "\(Int(row["matrix"]?[key]?.number ?? 0))"
                }
                return [
                    "name": request.say("filter_score.\(name)"),
                    "language": language == "all" ? request.say("all_languages") : language,
                    "posts": "\(Int(row["posts"]?.number ?? 0))", "precision": number("precision"),
                    "recall": number("recall"), "f1": number("f1"), "auc": number("auc"),
                    "alarms": number("falseAlarmsPerThousand"), "matrix": matrix.joined(separator: " / "),
                ]
            }
        }
    }
}
