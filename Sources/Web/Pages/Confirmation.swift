import Crypto
import Hummingbird
import Kernel

/// Asks for confirmation before a form moves money or changes rights, and shows what will be done. So nothing is done unseen, whatever led
/// somebody to the button.
///
/// The confirmation token is made of the session, the URL and every field. No other page contains it.
enum Confirmation {
    static let field = "confirmed"

    /// How the form works and where it goes on afterwards.
    private static let nothingToDecide: Set = ["dry_run", "next", "once", "status"]

    static func isGiven(_ request: PageRequest, _ form: ConsoleForm) -> Bool {
        request.form[self.field] == self.token(request, form)
    }

    private static func token(_ request: PageRequest, _ form: ConsoleForm) -> String {
        // What the confirmation itself asks for is typed afterwards.
        let fields = self.fields(request).filter { $0.name != form.reason?.name }.map {
            "\($0.name.utf8.count):\($0.name)\($0.value.utf8.count):\($0.value)"
        }
        let text =
            "confirm \(request.session.tokenHash) \(request.call.request.uri.path)\n\(fields.joined(separator: "\n"))"
        return SHA256.hash(data: Array(text.utf8)).hex
    }

    private static func fields(_ request: PageRequest) -> [(name: String, value: String)] {
        request.form.names.filter { !["form_token", self.field].contains($0) }.flatMap { name in
            request.form.all(name).map { (name, $0) }
        }
    }

    static func page(_ form: ConsoleForm, of page: ConsolePage, _ subject: FormSubject?, _ request: PageRequest)
        -> PageContent
    {
        let fields = self.fields(request).filter { $0.name != form.reason?.name }
        // An id says nothing beside a name.
        let parameters =
            subject == nil ? Console.parameters(of: form.path).map { ($0, request.parameter($0)) } : []
        let shown = (parameters + fields).filter { !$0.1.isEmpty && !self.nothingToDecide.contains($0.0) }
        let facts: [Markup] = (subject?.facts ?? []).map { fact in
            "<dt>\(request.say(fact.label))</dt><dd>\(fact.value)</dd>"
        }
        let fieldRows: [Markup] =
            subject?.changes.map { changes in
                changes.map { change in
                    let (before, after) = (Self.textOrDash(change.before), Self.textOrDash(change.after))
                    return
                        "<dt>\(request.say("field.\(change.field)"))</dt><dd>\(before) → <strong>\(after)</strong></dd>"
                }
            }
            ?? shown.map { name, value in
                "<dt>\(request.say("field.\(name)"))</dt><dd>\(Self.beginning(of: value))</dd>"
            }
        let nothing: Markup? =
            subject?.changes.map(\.isEmpty) == true ? "<p>\(request.say("nothing_changes"))</p>" : nil
        let effect = request.find("effect.\(form.code)")
        let reason: Markup? = form.reason.map { name, label in
            """
            <p><label for="\(name)">\(request.say(label))</label><br><textarea id="\(name)" name="\(name)">\(request.form[name])</textarea></p>
            """
        }
        let hidden: [Markup] =
            (fields + [(self.field, self.token(request, form)), ("form_token", request.session.formToken)]).map {
                "<input type=\"hidden\" name=\"\($0)\" value=\"\($1)\">"
            }
        let title = request.say("please_check_this")
        return PageContent(
            title,
            """
            <h1>\(title)</h1><h2>\(request.say("form.\(form.code)"))</h2>
            \(effect.map { "<p>\($0)</p>" as Markup })
            <dl class="facts">\(facts + fieldRows)</dl>\(nothing)
            <form method="post" action="\(request.call.request.uri.path)">\(hidden)\(reason)
            <p class="row"><button autofocus>\(request.say("yes_do_it"))</button> <a href="\(request.back(to: page))">\(request.say("no_go_back"))</a></p></form>
            """
        )
    }
}

extension Confirmation {
    private static let shownLimit = 500

    /// A value of a field, which may be none.
    fileprivate static func textOrDash(_ value: String) -> String { value.isEmpty ? "–" : self.beginning(of: value) }

    /// Of a long text, such as a table.
    fileprivate static func beginning(of text: String) -> String {
        text.unicodeScalars.count > self.shownLimit ? "\(String(text.unicodeScalars.prefix(self.shownLimit)))…" : text
    }
}

extension PageRequest {
    /// The form's page, if the form's path has all of the page's parameters; else the surface's start page.
    fileprivate func back(to page: ConsolePage) -> String {
        let missing = Console.parameters(of: page.path).contains { self.parameter($0).isEmpty }
        return missing ? "\(self.base)/" : self.here
    }
}
