import Kernel
package import Storage

/// Mail that waits to be handed in. Written in the commit that it tells of; gone when the mail server has it.
package struct MailStore {
    let tx: Transaction

    /// A message is tried for three days.
    static let triedSeconds: Int64 = 3 * 86_400
    /// Until somebody else may take a message that a node was about to send.
    private static let claimSeconds: Int64 = 300

    struct Waiting: Sendable {
        let number: Int64
        let surface: String
        let recipient: String
        let subject: String
        /// Sealed where it holds a secret.
        let text: String
        let sealed: [UInt8]?
        let attempts: Int
        let createdAt: Timestamp
    }

    /// - Parameter sealed: stands for the text where it holds a secret; by ``MailOutbox``.
    package func insert(surface: String, to recipient: String, subject: String, text: String, sealed: [UInt8]? = nil)
        throws
    {
        try self.tx.execute(
            """
            INSERT INTO mail (surface, recipient, subject, text, sealed, attempts, created_at, due_at)
            VALUES (\(surface), \(recipient), \(subject), \(text), \(sealed), 0, \(self.tx.now), \(self.tx.now))
            """
        )
        try self.tx.invalidate(MailWorker.topic, "")
    }

    /// What is too old to be of use; how much that was.
    func deleteOld() throws -> Int {
        try self.tx.count(
            "DELETE FROM mail WHERE created_at < \(self.tx.now.adding(seconds: -Self.triedSeconds))"
        )
    }

    /// Takes what is due; nobody else sends it for a while.
    func claim(limit: Int) throws -> [Waiting] {
        let due = try self.tx.rows(
            """
            SELECT id, surface, recipient, subject, text, sealed, attempts, created_at FROM mail
            WHERE due_at <= \(self.tx.now) ORDER BY due_at, id LIMIT \(limit)
            """
        ) { row in
            Waiting(
                number: try row.column(),
                surface: try row.column(),
                recipient: try row.column(),
                subject: try row.column(),
                text: try row.column(),
                sealed: try row.optional(),
                attempts: try row.column(),
                createdAt: try row.column()
            )
        }
        guard !due.isEmpty else { return [] }
        try self.tx.execute(
            """
            UPDATE mail SET due_at = \(self.tx.now.adding(seconds: Self.claimSeconds))
            WHERE id IN (\(list: due.map(\.number)))
            """
        )
        return due
    }

    func delete(_ number: Int64) throws { try self.tx.execute("DELETE FROM mail WHERE id = \(number)") }

    func postpone(_ number: Int64, attempts: Int, until moment: Timestamp) throws {
        try self.tx.execute("UPDATE mail SET attempts = \(attempts), due_at = \(moment) WHERE id = \(number)")
    }
}

extension Transaction {
    package var mail: MailStore { MailStore(tx: self) }
}
