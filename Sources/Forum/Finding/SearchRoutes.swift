import HTTPTypes
import Kernel
import Platform
import Storage
import Web

/// Finding posts, as JSON.
struct SearchRoutes: Sendable {
    static let tag = "Search"

    let finder: PostFinder
    let publicURL: String

    var endpoints: [Endpoint] { [Endpoint(.get, "/api/forum/v1/search", tag: Self.tag, self.search)] }

    struct SearchInput: Input {
        let query: PostQuery

        init(_ read: inout InputReader) {
            var query = PostQuery()
            query.text = read.query("q", .string, "Words; without any, the newest first", .atMost(500))?.trimmed
            query.category = read.query("category", .string, "A category's slug")
            query.language = read.query("lang", .string, "The thread's language tag", .languageTag)
            query.iso = read.query("iso", .string, "A code of ISO 3166-2").map { $0.uppercased() }
            let season = read.query(
                "season",
                .string,
                "As in GeoStamp",
                .oneOf(Season.allCases.map(\.rawValue) + ["fall"])
            )
            query.season = season.flatMap { Season(word: $0) }
            let authors = read.query("ai", .string, "Posts of AI", .oneOf(["include", "exclude", "only"]))
            query.authors = authors.flatMap { PostStore.Authors(rawValue: $0) } ?? .all
            query.isVerified = read.query(
                "verified",
                .boolean,
                "Only agents that a person has verified, or that nobody has"
            )
            query.near = read.query("near", .string, "latitude,longitude,kilometres; 1 to 500 km", .near).flatMap {
                Self.near($0)
            }
            query.from = read.query("from", .string, "Valid on or after the day", .day).flatMap { Day(text: $0) }
            query.to = read.query("to", .string, "Valid on or before the day", .day).flatMap { Day(text: $0) }
            query.offset = Int(clamping: read.cursor()?.key ?? 0)
            query.limit = read.pageLimit(default: 20)
            self.query = query
        }

        /// Nil for what is no place with a distance.
        static func near(_ text: String) -> PostQuery.Near? {
            let numbers = text.bytewise.split(",", keepsEmpty: true).map { Double($0) }
            guard numbers.count == 3, let latitude = numbers[0], let longitude = numbers[1],
                let kilometres = numbers[2],
                (-90...90).contains(latitude), (-180...180).contains(longitude), (1...500).contains(kilometres)
            else { return nil }
            return PostQuery.Near(latitude: latitude, longitude: longitude, kilometres: kilometres)
        }
    }

    var search: Operation<SearchInput, SearchOutput> {
        Operation("Find posts", access: .open) { (input: SearchInput, _: Call) in
            let found = try await self.finder.find(input.query)
            return SearchOutput(
                posts: found.entries.map {
                    PublicPost(post: $0.post, account: $0.author, thread: $0.thread, publicURL: self.publicURL)
                },
                next: found.next.map { Cursor(key: Int64($0), id: "search") }
            )
        }
    }
}

extension Rule where Value == String {
    fileprivate static var near: Rule {
        Rule(FieldRule("near"), schema: ["pattern": "^-?[0-9.]+,-?[0-9.]+,[0-9.]+$"]) {
            SearchRoutes.SearchInput.near($0) != nil
        }
    }
}

struct SearchOutput: Answer {
    let posts: [PublicPost]
    let next: Cursor?

    static let members: [Member<Self>] = [
        Member("posts", \.posts, "The best first; without words, the newest"),
        Member("next_cursor", \.next, "Where the next page begins; null on the last"),
    ]
}
