package import Kernel
package import Storage

/// Who did what to whom: every change of rights, money by hand, and configuration.
package struct AuditStore {
    let tx: Transaction

    /// - Parameters:
    ///   - actor: the credential, or `console` for the command line.
    ///   - detail: never a secret.
    package func record(actor: String, action: String, subject: String, detail: String = "", trace: Trace) throws {
        try self.tx.execute(
            """
            INSERT INTO audit_entry (at, actor, action, subject, detail, request_id)
            VALUES (\(self.tx.now), \(actor), \(action), \(subject), \(detail), \(trace.requestID))
            """
        )
    }

    /// Newest first.
    package func list(before cursor: Cursor?, limit: Int) throws -> Page<AuditEntry> {
        let last = cursor?.key ?? Int64.max
        let fetched = try self.tx.rows(
            """
            SELECT \(raw: AuditEntry.columns) FROM audit_entry WHERE number < \(last)
            ORDER BY number DESC LIMIT \(limit + 1)
            """,
            as: AuditEntry.self
        )
        return Page(fetched: fetched, limit: limit) { Cursor(key: $0.number, id: "\($0.number)") }
    }
}

package struct AuditEntry: Sendable, Equatable, RowDecodable {
    package let number: Int64
    package let at: Timestamp
    package let actor: String
    package let action: String
    package let subject: String
    package let detail: String
    package let requestID: String

    package static let columns: StaticString = "number, at, actor, action, subject, detail, request_id"

    package init(row: inout Row) throws {
        self.number = try row.column()
        self.at = try row.column()
        self.actor = try row.column()
        self.action = try row.column()
        self.subject = try row.column()
        self.detail = try row.column()
        self.requestID = try row.column()
    }
}

extension Transaction {
    package var audit: AuditStore { AuditStore(tx: self) }
}
