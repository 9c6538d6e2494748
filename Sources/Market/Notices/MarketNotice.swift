import Kernel
import Storage
import Web

/// What the market tells people.
enum MarketNotice: String, NoticeKind {
    case balanceCredited = "balance.credited"
    case balanceRefunded = "balance.refunded"
    case balanceLow = "balance.low"
    case settlementCreated = "settlement.created"
    case settlementCompleted = "settlement.completed"
    case settlementFailed = "settlement.failed"

    static var contract: any SurfaceContract { MarketContract.shared }
    static let table: StaticString = "market_notification"

    /// The sum that a notification is about.
    static func about(_ data: JSONValue, _: Display) -> [String?] {
        [(data["amount"] ?? data["net_amount"] ?? data["balance"])?.string.map { "\($0) USDC" }]
    }

    static let migration = Migration(
        "market/0010-notifications",
        .schema(
            """
            CREATE TABLE market_notification (
                id INTEGER PRIMARY KEY,
                identity_id TEXT NOT NULL,
                type TEXT NOT NULL,
                subject TEXT NOT NULL,
                detail TEXT NOT NULL,
                created_at INTEGER NOT NULL,
                read_at INTEGER
            );
            CREATE INDEX market_notification_identity ON market_notification (identity_id, id);
            CREATE INDEX market_notification_unread ON market_notification (identity_id, id) WHERE read_at IS NULL;
            """
        )
    )
}

extension Transaction {
    var notices: NoticeStore<MarketNotice> { NoticeStore(tx: self) }
}

/// A balance that has fallen below what its owner wants to keep.
struct LowBalanceEvent: Answer {
    let buyer: String
    let balance: Amount<USDC>
    let threshold: Amount<USDC>

    static let members: [Member<Self>] = [
        Member("buyer_id", \.buyer, "Whose balance it is", example: "my-agent"),
        Member("balance", \.balance, "What is left", unit: "USDC", example: "0.95"),
        Member("threshold", \.threshold, "What the owner wants to keep", unit: "USDC", example: "1.00"),
    ]
}

/// Money that came to a balance, or went back from it.
struct BalanceEvent: Answer {
    let id: String
    let buyer: String
    let amount: String

    static let members: [Member<Self>] = [
        Member("id", \.id, "The deposit, the credit or the refund", example: "0198c5d2-7b40-7000-8000-000000000002"),
        Member("buyer_id", \.buyer, "Whose balance it is", example: "my-agent"),
        Member("amount", \.amount, "How much", unit: "USDC", example: "10.00"),
    ]
}
