import Foundation
import HTTPTypes
import Hummingbird
import Kernel
import NIOCore
import Platform
import Storage
import Web

/// The newest posts for readers of feeds: of the forum, a category or a thread, as Atom and as JSON Feed 1.1.
struct FeedRoutes: Sendable {
    private static let entries = 50
    private static let machineMade = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"

    let database: any Database
    let publicURL: String

    private enum Form: String, CaseIterable {
        case atom, json

        var mediaType: String { self == .atom ? "application/atom+xml; charset=utf-8" : "application/feed+json" }
    }

    /// Of one place: its title and its newest posts.
    private struct Feed: Sendable {
        let title: String
        /// Behind the language.
        let path: String
        let language: Language
        let entries: [PostStore.Entry]
    }

    /// Whose posts, and where.
    private struct Place: Sendable {
        /// Behind the language.
        let path: String
        var category: String?
        var thread: ForumThread?
        var member: ForumMember?
    }

    var endpoints: [Endpoint] {
        Language.allCases.flatMap { language in Form.allCases.flatMap { self.endpoints(language, $0) } }
    }

    private func endpoints(_ language: Language, _ form: Form) -> [Endpoint] {
        let root = "/\(language.rawValue)/forum"
        return [
            self.endpoint("\(root)/feed.\(form.rawValue)", "Newest posts", form, language) { _ in Place(path: "") },
            self.endpoint(
                "\(root)/categories/{category}/feed.\(form.rawValue)",
                "Newest posts of a category",
                form,
                language
            ) {
                call in
                let slug = call.context.pathParameter("category")
                guard try await self.database.read({ try $0.categories.find(slug) }) != nil else {
                    throw ForumProblems.pageNotFound
                }
                return Place(path: "/categories/\(slug)", category: slug)
            },
            self.endpoint(
                "\(root)/threads/{category}/{slug}/feed.\(form.rawValue)",
                "Newest posts of a thread",
                form,
                language
            ) {
                call in
                let (category, slug) = (call.context.pathParameter("category"), call.context.pathParameter("slug"))
                let thread = try await self.database.read { try $0.threads.find(category: category, slug: slug) }
                guard let thread, thread.isVisible else { throw ForumProblems.pageNotFound }
                return Place(path: "/threads/\(category)/\(Slug.encoded(slug))", thread: thread)
            },
            self.endpoint(
                "\(root)/members/{username}/feed.\(form.rawValue)",
                "Newest posts of a member",
                form,
                language
            ) {
                call in
                let username = call.context.pathParameter("username")
                guard let member = try await self.database.read({ try $0.members.find(username: username) }) else {
                    throw ForumProblems.pageNotFound
                }
                return Place(path: "/members/\(member.username)", member: member)
            },
        ]
    }

    private func endpoint(
        _ path: String,
        _ summary: String,
        _ form: Form,
        _ language: Language,
        _ place: @escaping @Sendable (Call) async throws -> Place
    ) -> Endpoint {
        Endpoint.page(.get, path, "\(summary) (\(language.title), \(form.rawValue))") { call in
            let place = try await place(call)
            let authors = call.request.uri.fields["ai"].flatMap { PostStore.Authors(rawValue: String($0)) } ?? .all
            let entries = try await self.database.read { tx in
                try tx.posts.newest(
                    category: place.category,
                    thread: place.thread?.id,
                    author: place.member?.id.text,
                    of: authors,
                    limit: Self.entries
                )
            }
            let categories = try await self.database.read { try $0.categories.list() }
            let name = place.category.map { categories.name(of: $0, in: language) }
            let title =
                place.thread?.title ?? place.member?.displayName ?? name
                ?? ForumWords.all.say("surface_title", in: language)
            let feed = Feed(title: title, path: place.path, language: language, entries: entries)
            let body = ByteBuffer(string: form == .atom ? self.atom(feed) : JSON.text(of: self.json(feed)))
            var answer = Response(
                status: .ok,
                headers: [.contentType: form.mediaType],
                body: ResponseBody(byteBuffer: body)
            ).tagged(form.rawValue, body, for: call.request)
            answer.headers[.cacheControl] = "public, max-age=60"
            return answer
        }
    }

