/// Known robots, by words that their user agents hold.
enum Bots {
    private static let words = [
        "bot", "crawl", "spider", "slurp", "facebookexternalhit", "whatsapp", "telegrambot", "skypeuripreview",
        "bingpreview", "google-read-aloud", "googleother", "google-extended", "gptbot", "chatgpt-user", "claudebot",
        "claude-web", "ccbot", "bytespider", "perplexity", "diffbot", "headlesschrome", "phantomjs", "puppeteer",
        "playwright", "selenium", "lighthouse", "pingdom", "uptimerobot", "statuscake", "python-requests",
        "python-urllib",
        "python-httpx", "aiohttp", "go-http-client", "java/", "okhttp", "libwww-perl", "wget/", "scrapy", "httpclient",
        "node-fetch", "axios/", "mediapartners", "archiver", "validator", "monitor", "preview", "scanner",
    ]

    /// Words that hold one of the others and belong to people's devices.
    private static let people = ["cubot"]

    /// Also a browser that says nothing of itself.
    static func isBot(_ userAgent: String?) -> Bool {
        guard let text = userAgent?.lowercased(), !text.isEmpty else { return true }
        let plain = self.people.reduce(text) { $0.replacing($1, with: "") }
        return self.words.contains { plain.contains($0) }
    }
}
