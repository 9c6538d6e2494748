import Crypto
import Foundation
import HTTPTypes
package import Hummingbird
import Kernel
import NIOCore

/// A page of the one layout: no script, no request to another host.
package enum HTML {
    /// A place in the menu.
    package struct Link: Sendable {
        package let title: String
        package let path: String
        package let isHere: Bool

        package init(title: String, path: String, isHere: Bool) {
            self.title = title
            self.path = path
            self.isHere = isHere
        }
    }

    /// - Parameters:
    ///   - body: HTML; everything that came from outside has been through ``escape(_:)``.
    ///   - menu: places in groups.
    ///   - refreshSeconds: after which the browser asks again, for what is still going on.
    ///   - aside: HTML at the end of the header, such as who is signed in.
    package static func page(
        title: String,
        body: String,
        menu: [[Link]] = [],
        aside: String = "",
        refreshSeconds: Int? = nil,
        language: Language = .english
    ) -> Response {
        let text = """
            <!doctype html>
            <html lang="\(language.rawValue)">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(self.escape(title))</title>
            \(refreshSeconds.map { "<meta http-equiv=\"refresh\" content=\"\($0)\">" } ?? "")
            <link rel="stylesheet" href="\(self.styleSheetPath)?v=\(self.styleSheetVersion)">
            <link rel="icon" href="data:,">
            </head>
            <body>
            <a class="skip" href="#main">\(WorkPlacePhrases.all.say("Skip to the content", in: language))</a>
            <header><div class="wide"><a class="brand" href="/">Souk</a><div class="aside">\(aside)</div></div>\(self.navigation(menu, language))</header>
            <main id="main">
            \(body)
            </main>
            </body>
            </html>
            """
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/html; charset=utf-8",
                .contentSecurityPolicy: """
                default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; \
                frame-ancestors 'none'
                """,
            ],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text))
        )
    }

    private static func navigation(_ menu: [[Link]], _ language: Language) -> String {
        guard !menu.isEmpty else { return "" }
        let groups = menu.map { group in
            let items = group.map { link in
                let current = link.isHere ? " aria-current=\"page\"" : ""
                return "<li><a href=\"\(self.escape(link.path))\"\(current)>\(self.escape(link.title))</a></li>"
            }
            return "<ul>\(items.joined())</ul>"
        }
        return
            "<nav class=\"wide\" aria-label=\"\(WorkPlacePhrases.all.say("Work place", in: language))\">\(groups.joined())</nav>"
    }

    /// Where every listener serves the stylesheet.
    package static let styleSheetPath = "/souk.css"
    /// Changes with the stylesheet, which browsers may therefore keep.
    private static let styleSheetVersion = String(SHA256.hash(data: Array(StyleSheet.text.utf8)).hex.prefix(12))

    package static var styleSheet: Response {
        Response(
            status: .ok,
            headers: [.contentType: "text/css; charset=utf-8", .cacheControl: "public, max-age=86400"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: StyleSheet.text))
        )
    }

    /// For a part of an address, such as a value of a query.
    package static func percentEncode(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(.init(charactersIn: "-._~"))) ?? ""
    }

    package static func escape(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
    }
}
