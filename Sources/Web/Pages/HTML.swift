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
    ///   - menu: places in groups.
    ///   - refreshSeconds: after which the browser asks again, for what is still going on.
    ///   - aside: at the end of the header, such as who is signed in.
    ///   - head: what the page says of itself: where else it stands, what it is about.
    package static func page(
        title: String,
        body: Markup,
        menu: [[Link]] = [],
        aside: Markup = .empty,
        head: Markup = .empty,
        refreshSeconds: Int? = nil,
        language: Language = .english
    ) -> Response {
        let refresh: Markup? = refreshSeconds.map { "<meta http-equiv=\"refresh\" content=\"\($0)\">" }
        let page: Markup = """
            <!doctype html>
            <html lang="\(language.tag)">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(title)</title>
            \(refresh)
            <link rel="stylesheet" href="\(self.styleSheetPath)?v=\(self.styleSheetVersion)">
            <link rel="icon" href="data:,">\(head)
            </head>
            <body>
            <a class="skip" href="#main">\(HouseWords.all.say("skip_to_the_content", in: language))</a>
            <header><div class="wide"><a class="brand" href="/">Souk</a>\(self.navigation(menu, aside, language))<div class="aside">\(aside)</div></div></header>
            <main id="main">
            \(StackedTables.mark(body))
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
            body: ResponseBody(byteBuffer: ByteBuffer(string: page.text))
        )
    }

    /// Behind a button, so that the header is one row whatever there is to go to. In narrow windows the end of the header stands there, too.
    private static func navigation(_ menu: [[Link]], _ aside: Markup, _ language: Language) -> Markup {
        guard !menu.isEmpty || !aside.isEmpty else { return .empty }
        let groups: [Markup] = menu.map { group in
            let items: [Markup] = group.map { link in
                let current: Markup = link.isHere ? " aria-current=\"page\"" : .empty
                return "<li><a href=\"\(link.path)\"\(current)>\(link.title)</a></li>"
            }
            return "<ul>\(items)</ul>"
        }
        let here = menu.lazy.flatMap { $0 }.first { $0.isHere }
        let title: Markup = here.map { "<strong>\($0.title)</strong>" } ?? .empty
        let kind: Markup = menu.isEmpty ? "menu bare" : "menu"
        return """
            <nav class="\(kind)" aria-label="\(HouseWords.all.say("work_place", in: language))"><details><summary>\(HouseWords.all.say("menu", in: language)) \(title)</summary><div class="places">\(groups)<div class="aside">\(aside)</div></div></details></nav>
            """
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

    /// For a part of an address, such as a value of a query: everything but RFC 3986's unreserved characters.
    package static func percentEncode(_ text: String) -> String {
        var encoded = ""
        encoded.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default: encoded += "%\([byte].hex.uppercased())"
            }
        }
        return encoded
    }
}
