import Kernel
import Web

/// `limit` and `offset` of a list; beyond its range is refused.
struct ListPage: Sendable {
    let limit: Int
    let offset: Int
    /// Where the page before has ended; quicker than an offset on deep pages.
    var cursor: Cursor?

    static let limits = 1...200

    init(following read: inout InputReader, default limit: Int = 50) {
        self.init(&read, default: limit)
        self.cursor = read.cursor()
    }

    init(_ read: inout InputReader, default limit: Int = 50) {
        self.limit = read.query(
            "limit",
            .integer,
            default: limit,
            json: .int(limit),
            "Items at the most",
            .range(Self.limits)
        )
        self.offset = read.query("offset", .integer, default: 0, json: 0, "Items to pass over", .range(0...1_000_000))
    }

    init(limit: Int, offset: Int = 0) { (self.limit, self.offset) = (limit, offset) }
}

/// Part of a list, and how long the whole is.
struct Listed<Element: Sendable>: Sendable {
    let items: [Element]
    let total: Int
    /// Where the next page begins; nil at the end, and in lists without.
    var next: Cursor?
}

extension Listed {
    /// Of up to one row more than the page has.
    init(fetched: [Element], _ page: ListPage, total: Int, cursor: (Element) -> Cursor) {
        let shown = Page(fetched: fetched, limit: page.limit, cursor: cursor)
        self.init(items: shown.items, total: total, next: shown.next)
    }
}

/// A moment as this contract writes it: RFC 3339, UTC, `Z`.
extension Timestamp {
    var zulu: String { String(self.text.utf8.dropLast("+00:00".utf8.count)) ?? "" }
}

private func String(_ bytes: Substring.UTF8View) -> String? { Swift.String(Substring(bytes)) + "Z" }

/// What every list says of itself.
enum Paged {
    static func members<Root>(
        total: @escaping @Sendable (Root) -> Int,
        page: @escaping @Sendable (Root) -> ListPage
    ) -> [Member<Root>] {
        [
            Member("total", total, "How many there are"), Member("limit", { page($0).limit }, "Items at the most"),
            Member("offset", { page($0).offset }, "Items passed over"),
        ]
    }

    static func next<Root>(_ next: @escaping @Sendable (Root) -> Cursor?) -> Member<Root> {
        Member("next_cursor", { next($0) }, "Where the next page begins; null at the end")
    }
}
