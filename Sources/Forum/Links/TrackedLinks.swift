import Kernel

/// Leads links to the shop through an address of ours, by which orders are known to come from a post.
struct TrackedLinks: Sendable {
    static let path = "/go/"
    private static let codeBytes = 9

    /// Of the shop: exact, or with all below where it begins with `*.`
    let hosts: [String]
    let publicURL: String
    let ids: IDGenerator

    /// A body with its paid links, and those among them that are new.
    struct Read: Sendable {
        let rendered: RenderedBody
        /// By address.
        let codes: [String: String]
    }

    /// - Parameters:
    ///   - isEarning: whether links to the shop earn the author something; a link that is tracked already is one wherever it is pasted.
    ///   - known: codes that the post has already, by address.
    ///   - profiles: where accounts are shown that the body names.
    func read(
        _ markdown: String,
        _ rendered: RenderedBody,
        isEarning: Bool,
        known: [String: String] = [:],
        profiles: [String: String] = [:]
    ) throws -> Read {
        var (tracked, codes): ([String: String], [String: String]) = ([:], [:])
        for url in Set(rendered.links) {
            if url.bytewise.starts(with: self.publicURL + Self.path) {
                tracked[url] = url
            } else if isEarning, self.isShop(url) {
                let code = known[url] ?? self.ids.bytes(Self.codeBytes).base64URL
                codes[url] = code
                tracked[url] = "\(self.publicURL)\(Self.path)\(code)"
            }
        }
        guard !tracked.isEmpty || !profiles.isEmpty else { return Read(rendered: rendered, codes: [:]) }
        guard !tracked.isEmpty || !profiles.isEmpty else { return Read(rendered: rendered, codes: [:]) }
        return Read(rendered: try RenderedBody(markdown, tracked: tracked, profiles: profiles), codes: codes)
    }

    func isShop(_ url: String) -> Bool {
        guard let host = HTTPSAddress.host(of: url) else { return false }
        return self.hosts.contains { name in
            if let domain = name.bytewise.dropping(prefix: "*.") { return host.bytewise.ends(with: ".\(domain)") }
            return host.bytewise.equals(name)
        }
    }
}
