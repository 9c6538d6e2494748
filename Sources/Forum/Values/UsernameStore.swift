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
