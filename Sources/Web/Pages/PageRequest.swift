import HTTPTypes
package import Hummingbird
package import Kernel
package import Platform

/// One request of a signed-in browser.
package struct PageRequest: Sendable {
    package let call: Call
    package let session: Sessions.Session
    /// The surface's prefix in the browser's URL; empty on its own listener.
    package let base: String
    let console: Console
    var style: Console.Style { self.console.style }
    package let language: Language
    /// What a form has sent; also when its page is shown again because something in it was wrong.
    package var form = Form.none
    /// Why the form did not do what it should.
    package var problem: Problem?

    /// The page's own address, also when a form below it is answered.
    package var page: String?
    package var here: String {
        guard let page else { return self.call.request.uri.path }
        let parts = page.bytewise.split("/", keepsEmpty: true).map { part in
            part.bytewise.starts(with: "{")
                ? HTML.percentEncode(self.parameter(String(part.dropFirst().dropLast()))) : String(part)
        }
        return self.base + parts.joined(separator: "/")
    }

    /// Whether the browser was redirected here after a form succeeded.
    package var isDone: Bool { self.query("done") == "1" }

    /// Whether the visitor asked for automatic refresh.
    package var isWatching: Bool { self.query("watch") == "1" }

    package func query(_ name: String) -> String {
        let value = self.call.request.uri.fields[Substring(name)].map(String.init) ?? ""
        return value.bytewise.replacing("\0", with: "")
    }

    package func parameter(_ name: String) -> String { self.call.context.pathParameter(name) }

    /// What does a form's work once, however often it is sent: its own field, else its confirmation.
    package var once: String { self.form["once"].isEmpty ? self.form[Confirmation.field] : self.form["once"] }

    /// A sentence in the visitor's language.
    package func say(_ key: String, _ arguments: [String: String] = [:]) -> String {
        self.console.contract.words.say(key, arguments, in: self.language)
    }

    /// Answers with what a template needs beside their members.
    package func rows<Item: Answer>(_ items: [Item], adding more: (Item) -> [String: Any?]) -> [[String: Any]] {
        let (shape, display) = (Item.shape, self.display)
        return items.map { item in
            let shown = shape.show(item, display) as? [String: Any] ?? [:]
            return shown.merging(more(item).compactMapValues { $0 }) { $1 }
        }
    }

    /// The same, where there is one.
    func find(_ key: String) -> String? { self.console.contract.words.find(key, in: self.language) }

    /// How values are shown on the visitor's pages.
    package var display: Display { self.console.display(of: self.call, self.language) }

    /// One value of an enumeration in the visitor's language; the value itself where it has no word.
    package func word(_ member: String, _ value: String) -> String {
        self.console.contract.words.value(member, value, in: self.language)
    }

    /// What every template may name beside its own values.
    package var values: [String: Any] {
        var values: [String: Any] = [
            "base": self.base,
            "zone": self.display.timeZone.name,
            "day_zone": self.console.contract.timeZone.name,
            "token": "<input type=\"hidden\" name=\"form_token\" value=\"\(self.session.formToken)\">" as Markup,
            "form": Dictionary(uniqueKeysWithValues: self.form.names.map { ($0, self.form[$0]) }),
        ]
        values["here"] = self.here
        values["watching"] = self.isWatching ? true : nil
        values["problem"] = self.problem.map { self.console.contract.words.describe($0, in: self.language) }
        if self.isDone, self.problem == nil {
            let words = self.console.contract.words
            let what = words.find("form.\(self.query("did"))", in: self.language)
            let done = what.map { self.say("done_what", ["what": $0]) } ?? self.say("done_now")
            values["done"] = ("\(done) \(FormNotice.read(self))" as Markup)
        }
        return values
    }
}

