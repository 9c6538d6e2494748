import Storage

enum MarketSchema {
    static let migrations = [
        Migration(
            "market/0001-listings",
            .schema(
                """
                CREATE TABLE market_listing (
                    id TEXT PRIMARY KEY,
                    provider_id TEXT NOT NULL,
                    name TEXT NOT NULL,
                    description TEXT NOT NULL,
                    endpoint TEXT NOT NULL,
                    price_text TEXT NOT NULL,
                    price_micros INTEGER NOT NULL,
                    payment_method TEXT NOT NULL,
                    free_tier_calls INTEGER NOT NULL,
                    timeout_seconds INTEGER NOT NULL,
                    status TEXT NOT NULL,
                    category TEXT NOT NULL,
                    tags TEXT NOT NULL,
                    created_at INTEGER NOT NULL,
                    updated_at INTEGER NOT NULL,
                    CONSTRAINT market_listing_price CHECK (price_micros BETWEEN 0 AND 100000000)
                );
                CREATE INDEX market_listing_status ON market_listing (status, created_at, id);
                CREATE INDEX market_listing_category ON market_listing (category, status);
                CREATE INDEX market_listing_provider ON market_listing (provider_id, created_at);
                CREATE TABLE market_listing_tag (
                    listing_id TEXT NOT NULL,
                    tag TEXT NOT NULL,
                    PRIMARY KEY (tag, listing_id)
                ) WITHOUT ROWID;
                CREATE INDEX market_listing_tag_listing ON market_listing_tag (listing_id);
                """
            ),
            .retired(#"market_listing_search ["name", "tags", "description"]"#),
            .retired(#"market_listing_shelved_search ["name", "tags", "description"]"#)
        ),
        Migration(
            "market/0002-usage-and-free-tier",
            .schema(
                """
                CREATE TABLE market_usage (
                    id TEXT PRIMARY KEY,
                    buyer_id TEXT NOT NULL,
                    listing_id TEXT NOT NULL,
                    provider_id TEXT NOT NULL,
                    called_at INTEGER NOT NULL,
                    latency_ms INTEGER NOT NULL,
                    status_code INTEGER NOT NULL,
                    amount INTEGER NOT NULL,
                    payment_method TEXT NOT NULL,
                    is_free INTEGER NOT NULL,
                    outcome TEXT NOT NULL,
                    transfer TEXT,
                    commission_basis_points INTEGER NOT NULL,
                    request_id TEXT NOT NULL,
                    idempotency_key TEXT,
                    CONSTRAINT market_usage_amount CHECK (amount >= 0)
                ) WITHOUT ROWID;
                CREATE INDEX market_usage_buyer ON market_usage (buyer_id, id);
                CREATE INDEX market_usage_provider ON market_usage (provider_id, called_at);
                CREATE TABLE market_open_stream (
                    usage_id TEXT PRIMARY KEY,
                    node TEXT NOT NULL,
                    lost_at INTEGER NOT NULL
                ) WITHOUT ROWID;
                CREATE INDEX market_open_stream_lost ON market_open_stream (lost_at);
                CREATE INDEX market_open_stream_node ON market_open_stream (node);
                CREATE TABLE market_free_tier (
                    buyer_id TEXT NOT NULL,
                    listing_id TEXT NOT NULL,
                    used INTEGER NOT NULL,
                    PRIMARY KEY (buyer_id, listing_id),
                    CONSTRAINT market_free_tier_used CHECK (used >= 0)
                ) WITHOUT ROWID;
                CREATE TABLE market_free_hold (
                    usage_id TEXT PRIMARY KEY,
                    buyer_id TEXT NOT NULL,
                    listing_id TEXT NOT NULL,
                    expires_at INTEGER NOT NULL
                ) WITHOUT ROWID;
                CREATE INDEX market_free_hold_expiry ON market_free_hold (expires_at);
                """
            )
        ),
        Migration(
            "market/0003-deposits-and-x402",
            .schema(
                """
                CREATE TABLE market_deposit (
                    id TEXT PRIMARY KEY,
                    buyer_id TEXT NOT NULL,
                    amount INTEGER NOT NULL,
                    payment_method TEXT NOT NULL,
                    status TEXT NOT NULL,
                    created_at INTEGER NOT NULL,
                    updated_at INTEGER NOT NULL,
                    CONSTRAINT market_deposit_amount CHECK (amount > 0)
                );
                CREATE INDEX market_deposit_buyer ON market_deposit (buyer_id, created_at);
                CREATE TABLE market_x402_payment (
                    nonce TEXT PRIMARY KEY,
                    subject TEXT NOT NULL,
                    buyer_id TEXT NOT NULL,
                    amount INTEGER NOT NULL,
                    state TEXT NOT NULL,
                    request TEXT NOT NULL,
                    transfer TEXT,
                    chain_transaction TEXT,
                    created_at INTEGER NOT NULL,
                    updated_at INTEGER NOT NULL
                );
                CREATE INDEX market_x402_payment_open ON market_x402_payment (buyer_id, updated_at)
                    WHERE state IN ('claimed', 'settling', 'unknown');
                """
            )
        ),
        Migration(
            "market/0004-agents",
            .schema(
                """
                CREATE TABLE market_agent (
                    id TEXT PRIMARY KEY,
                    owner_id TEXT NOT NULL,
                    display_name TEXT NOT NULL,
                    identity_type TEXT NOT NULL,
                    capabilities TEXT NOT NULL,
                    wallet_address TEXT,
                    metadata TEXT NOT NULL,
                    verified INTEGER NOT NULL,
                    reputation INTEGER NOT NULL,
                    status TEXT NOT NULL,
                    suspended_by_admin INTEGER NOT NULL,
                    created_at INTEGER NOT NULL,
                    updated_at INTEGER NOT NULL,
                    CONSTRAINT market_agent_reputation CHECK (reputation BETWEEN 0 AND 1000)
                );
                CREATE INDEX market_agent_status ON market_agent (status, created_at, id);
                CREATE INDEX market_agent_rank ON market_agent (status, reputation DESC, created_at, id);
                CREATE INDEX market_agent_owner ON market_agent (owner_id, created_at);
                """
            ),
            .retired(#"market_agent_search ["name", "id_text"]"#)
        ),
        Migration(
            "market/0005-teams",
            .schema(
                """
                CREATE TABLE market_team (
                    id TEXT PRIMARY KEY,
                    owner_id TEXT NOT NULL,
                    name TEXT NOT NULL,
                    description TEXT NOT NULL,
                    config TEXT NOT NULL,
                    status TEXT NOT NULL,
                    created_at INTEGER NOT NULL,
                    updated_at INTEGER NOT NULL
                );
                CREATE INDEX market_team_owner ON market_team (owner_id, status, created_at, id);
                CREATE TABLE market_team_member (
                    id TEXT PRIMARY KEY,
                    team_id TEXT NOT NULL,
                    agent_id TEXT NOT NULL,
                    role TEXT NOT NULL,
                    skills TEXT NOT NULL,
                    joined_at INTEGER NOT NULL
                );
                CREATE UNIQUE INDEX market_team_member_team_id_agent_id ON market_team_member (team_id, agent_id);
                CREATE TABLE market_team_rule (
                    id TEXT PRIMARY KEY,
                    team_id TEXT NOT NULL,
                    name TEXT NOT NULL,
                    keywords TEXT NOT NULL,
                    target_agent_id TEXT NOT NULL,
                    priority INTEGER NOT NULL,
                    enabled INTEGER NOT NULL,
                    created_at INTEGER NOT NULL
                );
                CREATE INDEX market_team_rule_team ON market_team_rule (team_id);
                CREATE TABLE market_team_gate (
                    id TEXT PRIMARY KEY,
                    team_id TEXT NOT NULL,
                    gate_type TEXT NOT NULL,
                    threshold_micros INTEGER NOT NULL,
                    gate_order INTEGER NOT NULL,
                    config TEXT NOT NULL,
                    enabled INTEGER NOT NULL,
                    created_at INTEGER NOT NULL
                );
                CREATE INDEX market_team_gate_team ON market_team_gate (team_id);
                """
            )
        ),
        Migration(
            "market/0006-figures",
            .schema(
                """
                CREATE TABLE market_usage_pending (usage_id TEXT PRIMARY KEY) WITHOUT ROWID;
                CREATE TABLE market_rollup (
                    period TEXT NOT NULL,
                    listing_id TEXT NOT NULL,
                    provider_id TEXT NOT NULL,
                    payment_method TEXT NOT NULL,
                    calls INTEGER NOT NULL,
                    successes INTEGER NOT NULL,
                    errors INTEGER NOT NULL,
                    latency_ms INTEGER NOT NULL,
                    revenue INTEGER NOT NULL,
                    fee INTEGER NOT NULL,
                    first_at INTEGER NOT NULL,
                    last_at INTEGER NOT NULL,
                    PRIMARY KEY (period, listing_id)
                ) WITHOUT ROWID;
                CREATE INDEX market_rollup_listing ON market_rollup (listing_id, period);
                CREATE INDEX market_rollup_provider ON market_rollup (provider_id, period);
                CREATE TABLE market_rollup_buyer (
                    period TEXT NOT NULL,
                    listing_id TEXT NOT NULL,
                    buyer_id TEXT NOT NULL,
                    calls INTEGER NOT NULL,
                    PRIMARY KEY (period, listing_id, buyer_id)
                ) WITHOUT ROWID;
                CREATE INDEX market_rollup_buyer_buyer ON market_rollup_buyer (buyer_id, period);
                CREATE TABLE market_rollup_spender (
                    period TEXT NOT NULL,
                    buyer_id TEXT NOT NULL,
                    calls INTEGER NOT NULL,
                    latency_ms INTEGER NOT NULL,
                    spent INTEGER NOT NULL,
                    PRIMARY KEY (period, buyer_id)
                ) WITHOUT ROWID;
                """
            )
        ),
        Migration(
            "market/0007-settlements",
            .schema(
                """
                CREATE TABLE market_settlement (
                    id TEXT PRIMARY KEY,
                    provider_id TEXT NOT NULL,
                    period_start INTEGER NOT NULL,
                    period_end INTEGER NOT NULL,
                    covered_until INTEGER NOT NULL,
                    total_amount INTEGER NOT NULL,
                    platform_fee INTEGER NOT NULL,
                    net_amount INTEGER NOT NULL,
                    call_count INTEGER NOT NULL,
                    status TEXT NOT NULL,
                    payment_tx TEXT,
                    failure TEXT,
                    created_at INTEGER NOT NULL,
                    closed_at INTEGER,
                    CONSTRAINT market_settlement_amounts
                        CHECK (total_amount = platform_fee + net_amount AND platform_fee >= 0 AND net_amount >= 0)
                );
                CREATE INDEX market_settlement_provider ON market_settlement (provider_id, status, covered_until);
                CREATE INDEX market_settlement_created ON market_settlement (created_at, id);
                """
            )
        ),
        DepositSchema.railsAndRefunds,
        SettlementSchema.deferrals,
        MarketNotice.migration,
        Migration(
            "market/0012-usage-archived",
            .schema(
                """
                CREATE TABLE market_usage_archived (
                    listing_id TEXT PRIMARY KEY,
                    provider_id TEXT NOT NULL,
                    calls INTEGER NOT NULL,
                    revenue INTEGER NOT NULL
                );
                """
            )
        ),
        // Found through the index that `Search` keeps beside the database.
        Migration(
            "market/0013-no-search-tables",
            .schema(
                """
                DROP TABLE IF EXISTS market_listing_search;
                DROP TABLE IF EXISTS market_listing_search_document;
                DROP TABLE IF EXISTS market_listing_shelved_search;
                DROP TABLE IF EXISTS market_listing_shelved_search_document;
                DROP TABLE IF EXISTS market_agent_search;
                DROP TABLE IF EXISTS market_agent_search_document;
                DROP TABLE market_listing_tag;
                """
            )
        ),
        Migration(
            "market/0014-interfaces",
            .schema(
                """
                ALTER TABLE market_listing ADD COLUMN charged_for TEXT NOT NULL DEFAULT 'below_500';
                ALTER TABLE market_listing ADD COLUMN interface TEXT NOT NULL DEFAULT '';
                CREATE TABLE market_latency (
                    listing_id TEXT NOT NULL,
                    day INTEGER NOT NULL,
                    bucket INTEGER NOT NULL,
                    calls INTEGER NOT NULL,
                    PRIMARY KEY (listing_id, day, bucket)
                ) WITHOUT ROWID;
                CREATE INDEX market_latency_day ON market_latency (day);
                CREATE TABLE market_failure (
                    usage_id TEXT PRIMARY KEY,
                    listing_id TEXT NOT NULL,
                    called_at INTEGER NOT NULL,
                    method TEXT NOT NULL,
                    path TEXT NOT NULL,
                    status_code INTEGER NOT NULL,
                    latency_ms INTEGER NOT NULL,
                    reason TEXT NOT NULL,
                    head TEXT NOT NULL
                ) WITHOUT ROWID;
                CREATE INDEX market_failure_listing ON market_failure (listing_id, called_at);
                CREATE INDEX market_failure_called ON market_failure (called_at);
                """
            )
        ),
        // Services that the operator has paused.
        Migration(
            "market/0015-paused",
            .schema(
                """
                ALTER TABLE market_listing ADD COLUMN paused_reason TEXT;
                ALTER TABLE market_listing ADD COLUMN paused_by_provider INTEGER NOT NULL DEFAULT 0;
                """
            )
        ),
        // Passwords beside keys, balances that are watched, and what keys with a cap have spent.
        Migration(
            "market/0016-accounts",
            .schema(
                """
                CREATE TABLE market_login (
                    identity_id TEXT PRIMARY KEY,
                    email TEXT NOT NULL,
                    email_key TEXT NOT NULL,
                    password_hash TEXT NOT NULL,
                    created_at INTEGER NOT NULL
                ) WITHOUT ROWID;
                CREATE UNIQUE INDEX market_login_email_key ON market_login (email_key);
                CREATE TABLE market_low_balance (
                    identity_id TEXT PRIMARY KEY,
                    threshold INTEGER NOT NULL,
                    is_told INTEGER NOT NULL
                ) WITHOUT ROWID;
                CREATE TABLE market_key_spend (
                    credential_id TEXT NOT NULL,
                    day INTEGER NOT NULL,
                    spent INTEGER NOT NULL,
                    PRIMARY KEY (credential_id, day)
                ) WITHOUT ROWID;
                CREATE INDEX market_key_spend_day ON market_key_spend (day);
                CREATE TABLE market_key_hold (
                    usage_id TEXT PRIMARY KEY,
                    credential_id TEXT NOT NULL,
                    day INTEGER NOT NULL,
                    amount INTEGER NOT NULL,
                    expires_at INTEGER NOT NULL
                ) WITHOUT ROWID;
                CREATE INDEX market_key_hold_expiry ON market_key_hold (expires_at);
                """
            )
        ),
        // Streams whose charges count against a key's cap: what comes back is left of the cap again.
        Migration(
            "market/0017-capped-streams",
            .schema(
                """
                ALTER TABLE market_open_stream ADD COLUMN capped_credential_id TEXT;
                ALTER TABLE market_open_stream ADD COLUMN capped_day INTEGER;
                """
            )
        ),
    ]
}
