package import Kernel
package import Storage

/// Records of one kind that leave the database for files when they are old, and can come back.
package struct ArchiveKind: Sendable {
    /// In files' paths, and for `souk archive`.
    package let name: String
    /// When the oldest record was made; nil without one.
    let oldest: @Sendable (Transaction) throws -> Timestamp?
    /// The next records of a time that may leave, in the order of their keys: those after the given one.
    let list: @Sendable (_ time: Range<Timestamp>, _ after: JSONValue?, _ limit: Int, Transaction) throws -> [JSONValue]
    /// Leaves records alone that may not leave any more.
    let delete: @Sendable ([JSONValue], Transaction) throws -> Void
    /// Leaves records alone that are there.
    let insert: @Sendable ([JSONValue], Transaction) throws -> Void

    package init(
        _ name: String,
        oldest: @escaping @Sendable (Transaction) throws -> Timestamp?,
        list: @escaping @Sendable (Range<Timestamp>, JSONValue?, Int, Transaction) throws -> [JSONValue],
        delete: @escaping @Sendable ([JSONValue], Transaction) throws -> Void,
        insert: @escaping @Sendable ([JSONValue], Transaction) throws -> Void
    ) {
        self.name = name
        self.oldest = oldest
        self.list = list
        self.delete = delete
        self.insert = insert
    }
}

/// Records of one kind and one day in a file. A day has several when some of its records could leave only later.
package struct ArchiveFile: Sendable {
    package enum State: String, Sendable, CaseIterable, SQLConvertible {
        /// A server is writing the file, which nobody may read yet.
        case writing
        /// The file is complete; its records are still being deleted.
        case written
        /// The records are in the file alone.
        case archived
        /// The records have come back, for a while; the file stays.
        case restored
    }

    package let kind: String
    /// Its beginning, in UTC.
    package let day: Timestamp
    /// In the archive's folder. No other file ever has this name.
    package let path: String
    package var records = 0
    package var bytes = 0
    /// SHA-256 in hexadecimal digits.
    package var checksum = ""
    package var state = State.writing
    /// Since when it is in this state.
    package var changedAt: Timestamp

    /// `2026-08-01`.
    package var dayText: String { self.day.dayText }

    package init(kind: String, day: Timestamp, path: String, changedAt: Timestamp) {
        self.kind = kind
        self.day = day
        self.path = path
        self.changedAt = changedAt
    }
}
