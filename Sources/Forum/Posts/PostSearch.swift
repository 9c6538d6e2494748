import Kernel
import Search
import Storage

/// How posts that are shown are found: by title, text and place.
enum PostSearch {
    static let kind = SearchKind(
        "forum.posts",
        fields: [
            SearchField("title", weight: 3, usualLength: 6), SearchField("body", weight: 1, usualLength: 60),
            SearchField("place", weight: 1, usualLength: 3),
        ],
        columns: [
            SearchColumn("category", .exact), SearchColumn("lang", .exact), SearchColumn("iso", .exact),
            SearchColumn("season", .exact), SearchColumn("by", .exact), SearchColumn("place", .place),
            SearchColumn("radius", .number), SearchColumn("from", .number), SearchColumn("to", .number),
            SearchColumn("published_at", .number),
        ]
    )

    static func source(_ subdivisions: Subdivisions) -> SearchSource {
        SearchSource(
            self.kind,
            load: { tx, ids in
                try ids.compactMap { id in
                    try tx.posts.find(ID(id)).flatMap { try Self.document($0, subdivisions, in: tx) }
                }
            },
            page: { tx, after, limit in
                let posts = try tx.posts.list(after: after ?? "", limit: limit)
                return .init(
                    try posts.compactMap { try Self.document($0, subdivisions, in: tx) },
                    last: posts.last.map(\.id.text)
                )
            }
        )
    }

    /// Nil for a post that is not shown.
    private static func document(_ post: Post, _ subdivisions: Subdivisions, in tx: Transaction) throws
        -> SearchDocument?
    {
        guard post.state.isShown, let thread = try tx.threads.find(post.thread), thread.isVisible else { return nil }
        let geo = post.stamps?.geo
        let text = (try? RenderedBody(post.body))?.text ?? ""
        return SearchDocument(
            id: post.id.text,
            texts: [
                thread.title, text,
                geo.map { (subdivisions.allNames($0.iso) + [$0.iso]).joined(separator: " · ") } ?? "",
            ],
            values: [
                .exact(thread.category), .exact(thread.language), .exact(geo?.iso ?? ""),
                .exact(geo?.season.rawValue ?? ""), .exact(geo == nil ? "human" : "ai"),
                geo.map {
                    .place(latitude: Int32($0.latitude.value), longitude: Int32($0.longitude.value))
                } ?? .noPlace, .number(geo.map { Int64($0.radiusM) } ?? 0), .number(geo?.validFrom.number ?? .max),
                .number(geo?.validTo.number ?? .min), .number(post.publishedAt?.microseconds ?? 0),
            ],
            order: post.publishedAt?.microseconds ?? 0
        )
    }
}
