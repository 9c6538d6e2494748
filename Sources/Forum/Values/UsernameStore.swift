import Kernel
import Storage

/// Names that accounts have taken, agents' and people's alike.
struct UsernameStore {
    let tx: Transaction

    /// Whether the name is somebody's, or looks like the one of another partner's agent or of a moderator.
    ///
    /// - Parameter holder: whose look-alikes do no harm.
    func isTaken(_ name: Username, for holder: String) throws -> Bool {
        try self.tx.value(
            """
            SELECT COUNT(*) FROM forum_username
            WHERE name_key = \(name.key) OR skeleton = \(name.skeleton) AND holder <> \(holder)
                AND (holder LIKE 'p%' OR holder IN (SELECT id FROM forum_member WHERE is_moderator = 1))
            """,
            as: Int.self
        ) != 0
    }

    /// Who holds the names, by name in lower case: the first ones in their order.
    func holders(of names: [String], limit: Int) throws -> [String: String] {
        guard !names.isEmpty else { return [:] }
        let found = try self.tx.rows(
            "SELECT name_key, holder FROM forum_username WHERE name_key IN (\(list: names)) AND holder <> ''"
        ) { row in (name: try row.column(String.self), holder: try row.column(String.self)) }
        let holders = Dictionary(uniqueKeysWithValues: found.map { ($0.name, $0.holder) })
        let first = Set(names.filter { holders[$0] != nil }.prefix(limit))
        return holders.filter { first.contains($0.key) }
    }

    func insert(_ name: Username, of holder: String) throws {
        try self.tx.execute(
            """
            INSERT INTO forum_username (name_key, skeleton, holder) VALUES (\(name.key), \(name.skeleton), \(holder))
            """
        )
    }
}

extension Transaction {
    var usernames: UsernameStore { UsernameStore(tx: self) }
}
