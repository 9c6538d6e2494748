package import Kernel
import Platform

/// Which key is meant.
package struct CredentialPath: Input {
    package let id: String
    package init(_ read: inout InputReader) { self.id = read.path("key_id", "The key") }
}

/// The page of an account's keys: those that there are, a form for another, and the new one, which is shown once.
package struct KeyPages<List: Answer, New: Input, Made: Answer, Revoked: Answer>: Sendable {
    /// What a surface shows of its keys, in Mustache over its own answers.
    package struct Look: Sendable {
        /// The heading of a line, and further columns.
        let columns: [PageParts.Column]
        /// What stands in the last column: forms that end a key.
        let end: String
        /// The caption, and the keys of the words around the table.
        let (title, caption, empty, note): (String, String, String, String)
        let (make, button): (String, String)
        /// The form's fields.
        let fields: String
        /// The new key: the words that tell to keep it, and how it is shown.
        let (keepIt, made): (String, String)

        /// - Parameters: words are keys of the surface's words, and everything else is Mustache.
        package init(
            title: String,
            caption: String,
            empty: String,
            note: String,
            columns: [PageParts.Column],
            end: String,
            make: String,
            button: String,
            fields: String,
            keepIt: String,
            made: String
        ) {
            (self.title, self.caption, self.empty, self.note) = (title, caption, empty, note)
            (self.columns, self.end, self.make, self.button) = (columns, end, make, button)
            (self.fields, self.keepIt, self.made) = (fields, keepIt, made)
        }
    }

    private let list: Operation<NoInput, List>
    private let create: Operation<New, Made>
    private let title: String
    private let template: Template
    private let madeTemplate: Template
    private let forms: [ConsoleForm]
    /// Fields of the new key that the form does not ask for.
    private let given: @Sendable (PageRequest) -> [String: JSONValue]
    /// Which new keys are asked about once more.
    private let asksFirst: @Sendable (PageRequest) -> Bool
    private let values: @Sendable (PageRequest, List) -> [String: Any?]
    private let madeValues: @Sendable (PageRequest, Made) -> [String: Any?]

    /// - Parameters:
    ///   - values: what the page shows; `keys` is the table.
    ///   - made: what the page of a new key shows.
    ///   - further: forms beside that, such as one that removes a revoked key from the list.
    package init(
        list: Operation<NoInput, List>,
        create: Operation<New, Made>,
        revoke: Operation<CredentialPath, Revoked>,
        words: Words,
        look: Look,
        further: [ConsoleForm] = [],
        given: @escaping @Sendable (PageRequest) -> [String: JSONValue] = { _ in [:] },
        asksFirst: @escaping @Sendable (PageRequest) -> Bool = { _ in false },
        values: @escaping @Sendable (PageRequest, List) -> [String: Any?],
        made: @escaping @Sendable (PageRequest, Made) -> [String: Any?] = { _, made in ["key": made] }
    ) {
        (self.list, self.create, self.given, self.asksFirst) = (list, create, given, asksFirst)
        (self.values, self.madeValues, self.title) = (values, made, look.title)
        self.forms =
            [
                ConsoleForm(path: "\(keysPath)/{key_id}/revoke", summary: "Revoke a key", does: revoke, then: keysAgain)
                    .askingFirst().about { request in
                        let id = request.parameter("key_id")
                        let isOwn = request.session.caller.credential.bytewise.equals(id)
                        return FormSubject([
                            ("key", id), ("attention", isOwn ? request.say("you_are_signed_in_with_it") : nil),
                        ])
                    }
            ] + further
        self.template = Template(
            PageParts.heading
                + PageParts.table(
                    "[[\(look.caption)]]",
                    of: "keys",
                    empty: "[[\(look.empty)]]",
                    look.columns + [.init("[[revoke]]", look.end)]
                ) + """
                    <p class="soft">[[\(look.note)]]</p>
                    <section aria-labelledby="new"><h2 id="new">[[\(look.make)]]</h2>
                    <form method="post" action="{{base}}\(keysPath)" class="fields">{{{token}}}\(look.fields)<p><button>[[\(look.button)]]</button></p></form></section>
                    """,
            words
        )
        self.madeTemplate = Template(
            PageParts.heading + """
                <p class="done" role="status">[[\(look.keepIt)]]</p>\(look.made)
                <p><a href="{{base}}\(keysPath)">[[all_keys]]</a></p>
                """,
            words
        )
    }

    package var pages: [ConsolePage] {
        [
            ConsolePage(
                path: keysPath,
                summary: "Keys",
                roles: nil,
                show: self.show,
                forms: [
                    ConsoleForm(path: keysPath, summary: "Create a key", perform: self.make)
                        .askingFirst(if: self.asksFirst)
                ] + self.forms
            )
        ]
    }

    @Sendable private func show(_ request: PageRequest) async throws -> PageContent {
        let keys = try await request.ask(self.list)
        return PageContent(request.say(self.title), self.template, request, self.values(request, keys))
    }

    @Sendable private func make(_ request: PageRequest) async throws -> ConsoleForm.Outcome {
        let made = try await request.submit(self.create, self.given(request))
        return .show(
            PageContent(request.say("your_new_key"), self.madeTemplate, request, self.madeValues(request, made))
        )
    }
}

private let keysPath = "/account/keys"
private let keysAgain = "\(keysPath)?done=1"
