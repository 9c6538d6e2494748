import Kernel
import Storage

/// A reward that was paid and is taken back with the next payout.
struct Clawback: Sendable, RowDecodable {
    let conversion: ConversionID
    let amount: Yen
    let reason: String
    let createdAt: Timestamp

    static let columns: StaticString = "w.conversion_id, w.amount, w.reason, w.created_at"

    init(row: inout Row) throws {
        self.conversion = try row.column()
        self.amount = try row.column()
        self.reason = try row.column()
        self.createdAt = try row.column()
    }
}
