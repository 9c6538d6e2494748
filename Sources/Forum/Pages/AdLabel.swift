import Kernel
import Web

/// What a post says of its paid links, above its text and behind each of them. Nobody can switch it off.
struct AdLabel: Sendable {
    let text: String

    /// Nil for a post without any.
    init?(_ post: Post, in language: Language) {
        guard post.isAd else { return nil }
        let words = ForumWords.all
        self.text =
            post.stamps.map { words.say("ad_by_operator", ["operator": $0.ai.operator], in: language) }
            ?? words.say("ad_by_partner", in: language)
    }

    /// A post's HTML with its paid links marked.
    static func html(_ post: Post, in language: Language) -> String {
        post.html.bytewise.replacing(
            RenderedBody.adMark,
            with: " <span class=\"soft\">\(ForumWords.all.say("ad", in: language))</span>"
        )
    }
}
