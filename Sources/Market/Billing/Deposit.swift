import Kernel
import Platform
import Storage

/// Money that a buyer wants to pay in.
struct Deposit: Sendable, Identified, RowDecodable {
    static let idPrefix = ""

    let id: ID<Deposit>
    let buyer: ID<Identity>
    let amount: Int64
    let paymentMethod: PaymentMethod
    let status: Status
    let createdAt: Timestamp
    let updatedAt: Timestamp

    enum Status: String, Sendable, SQLConvertible {
        case pending
        /// A payment for it is being taken.
        case processing
        case completed, failed
        /// The rail has not said whether it took the money.
        case unknown
    }

    static let columns: StaticString = "id, buyer_id, amount, payment_method, status, created_at, updated_at"

    init(id: ID<Deposit>, buyer: ID<Identity>, amount: Int64, paymentMethod: PaymentMethod, createdAt: Timestamp) {
        self.id = id
        self.buyer = buyer
        self.amount = amount
        self.paymentMethod = paymentMethod
        self.status = .pending
        self.createdAt = createdAt
        self.updatedAt = createdAt
    }

    init(row: inout Row) throws {
        self.id = try row.column()
        self.buyer = try row.column()
        self.amount = try row.column()
        self.paymentMethod = try row.column()
        self.status = try row.column()
        self.createdAt = try row.column()
        self.updatedAt = try row.column()
    }
}

struct DepositStore {
    let tx: Transaction

    func insert(_ deposit: Deposit) throws {
        try self.tx.execute(
            """
            INSERT INTO market_deposit (id, buyer_id, amount, payment_method, status, created_at, updated_at)
            VALUES (\(deposit.id), \(deposit.buyer), \(deposit.amount), \(deposit.paymentMethod), \(deposit.status),
                \(deposit.createdAt), \(deposit.updatedAt))
            """
        )
    }

    /// Throws `depositNotFound`, also for somebody else's.
    func require(_ id: ID<Deposit>, of buyer: ID<Identity>) throws -> Deposit {
        let deposit: Deposit? = try self.tx.row(
            "SELECT \(raw: Deposit.columns) FROM market_deposit WHERE id = \(id) AND buyer_id = \(buyer)"
        )
        guard let deposit else { throw MarketProblems.depositNotFound }
        return deposit
    }

    /// Whether there is such a deposit in one of the states.
    @discardableResult
    func move(_ id: ID<Deposit>, from states: [Deposit.Status], to status: Deposit.Status) throws -> Bool {
        try self.tx.count(
            """
            UPDATE market_deposit SET status = \(status), updated_at = \(self.tx.now)
            WHERE id = \(id) AND status IN (\(list: states))
            """
        ) == 1
    }
}

extension Transaction {
    var deposits: DepositStore { DepositStore(tx: self) }
}
