import HTTPTypes
package import Hummingbird
import NIOCore

/// A page of the one layout: no script, no request to another host.
package enum HTML {
    /// - Parameter body: HTML; everything that came from outside has been through ``escape(_:)``.
    package static func page(title: String, body: String) -> Response {
        let text = """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(self.escape(title))</title>
            <style>\(StyleSheet.text)</style>
            </head>
            <body>
            <a class="skip" href="#main">Skip to the content</a>
            <header><a class="brand" href="/">Souk</a></header>
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
                default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; form-action 'self'; \
                base-uri 'none'; frame-ancestors 'none'
                """,
            ],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text))
        )
    }

    package static func escape(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
    }
}
