import Kernel
import Platform
import Storage

enum ClickTag {}
typealias ClickNumber = NumericID<ClickTag>

/// A visitor on the way from a card to a shop.
struct Click: Sendable, RowDecodable {
    let number: ClickNumber
    let recID: ID<Recommendation>
    let at: Timestamp
    let reason: ClickReason
    /// Whose video led here, else the card's creator; empty for none.
    let creator: String
    let traceID: String

    static let columns: StaticString = "c.number, c.rec_id, c.at, c.reason, c.creator, c.trace_id"

    init(row: inout Row) throws {
        self.number = try row.column()
        self.recID = try row.column()
        self.at = try row.column()
        self.reason = try row.column()
        self.creator = try row.column()
        self.traceID = try row.column()
    }
}

/// Whether a click counts, and why not. Numbers never change.
enum ClickReason: Int, Sendable, SQLConvertible, CaseIterable {
    case counts = 0
    /// A known robot, by its user agent.
    case bot = 1
    /// More clicks from one browser than a person makes.
    case flood = 2
    /// Only the head was asked for.
    case head = 3
    /// The browser fetches ahead of a click.
    case prefetch = 4

    init(sqlValue: SQLValue) throws {
        guard let reason = Self(rawValue: try Int(sqlValue: sqlValue)) else {
            throw ColumnMismatch(value: sqlValue, expected: "a reason")
        }
        self = reason
    }
    var sqlValue: SQLValue { .integer(Int64(self.rawValue)) }
}
