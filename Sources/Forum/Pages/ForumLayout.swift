import Hummingbird
import Kernel
import Web

/// The frame around every page of the forum: its links lead to the same page in the other languages.
enum ForumLayout {
    /// - Parameter language: the one that the page's path begins with.
    static func page(_ content: PageContent, _ call: Call, _ language: Language) -> Response {
        let base = call.base(of: ForumContract.shared)
        let own = "\(base)/\(language.rawValue)"
        let description = call.request.uri.description
        let rest = description.bytewise.dropping(prefix: own).map(String.init) ?? "/forum"
        let languages: [Markup] = Language.allCases.filter { $0 != language }.map { other in
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
            aside: "\(languages)",
            language: language
        )
    }
}
