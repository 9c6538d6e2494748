import Kernel
import Storage

/// A month whose closing has begun, or ended.
struct ClosedMonth: Sendable, RowDecodable {
    let month: String
    let job: String
    let closedBy: String
    let startedAt: Timestamp
    let closedAt: Timestamp?

    static let columns: StaticString = "m.month, m.job_id, m.closed_by, m.started_at, m.closed_at"

    init(row: inout Row) throws {
        self.month = try row.column()
        self.job = try row.column()
        self.closedBy = try row.column()
        self.startedAt = try row.column()
        self.closedAt = try row.optional()
    }
}

struct MonthTotal: Sendable, Equatable, Codable {
    var payouts: Int64 = 0
    var rewards: Yen = 0
    var clawbacks: Yen = 0
    var withholding: Yen = 0
    var transferFees: Yen = 0
    var net: Yen = 0
    var carriedOver: Yen = 0

    mutating func add(_ new: NewPayout) {
        self.payouts += 1
        self.rewards += new.amounts.rewards
        self.clawbacks += new.amounts.clawbacks
        self.withholding += new.amounts.withholding
        self.transferFees += new.amounts.transferFee
        if new.carryReason == nil { self.net += new.amounts.net } else { self.carriedOver += new.amounts.gross }
    }
}
