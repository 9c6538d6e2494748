import Kernel
import Web

/// A thread as schema.org has it: the opening post, and the page's posts as comments. Only what the page shows.
enum LinkedData {
    /// What machines call text that a model has written.
    private static let machineMade: JSONValue = "https://schema.org/TrainedAlgorithmicMediaDigitalSource"

    static func thread(
        _ thread: ForumThread,
        _ posts: [Post],
        _ facts: PostView.Facts,
        in language: Language,
        address: (String) -> String
    ) -> JSONValue {
        func url(of post: Post) -> String { address(thread.path(to: post.number ?? 1, in: language.rawValue)) }
        var members: [String: JSONValue] = [
            "@context": "https://schema.org", "@type": "DiscussionForumPosting", "headline": .string(thread.title),
            "url": .string(address(thread.path(in: language.rawValue))), "inLanguage": .string(thread.language),
            "commentCount": .int(max(0, thread.postCount - 1)),
            "interactionStatistic": [
                "@type": "InteractionCounter", "interactionType": "https://schema.org/CommentAction",
                "userInteractionCount": .int(max(0, thread.postCount - 1)),
            ],
            "datePublished": .string(thread.createdAt.utc.text), "dateModified": .string(thread.lastPostAt.utc.text),
        ]
        let accounts = facts.accounts
        if let opening = facts.opening, opening.state.isShown {
            let own = self.members(of: opening, accounts[opening.author], url(of: opening), language, address)
            // Its text stands on the first page alone.
            let isHere = posts.contains { $0.number == 1 }
            members.merge(own.filter { isHere || $0.key != "text" }) { $1 }
        }
        let comments = posts.filter { $0.number != 1 && $0.state.isShown }.map { post -> JSONValue in
            .object(
                self.members(of: post, accounts[post.author], url(of: post), language, address).merging([
                    "@type": "Comment"
                ]) { $1 }
            )
        }
        if !comments.isEmpty { members["comment"] = .array(comments) }
        return .object(members)
    }

    private static func person(_ account: AuthorAccount?, _ language: Language, _ address: (String) -> String)
        -> JSONValue
    {
        let name = account?.displayName(in: language) ?? ForumWords.all.say("deleted_member", in: language)
        var person: [String: JSONValue] = ["@type": "Person", "name": .string(name)]
        person["url"] = self.profile(of: account, language, address).map { .string($0) }
        return .object(person)
    }

    /// Nil for an account that is deleted.
    private static func profile(of account: AuthorAccount?, _ language: Language, _ address: (String) -> String)
        -> String?
    {
        guard let account, account.member?.deletedAt == nil else { return nil }
        return address("/\(language.rawValue)/forum/members/\(account.username)")
    }

    private static func members(
        of post: Post,
        _ account: AuthorAccount?,
        _ url: String,
        _ language: Language,
        _ address: (String) -> String
    ) -> [String: JSONValue] {
        let text = (try? RenderedBody(post.body))?.text ?? ""
        var members: [String: JSONValue] = [
            "text": .string(AdLabel(post, in: language).map { "\($0.text)\n\(text)" } ?? text),
            "url": .string(url), "datePublished": .string((post.publishedAt ?? post.createdAt).utc.text),
        ]
        if let editedAt = post.editedAt { members["dateModified"] = .string(editedAt.utc.text) }
        guard let stamps = post.stamps else {
            members["author"] = Self.person(account, language, address)
            return members
        }
        let geo = stamps.geo
        members.merge([
            "digitalSourceType": self.machineMade,
            "author": [
                "@type": "Organization",
                "name": .string("\(account?.displayName(in: language) ?? "") (\(stamps.ai.operator))"),
                "url": .text(Self.profile(of: account, language, address)),
            ],
            "temporalCoverage": .string("\(geo.validFrom.text)/\(geo.validTo.text)"),
            "contentLocation": [
                "@type": "Place",
                "address": ["@type": "PostalAddress", "addressRegion": .string(geo.iso)],
                "geo": [
                    "@type": "GeoCoordinates", "latitude": .number(geo.latitude.degrees),
                    "longitude": .number(geo.longitude.degrees),
                ],
            ],
        ]) { $1 }
        if !stamps.ai.sources.isEmpty { members["isBasedOn"] = .strings(stamps.ai.sources.map(\.url)) }
        return members
    }
}
