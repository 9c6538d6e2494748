package import Kernel
import Platform

/// Whose key is meant.
package struct KeyPath: Input {
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
    private let forms: [WorkForm]
    /// Fields of the new key that the form does not ask for.
    private let given: @Sendable (Visit) -> [String: JSONValue]
    /// Which new keys are asked about once more.
    private let asksFirst: @Sendable (Visit) -> Bool
    private let values: @Sendable (Visit, List) -> [String: Any?]
    private let madeValues: @Sendable (Visit, Made) -> [String: Any?]

    /// - Parameters:
    ///   - values: what the page shows; `keys` is the table.
    ///   - made: what the page of a new key shows.
    ///   - delete: also removes a key from the list, where a surface keeps revoked ones.
    package init(
        list: Operation<NoInput, List>,
        create: Operation<New, Made>,
        revoke: Operation<KeyPath, Revoked>,
        words: Words,
        look: Look,
        further: [WorkForm] = [],
        given: @escaping @Sendable (Visit) -> [String: JSONValue] = { _ in [:] },
        asksFirst: @escaping @Sendable (Visit) -> Bool = { _ in false },
        values: @escaping @Sendable (Visit, List) -> [String: Any?],
        made: @escaping @Sendable (Visit, Made) -> [String: Any?] = { _, made in ["key": made] }
    ) {
        (self.list, self.create, self.given, self.asksFirst) = (list, create, given, asksFirst)
        (self.values, self.madeValues, self.title) = (values, made, look.title)
        self.forms =
            [
                WorkForm(path: "\(keysPath)/{key_id}/revoke", summary: "Revoke a key", does: revoke, then: keysAgain)
                    .askingFirst()
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

    package var pages: [WorkPage] {
        [
            WorkPage(
                path: keysPath,
                summary: "Keys",
                roles: nil,
                show: self.show,
                forms: [
                    WorkForm(path: keysPath, summary: "Create a key", perform: self.make)
                        .askingFirst(if: self.asksFirst)
                ] + self.forms
            )
        ]
    }

    @Sendable private func show(_ visit: Visit) async throws -> PageContent {
        let keys = try await visit.ask(self.list)
        return PageContent(visit.say(self.title), self.template, visit, self.values(visit, keys))
    }

    @Sendable private func make(_ visit: Visit) async throws -> WorkForm.Outcome {
        let made = try await visit.submit(self.create, self.given(visit))
        return .show(
            PageContent(visit.say("your_new_key"), self.madeTemplate, visit, self.madeValues(visit, made))
        )
    }
}

private let keysPath = "/account/keys"
private let keysAgain = "\(keysPath)?done=1"
