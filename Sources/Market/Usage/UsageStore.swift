import Kernel
import Platform
import Storage

struct UsageStore {
    let tx: Transaction

    func insert(_ usage: Usage) throws {
        try self.tx.later(
            """
            INSERT INTO market_usage (\(raw: Usage.columns))
            VALUES (\(usage.id), \(usage.buyer), \(usage.listing), \(usage.provider), \(usage.calledAt),
                \(usage.latencyMilliseconds), \(usage.statusCode), \(usage.amount), \(usage.paymentMethod),
                \(usage.isFree), \(usage.outcome), \(usage.transfer), \(usage.commissionBasisPoints),
                \(usage.requestID), \(usage.idempotencyKey))
            """
        )
        try self.tx.rollUps.enqueue(usage.id)
    }

    func find(_ id: ID<Usage>) throws -> Usage? { try self.list([id]).first }

    /// In no order.
    func list(_ ids: [ID<Usage>]) throws -> [Usage] {
        try self.tx.rows("SELECT \(raw: Usage.columns) FROM market_usage WHERE id IN (\(list: ids))")
    }

    /// Takes a charge back from the record of a call whose answer was broken off.
    func markBroken(_ usage: Usage) throws {
        try self.tx.rollUps.takeBack(usage)
        try self.tx.execute(
            "UPDATE market_usage SET amount = 0, is_free = 0, outcome = 'broken' WHERE id = \(usage.id)"
        )
        try self.tx.rollUps.enqueue(usage.id)
    }

    /// A buyer's calls, newest first.
    func list(_ filter: UsageFilter, before cursor: String?, limit: Int) throws -> [Usage] {
        var conditions = filter.conditions
        if let cursor { conditions.append("id < \(cursor)") }
        return try self.tx.rows(
            """
            SELECT \(raw: Usage.columns) FROM market_usage WHERE \(SQL.all(conditions))
            ORDER BY id DESC LIMIT \(limit)
            """
        )
    }

    func count(_ filter: UsageFilter) throws -> Int {
        try self.tx.value("SELECT COUNT(*) FROM market_usage WHERE \(SQL.all(filter.conditions))") ?? 0
    }
}

extension Transaction {
    var usage: UsageStore { UsageStore(tx: self) }
}
