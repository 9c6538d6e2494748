CREATE TABLE schema_migration (id TEXT PRIMARY KEY, checksum TEXT NOT NULL, applied_at INTEGER NOT NULL);
CREATE TABLE ledger_account (
    number INTEGER PRIMARY KEY,
    owner TEXT NOT NULL,
    purpose TEXT NOT NULL,
    currency TEXT NOT NULL,
    never_below_zero INTEGER NOT NULL,
    debits_pending INTEGER NOT NULL DEFAULT 0,
    debits_posted INTEGER NOT NULL DEFAULT 0,
    credits_pending INTEGER NOT NULL DEFAULT 0,
    credits_posted INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    CONSTRAINT ledger_account_pending CHECK (debits_pending >= 0 AND credits_pending >= 0),
    CONSTRAINT ledger_account_limit
        CHECK (never_below_zero = 0 OR credits_posted - debits_posted - debits_pending >= 0)
);
CREATE UNIQUE INDEX ledger_account_owner_purpose_currency ON ledger_account (owner, purpose, currency);
CREATE TABLE ledger_transfer (
    number INTEGER PRIMARY KEY,
    reference TEXT NOT NULL,
    debit_account INTEGER NOT NULL,
    credit_account INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    state TEXT NOT NULL,
    posted_amount INTEGER NOT NULL,
    expires_at INTEGER,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    trace_id TEXT,
    request_id TEXT,
    caused_by TEXT,
    created_at INTEGER NOT NULL,
    resolved_at INTEGER,
    CONSTRAINT ledger_transfer_amount CHECK (amount > 0 AND posted_amount BETWEEN 0 AND amount)
);
CREATE UNIQUE INDEX ledger_transfer_reference ON ledger_transfer (reference);
CREATE INDEX ledger_transfer_debit ON ledger_transfer (debit_account, number);
CREATE INDEX ledger_transfer_credit ON ledger_transfer (credit_account, number);
CREATE INDEX ledger_transfer_due ON ledger_transfer (expires_at) WHERE state = 'pending';
CREATE TABLE identity (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX identity_name ON identity (name);
CREATE TABLE credential (
    id TEXT PRIMARY KEY,
    surface TEXT NOT NULL,
    identity_id TEXT NOT NULL REFERENCES identity (id),
    role TEXT NOT NULL,
    secret_hash BLOB NOT NULL,
    rate_limit INTEGER NOT NULL,
    wallet_address TEXT,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    revoked_at INTEGER
);
CREATE INDEX credential_identity ON credential (identity_id, surface, created_at);
CREATE TABLE audit_entry (
    number INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    request_id TEXT NOT NULL
);
CREATE TABLE event (
    number INTEGER PRIMARY KEY,
    surface TEXT NOT NULL,
    type TEXT NOT NULL,
    subject TEXT NOT NULL,
    audience TEXT NOT NULL,
    payload TEXT NOT NULL,
    trace_id TEXT NOT NULL,
    request_id TEXT NOT NULL,
    created_at INTEGER NOT NULL
);
CREATE INDEX event_subject ON event (subject);
CREATE TABLE webhook_endpoint (
    id TEXT PRIMARY KEY,
    surface TEXT NOT NULL,
    identity_id TEXT NOT NULL,
    url TEXT NOT NULL,
    events TEXT NOT NULL,
    sealed_secret BLOB NOT NULL,
    state TEXT NOT NULL,
    disabled_reason TEXT,
    failing_since INTEGER,
    created_at INTEGER NOT NULL
);
CREATE INDEX webhook_endpoint_identity ON webhook_endpoint (identity_id, surface, created_at);
CREATE TABLE webhook_delivery (
    id TEXT PRIMARY KEY,
    endpoint_id TEXT NOT NULL,
    event_number INTEGER NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    next_try_at INTEGER NOT NULL,
    claimed_until INTEGER NOT NULL,
    last_status INTEGER,
    last_error TEXT,
    created_at INTEGER NOT NULL,
    delivered_at INTEGER
);
CREATE INDEX webhook_delivery_endpoint ON webhook_delivery (endpoint_id, event_number);
CREATE INDEX webhook_delivery_due ON webhook_delivery (endpoint_id, next_try_at) WHERE state = 'pending';
CREATE TABLE webhook_attempt (
    number INTEGER PRIMARY KEY,
    delivery_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    status INTEGER,
    error TEXT,
    duration_ms INTEGER NOT NULL
);
CREATE INDEX webhook_attempt_delivery ON webhook_attempt (delivery_id, number);
CREATE TABLE idempotency (
    scope TEXT NOT NULL,
    key TEXT NOT NULL,
    holder TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    answer BLOB,
    held_until INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (scope, key)
);
CREATE INDEX idempotency_expiry ON idempotency (expires_at);
CREATE TABLE session (
    token_hash TEXT PRIMARY KEY,
    surface TEXT NOT NULL,
    credential_id TEXT NOT NULL,
    expires_at INTEGER NOT NULL
);
CREATE INDEX session_expiry ON session (expires_at);
CREATE TABLE job (
    id TEXT PRIMARY KEY,
    surface TEXT NOT NULL,
    identity_id TEXT NOT NULL,
    credential_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    input TEXT NOT NULL,
    state TEXT NOT NULL,
    done INTEGER NOT NULL,
    total INTEGER,
    cursor TEXT,
    result TEXT NOT NULL,
    error TEXT,
    steps INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    claimed_until INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE INDEX job_identity ON job (identity_id, surface, created_at);
CREATE INDEX job_state ON job (state, claimed_until);
CREATE TABLE job_output (
    job_id TEXT NOT NULL,
    part INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (job_id, part)
) WITHOUT ROWID;
CREATE TABLE server_run (
    id TEXT PRIMARY KEY,
    started_at INTEGER NOT NULL,
    renewed_at INTEGER NOT NULL
);
CREATE TABLE under_way (
    run_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    began_at INTEGER NOT NULL,
    PRIMARY KEY (run_id, kind, subject)
);
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
CREATE TABLE market_listing_search_document (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE);
CREATE VIRTUAL TABLE market_listing_search
    USING fts5(name, tags, description, tokenize = 'ascii', prefix = '1 2 3', detail = column);
CREATE TABLE market_listing_shelved_search_document (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE);
CREATE VIRTUAL TABLE market_listing_shelved_search
    USING fts5(name, tags, description, tokenize = 'ascii', prefix = '1 2 3', detail = column);
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
CREATE TABLE market_deposit (
    id TEXT PRIMARY KEY,
    buyer_id TEXT NOT NULL,
    amount INTEGER NOT NULL,
    payment_method TEXT NOT NULL,
    status TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL, rail_reference TEXT, checkout_url TEXT, rail_payment TEXT, attempt INTEGER NOT NULL DEFAULT 0, reason TEXT, asked_at INTEGER, next_ask_at INTEGER,
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
CREATE TABLE market_agent_search_document (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE);
CREATE VIRTUAL TABLE market_agent_search
    USING fts5(name, id_text, tokenize = 'ascii', prefix = '1 2 3', detail = column);
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
CREATE TABLE market_settlement_deferral (
    usage_id TEXT PRIMARY KEY,
    provider_id TEXT NOT NULL,
    deferred_by TEXT NOT NULL,
    taken_by TEXT
);
CREATE INDEX market_settlement_deferral_provider ON market_settlement_deferral (provider_id, taken_by);
CREATE INDEX market_settlement_deferral_taken ON market_settlement_deferral (taken_by);
CREATE TABLE affiliate_account (
    identity_id TEXT PRIMARY KEY REFERENCES identity (id),
    role TEXT NOT NULL,
    display_name TEXT NOT NULL,
    email TEXT,
    password_hash TEXT,
    language TEXT NOT NULL,
    site_name TEXT NOT NULL,
    site_url TEXT NOT NULL,
    site_description TEXT NOT NULL,
    company_name TEXT NOT NULL,
    company_url TEXT NOT NULL,
    contact_name TEXT NOT NULL,
    tax_regime TEXT NOT NULL,
    bank_code TEXT NOT NULL,
    sealed_bank_account BLOB,
    postback_hash BLOB,
    sealed_postback_token BLOB,
    closed_until INTEGER NOT NULL,
    paid_until INTEGER NOT NULL,
    suspended_at INTEGER,
    created_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX affiliate_account_email ON affiliate_account (email);
CREATE UNIQUE INDEX affiliate_account_postback_hash ON affiliate_account (postback_hash);
CREATE INDEX affiliate_account_role ON affiliate_account (role, identity_id);
CREATE TABLE affiliate_key (
    credential_id TEXT PRIMARY KEY,
    identity_id TEXT NOT NULL,
    name TEXT NOT NULL,
    hint TEXT NOT NULL,
    request_count INTEGER NOT NULL,
    last_used_at INTEGER,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER
);
CREATE INDEX affiliate_key_identity ON affiliate_key (identity_id, created_at);
CREATE TABLE affiliate_visitor (
    visitor TEXT PRIMARY KEY,
    identity_id TEXT NOT NULL
);
CREATE TABLE affiliate_notification (
    id INTEGER PRIMARY KEY,
    identity_id TEXT NOT NULL,
    type TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    read_at INTEGER
);
CREATE INDEX affiliate_notification_identity ON affiliate_notification (identity_id, id);
CREATE INDEX affiliate_notification_unread ON affiliate_notification (identity_id, id) WHERE read_at IS NULL;
CREATE TABLE affiliate_setting (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
CREATE TABLE affiliate_category (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    name_ja TEXT NOT NULL,
    slug TEXT NOT NULL,
    description TEXT NOT NULL,
    sort_order INTEGER NOT NULL
);
CREATE UNIQUE INDEX affiliate_category_slug ON affiliate_category (slug);
CREATE TABLE affiliate_program (
    id INTEGER PRIMARY KEY,
    advertiser_id TEXT NOT NULL,
    category_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    landing_url TEXT NOT NULL,
    status TEXT NOT NULL,
    terms_version INTEGER NOT NULL,
    terms TEXT NOT NULL,
    reward_type TEXT NOT NULL,
    reward_amount INTEGER NOT NULL,
    self_back INTEGER NOT NULL,
    campaign_starts_at INTEGER,
    campaign_ends_at INTEGER,
    allow_listing INTEGER NOT NULL,
    itp_supported INTEGER NOT NULL,
    auto_approve INTEGER NOT NULL,
    has_product_link INTEGER NOT NULL,
    monthly_budget INTEGER,
    valid_clicks INTEGER NOT NULL,
    approved_count INTEGER NOT NULL,
    rejected_count INTEGER NOT NULL,
    reward_total INTEGER NOT NULL,
    confirmation_rate INTEGER NOT NULL,
    epc INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    published_at INTEGER NOT NULL
);
CREATE INDEX affiliate_program_advertiser ON affiliate_program (advertiser_id, id);
CREATE INDEX affiliate_program_category ON affiliate_program (status, category_id);
CREATE INDEX affiliate_program_newest ON affiliate_program (status, published_at, id);
CREATE INDEX affiliate_program_reward ON affiliate_program (status, reward_amount, id);
CREATE INDEX affiliate_program_name ON affiliate_program (status, name, id);
CREATE INDEX affiliate_program_confirmation ON affiliate_program (status, confirmation_rate, id);
CREATE INDEX affiliate_program_epc ON affiliate_program (status, epc, id);
CREATE TABLE affiliate_terms (
    program_id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    terms TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (program_id, version)
);
CREATE TABLE affiliate_creative (
    id INTEGER PRIMARY KEY,
    program_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    url TEXT NOT NULL,
    width INTEGER,
    height INTEGER,
    price INTEGER,
    created_at INTEGER NOT NULL
);
CREATE INDEX affiliate_creative_program ON affiliate_creative (program_id, id);
CREATE TABLE affiliate_budget (
    program_id INTEGER NOT NULL,
    month TEXT NOT NULL,
    used INTEGER NOT NULL,
    PRIMARY KEY (program_id, month)
);
CREATE TABLE affiliate_partnership (
    id INTEGER PRIMARY KEY,
    program_id INTEGER NOT NULL,
    publisher_id TEXT NOT NULL,
    status TEXT NOT NULL,
    tracking_code TEXT NOT NULL,
    reason TEXT,
    applied_at INTEGER NOT NULL,
    decided_at INTEGER
);
CREATE UNIQUE INDEX affiliate_partnership_program_id_publisher_id ON affiliate_partnership (program_id, publisher_id);
CREATE UNIQUE INDEX affiliate_partnership_tracking_code ON affiliate_partnership (tracking_code);
CREATE INDEX affiliate_partnership_publisher ON affiliate_partnership (publisher_id, id);
CREATE TABLE affiliate_selfback (
    program_id INTEGER NOT NULL,
    publisher_id TEXT NOT NULL,
    click_id INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (program_id, publisher_id)
);
CREATE TABLE affiliate_program_search_document (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE);
CREATE VIRTUAL TABLE affiliate_program_search
    USING fts5(name, description, tokenize = 'ascii', prefix = '1 2 3', detail = column);
CREATE TABLE affiliate_click (
    id INTEGER PRIMARY KEY,
    partnership_id INTEGER NOT NULL,
    program_id INTEGER NOT NULL,
    terms_version INTEGER NOT NULL,
    at INTEGER NOT NULL,
    reason INTEGER NOT NULL,
    is_self INTEGER NOT NULL,
    visitor TEXT,
    browser BLOB,
    user_agent TEXT,
    referrer TEXT,
    context TEXT,
    country TEXT,
    trace_id TEXT NOT NULL
);
CREATE INDEX affiliate_click_visitor ON affiliate_click (visitor, program_id, id) WHERE visitor IS NOT NULL;
CREATE INDEX affiliate_click_partnership ON affiliate_click (partnership_id, reason, at, id);
CREATE TABLE affiliate_click_day (
    partnership_id INTEGER NOT NULL,
    day INTEGER NOT NULL,
    program_id INTEGER NOT NULL,
    publisher_id TEXT NOT NULL,
    clicks INTEGER NOT NULL,
    valid_clicks INTEGER NOT NULL,
    PRIMARY KEY (partnership_id, day)
);
CREATE INDEX affiliate_click_day_publisher ON affiliate_click_day (publisher_id, day);
CREATE INDEX affiliate_click_day_day ON affiliate_click_day (day);
CREATE INDEX affiliate_click_day_program ON affiliate_click_day (program_id, day);
CREATE TABLE affiliate_paid_click (
    partnership_id INTEGER NOT NULL,
    browser BLOB NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (partnership_id, browser)
);
CREATE TABLE affiliate_conversion (
    id INTEGER PRIMARY KEY,
    program_id INTEGER NOT NULL,
    partnership_id INTEGER NOT NULL,
    publisher_id TEXT NOT NULL,
    advertiser_id TEXT NOT NULL,
    click_id INTEGER,
    terms_version INTEGER NOT NULL,
    order_id TEXT NOT NULL,
    amount INTEGER NOT NULL,
    reward INTEGER NOT NULL,
    source TEXT NOT NULL,
    status TEXT NOT NULL,
    reason INTEGER NOT NULL,
    reason_text TEXT,
    flags TEXT NOT NULL,
    is_held INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    budget_month TEXT,
    occurred_at INTEGER NOT NULL,
    reported_at INTEGER NOT NULL,
    decided_at INTEGER,
    payable_at INTEGER,
    trace_id TEXT NOT NULL
);
CREATE UNIQUE INDEX affiliate_conversion_program_id_order_id ON affiliate_conversion (program_id, order_id);
CREATE INDEX affiliate_conversion_publisher ON affiliate_conversion (publisher_id, occurred_at, id);
CREATE INDEX affiliate_conversion_occurred ON affiliate_conversion (occurred_at);
CREATE INDEX affiliate_conversion_latest ON affiliate_conversion (publisher_id, id);
CREATE INDEX affiliate_conversion_program ON affiliate_conversion (program_id, occurred_at, id);
CREATE INDEX affiliate_conversion_advertiser ON affiliate_conversion (advertiser_id, id);
CREATE INDEX affiliate_conversion_partnership
    ON affiliate_conversion (partnership_id, id, status, occurred_at);
CREATE INDEX affiliate_conversion_payable ON affiliate_conversion (publisher_id, payable_at, reward)
    WHERE status = 'approved' AND is_held = 0;
CREATE INDEX affiliate_conversion_held ON affiliate_conversion (id) WHERE is_held = 1;
CREATE TABLE affiliate_report (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    source TEXT NOT NULL,
    program_id INTEGER NOT NULL,
    order_id TEXT,
    amount INTEGER,
    conversion_id INTEGER,
    reason INTEGER NOT NULL,
    request_id TEXT NOT NULL
);
CREATE INDEX affiliate_report_conversion ON affiliate_report (conversion_id, id);
CREATE INDEX affiliate_report_program ON affiliate_report (program_id, id);
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
INSERT INTO schema_migration VALUES ('affiliate/0001-accounts', '219668e4feeb314faa60164a54c9b9239b51b7675e8ba0e24cae7cf36e8a7517', 0);
INSERT INTO schema_migration VALUES ('affiliate/0002-programs', 'e97a9c5f63b9436e0a6181c8b5c266a7385398434478c6e196251b03f635c9e9', 0);
INSERT INTO schema_migration VALUES ('affiliate/0003-clicks-and-conversions', 'ec19d5be33bb31482a285882431c50e055279e6a984fe30ad0a6959b29808f64', 0);
INSERT INTO schema_migration VALUES ('affiliate/0004-payouts', '4c153f91b71dbf57e7e5fb5e6a5f688d78f13176764b6c95e480d352879bab09', 0);
INSERT INTO schema_migration VALUES ('ledger/0001-accounts-and-transfers', 'd7a3e8732320c3cebf06b8679f46b58df1f1d372fce5371901e2c267bb2cf379', 0);
INSERT INTO schema_migration VALUES ('market/0001-listings', 'bd3eb2e8742096961234e4ebf0d85007326cdc59695df47ea16d665a427d520a', 0);
INSERT INTO schema_migration VALUES ('market/0002-usage-and-free-tier', 'ee763b7ee7368a432aae5b002b89b9d5b9a3c0847401252677b1cfc5027f8eec', 0);
INSERT INTO schema_migration VALUES ('market/0003-deposits-and-x402', '4fba0f2f3ff4bb8c055141c4779a310275e375cae43a811ebb3f0c8eab3122de', 0);
INSERT INTO schema_migration VALUES ('market/0004-agents', 'ccb175651c96b8fd818d3f5bc0fa2f3243f41071cdf3af8c0536fdfaffaa3fa5', 0);
INSERT INTO schema_migration VALUES ('market/0005-teams', 'd8c506f913402f9fd8516817fa59d619518e4b6c9b94c6910300cedf9a2e4978', 0);
INSERT INTO schema_migration VALUES ('market/0006-figures', '67f8bf206a6bc1257e29071fd5d892b1520c853d84bcbcaf5e5a2816bfb013ad', 0);
INSERT INTO schema_migration VALUES ('market/0007-settlements', 'f375169449d1e23954c50147028350fdafc2d494b9fa3e01316d4cc11c2a070c', 0);
INSERT INTO schema_migration VALUES ('market/0008-rails-and-refunds', 'cb44b9827be3b1f3eb143c51048405c33aa6c90b5dd14a0e244f847f5975fabc', 0);
INSERT INTO schema_migration VALUES ('market/0009-settlement-deferrals', '54c6f0d974db83be393ae2d6cba2ac0d19885fa98ec5fb08fcf7650372c697c6', 0);
INSERT INTO schema_migration VALUES ('platform/0001-identity', 'cc354bb280ca583cceba6ef6144370576190d30b2140f3618231f0062ad87326', 0);
INSERT INTO schema_migration VALUES ('platform/0002-events-and-webhooks', '389965910d74f94b1e4d6c1a79bdc4059fd2189ed5763933d7b851cbbe68c966', 0);
INSERT INTO schema_migration VALUES ('platform/0003-idempotency', '15e70e08a093bd307f5bf9e345e349673df602adb43f43dc14b139419fbda108', 0);
INSERT INTO schema_migration VALUES ('platform/0004-sessions', '9cea7462adee71c7759f9209ccfb5663fbd2046a7fe1a90f6a52e3902cb1e44a', 0);
INSERT INTO schema_migration VALUES ('platform/0005-jobs', '03efe621ca9b89d221179cef63c8146b9e5a6e5f3cc325697586c5e7c2de57be', 0);
INSERT INTO schema_migration VALUES ('platform/0006-server-runs', '102903e7f4b8526115c7bbdc6c40ee1d0cd531ac2254246ca009a21b362798a2', 0);
