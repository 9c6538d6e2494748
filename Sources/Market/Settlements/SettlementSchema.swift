import Storage

/// What settling around open answers adds to the market's schema.
enum SettlementSchema {
    static let deferrals = Migration(
        "market/0009-settlement-deferrals",
        .schema(
            """
            CREATE TABLE market_settlement_deferral (
                usage_id TEXT PRIMARY KEY,
                provider_id TEXT NOT NULL,
                deferred_by TEXT NOT NULL,
                taken_by TEXT
            );
            CREATE INDEX market_settlement_deferral_provider ON market_settlement_deferral (provider_id, taken_by);
            CREATE INDEX market_settlement_deferral_taken ON market_settlement_deferral (taken_by);
            """
        )
    )
}
