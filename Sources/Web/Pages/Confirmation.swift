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

    static func isGiven(_ visit: Visit) -> Bool { visit.form[self.field] == self.token(visit) }

    private static func token(_ visit: Visit) -> String {
        let fields = self.fields(visit).map { "\($0.name.utf8.count):\($0.name)\($0.value.utf8.count):\($0.value)" }
        let text =
            "confirm \(visit.session.tokenHash) \(visit.call.request.uri.path)\n\(fields.joined(separator: "\n"))"
        return SHA256.hash(data: Array(text.utf8)).hex
    }

    private static func fields(_ visit: Visit) -> [(name: String, value: String)] {
        visit.form.names.filter { !["form_token", self.field].contains($0) }.flatMap { name in
            visit.form.all(name).map { (name, $0) }
        }
    }

    static func page(_ form: WorkForm, of page: WorkPage, _ visit: Visit) -> PageContent {
        let fields = self.fields(visit)
        let parameters = WorkPlace.parameters(of: form.path).map { ($0, visit.parameter($0)) }
        let shown = (parameters + fields).filter { !$0.1.isEmpty && !self.nothingToDecide.contains($0.0) }
        let rows: [Markup] = shown.map { name, value in
            "<dt>\(visit.say("field.\(name)"))</dt><dd>\(Self.beginning(of: value))</dd>"
        }
        let hidden: [Markup] = (fields + [(self.field, self.token(visit)), ("form_token", visit.session.formToken)]).map
        {
            "<input type=\"hidden\" name=\"\($0)\" value=\"\($1)\">"
        }
        let title = visit.say("please_check_this")
        return PageContent(
            title,
            """
            <h1>\(title)</h1><h2>\(visit.say("form.\(form.code)"))</h2>
            <dl class="facts">\(rows)</dl>
            <form method="post" action="\(visit.call.request.uri.path)">\(hidden)
            <p class="row"><button autofocus>\(visit.say("yes_do_it"))</button> <a href="\(visit.back(to: page))">\(visit.say("no_go_back"))</a></p></form>
            """
        )
    }
}

extension Confirmation {
    private static let shownLimit = 500

    /// Of a long text, such as a table.
    fileprivate static func beginning(of text: String) -> String {
        text.unicodeScalars.count > self.shownLimit ? "\(String(text.unicodeScalars.prefix(self.shownLimit)))…" : text
    }
}

extension Visit {
    /// The form's page, if the form's path has all of the page's parameters; else the surface's start page.
    fileprivate func back(to page: WorkPage) -> String {
        let missing = WorkPlace.parameters(of: page.path).contains { self.parameter($0).isEmpty }
        return missing ? "\(self.base)/" : self.here
    }
}
