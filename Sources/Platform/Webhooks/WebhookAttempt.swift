package import Kernel
package import Storage

/// How an endpoint does, for the operator.
package struct WebhookHealth: Sendable {
    package let endpoint: ID<WebhookEndpoint>
    package let owner: String
    package let url: String
    package let state: WebhookEndpoint.State
    package let disabledReason: String?
    package let failingSince: Timestamp?
    /// Deliveries that wait.
    package let pending: Int
}

/// One try, as the delivery log shows it.
package struct WebhookAttempt: Sendable, RowDecodable {
    package let at: Timestamp
    package let status: Int?
    package let error: String?
    /// How the answer begins; nil where there was none.
    package let answer: String?
    package let durationMilliseconds: Int64

    package static let columns: StaticString = "at, status, error, answer, duration_ms"

    /// Of an answer so many bytes are kept.
    private static let keptBytes = 1000

    static func beginning(of body: some Sequence<UInt8>) -> String? {
        let kept = body.prefix(self.keptBytes).map { $0 == 0 ? UInt8(ascii: " ") : $0 }
        return kept.isEmpty ? nil : String(decoding: kept, as: UTF8.self)
    }

    package init(at: Timestamp, status: Int?, error: String?, answer: String?, durationMilliseconds: Int64) {
        self.at = at
        self.status = status
        self.error = error
        self.answer = answer
        self.durationMilliseconds = durationMilliseconds
    }

    package init(row: inout Row) throws {
        self.at = try row.column()
        self.status = try row.optional()
        self.error = try row.optional()
        self.answer = try row.optional()
        self.durationMilliseconds = try row.column()
    }
}
