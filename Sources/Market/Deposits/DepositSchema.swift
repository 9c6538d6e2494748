import Storage

/// What the rails and refunds add to the market's schema.
enum DepositSchema {
    static let railsAndRefunds = Migration(
        "market/0008-rails-and-refunds",
        .schema(
            """
            ALTER TABLE market_deposit ADD COLUMN rail_reference TEXT;
            ALTER TABLE market_deposit ADD COLUMN checkout_url TEXT;
            ALTER TABLE market_deposit ADD COLUMN rail_payment TEXT;
            ALTER TABLE market_deposit ADD COLUMN attempt INTEGER NOT NULL DEFAULT 0;
            ALTER TABLE market_deposit ADD COLUMN reason TEXT;
            ALTER TABLE market_deposit ADD COLUMN asked_at INTEGER;
            ALTER TABLE market_deposit ADD COLUMN next_ask_at INTEGER;
            CREATE UNIQUE INDEX market_deposit_rail_reference_payment_method
                ON market_deposit (rail_reference, payment_method);
            CREATE INDEX market_deposit_status ON market_deposit (status, created_at, id);
            CREATE INDEX market_deposit_created ON market_deposit (created_at, id);
            CREATE INDEX market_deposit_due ON market_deposit (status, next_ask_at);
            CREATE INDEX market_x402_payment_subject ON market_x402_payment (subject);
            CREATE TABLE market_rail_payment (
                payment_method TEXT NOT NULL,
                payment TEXT NOT NULL,
                deposit_id TEXT NOT NULL,
                created_at INTEGER NOT NULL,
                PRIMARY KEY (deposit_id, payment_method, payment)
            ) WITHOUT ROWID;
            CREATE TABLE market_refund (
                id TEXT PRIMARY KEY,
                deposit_id TEXT NOT NULL,
                buyer_id TEXT NOT NULL,
                amount INTEGER NOT NULL,
                status TEXT NOT NULL,
                payment_tx TEXT,
                reason TEXT,
                next_ask_at INTEGER NOT NULL,
                created_at INTEGER NOT NULL,
                closed_at INTEGER,
                CONSTRAINT market_refund_amount CHECK (amount > 0)
            );
            CREATE INDEX market_refund_deposit ON market_refund (deposit_id);
            CREATE INDEX market_refund_buyer ON market_refund (buyer_id, created_at, id);
            CREATE INDEX market_refund_created ON market_refund (created_at, id);
            CREATE INDEX market_refund_due ON market_refund (status, next_ask_at);
            """
        )
    )
}
