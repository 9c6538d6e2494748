import Kernel
import Platform
import Storage

/// Every x402 payment that was ever begun. The nonce is the key: none is accepted twice.
struct X402PaymentStore {
    let tx: Transaction

    /// A payment and how far it has come: `claimed` (nothing asked of the rail yet) → `settling` → `settled`, `refused`, `unknown`.
    struct Record: Sendable, RowDecodable {
        let nonce: String
        /// The usage record or deposit that it pays.
        let subject: String
        let buyer: ID<Identity>
        let amount: Int64
        let state: State
        let request: JSONValue

        static let columns: StaticString = "nonce, subject, buyer_id, amount, state, request"

        init(row: inout Row) throws {
            self.nonce = try row.column()
            self.subject = try row.column()
            self.buyer = try row.column()
            self.amount = try row.column()
            self.state = try row.column()
            self.request = try JSON.decode(from: Array(try row.column(String.self).utf8))
        }
    }

    enum State: String, Sendable, SQLConvertible {
        case claimed, settling, settled, refused, unknown
    }

    /// False when the nonce has been seen.
    func claim(_ payment: X402Payment, subject: String, buyer: ID<Identity>, amount: Int64) throws -> Bool {
        try self.tx.count(
            """
            INSERT INTO market_x402_payment (nonce, subject, buyer_id, amount, state, request, created_at, updated_at)
            VALUES (\(payment.nonceKey), \(subject), \(buyer), \(amount), 'claimed',
                \(try JSON.text(payment.facilitatorRequest)), \(self.tx.now), \(self.tx.now))
            ON CONFLICT (nonce) DO NOTHING
            """
        ) == 1
    }

    func update(_ nonce: String, to state: State, chainTransaction: String? = nil) throws {
        try self.tx.execute(
            """
            UPDATE market_x402_payment
            SET state = \(state), chain_transaction = COALESCE(\(chainTransaction), chain_transaction),
                updated_at = \(self.tx.now)
            WHERE nonce = \(nonce)
            """
        )
    }

    /// Lets the authorization be used for another try: nothing was asked of the rail.
    func delete(_ nonce: String) throws {
        try self.tx.execute("DELETE FROM market_x402_payment WHERE nonce = \(nonce) AND state = 'claimed'")
    }

    /// What has waited for an outcome since before the moment, oldest first.
    func listOpen(before moment: Timestamp, limit: Int) throws -> [Record] {
        try self.tx.rows(
            """
            SELECT \(raw: Record.columns) FROM market_x402_payment
            WHERE state IN ('claimed', 'settling', 'unknown') AND updated_at < \(moment)
            ORDER BY updated_at LIMIT \(limit)
            """
        )
    }
}

extension Transaction {
    var x402Payments: X402PaymentStore { X402PaymentStore(tx: self) }
}
