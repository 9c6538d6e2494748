package import Kernel

/// Where a list goes on, and how much of it is wanted.
package struct CursorPaging: Sendable {
    package let cursor: Cursor?
    package let limit: Int

    package init(_ read: inout InputReader, default limit: Int = 20) {
        self.cursor = read.cursor()
        self.limit = read.pageLimit(default: limit)
    }
}

/// How a list is asked for, page by page.
extension InputReader {
    /// Where the page before has ended.
    package mutating func cursor() -> Cursor? {
        self.query(
            "cursor",
            .string,
            "`next_cursor` of the page before",
            Rule(FieldRule("cursor"), schema: ["pattern": "^[0-9a-z]{1,12}\\.[!-~]+$"]) { Cursor(text: $0) != nil }
        ).flatMap { Cursor(text: $0) }
    }

    /// `limit`, 1 to 100; beyond is refused, not cut.
    package mutating func pageLimit(default value: Int) -> Int {
        self.query(
            "limit",
            .integer,
            default: value,
            json: .integer(Int64(value)),
            "Maximum results",
            .range(1...100, isMalformed: true)
        )
    }

    package mutating func pageOffset() -> Int {
        self.query(
            "offset",
            .integer,
            default: 0,
            json: 0,
            "Results to skip",
            .range(0...1_000_000, isMalformed: true)
        )
    }
}
