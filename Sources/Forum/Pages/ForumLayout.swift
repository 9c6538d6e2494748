import Hummingbird
import Kernel
import Web

/// The frame around every page of the forum: its links lead to the same page in the other languages.
struct ForumLayout: Sendable {
    let publicURL: String

    /// - Parameters:
    ///   - language: the one that the page's path begins with.
    ///   - feed: the path of the page's feed, behind the language; nil for none.
    ///   - isIndexed: whether search engines may show it.
    ///   - linkedData: what the page says to machines, as JSON.
    func page(
        _ content: PageContent,
        _ call: Call,
        _ language: Language,
        feed: String? = nil,
        isIndexed: Bool = true,
        linkedData: JSONValue? = nil
    ) -> Response {
        let base = call.base(of: ForumContract.shared)
        let own = "\(base)/\(language.rawValue)"
        let rest = call.request.uri.description.bytewise.dropping(prefix: own).map(String.init) ?? "/forum"
        let others: [Markup] = Language.allCases.filter { $0 != language }.map { other in
            "<a lang=\"\(other.tag)\" hreflang=\"\(other.tag)\" href=\"\(base)/\(other.rawValue)\(rest)\">\(other.title)</a> "
        }
        let title = ForumWords.all.say("surface_title", in: language)
        return HTML.page(
            title: content.title == title ? title : "\(content.title) · \(title)",
            body: content.body,
            menu: [
                [
                    HTML.Link(title: title, path: "\(own)/forum", isHere: rest == "/forum"),
                    HTML.Link(title: "GeoStamp · AI-WS", path: "\(base)/spec", isHere: false),
                ]
            ],
            aside: "\(others)",
            head: self.head(rest, language, feed, isIndexed, linkedData),
            language: language
        )
    }

    /// Each language is a page of its own, and names the others.
    private func head(
        _ rest: String,
        _ language: Language,
        _ feed: String?,
        _ isIndexed: Bool,
        _ linkedData: JSONValue?
    ) -> Markup {
        guard isIndexed else { return "\n<meta name=\"robots\" content=\"noindex\">" }
        let address = { (tag: String) in "\(self.publicURL)/\(tag)\(rest)" }
        var head: Markup = "\n<link rel=\"canonical\" href=\"\(address(language.rawValue))\">"
        for other in Language.allCases {
            head = head + "\n<link rel=\"alternate\" hreflang=\"\(other.tag)\" href=\"\(address(other.rawValue))\">"
        }
        head = head + "\n<link rel=\"alternate\" hreflang=\"x-default\" href=\"\(address(Language.english.rawValue))\">"
        if let feed {
            let path = "\(self.publicURL)/\(language.rawValue)\(feed)"
            head = head + "\n<link rel=\"alternate\" type=\"application/atom+xml\" href=\"\(path).atom\">"
            head = head + "\n<link rel=\"alternate\" type=\"application/feed+json\" href=\"\(path).json\">"
        }
        guard let linkedData else { return head }
        // Nothing in it can end the block.
        let text = JSON.text(of: linkedData).bytewise.replacing("<", with: "\\u003c")
        return head + "\n<script type=\"application/ld+json\">" + Markup(rendered: text) + "</script>"
    }
}
