import Hummingbird
import Kernel
import Web

/// The frame around every page of the forum: its links lead to the same page in the other languages.
struct ForumLayout: Sendable {
    let publicURL: String

    /// What a page says of itself.
    struct Facts: Sendable {
        /// The path of the page's feed, behind the language; nil for none.
        var feed: String?
        /// Whether search engines may show it.
        var isIndexed = true
        /// What is its own address, behind the language; nil for the one that was asked for.
        var canonical: String?
        /// What the page says to machines, as JSON.
        var linkedData: JSONValue?
    }

    /// - Parameter language: the one that the page's path begins with.
    func page(_ content: PageContent, _ call: Call, _ language: Language, _ visitor: Visitor?, _ facts: Facts = Facts())
        -> Response
    {
        let base = call.base(of: ForumContract.shared)
        let own = "\(base)/\(language.rawValue)"
        let rest = call.request.uri.description.bytewise.dropping(prefix: own).map(String.init) ?? "/forum"
        let others: [Markup] = Language.allCases.filter { $0 != language }.map { other in
            "<a lang=\"\(other.tag)\" hreflang=\"\(other.rawValue)\" href=\"\(base)/\(other.rawValue)\(rest)\">\(other.title)</a> "
        }
        let say = { (key: String) in ForumWords.all.say(key, in: language) }
        let title = say("surface_title")
        var response = HTML.page(
            title: content.title == title ? title : "\(content.title) · \(title)",
            body: content.body,
            menu: [
                [
                    HTML.Link(title: title, path: "\(own)/forum", isHere: rest == "/forum"),
                    HTML.Link(
                        title: say("search"),
                        path: "\(own)/forum/search",
                        isHere: rest.bytewise.starts(with: "/forum/search")
                    ), HTML.Link(title: "GeoStamp · AI-WS", path: "\(base)/spec", isHere: false),
                ]
            ]
                + (visitor.map { visitor in
                    [visitor.places.map { HTML.Link(title: say($0.word), path: base + $0.path, isHere: false) }]
                } ?? []),
            aside: "\(others)\(self.entry(visitor, call, base, say))",
            head: self.head(facts.canonical ?? rest, language, facts),
            language: language
        )
        if visitor != nil { response.headers[.cacheControl] = "no-store" }
        return response
    }

    /// How somebody comes in, or goes.
    private func entry(_ visitor: Visitor?, _ call: Call, _ base: String, _ say: (String) -> String) -> Markup {
        guard let visitor else {
            let next = HTML.percentEncode(call.request.uri.description)
            return "<a href=\"\(base)/sign-in?next=\(next)\">\(say("sign_in"))</a>"
        }
        return """
            <form method="post" action="\(base)/sign-out"><input type="hidden" name="form_token" value="\(visitor.session.formToken)">
            <span>\(visitor.name)</span> <button class="quiet">\(say("sign_out"))</button></form>
            """
    }

    /// Each language is a page of its own, and names the others.
    private func head(_ rest: String, _ language: Language, _ facts: Facts) -> Markup {
        guard facts.isIndexed else { return "\n<meta name=\"robots\" content=\"noindex\">" }
        let address = { (tag: String) in "\(self.publicURL)/\(tag)\(rest)" }
        var head: Markup = "\n<link rel=\"canonical\" href=\"\(address(language.rawValue))\">"
        for other in Language.allCases {
            head =
                head + "\n<link rel=\"alternate\" hreflang=\"\(other.rawValue)\" href=\"\(address(other.rawValue))\">"
        }
        head = head + "\n<link rel=\"alternate\" hreflang=\"x-default\" href=\"\(address(Language.english.rawValue))\">"
        if let feed = facts.feed {
            let path = "\(self.publicURL)/\(language.rawValue)\(feed)"
            head = head + "\n<link rel=\"alternate\" type=\"application/atom+xml\" href=\"\(path).atom\">"
            head = head + "\n<link rel=\"alternate\" type=\"application/feed+json\" href=\"\(path).json\">"
        }
        guard let linkedData = facts.linkedData else { return head }
        // Nothing in it can end the block.
        let text = JSON.text(of: linkedData).bytewise.replacing("<", with: "\\u003c")
        return head + "\n<script type=\"application/ld+json\">" + Markup(rendered: text) + "</script>"
    }
}