/// What a page is made of.
package struct PageContent: Sendable {
    package let title: String
    package let body: Markup
    /// Whether the browser asks again by itself.
    package var isWatched = false
    /// Whether it shows something once that nobody else may see: no address of it is told to anybody.
    package private(set) var holdsSecret = false
    /// Whether it has a script, which every page works without.
    private(set) var usesScript = false

    package func holdingSecret() -> PageContent {
        var other = self
        other.holdsSecret = true
        return other
    }

    /// The same with a script of the surface's own, which the page names itself.
    package func usingScript() -> PageContent {
        var other = self
        other.usesScript = true
        return other
    }

    package init(_ title: String, _ body: Markup, isWatched: Bool = false) {
        self.title = title
        self.body = body
        self.isWatched = isWatched
    }

    /// - Parameters:
    ///   - values: answers, or anything else that a template can show.
    ///   - isGoingOn: whether what the page shows will change by itself.
    package init(
        _ title: String,
        _ template: Template,
        _ request: PageRequest,
        _ values: [String: Any?],
        isGoingOn: Bool = false
    ) {
        let display = request.display
        let shown = values.compactMapValues { value in
            guard let answer = value as? any Wire else { return value }
            return answer.shown(display)
        }
        // What a template may ask of a list before it shows its table.
        let lists = shown.compactMap { name, value in
            (value as? [Any]).flatMap { $0.isEmpty ? nil : ("has_\(name)", true as Any) }
        }
        let known = shown.merging(lists) { $1 }
        self.init(
            title,
            template.render(
                request.values.merging(["title": title]) { $1 }.merging(known) { $1 },
                in: request.language
            ),
            isWatched: isGoingOn && request.isWatching
        )
    }
}

/// A page of a console, with what its forms do.
package struct ConsolePage: Sendable {
    /// As an endpoint has it: `/account/deposits/{deposit_id}`.
    package let path: String
    package let summary: String
    /// Who may see it; nil for everybody who is signed in.
    package let roles: Set<Role>?
    package let show: @Sendable (PageRequest) async throws -> PageContent
    package let forms: [ConsoleForm]

    package init(
        path: String,
        summary: String,
        roles: Set<Role>?,
        show: @escaping @Sendable (PageRequest) async throws -> PageContent,
        forms: [ConsoleForm] = []
    ) {
        self.path = path
        self.summary = summary
        self.roles = roles
        self.show = show
        self.forms = forms
    }
}

/// What a form of a page does.
package struct ConsoleForm: Sendable {
    package enum Outcome: Sendable {
        /// The browser is sent there, below the surface, so that a reload does nothing again.
        case goTo(String)
        /// Something that is shown once.
        case show(PageContent)
        /// As `goTo`, with what came of it.
        case tell(FormSubject, String)
        case respond(Response)
    }

    package let path: String
    package let summary: String
    /// Whether it has a title in words.
    func isNamed(in words: Words) -> Bool { words.find("form.\(self.code)", in: .english) != nil }

    /// The key of its text, below `form.`: the summary in lower case, with `_` for spaces.
    var code: String { self.summary.lowercased().bytewise.replacing(" ", with: "_") }
    package let perform: @Sendable (PageRequest) async throws -> Outcome
    /// Whether the form asks for confirmation, because it moves money or changes rights.
    private(set) var asksFirst: @Sendable (PageRequest) -> Bool = { _ in false }

    /// What it is about, for people.
    private(set) var subject: @Sendable (PageRequest) async throws -> FormSubject? = { _ in nil }
    /// The label of a field that its confirmation asks for.
    private(set) var reason: (name: String, label: String)?

    /// The same form, which says what it is about before and after.
    package func about(_ subject: @escaping @Sendable (PageRequest) async throws -> FormSubject?) -> ConsoleForm {
        var form = self
        form.subject = subject
        return form
    }

    /// The same form, whose confirmation asks for a field that may stay empty.
    package func askingWhy(_ name: String = "reason", label: String = "field.reason") -> ConsoleForm {
        var form = self
        form.reason = (name, label)
        return form
    }

    /// The same form, which asks once more.
    ///
    /// - Parameter isNeeded: whether the fields sent this time need confirmation.
    package func askingFirst(if isNeeded: @escaping @Sendable (PageRequest) -> Bool = { _ in true }) -> ConsoleForm {
        var form = self
        form.asksFirst = isNeeded
        return form
    }

    package init(path: String, summary: String, perform: @escaping @Sendable (PageRequest) async throws -> Outcome) {
        self.path = path
        self.summary = summary
        self.perform = perform
    }

    /// A form that does one operation and goes on.
    ///
    /// - Parameters:
    ///   - given: fields that stand before the form's own.
    ///   - next: below the surface.
    package init<In: Input, Out: Wire>(
        path: String,
        summary: String,
        does operation: Operation<In, Out>,
        _ given: [String: JSONValue] = [:],
        then next: String
    ) {
        self.init(path: path, summary: summary) { request in
            try await request.submit(operation, given)
            return .goTo(next)
        }
    }
}
