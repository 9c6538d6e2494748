package import Kernel
package import Storage

/// Who did what to whom: every change of rights, money by hand, and configuration.
package struct AuditStore {
    let tx: Transaction

    /// Under which a commit announces what it has recorded.
    package static let topic = "audit"

    /// What a commit has recorded, for the log: ids alone, since a detail may be about people.
    package struct Recorded: Sendable {
        package let actor: String
        package let action: String
        package let subject: String
        package let requestID: String
    }

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
        let recorded = Recorded(actor: actor, action: action, subject: subject, requestID: trace.requestID)
        self.tx.announce(Self.topic, recorded)
    }

    /// What is looked for; nil for whatever it is.
    package struct Filter: Sendable {
        /// Such as `key.created`, or `key` for all that begin so.
        package var action: String?
        package var actor: String?
        package var subject: String?
        package var request: String?
        package var from: Timestamp?
        package var until: Timestamp?

        package init() {}

        var conditions: [SQL] {
            var conditions: [SQL] = []
            if let action {
                // Behind whatever an action is made of, so that an index finds all that begin so.
                conditions.append("action >= \(action) AND action < \(action + "~")")
            }
            if let actor { conditions.append("actor = \(actor)") }
            if let subject { conditions.append("subject = \(subject)") }
            if let request { conditions.append("request_id = \(request)") }
            if let from { conditions.append("at >= \(from)") }
            if let until { conditions.append("at < \(until)") }
            return conditions
        }
    }

    /// Newest first.
    package func list(_ filter: Filter = Filter(), before cursor: Cursor?, limit: Int) throws -> Page<AuditEntry> {
        let last = cursor?.key ?? Int64.max
        let conditions: [SQL] = ["number < \(last)"] + filter.conditions
        let fetched = try self.tx.rows(
            """
            SELECT \(raw: AuditEntry.columns) FROM audit_entry WHERE \(SQL.all(conditions))
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