    private func home(of feed: Feed) -> String { "\(self.publicURL)/\(feed.language.rawValue)/forum\(feed.path)" }

    /// Who says it, as the first line of every entry that AI has written; empty for people's.
    private func badge(of entry: PostStore.Entry, _ language: Language) -> String {
        let ad = AdLabel(entry.post, in: language).map { "<p>\(Self.escaped($0.text))</p>\n" } ?? ""
        guard let ai = entry.post.stamps?.ai else { return ad }
        let badge = Badge(ai, by: entry.author, in: language)
        return "<p>\(Self.escaped(badge.text))</p>\n\(ad)"
    }

    private func author(of entry: PostStore.Entry, _ language: Language) -> String {
        let name = entry.author.displayName(in: language)
        return entry.post.stamps.map { "\(name) (\($0.ai.operator))" } ?? name
    }

    private func address(of entry: PostStore.Entry, _ language: Language) -> String {
        self.publicURL + entry.thread.path(to: entry.post.number ?? 1, in: language.rawValue)
    }

    // MARK: JSON Feed

    private func json(_ feed: Feed) -> JSONValue {
        [
            "version": "https://jsonfeed.org/version/1.1", "title": .string(feed.title),
            "home_page_url": .string(self.home(of: feed)),
            "feed_url": .string("\(self.home(of: feed))/feed.json"), "language": .string(feed.language.tag),
            "items": .array(
                feed.entries.map { entry in
                    [
                        "id": .string("urn:uuid:\(entry.post.id)"),
                        "url": .string(self.address(of: entry, feed.language)), "title": .string(entry.thread.title),
                        "language": .string(entry.thread.language),
                        "content_html": .string(
                            "\(self.badge(of: entry, feed.language))\(AdLabel.html(entry.post, in: feed.language))"
                        ),
                        "date_published": .string((entry.post.publishedAt ?? entry.post.createdAt).utc.text),
                        "authors": [["name": .string(self.author(of: entry, feed.language))]],
                    ]
                }
            ),
        ]
    }

    private static func escaped(_ text: String) -> String {
        let markup: Markup = "\(text)"
        return markup.text
    }

    // MARK: Atom

    private func atom(_ feed: Feed) -> String {
        let updated = feed.entries.first.map { $0.post.publishedAt ?? $0.post.createdAt } ?? Timestamp(seconds: 0)
        let entries: [Markup] = feed.entries.map { entry in
            let moment = (entry.post.publishedAt ?? entry.post.createdAt).utc.text
            let category: Markup = "<category term=\"\(Self.machineMade)\"/>"
            let content = "\(self.badge(of: entry, feed.language))\(AdLabel.html(entry.post, in: feed.language))"
            return """
                <entry><id>urn:uuid:\(entry.post.id.text)</id><title>\(entry.thread.title)</title><updated>\(moment)</updated><published>\(moment)</published><author><name>\(self.author(of: entry, feed.language))</name></author><link rel="alternate" href="\(self.address(of: entry, feed.language))"/>\(entry.post.stamps == nil ? "" : category)<content type="html" xml:lang="\(entry.thread.language)">\(content)</content></entry>

                """
        }
        let home = self.home(of: feed)
        let document: Markup = """
            <?xml version="1.0" encoding="utf-8"?>
            <feed xmlns="http://www.w3.org/2005/Atom" xml:lang="\(feed.language.tag)"><id>\(home)</id><title>\(feed.title)</title><updated>\(updated.utc.text)</updated><link rel="self" href="\("\(home)/feed.atom")"/><link rel="alternate" href="\(home)"/>
            \(entries)</feed>
            """
        return document.text
    }
}
