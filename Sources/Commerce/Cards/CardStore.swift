import Kernel
import Storage

struct CardStore {
    let tx: Transaction

    /// A session's number.
    func insert(
        _ id: ID<CardSession>,
        intent: ID<Intent>?,
        account: String,
        channel: String,
        content: [UInt8]
    ) throws -> SessionNumber {
        SessionNumber(
            try self.tx.insert(
                """
                INSERT INTO commerce_session (id, intent_id, account_id, channel, at, content)
                VALUES (\(id), \(intent?.text), \(account), \(channel), \(self.tx.now), \(content))
                """,
                counting: "number"
            )
        )
    }

    func insert(_ card: NewCard, session: SessionNumber, place: Int) throws {
        try self.tx.later(
            """
            INSERT INTO commerce_card (rec_id, session, place, product_id, merchant_id, account_id, channel, creator, rate_bps,
                creator_bps, at)
            VALUES (\(card.id), \(session), \(place), \(card.product), \(card.merchant), \(card.account), \(card.channel),
                \(card.creator), \(card.rateBasisPoints), \(card.creatorBasisPoints), \(self.tx.now))
            """
        )
    }

    func find(_ id: ID<Recommendation>) throws -> Recommendation? {
        try self.tx.row("SELECT \(raw: Recommendation.columns) FROM commerce_card k WHERE k.rec_id = \(id)")
    }

    func list(session: SessionNumber) throws -> [Recommendation] {
        try self.tx.rows(
            "SELECT \(raw: Recommendation.columns) FROM commerce_card k WHERE k.session = \(session) ORDER BY k.place"
        )
    }

    func findSession(_ number: SessionNumber) throws -> CardSession? {
        try self.tx.row("SELECT \(raw: CardSession.columns) FROM commerce_session s WHERE s.number = \(number)")
    }

    /// Of one account, with an intent.
    func findSession(_ id: ID<CardSession>, of account: String) throws -> CardSession? {
        try self.tx.row(
            """
            SELECT \(raw: CardSession.columns) FROM commerce_session s
            WHERE s.id = \(id) AND s.account_id = \(account) AND s.intent_id IS NOT NULL
            """
        )
    }

    /// Takes old sessions away, with their intents where no other session cites them. Cards stay as long as links do, and a session whose
    /// card was clicked stays for whoever asks why.
    ///
    /// - Parameters:
    ///   - account: empty for the trial's.
    func prune(before moment: Timestamp, isTrial: Bool, limit: Int) throws -> Int {
        let whose: SQL = isTrial ? "account_id = ''" : "account_id <> ''"
        let numbers = try self.tx.rows(
            """
            SELECT number, intent_id FROM commerce_session s WHERE \(whose) AND at < \(moment)
                AND NOT EXISTS (SELECT 1 FROM commerce_card k JOIN commerce_click c ON c.rec_id = k.rec_id
                    WHERE k.session = s.number AND c.reason = 0)
            ORDER BY at LIMIT \(limit)
            """
        ) { row in (try row.column(SessionNumber.self), try row.optional(String.self)) }
        for (number, intent) in numbers {
            try self.tx.execute("DELETE FROM commerce_session WHERE number = \(number)")
            guard let intent else { continue }
            try self.tx.execute(
                """
                DELETE FROM commerce_intent WHERE id = \(intent) AND is_kept = 0
                    AND NOT EXISTS (SELECT 1 FROM commerce_session s WHERE s.intent_id = \(intent))
                """
            )
        }
        return numbers.count
    }
}

/// A card that is about to be shown.
struct NewCard: Sendable {
    let id: ID<Recommendation>
    let product: ProductID
    let merchant: String
    let account: String
    let channel: String
    let creator: String
    let rateBasisPoints: Int
    let creatorBasisPoints: Int
}

extension Transaction {
    var cards: CardStore { CardStore(tx: self) }
}
