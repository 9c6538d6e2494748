/// Known robots, by words that their user agents hold.
package enum Robots {
    private static let words = [
        "bot", "crawl", "spider", "slurp", "facebookexternalhit", "whatsapp", "telegrambot", "skypeuripreview",
        "bingpreview", "google-read-aloud", "googleother", "google-extended", "gptbot", "chatgpt-user", "claudebot",
        "claude-web", "ccbot", "bytespider", "perplexity", "diffbot", "headlesschrome", "phantomjs", "puppeteer",
        "playwright", "selenium", "lighthouse", "pingdom", "uptimerobot", "statuscake", "python-requests",
        "python-urllib",
        "python-httpx", "curl/", "embedly", "pinterest", "barkrowler", "aiohttp", "go-http-client", "java/", "okhttp",
        "libwww-perl", "wget/", "scrapy", "httpclient",
        "node-fetch", "axios/", "mediapartners", "archiver", "validator", "monitor", "preview", "scanner",
    ]

    /// A word that holds one of the others and belongs to people's devices.
    private static let people = Array("cubot".utf8)

    /// The words by their first byte: a user agent is read once, byte by byte, since every click waits for it.
    private static let byFirst: [[[UInt8]]] = {
        var byFirst = Array(repeating: [[UInt8]](), count: 256)
        for word in Self.words { byFirst[Int(word.utf8.first!)].append(Array(word.utf8)) }
        return byFirst
    }()

    /// Also a browser that says nothing of itself.
    package static func isRobot(_ userAgent: String?) -> Bool {
        guard let userAgent, !userAgent.isEmpty else { return true }
        let text = userAgent.utf8.map { (65...90).contains($0) ? $0 + 32 : $0 }
        for start in text.indices {
            for word in self.byFirst[Int(text[start])] where self.stands(word, in: text, at: start) {
                let isDevice = start >= 2 && self.stands(self.people, in: text, at: start - 2)
                if !isDevice { return true }
            }
        }
        return false
    }

    private static func stands(_ word: [UInt8], in text: [UInt8], at start: Int) -> Bool {
        guard start + word.count <= text.count else { return false }
        for index in word.indices where text[start + index] != word[index] { return false }
        return true
    }
}
