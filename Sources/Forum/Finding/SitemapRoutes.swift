import HTTPTypes
import Hummingbird
import Kernel
import NIOCore
import Storage
import Web

/// What search engines are told: every thread in every language, and what is not theirs to read.
struct SitemapRoutes: Sendable {
    /// With four languages, below the 50,000 addresses that a sitemap may have.
    private static let threads = 12_000
    private static let fileLimit = 50_000

    let database: any Database
    let publicURL: String

    var endpoints: [Endpoint] {
        [
            Endpoint.page(.get, "/robots.txt", "For robots") { _ in
                Self.response(
                    RobotsFile.text([(ForumContract.shared, "")], publicURL: self.publicURL),
                    "text/plain; charset=utf-8"
                )
            },
            Endpoint.page(.get, "/sitemap.xml", "The list of sitemaps") { _ in
                let count = try await self.database.read { try $0.threads.countVisible() }
                let files: [Markup] = (0...max(0, (count - 1) / Self.threads)).map {
                    "<sitemap><loc>\("\(self.publicURL)/sitemaps/\($0)")</loc></sitemap>"
                }
                let document: Markup = """
                    <?xml version="1.0" encoding="utf-8"?>
                    <sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\(files)</sitemapindex>
                    """
                return Self.response(document.text, "application/xml")
            },
            Endpoint.page(.get, "/sitemaps/{number}", "A sitemap") { call in
                guard let number = Int(call.context.pathParameter("number")), (0...Self.fileLimit).contains(number)
                else {
                    throw ForumProblems.pageNotFound
                }
                let threads = try await self.database.read {
                    try $0.threads.listVisible(offset: number * Self.threads, limit: Self.threads)
                }
                guard !threads.isEmpty || number == 0 else { throw ForumProblems.pageNotFound }
                let entries: [Markup] = threads.flatMap { thread in
                    Language.allCases.map { language -> Markup in
                        let address = self.publicURL + thread.path(in: language.rawValue)
                        return
                            "<url><loc>\(address)</loc><lastmod>\(thread.lastPostAt.utc.secondsText)</lastmod></url>\n"
                    }
                }
                let document: Markup = """
                    <?xml version="1.0" encoding="utf-8"?>
                    <urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
                    \(entries)</urlset>
                    """
                return Self.response(document.text, "application/xml")
            },
        ]
    }

    private static func response(_ text: String, _ type: String) -> Response {
        Response(
            status: .ok,
            headers: [.contentType: type, .cacheControl: "public, max-age=3600"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text))
        )
    }
}
