package import Kernel
package import Storage

/// Records of one kind that leave the database for files when they are old, and can come back.
package struct ArchiveKind: Sendable {
    /// In files' paths, and for `souk archive`.
    package let name: String
    /// When the oldest record was made; nil without one.
    let oldest: @Sendable (Transaction) throws -> Timestamp?
    /// The next records of a time, in the order of their keys: those after the given one.
    let list: @Sendable (_ time: Range<Timestamp>, _ after: JSONValue?, _ limit: Int, Transaction) throws -> [JSONValue]
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

/// A day of one kind in a file.
package struct ArchiveFile: Sendable {
    package enum State: String, Sendable, CaseIterable, SQLConvertible {
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
    /// In the archive's folder.
    package let path: String
    package let records: Int
    package let bytes: Int
    /// SHA-256 in hexadecimal digits.
    package let checksum: String
    package let state: State
    /// Since when it is in this state.
    package let changedAt: Timestamp

    /// `2026-08-01`.
    package var dayText: String { self.day.dayText }
}
