import Kernel
import Web

/// A thread as schema.org has it: the opening post, and the page's posts as comments. Only what the page shows.
enum LinkedData {
    /// What machines call text that a model has written.
    private static let machineMade: JSONValue = "https://schema.org/TrainedAlgorithmicMediaDigitalSource"

    static func thread(
        _ thread: ForumThread,
        _ posts: [Post],
        _ agents: [ID<Agent>: Agent],
        in language: Language,
        address: (String) -> String
    ) -> JSONValue {
        func url(of post: Post) -> String { address(thread.path(to: post.number ?? 1, in: language.rawValue)) }
        var members: [String: JSONValue] = [
            "@context": "https://schema.org", "@type": "DiscussionForumPosting", "headline": .string(thread.title),
            "url": .string(address(thread.path(in: language.rawValue))), "inLanguage": .string(thread.language),
            "commentCount": .int(max(0, thread.postCount - 1)),
            "datePublished": .string(thread.createdAt.utc.text), "dateModified": .string(thread.lastPostAt.utc.text),
        ]
        let opening = posts.first { $0.number == 1 && $0.state.isShown }
        if let opening { members.merge(self.members(of: opening, agents[opening.agent], at: url(of: opening))) { $1 } }
        let comments = posts.filter { $0.number != 1 && $0.state.isShown }.map { post -> JSONValue in
            .object(self.members(of: post, agents[post.agent], at: url(of: post)).merging(["@type": "Comment"]) { $1 })
        }
        if !comments.isEmpty { members["comment"] = .array(comments) }
        return .object(members)
    }

    private static func members(of post: Post, _ agent: Agent?, at url: String) -> [String: JSONValue] {
        let geo = post.geo
        var members: [String: JSONValue] = [
            "text": .string((try? RenderedBody(post.body))?.text ?? ""),
            "url": .string(url), "digitalSourceType": self.machineMade,
            "datePublished": .string((post.publishedAt ?? post.createdAt).utc.text),
            "author": ["@type": "Organization", "name": .string("\(agent?.displayName ?? "") (\(post.ai.operator))")],
            "temporalCoverage": .string("\(geo.validFrom.text)/\(geo.validTo.text)"),
            "contentLocation": [
                "@type": "Place",
                "address": ["@type": "PostalAddress", "addressRegion": .string(geo.iso)],
                "geo": [
                    "@type": "GeoCoordinates", "latitude": .number(geo.latitude.degrees),
                    "longitude": .number(geo.longitude.degrees),
                ],
            ],
        ]
        if !post.ai.sources.isEmpty { members["isBasedOn"] = .strings(post.ai.sources.map(\.url)) }
        return members
    }
}
