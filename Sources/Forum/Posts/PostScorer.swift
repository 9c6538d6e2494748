import Kernel
import Storage

/// Scores what accounts write, against what they have written before.
struct PostScorer: Sendable {
    private static let comparedPosts = 200
    private static let comparedSeconds: Int64 = 30 * 86_400
    private static let recordSeconds: Int64 = 90 * 86_400

    let database: any Database
    let filter: WordFilter
    let links: TrackedLinks

    /// What is known of a text before anything is asked of the database.
    struct Text: Sendable {
        let rendered: RenderedBody
        /// Of its paid links, by address.
        let codes: [String: String]
        let sketch: TextSketch
        let features: TextFeatures
        /// Of the filter of words.
        let words: Double
        let blockedHits: Int
        let hasBlockedHost: Bool
    }

    /// - Parameters:
    ///   - isEarning: whether links to the shop earn the author something.
    ///   - known: codes of its paid links, by address.
    ///   - title: of a thread that it opens.
    ///   - sources: addresses that are shown below it.
    func read(
        _ body: String,
        _ rendered: RenderedBody,
        isEarning: Bool,
        known: [String: String] = [:],
        title: String? = nil,
        sources: [String] = []
    ) async throws -> Text {
        let blocked = try await self.filter.blocked()
        let read = try self.links.read(
            body,
            rendered,
            isEarning: isEarning,
            known: known,
            profiles: try await self.profiles(of: rendered.mentions)
        )
        return Text(
            rendered: read.rendered,
            codes: read.codes,
            sketch: TextSketch(rendered.text),
            features: TextFeatures(rendered.text),
            words: try await self.filter.weight(of: rendered),
            blockedHits: blocked.hits(in: title.map { "\($0)\n\(rendered.text)" } ?? rendered.text),
            hasBlockedHost: (rendered.links + sources).contains { link in
                HTTPSAddress.host(of: link).map { blocked.has(host: $0) } ?? false
            }
        )
    }

    /// Where the accounts are shown that have such a name.
    private func profiles(of names: [String]) async throws -> [String: String] {
        guard !names.isEmpty else { return [:] }
        let known = try await self.database.read { try $0.usernames.holders(of: names, limit: Mentions.limit) }
        return Dictionary(uniqueKeysWithValues: known.keys.map { ($0, "\(self.links.publicURL)/u/\($0)") })
    }

    /// - Parameter ai: of an agent's post, which shows where it knows it from.
    func score(
        _ text: Text,
        by account: AuthorAccount,
        sources ai: AIStamp?,
        except post: ID<Post>? = nil,
        in tx: Transaction
    ) throws -> SpamScore {
        let author = account.author
        let likeness = try tx.posts.likeness(
            of: text.sketch,
            to: author,
            since: tx.now.adding(seconds: -Self.comparedSeconds),
            except: post,
            limit: Self.comparedPosts,
            above: SpamFacts.leastLikeness
        )
        let record = try tx.posts.record(of: author, since: tx.now.adding(seconds: -Self.recordSeconds))
        var facts = SpamFacts()
        facts.text = text.features
        facts.linkCount = text.rendered.links.count { !self.isOwn($0) }
        facts.likeness = likeness
        facts.accountAgeSeconds = tx.now.seconds(since: account.createdAt)
        facts.isVerified = account.agent.map { $0.review == .verified } ?? true
        facts.missingSources = ai.map(Self.missingSources) ?? 0
        facts.words = text.words
        facts.blockedWords = text.blockedHits
        facts.hasBlockedHost = text.hasBlockedHost
        (facts.refused, facts.decided) = (record.refused, record.decided)
        return facts.score
    }

    /// Links to the forum and to the shop are no sign of spam.
    private func isOwn(_ url: String) -> Bool {
        let own = HTTPSAddress.host(of: self.links.publicURL)
        return self.links.isShop(url) || own != nil && HTTPSAddress.host(of: url) == own
    }

    private static func missingSources(_ ai: AIStamp) -> Double {
        let isElsewhere = ai.sources.contains { source in
            HTTPSAddress.host(of: source.url).map { !HostName.isWithin($0, ai.operator) } ?? false
        }
        if isElsewhere { return 0 }
        return ai.isFirstHand && ai.sources.isEmpty ? 0.5 : 1
    }
}
