package import Kernel

/// What stands in lists, under a name of its own.
package protocol Listed: Answer {
    /// `deposits`.
    static var listName: String { get }
    /// What the list holds, in which order.
    static var listSummary: String { get }
}

/// A part of a list: `{"deposits": […], "count": 1, "next_cursor": null}`.
package struct CursorList<Item: Listed>: Answer {
    package let items: [Item]
    package let next: Cursor?

    package init(_ items: [Item], next: Cursor?) {
        self.items = items
        self.next = next
    }

    package init<Element>(_ page: Page<Element>, _ item: (Element) throws -> Item) rethrows {
        self.init(try page.items.map(item), next: page.next)
    }

    package static var members: [Member<Self>] {
        [
            Member(Item.listName, \.items, Item.listSummary),
            Member("count", \.items.count, "How many this page holds"),
            Member("next_cursor", \.next, "Where the next page begins; null on the last"),
        ]
    }
}

extension Cursor: Wire {
    package static let shape = Shape<Cursor>(
        ["type": "string"],
        example: "aaa.0198c5d2-7b40-7000-8000-000000000003"
    ) { $1.write($0.text) }
}
