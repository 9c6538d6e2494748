import Storage

/// What closing months adds to the network's schema.
enum PayoutSchema {
    static let payouts = Migration(
        "affiliate/0004-payouts",
        .schema(
            """
            CREATE TABLE affiliate_clawback (
                conversion_id INTEGER PRIMARY KEY,
                publisher_id TEXT NOT NULL,
                amount INTEGER NOT NULL,
                reason TEXT NOT NULL,
                created_at INTEGER NOT NULL,
                payout_id INTEGER
            );
            CREATE INDEX affiliate_clawback_open ON affiliate_clawback (publisher_id, created_at);
            CREATE TABLE affiliate_month (
                month TEXT PRIMARY KEY,
                job_id TEXT NOT NULL,
                closed_by TEXT NOT NULL,
                started_at INTEGER NOT NULL,
                closed_at INTEGER
            );
            CREATE TABLE affiliate_payout (
                id INTEGER PRIMARY KEY,
                publisher_id TEXT NOT NULL,
                month TEXT NOT NULL,
                period_from INTEGER NOT NULL,
                period_to INTEGER NOT NULL,
                conversions INTEGER NOT NULL,
                rewards INTEGER NOT NULL,
                clawbacks INTEGER NOT NULL,
                carried_in INTEGER NOT NULL,
                gross INTEGER NOT NULL,
                tax_regime TEXT NOT NULL,
                withholding INTEGER NOT NULL,
                transfer_fee INTEGER NOT NULL,
                net INTEGER NOT NULL,
                status TEXT NOT NULL,
                carry_reason TEXT,
                reference TEXT,
                created_at INTEGER NOT NULL,
                paid_at INTEGER
            );
            CREATE UNIQUE INDEX affiliate_payout_publisher_id_month ON affiliate_payout (publisher_id, month);
            CREATE INDEX affiliate_payout_month ON affiliate_payout (month, id);
            CREATE TABLE affiliate_transfer_fee (
                bank_code TEXT NOT NULL,
                from_amount INTEGER NOT NULL,
                fee INTEGER NOT NULL,
                PRIMARY KEY (bank_code, from_amount)
            );
            INSERT INTO affiliate_transfer_fee (bank_code, from_amount, fee) VALUES ('*', 0, 220), ('*', 30000, 440);
            INSERT INTO affiliate_setting (name, value) VALUES ('minimum_payout', 1000), ('close_day', 0);
            """
        )
    )
}
