import Kernel
import Ledger
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
        let amount: Amount<USDC>
        let state: State
        let request: JSONValue

        static let columns: StaticString = "nonce, subject, buyer_id, amount, state, request"

        init(row: inout Row) throws {
            self.nonce = try row.column()
            self.subject = try row.column()
            self.buyer = try row.column()
            self.amount = try row.column()
            self.state = try row.column()
            self.request = try JSON.read(Array(try row.column(String.self).utf8))
        }
    }

    enum State: String, Sendable, SQLConvertible {
        case claimed, settling, settled, refused, unknown
    }

    /// False when the nonce has been seen.
    ///
    /// - Parameter transfer: the ledger's reference of the money that this claim reserves.
    func claim(
        _ payment: X402Payment,
        subject: String,
        buyer: ID<Identity>,
        amount: Amount<USDC>,
        transfer: TransferReference
    ) throws
        -> Bool
    {
        try self.tx.count(
            """
            INSERT INTO market_x402_payment (nonce, subject, buyer_id, amount, state, request, transfer, created_at,
                updated_at)
            VALUES (\(payment.nonceKey), \(subject), \(buyer), \(amount), 'claimed',
                \(try JSON.text(payment.facilitatorRequest)), \(transfer), \(self.tx.now), \(self.tx.now))
            ON CONFLICT (nonce) DO NOTHING
            """
        ) == 1
    }

    /// Moves a payment on, and returns the ledger's reference; nil when it does not stand in one of the states.
    func move(_ nonce: String, from states: [State], to state: State, chainTransaction: String? = nil) throws
        -> TransferReference?
    {
        try self.tx.value(
            """
            UPDATE market_x402_payment
            SET state = \(state), chain_transaction = COALESCE(\(chainTransaction), chain_transaction),
                updated_at = \(self.tx.now)
            WHERE nonce = \(nonce) AND state IN (\(list: states)) RETURNING transfer
            """
        )
    }

    /// Lets the authorization be used for another try, since nothing was asked of the rail; the ledger's reference.
    func delete(_ nonce: String) throws -> TransferReference? {
        try self.tx.value(
            "DELETE FROM market_x402_payment WHERE nonce = \(nonce) AND state = 'claimed' RETURNING transfer"
        )
    }

    /// Whether a payment of the buyer waits for its outcome.
    func hasOpen(_ buyer: ID<Identity>) throws -> Bool {
        try self.tx.value(
            "SELECT 1 FROM market_x402_payment WHERE buyer_id = \(buyer) AND state IN ('settling', 'unknown') LIMIT 1",
            as: Int.self
        ) != nil
    }

    /// The ledger's reference of the payment that was taken for a deposit or a call.
    func find(settled subject: String) throws -> TransferReference? {
        try self.tx.value(
            "SELECT transfer FROM market_x402_payment WHERE subject = \(subject) AND state = 'settled' LIMIT 1"
        )
    }

    /// What waits for an outcome: what a request left as unknown before `unknown`, what a crash left before `stale`.
    func listOpen(unknownBefore unknown: Timestamp, staleBefore stale: Timestamp, limit: Int) throws -> [Record] {
        try self.tx.rows(
            """
            SELECT \(raw: Record.columns) FROM market_x402_payment
            WHERE state IN ('claimed', 'settling', 'unknown')
                AND (updated_at < \(stale) OR (state = 'unknown' AND updated_at < \(unknown)))
            ORDER BY updated_at LIMIT \(limit)
            """
        )
    }
}

extension Transaction {
    var x402Payments: X402PaymentStore { X402PaymentStore(tx: self) }
}
