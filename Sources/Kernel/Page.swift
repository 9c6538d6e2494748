/// One page of a list, and where the next begins.
package struct Page<Element: Sendable>: Sendable {
    package let items: [Element]
    /// Nil on the last page.
    package let next: Cursor?

    package init(items: [Element], next: Cursor?) {
        self.items = items
        self.next = next
    }

    /// Makes a page of `limit` from up to `limit + 1` rows: the extra row only tells that there is more.
    package init(fetched: [Element], limit: Int, cursor: (Element) -> Cursor) {
        let items = Array(fetched.prefix(limit))
        self.init(items: items, next: fetched.count > limit ? items.last.map(cursor) : nil)
    }

    package func map<Other: Sendable>(_ transform: (Element) throws -> Other) rethrows -> Page<Other> {
        Page<Other>(items: try self.items.map(transform), next: self.next)
    }
}

/// The sort key and identifier of a page's last row (keyset pagination), opaque to clients.
package struct Cursor: Sendable, Hashable {
    package let key: Int64
    package let id: String

    package init(key: Int64, id: String) {
        self.key = key
        self.id = id
    }

    /// Of a list that is sorted by a number that the database counts.
    package init<Entity>(_ id: NumericID<Entity>) { self.init(key: id.value, id: "\(id)") }

    /// Of a list that is sorted by name. Names may have any characters, cursors have not.
    package init(name: String) { self.init(key: 0, id: Array(name.utf8).hex) }

    /// Empty for a cursor of another list.
    package var name: String { [UInt8](hex: self.id).map { String(decoding: $0, as: UTF8.self) } ?? "" }

    package var text: String { "\(String(self.key, radix: 36)).\(self.id)" }

    package init?(text: String) {
        let parts = text.bytewise.split(".", maxSplits: 1)
        guard parts.count == 2, let key = Int64(parts[0], radix: 36) else { return nil }
        self.init(key: key, id: String(parts[1]))
    }
}
