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
CREATE INDEX ledger_transfer_due ON ledger_transfer (expires_at)
    WHERE state = 'pending' AND expires_at IS NOT NULL;
CREATE TABLE identity (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL
, suspended_at INTEGER, suspended_reason TEXT);
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
, daily_cap INTEGER);
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
, previous_secret BLOB, previous_until INTEGER);
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
, event_type TEXT, subject TEXT);
CREATE INDEX webhook_delivery_endpoint ON webhook_delivery (endpoint_id, event_number);
CREATE INDEX webhook_delivery_due ON webhook_delivery (endpoint_id, next_try_at) WHERE state = 'pending';
CREATE TABLE webhook_attempt (
    number INTEGER PRIMARY KEY,
    delivery_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    status INTEGER,
    error TEXT,
    duration_ms INTEGER NOT NULL
, answer TEXT);
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
, created_at INTEGER NOT NULL DEFAULT 0);
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
, host TEXT NOT NULL DEFAULT '', process INTEGER NOT NULL DEFAULT 0, version TEXT NOT NULL DEFAULT '');
CREATE TABLE under_way (
    run_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    began_at INTEGER NOT NULL,
    PRIMARY KEY (run_id, kind, subject)
);
CREATE TABLE archive_file (
    kind TEXT NOT NULL,
    day INTEGER NOT NULL,
    path TEXT NOT NULL,
    records INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    checksum TEXT NOT NULL,
    state TEXT NOT NULL,
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (path)
);
CREATE INDEX archive_file_day ON archive_file (kind, day);
CREATE INDEX webhook_delivery_subject ON webhook_delivery (endpoint_id, subject, event_number)
    WHERE state = 'pending' AND subject IS NOT NULL;
CREATE TABLE key_check (number INTEGER PRIMARY KEY, sealed BLOB NOT NULL);
CREATE INDEX identity_newest ON identity (created_at, id);
CREATE INDEX audit_entry_action ON audit_entry (action, number);
CREATE INDEX audit_entry_actor ON audit_entry (actor, number);
CREATE INDEX audit_entry_subject ON audit_entry (subject, number);
CREATE INDEX audit_entry_request ON audit_entry (request_id, number);
CREATE TABLE mail (
    id INTEGER PRIMARY KEY,
    surface TEXT NOT NULL,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    text TEXT NOT NULL,
    sealed BLOB,
    attempts INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL
);
CREATE INDEX mail_due ON mail (due_at, id);
CREATE TABLE one_time_code (
    code_hash TEXT PRIMARY KEY,
    surface TEXT NOT NULL,
    identity_id TEXT NOT NULL,
    purpose TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX one_time_code_identity ON one_time_code (identity_id, surface, purpose);
CREATE INDEX one_time_code_expiry ON one_time_code (expires_at);
CREATE TABLE notice_address (
    surface TEXT NOT NULL,
    identity_id TEXT NOT NULL,
    address TEXT NOT NULL,
    language TEXT NOT NULL,
    muted TEXT NOT NULL,
    confirmed_at INTEGER,
    PRIMARY KEY (surface, identity_id)
) WITHOUT ROWID;
CREATE TABLE search_change (
    number INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    record_id TEXT NOT NULL,
    changed_at INTEGER NOT NULL
);
CREATE INDEX search_change_kind ON search_change (kind, number);
CREATE TABLE search_synonym (
    kind TEXT NOT NULL,
    line TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (kind, line)
);
CREATE TABLE search_rebuild (
    kind TEXT PRIMARY KEY,
    number INTEGER NOT NULL,
    asked_at INTEGER NOT NULL,
    records INTEGER NOT NULL,
    finished_number INTEGER NOT NULL
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
    updated_at INTEGER NOT NULL, charged_for TEXT NOT NULL DEFAULT 'below_500', interface TEXT NOT NULL DEFAULT '', paused_reason TEXT, paused_by_provider INTEGER NOT NULL DEFAULT 0,
    CONSTRAINT market_listing_price CHECK (price_micros BETWEEN 0 AND 100000000)
);
CREATE INDEX market_listing_status ON market_listing (status, created_at, id);
CREATE INDEX market_listing_category ON market_listing (category, status);
CREATE INDEX market_listing_provider ON market_listing (provider_id, created_at);
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
, capped_credential_id TEXT, capped_day INTEGER) WITHOUT ROWID;
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
CREATE TABLE market_usage_archived (
    listing_id TEXT PRIMARY KEY,
    provider_id TEXT NOT NULL,
    calls INTEGER NOT NULL,
    revenue INTEGER NOT NULL
);
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
, click_limit INTEGER NOT NULL DEFAULT 20);
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
CREATE TABLE commerce_merchant (
    id TEXT PRIMARY KEY,
    identity_id TEXT NOT NULL,
    credential_id TEXT NOT NULL,
    is_active INTEGER NOT NULL,
    link_parameter TEXT NOT NULL,
    link_hosts TEXT NOT NULL,
    window_days INTEGER NOT NULL,
    rate_bps INTEGER NOT NULL,
    creator_bps INTEGER NOT NULL,
    source_name TEXT NOT NULL,
    source_license TEXT NOT NULL,
    source_url TEXT NOT NULL,
    source_notice TEXT NOT NULL,
    created_at INTEGER NOT NULL
, webhook_secret BLOB);
CREATE UNIQUE INDEX commerce_merchant_credential ON commerce_merchant (credential_id);
CREATE TABLE commerce_product (
    id INTEGER NOT NULL,
    merchant_id TEXT NOT NULL,
    external_id TEXT NOT NULL,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    brand TEXT NOT NULL,
    code TEXT NOT NULL,
    gtin TEXT NOT NULL,
    category_l1 TEXT NOT NULL,
    category_l2 TEXT NOT NULL,
    link TEXT NOT NULL,
    image TEXT NOT NULL,
    gallery TEXT NOT NULL,
    price INTEGER,
    original_price INTEGER,
    currency TEXT NOT NULL,
    availability TEXT NOT NULL,
    regions TEXT NOT NULL,
    attributes TEXT NOT NULL,
    released_at INTEGER,
    age_restricted INTEGER NOT NULL,
    rate_bps INTEGER,
    content_hash BLOB NOT NULL,
    import_id TEXT NOT NULL,
    is_withdrawn INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (id)
);
CREATE UNIQUE INDEX commerce_product_external ON commerce_product (merchant_id, external_id);
CREATE INDEX commerce_product_merchant ON commerce_product (merchant_id, id);
CREATE TABLE commerce_price (
    product_id INTEGER NOT NULL,
    at INTEGER NOT NULL,
    amount INTEGER NOT NULL,
    currency TEXT NOT NULL,
    import_id TEXT NOT NULL,
    PRIMARY KEY (product_id, at)
);
CREATE TABLE commerce_creator (
    username TEXT PRIMARY KEY,
    display_name TEXT NOT NULL,
    avatar TEXT NOT NULL,
    followers INTEGER NOT NULL
);
CREATE TABLE commerce_video (
    task_id TEXT PRIMARY KEY,
    product_id INTEGER NOT NULL,
    creator TEXT NOT NULL,
    thumbnail TEXT NOT NULL,
    video_url TEXT NOT NULL,
    tiktok_url TEXT NOT NULL,
    duration_s INTEGER NOT NULL,
    gmv INTEGER NOT NULL,
    currency TEXT NOT NULL,
    orders INTEGER NOT NULL,
    views INTEGER NOT NULL,
    published_at INTEGER NOT NULL
);
CREATE INDEX commerce_video_product ON commerce_video (product_id);
CREATE INDEX commerce_video_creator ON commerce_video (creator, published_at);
CREATE TABLE commerce_import (
    id TEXT PRIMARY KEY,
    merchant_id TEXT NOT NULL,
    input TEXT NOT NULL,
    state TEXT NOT NULL,
    failure TEXT,
    byte_offset INTEGER NOT NULL,
    line INTEGER NOT NULL,
    records INTEGER NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    unchanged INTEGER NOT NULL,
    duplicates INTEGER NOT NULL,
    withdrawn INTEGER NOT NULL,
    rejected INTEGER NOT NULL,
    missing INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
, entity_tag TEXT, is_unmodified INTEGER NOT NULL DEFAULT 0, failures INTEGER NOT NULL DEFAULT 0);
CREATE INDEX commerce_import_created ON commerce_import (created_at, id);
CREATE INDEX commerce_import_running ON commerce_import (created_at) WHERE state = 'running';
CREATE TABLE commerce_import_reject (
    import_id TEXT NOT NULL,
    line INTEGER NOT NULL,
    field TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (import_id, line)
);
CREATE TABLE commerce_intent (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL,
    raw_query TEXT NOT NULL,
    region TEXT NOT NULL,
    channel TEXT NOT NULL,
    details TEXT NOT NULL,
    is_kept INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
);
CREATE INDEX commerce_intent_account ON commerce_intent (account_id, created_at, id);
CREATE TABLE commerce_session (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    intent_id TEXT,
    account_id TEXT NOT NULL,
    channel TEXT NOT NULL,
    at INTEGER NOT NULL,
    content BLOB NOT NULL
);
CREATE UNIQUE INDEX commerce_session_id ON commerce_session (id);
CREATE INDEX commerce_session_at ON commerce_session (at);
CREATE TABLE commerce_card (
    rec_id TEXT NOT NULL,
    session INTEGER NOT NULL,
    place INTEGER NOT NULL,
    product_id INTEGER NOT NULL,
    merchant_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    channel TEXT NOT NULL,
    creator TEXT NOT NULL,
    rate_bps INTEGER NOT NULL,
    creator_bps INTEGER NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (rec_id)
) WITHOUT ROWID;
CREATE INDEX commerce_card_session ON commerce_card (session);
CREATE TABLE commerce_click (
    number INTEGER PRIMARY KEY,
    rec_id TEXT NOT NULL,
    product_id INTEGER NOT NULL,
    account_id TEXT NOT NULL,
    channel TEXT NOT NULL,
    creator TEXT NOT NULL,
    at INTEGER NOT NULL,
    reason INTEGER NOT NULL,
    browser BLOB NOT NULL,
    trace_id TEXT NOT NULL
);
CREATE TABLE commerce_order (
    merchant_id TEXT NOT NULL,
    order_id TEXT NOT NULL,
    rec_id TEXT,
    product_id INTEGER,
    account_id TEXT NOT NULL,
    channel TEXT NOT NULL,
    creator TEXT NOT NULL,
    amount INTEGER NOT NULL,
    refunded INTEGER NOT NULL,
    currency TEXT NOT NULL,
    status TEXT NOT NULL,
    reason INTEGER NOT NULL,
    flags TEXT NOT NULL,
    rate_bps INTEGER NOT NULL,
    fee_bps INTEGER NOT NULL,
    creator_bps INTEGER NOT NULL,
    click INTEGER,
    paid_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    trace_id TEXT NOT NULL,
    PRIMARY KEY (merchant_id, order_id),
    CONSTRAINT commerce_order_refunded CHECK (refunded BETWEEN 0 AND amount)
);
CREATE INDEX commerce_order_created ON commerce_order (created_at, order_id);
CREATE INDEX commerce_order_merchant ON commerce_order (merchant_id, created_at, order_id);
CREATE INDEX commerce_order_product ON commerce_order (product_id);
CREATE INDEX commerce_order_id ON commerce_order (order_id);
CREATE TABLE commerce_order_event (
    number INTEGER PRIMARY KEY,
    merchant_id TEXT NOT NULL,
    order_id TEXT NOT NULL,
    status TEXT NOT NULL,
    refund_id TEXT NOT NULL,
    amount INTEGER NOT NULL,
    commission INTEGER NOT NULL,
    occurred_at INTEGER NOT NULL,
    cancelled_by TEXT NOT NULL,
    promised_by INTEGER,
    quantity INTEGER,
    created_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX commerce_order_event_key
    ON commerce_order_event (merchant_id, order_id, status, refund_id);
CREATE TABLE commerce_figure (
    day INTEGER NOT NULL,
    account_id TEXT NOT NULL,
    channel TEXT NOT NULL,
    product_id INTEGER NOT NULL,
    creator TEXT NOT NULL,
    cards INTEGER NOT NULL,
    clicks INTEGER NOT NULL,
    unique_clicks INTEGER NOT NULL,
    PRIMARY KEY (day, account_id, channel, product_id, creator)
);
CREATE TABLE commerce_money (
    day INTEGER NOT NULL,
    account_id TEXT NOT NULL,
    channel TEXT NOT NULL,
    product_id INTEGER NOT NULL,
    creator TEXT NOT NULL,
    currency TEXT NOT NULL,
    orders INTEGER NOT NULL,
    gmv INTEGER NOT NULL,
    refunded INTEGER NOT NULL,
    cost INTEGER NOT NULL,
    PRIMARY KEY (day, account_id, channel, product_id, creator, currency)
);
CREATE TABLE commerce_hour (
    product_id INTEGER NOT NULL,
    hour INTEGER NOT NULL,
    weight INTEGER NOT NULL,
    PRIMARY KEY (hour, product_id)
);
CREATE TABLE commerce_figure_cursor (name TEXT PRIMARY KEY, number INTEGER NOT NULL);
CREATE TABLE commerce_developer (
    identity_id TEXT PRIMARY KEY,
    display_name TEXT NOT NULL,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    company TEXT NOT NULL,
    website TEXT NOT NULL,
    metadata TEXT NOT NULL,
    is_active INTEGER NOT NULL,
    invite_verified_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE TABLE commerce_invite (
    code_hash BLOB NOT NULL,
    uses_left INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (code_hash)
);
CREATE TABLE commerce_console (
    id TEXT PRIMARY KEY,
    identity_id TEXT NOT NULL,
    credential_id TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    last_used_at INTEGER,
    revoked_at INTEGER
);
CREATE UNIQUE INDEX commerce_console_credential ON commerce_console (credential_id);
CREATE INDEX commerce_console_identity ON commerce_console (identity_id, created_at);
CREATE TABLE commerce_key (
    id TEXT PRIMARY KEY,
    identity_id TEXT NOT NULL,
    credential_id TEXT NOT NULL,
    key_prefix TEXT NOT NULL,
    label TEXT,
    scopes TEXT NOT NULL,
    status TEXT NOT NULL,
    sealed BLOB,
    last_used_at INTEGER,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER
);
CREATE UNIQUE INDEX commerce_key_credential ON commerce_key (credential_id);
CREATE INDEX commerce_key_identity ON commerce_key (identity_id, created_at, id);
CREATE TABLE commerce_request (
    number INTEGER PRIMARY KEY,
    request_id TEXT NOT NULL,
    identity_id TEXT NOT NULL,
    key_id TEXT NOT NULL,
    channel TEXT NOT NULL,
    method TEXT NOT NULL,
    path TEXT NOT NULL,
    status INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL,
    match_tier TEXT NOT NULL,
    at INTEGER NOT NULL
);
CREATE INDEX commerce_request_identity ON commerce_request (identity_id, number);
CREATE INDEX commerce_request_at ON commerce_request (at);
CREATE INDEX commerce_click_reason ON commerce_click (rec_id, reason, number);
CREATE INDEX commerce_import_merchant ON commerce_import (merchant_id, created_at, id);
CREATE INDEX commerce_session_account ON commerce_session (account_id, at);
CREATE TABLE commerce_supply_merchant (
    credential_id TEXT NOT NULL,
    merchant_id TEXT NOT NULL,
    PRIMARY KEY (credential_id, merchant_id)
);
CREATE UNIQUE INDEX commerce_developer_email_key ON commerce_developer (email_key);
CREATE INDEX commerce_import_latest ON commerce_import (merchant_id, updated_at);
CREATE TABLE gateway_tenant (
    id TEXT PRIMARY KEY,
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX gateway_tenant_slug ON gateway_tenant (slug);
CREATE TABLE gateway_key (
    id TEXT PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    credential_id TEXT NOT NULL,
    name TEXT NOT NULL,
    shown TEXT NOT NULL,
    scopes TEXT NOT NULL,
    owner_id TEXT,
    agents TEXT NOT NULL,
    rate_limit INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    maker_id TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    expires_at INTEGER,
    revoked_at INTEGER,
    last_used_at INTEGER
);
CREATE UNIQUE INDEX gateway_key_credential_id ON gateway_key (credential_id);
CREATE INDEX gateway_key_tenant ON gateway_key (tenant_id, created_at, id);
CREATE TABLE gateway_activity (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    actor_type TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    action TEXT NOT NULL,
    entity_type TEXT NOT NULL,
    entity_id TEXT NOT NULL,
    details TEXT NOT NULL,
    address TEXT NOT NULL,
    request_id TEXT NOT NULL,
    created_at INTEGER NOT NULL
);
CREATE INDEX gateway_activity_tenant ON gateway_activity (tenant_id, number);
CREATE INDEX gateway_activity_user ON gateway_activity (tenant_id, user_id, number);
CREATE TABLE gateway_provider (
    id TEXT PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    name TEXT NOT NULL,
    display_name TEXT NOT NULL,
    provider_type TEXT NOT NULL,
    api_base TEXT NOT NULL,
    default_model TEXT NOT NULL,
    secrets BLOB,
    enabled INTEGER NOT NULL,
    settings TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX gateway_provider_tenant_id_name ON gateway_provider (tenant_id, name);
CREATE TABLE gateway_price (
    provider_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    tenant_id TEXT NOT NULL,
    models TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (provider_id, version)
) WITHOUT ROWID;
CREATE TABLE gateway_agent (
    id TEXT PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    agent_key TEXT NOT NULL,
    owner_id TEXT NOT NULL,
    display_name TEXT NOT NULL,
    provider TEXT NOT NULL,
    model TEXT NOT NULL,
    status TEXT NOT NULL,
    is_default INTEGER NOT NULL,
    details TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    deleted_at INTEGER
);
CREATE UNIQUE INDEX gateway_agent_tenant_id_agent_key ON gateway_agent (tenant_id, agent_key)
    WHERE deleted_at IS NULL;
CREATE INDEX gateway_agent_created ON gateway_agent (tenant_id, created_at, id);
CREATE TABLE gateway_agent_alias (
    tenant_id TEXT NOT NULL,
    agent_key TEXT NOT NULL,
    agent_id TEXT NOT NULL,
    PRIMARY KEY (tenant_id, agent_key)
) WITHOUT ROWID;
CREATE TABLE gateway_share (
    id TEXT PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    agent_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    role TEXT NOT NULL,
    granted_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX gateway_share_agent_id_user_id ON gateway_share (agent_id, user_id);
CREATE INDEX gateway_share_user ON gateway_share (tenant_id, user_id);
CREATE TABLE gateway_context_file (
    tenant_id TEXT NOT NULL,
    agent_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    file_name TEXT NOT NULL,
    content TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (agent_id, user_id, file_name)
) WITHOUT ROWID;
CREATE TABLE gateway_agent_link (
    agent_id TEXT PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    affiliate_account TEXT NOT NULL,
    created_at INTEGER NOT NULL
, affiliate_key TEXT NOT NULL DEFAULT '');
CREATE TABLE gateway_session (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    key TEXT NOT NULL,
    agent_id TEXT NOT NULL,
    agent_key TEXT NOT NULL,
    user_id TEXT NOT NULL,
    channel TEXT NOT NULL,
    label TEXT NOT NULL,
    metadata TEXT NOT NULL,
    message_count INTEGER NOT NULL,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    compaction_count INTEGER NOT NULL,
    first_message INTEGER NOT NULL,
    run_id TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX gateway_session_tenant_id_key ON gateway_session (tenant_id, key);
CREATE INDEX gateway_session_updated ON gateway_session (tenant_id, updated_at);
CREATE TABLE gateway_message (
    number INTEGER PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    session INTEGER NOT NULL,
    run_id TEXT NOT NULL,
    role TEXT NOT NULL,
    content TEXT NOT NULL,
    details TEXT NOT NULL,
    created_at INTEGER NOT NULL
);
CREATE INDEX gateway_message_session ON gateway_message (session, number);
CREATE TABLE gateway_run (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    trace_id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    agent_id TEXT NOT NULL,
    agent_key TEXT NOT NULL,
    key_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    channel TEXT NOT NULL,
    session INTEGER NOT NULL,
    session_key TEXT NOT NULL,
    w3c_trace_id TEXT NOT NULL,
    process TEXT NOT NULL,
    lease_until INTEGER NOT NULL,
    status TEXT NOT NULL,
    stop_reason TEXT NOT NULL,
    error TEXT NOT NULL,
    input_preview TEXT NOT NULL,
    output_preview TEXT NOT NULL,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    cached_tokens INTEGER NOT NULL,
    cost INTEGER NOT NULL,
    is_estimated INTEGER NOT NULL,
    span_count INTEGER NOT NULL,
    llm_calls INTEGER NOT NULL,
    tool_calls INTEGER NOT NULL,
    metadata TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at INTEGER
);
CREATE UNIQUE INDEX gateway_run_id ON gateway_run (id);
CREATE UNIQUE INDEX gateway_run_trace_id ON gateway_run (trace_id);
CREATE INDEX gateway_run_tenant ON gateway_run (tenant_id, number);
CREATE INDEX gateway_run_open ON gateway_run (lease_until) WHERE status = 'running';
CREATE TABLE gateway_span (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    run INTEGER NOT NULL,
    tenant_id TEXT NOT NULL,
    parent_id TEXT,
    span_type TEXT NOT NULL,
    name TEXT NOT NULL,
    status TEXT NOT NULL,
    error TEXT NOT NULL,
    model TEXT NOT NULL,
    provider TEXT NOT NULL,
    tool_name TEXT NOT NULL,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    cost INTEGER NOT NULL,
    details TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at INTEGER NOT NULL
);
CREATE INDEX gateway_span_run ON gateway_span (run, number);
CREATE TABLE gateway_splice (
    call_id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    agent_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    messages TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, agent_id, user_id, call_id)
) WITHOUT ROWID;
CREATE TABLE gateway_budget (
    id TEXT PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    scope TEXT NOT NULL,
    subject TEXT NOT NULL,
    period TEXT NOT NULL,
    amount INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX gateway_budget_subject ON gateway_budget (tenant_id, scope, subject, period);
CREATE TABLE gateway_allowance (
    budget_id TEXT NOT NULL,
    subject TEXT NOT NULL,
    period TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    account INTEGER NOT NULL,
    spent_account INTEGER NOT NULL,
    issued INTEGER NOT NULL,
    owed INTEGER NOT NULL,
    changes INTEGER NOT NULL,
    PRIMARY KEY (budget_id, subject, period)
) WITHOUT ROWID;
CREATE TABLE gateway_usage (
    tenant_id TEXT NOT NULL,
    hour INTEGER NOT NULL,
    agent_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    key_id TEXT NOT NULL,
    provider TEXT NOT NULL,
    model TEXT NOT NULL,
    channel TEXT NOT NULL,
    requests INTEGER NOT NULL,
    errors INTEGER NOT NULL,
    duration INTEGER NOT NULL,
    llm_calls INTEGER NOT NULL,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    cache_read_tokens INTEGER NOT NULL,
    cache_write_tokens INTEGER NOT NULL,
    thinking_tokens INTEGER NOT NULL,
    cost INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, hour, agent_id, user_id, key_id, provider, model, channel)
) WITHOUT ROWID;
CREATE TABLE gateway_tool_usage (
    tenant_id TEXT NOT NULL,
    hour INTEGER NOT NULL,
    agent_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    tool TEXT NOT NULL,
    calls INTEGER NOT NULL,
    errors INTEGER NOT NULL,
    duration INTEGER NOT NULL,
    cost INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, hour, agent_id, user_id, tool)
) WITHOUT ROWID;
CREATE TABLE gateway_closed (until INTEGER PRIMARY KEY);
CREATE TABLE gateway_attempt (
    id TEXT PRIMARY KEY,
    run TEXT NOT NULL,
    span_id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    provider TEXT NOT NULL,
    model TEXT NOT NULL,
    price_version INTEGER NOT NULL,
    bound INTEGER NOT NULL,
    cost INTEGER NOT NULL,
    state TEXT NOT NULL,
    is_estimated INTEGER NOT NULL,
    budgets TEXT NOT NULL,
    process TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    settled_at INTEGER
) WITHOUT ROWID;
CREATE INDEX gateway_attempt_run ON gateway_attempt (run);
CREATE INDEX gateway_attempt_payment ON gateway_attempt (created_at) WHERE kind = 'payment';
CREATE INDEX gateway_attempt_open_payment ON gateway_attempt (created_at, id)
    WHERE kind = 'payment' AND state = 'reserved';
CREATE TABLE forum_partner (
    id TEXT PRIMARY KEY,
    identity_id TEXT NOT NULL,
    name TEXT NOT NULL,
    domain TEXT NOT NULL,
    status TEXT NOT NULL,
    rate_limit INTEGER,
    monthly_budget INTEGER,
    webhook_secret BLOB,
    created_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX forum_partner_identity_id ON forum_partner (identity_id);
CREATE INDEX forum_partner_domain ON forum_partner (domain);
CREATE TABLE forum_budget (
    partner_id TEXT NOT NULL,
    month TEXT NOT NULL,
    spent INTEGER NOT NULL,
    PRIMARY KEY (partner_id, month)
) WITHOUT ROWID;
CREATE TABLE forum_username (
    name_key TEXT PRIMARY KEY,
    skeleton TEXT NOT NULL,
    holder TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX forum_username_skeleton ON forum_username (skeleton);
CREATE TABLE forum_agent (
    id TEXT PRIMARY KEY,
    partner_id TEXT NOT NULL,
    identity_id TEXT NOT NULL,
    username TEXT NOT NULL,
    display_name TEXT NOT NULL,
    display_key TEXT NOT NULL,
    base_model TEXT NOT NULL,
    training_cutoff INTEGER NOT NULL,
    persona_card_url TEXT,
    webhook_url TEXT,
    specialization TEXT NOT NULL,
    review TEXT NOT NULL,
    reason TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX forum_agent_partner_id_display_key ON forum_agent (partner_id, display_key);
CREATE INDEX forum_agent_partner ON forum_agent (partner_id, id);
CREATE TABLE forum_category (
    slug TEXT PRIMARY KEY,
    place INTEGER NOT NULL,
    is_open INTEGER NOT NULL
, names TEXT) WITHOUT ROWID;
CREATE TABLE forum_thread (
    id TEXT PRIMARY KEY,
    category TEXT NOT NULL,
    first_category TEXT NOT NULL,
    slug TEXT NOT NULL,
    title TEXT NOT NULL,
    lang TEXT NOT NULL,
    partner_id TEXT,
    state TEXT NOT NULL,
    post_count INTEGER NOT NULL,
    agent_post_count INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    last_post_at INTEGER NOT NULL
, author TEXT, is_closed INTEGER NOT NULL DEFAULT 0, is_hidden INTEGER NOT NULL DEFAULT 0);
CREATE UNIQUE INDEX forum_thread_first_category_slug ON forum_thread (first_category, slug);
CREATE INDEX forum_thread_latest ON forum_thread (last_post_at, id) WHERE state IN ('open', 'closed');
CREATE INDEX forum_thread_category ON forum_thread (category, last_post_at, id) WHERE state IN ('open', 'closed');
CREATE TABLE forum_submission (
    number INTEGER PRIMARY KEY,
    partner_id TEXT NOT NULL,
    agent TEXT NOT NULL,
    completeness INTEGER NOT NULL,
    created_at INTEGER NOT NULL
, digest TEXT);
CREATE INDEX forum_submission_partner ON forum_submission (partner_id, created_at);
CREATE TABLE forum_login (
    email TEXT PRIMARY KEY,
    identity_id TEXT NOT NULL,
    password_hash TEXT NOT NULL
) WITHOUT ROWID;
CREATE UNIQUE INDEX forum_login_identity_id ON forum_login (identity_id);
CREATE TABLE forum_member (
    id TEXT PRIMARY KEY,
    identity_id TEXT NOT NULL,
    username TEXT NOT NULL,
    display_name TEXT NOT NULL,
    language TEXT NOT NULL,
    is_moderator INTEGER NOT NULL,
    level INTEGER NOT NULL,
    pinned_level INTEGER,
    idle_since INTEGER,
    hides_agents INTEGER NOT NULL,
    posts_shown INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    deleted_at INTEGER
);
CREATE UNIQUE INDEX forum_member_identity_id ON forum_member (identity_id);
CREATE TABLE forum_visit (
    member TEXT NOT NULL,
    day INTEGER NOT NULL,
    PRIMARY KEY (member, day)
) WITHOUT ROWID;
CREATE TABLE forum_opening (
    member TEXT NOT NULL,
    thread TEXT NOT NULL,
    opened_at INTEGER NOT NULL, read_to INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (member, thread)
) WITHOUT ROWID;
CREATE TABLE "forum_post" (
    id TEXT PRIMARY KEY,
    thread TEXT NOT NULL,
    number INTEGER,
    parent TEXT,
    author TEXT NOT NULL,
    partner_id TEXT,
    agent_version INTEGER,
    body TEXT NOT NULL,
    html TEXT NOT NULL,
    renderer_version INTEGER NOT NULL,
    iso TEXT,
    latitude INTEGER,
    longitude INTEGER,
    radius INTEGER,
    season TEXT,
    valid_from INTEGER,
    valid_to INTEGER,
    ai TEXT,
    state TEXT NOT NULL,
    version INTEGER NOT NULL,
    score INTEGER NOT NULL,
    parts TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    published_at INTEGER,
    edited_at INTEGER,
    decided_at INTEGER
);
CREATE INDEX forum_post_thread ON forum_post (thread, number);
CREATE INDEX forum_post_thread_members ON forum_post (thread, number) WHERE partner_id IS NULL;
CREATE INDEX forum_post_thread_agents ON forum_post (thread, number) WHERE partner_id IS NOT NULL;
CREATE INDEX forum_post_newest ON forum_post (published_at, id) WHERE state IN ('published', 'restored');
CREATE INDEX forum_post_author ON forum_post (author, created_at, id);
CREATE INDEX forum_post_partner ON forum_post (partner_id, published_at) WHERE partner_id IS NOT NULL;
CREATE INDEX forum_post_partner_created ON forum_post (partner_id, created_at, id) WHERE partner_id IS NOT NULL;
CREATE INDEX forum_post_decided ON forum_post (author, decided_at) WHERE decided_at IS NOT NULL;
CREATE INDEX forum_post_waiting ON forum_post (created_at) WHERE state IN ('queued', 'flagged', 'appealed');
CREATE TABLE forum_post_version (
    post TEXT NOT NULL,
    version INTEGER NOT NULL,
    body TEXT NOT NULL,
    html TEXT NOT NULL,
    stamps TEXT,
    score INTEGER NOT NULL,
    parts TEXT NOT NULL,
    is_waiting INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (post, version)
) WITHOUT ROWID;
CREATE INDEX forum_thread_author ON forum_thread (author, created_at) WHERE author IS NOT NULL;
CREATE TABLE forum_report (
    post TEXT NOT NULL,
    member TEXT NOT NULL,
    reason TEXT NOT NULL,
    note TEXT NOT NULL,
    weight INTEGER NOT NULL,
    outcome TEXT,
    decision TEXT,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (post, member)
) WITHOUT ROWID;
CREATE INDEX forum_report_member ON forum_report (member, created_at);
CREATE TABLE forum_decision (
    id TEXT PRIMARY KEY,
    post TEXT NOT NULL,
    moderator TEXT NOT NULL,
    decision TEXT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    reason TEXT NOT NULL,
    note TEXT,
    appeal TEXT,
    appealed_at INTEGER,
    undone_at INTEGER,
    created_at INTEGER NOT NULL
);
CREATE INDEX forum_decision_post ON forum_decision (post, created_at, id);
CREATE TABLE forum_blocked (
    language TEXT NOT NULL,
    word TEXT NOT NULL,
    PRIMARY KEY (language, word)
) WITHOUT ROWID;
CREATE TABLE forum_model (
    version INTEGER PRIMARY KEY,
    counts TEXT NOT NULL,
    figures TEXT NOT NULL,
    is_active INTEGER NOT NULL,
    trained_at INTEGER NOT NULL
);
CREATE TABLE forum_application (
    partner_id TEXT PRIMARY KEY,
    email TEXT NOT NULL,
    contact_name TEXT NOT NULL,
    description TEXT NOT NULL,
    website TEXT,
    expected_posts INTEGER,
    countries TEXT NOT NULL,
    submitted_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    decided_at INTEGER,
    reason TEXT NOT NULL
);
CREATE TABLE forum_deprecation (
    id TEXT PRIMARY KEY,
    feature TEXT NOT NULL,
    version TEXT NOT NULL,
    announced_at INTEGER NOT NULL,
    sunset_at INTEGER NOT NULL,
    replacement TEXT,
    documentation TEXT
);
CREATE TABLE forum_payout_method (
    partner_id TEXT PRIMARY KEY,
    method TEXT NOT NULL,
    sealed BLOB NOT NULL,
    mask TEXT NOT NULL
);
CREATE TABLE forum_shop (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    sealed_secret BLOB NOT NULL,
    created_at INTEGER NOT NULL
);
CREATE TABLE forum_link (
    code TEXT PRIMARY KEY,
    post TEXT NOT NULL,
    url TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX forum_link_post ON forum_link (post);
CREATE TABLE forum_click (
    id TEXT PRIMARY KEY,
    post TEXT NOT NULL,
    partner_id TEXT NOT NULL,
    share_percent INTEGER NOT NULL,
    browser BLOB NOT NULL,
    reason TEXT,
    created_at INTEGER NOT NULL
);
CREATE INDEX forum_click_browser ON forum_click (browser, post, created_at);
CREATE TABLE forum_order (
    id TEXT PRIMARY KEY,
    status TEXT NOT NULL,
    amount INTEGER NOT NULL,
    refund INTEGER NOT NULL,
    occurred_at INTEGER NOT NULL,
    click TEXT,
    reason TEXT,
    partner_id TEXT,
    post TEXT,
    share_percent INTEGER NOT NULL,
    share INTEGER NOT NULL,
    month TEXT,
    reported_at INTEGER NOT NULL
);
CREATE INDEX forum_order_partner ON forum_order (partner_id, occurred_at) WHERE partner_id IS NOT NULL;
CREATE INDEX forum_order_open ON forum_order (occurred_at) WHERE partner_id IS NOT NULL AND month IS NULL;
CREATE TABLE forum_refund (
    number INTEGER PRIMARY KEY,
    order_id TEXT NOT NULL,
    partner_id TEXT NOT NULL,
    amount INTEGER NOT NULL,
    share INTEGER NOT NULL,
    month TEXT,
    created_at INTEGER NOT NULL
);
CREATE INDEX forum_refund_partner ON forum_refund (partner_id, created_at);
CREATE INDEX forum_refund_open ON forum_refund (created_at) WHERE month IS NULL;
CREATE TABLE forum_month (
    month TEXT PRIMARY KEY,
    rate INTEGER NOT NULL,
    source TEXT NOT NULL,
    as_of TEXT NOT NULL,
    closed_at INTEGER
) WITHOUT ROWID;
CREATE TABLE forum_payout (
    id TEXT PRIMARY KEY,
    partner_id TEXT NOT NULL,
    month TEXT NOT NULL,
    orders INTEGER NOT NULL,
    gross_usd INTEGER NOT NULL,
    share_usd INTEGER NOT NULL,
    clawback_usd INTEGER NOT NULL,
    carried_in_usd INTEGER NOT NULL,
    carried_out_usd INTEGER NOT NULL,
    method TEXT,
    rate INTEGER NOT NULL,
    gross INTEGER NOT NULL,
    fees INTEGER NOT NULL,
    net INTEGER NOT NULL,
    state TEXT NOT NULL,
    reference TEXT,
    created_at INTEGER NOT NULL,
    paid_at INTEGER
, sealed_destination BLOB);
CREATE UNIQUE INDEX forum_payout_partner_id_month ON forum_payout (partner_id, month);
CREATE TABLE forum_notice (
    member TEXT NOT NULL,
    kind TEXT NOT NULL,
    post TEXT NOT NULL,
    thread TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    read_at INTEGER,
    PRIMARY KEY (member, post, kind)
) WITHOUT ROWID;
CREATE INDEX forum_notice_newest ON forum_notice (member, created_at, post);
CREATE UNIQUE INDEX forum_partner_domain_taken ON forum_partner (domain)
    WHERE status NOT IN ('REJECTED', 'WITHDRAWN');
CREATE INDEX forum_agent_username ON forum_agent (LOWER(username));
CREATE INDEX forum_notice_thread ON forum_notice (member, thread, created_at);
CREATE TABLE forum_sketch (
    number INTEGER PRIMARY KEY,
    post TEXT NOT NULL,
    author TEXT NOT NULL,
    sketch BLOB NOT NULL,
    created_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX forum_sketch_post ON forum_sketch (post);
CREATE INDEX forum_sketch_author ON forum_sketch (author, number);
CREATE INDEX forum_refund_order ON forum_refund (order_id);
CREATE INDEX forum_post_version_waiting ON forum_post_version (created_at, post) WHERE is_waiting = 1;
CREATE INDEX forum_decision_newest ON forum_decision (created_at, id);
CREATE TABLE forum_request_count (
    hour INTEGER NOT NULL,
    node TEXT NOT NULL,
    partner_id TEXT NOT NULL,
    requests INTEGER NOT NULL,
    PRIMARY KEY (hour, node, partner_id)
) WITHOUT ROWID;
INSERT INTO schema_migration VALUES ('affiliate/0001-accounts', '219668e4feeb314faa60164a54c9b9239b51b7675e8ba0e24cae7cf36e8a7517', 0);
INSERT INTO schema_migration VALUES ('affiliate/0002-programs', 'e97a9c5f63b9436e0a6181c8b5c266a7385398434478c6e196251b03f635c9e9', 0);
INSERT INTO schema_migration VALUES ('affiliate/0003-clicks-and-conversions', 'ec19d5be33bb31482a285882431c50e055279e6a984fe30ad0a6959b29808f64', 0);
INSERT INTO schema_migration VALUES ('affiliate/0004-payouts', '4c153f91b71dbf57e7e5fb5e6a5f688d78f13176764b6c95e480d352879bab09', 0);
INSERT INTO schema_migration VALUES ('affiliate/0005-no-search-tables', '0264054af598946a1eb82670b8c07198643e30658b566dac416b022dbd96a3c7', 0);
INSERT INTO schema_migration VALUES ('affiliate/0006-click-limits', '19e3020e948caf818b16e8ef5c07bf9159954e6a41ff9ca7ff8e4f8e4f62c646', 0);
INSERT INTO schema_migration VALUES ('commerce/0001-catalog', '8006adc0a199b1d17e1adcce0e87ddd1042a8e3eeebd57a84ef1fac0ea048893', 0);
INSERT INTO schema_migration VALUES ('commerce/0002-recommendations', '9600daae21e69bace961657b1db369085670f10be4b2ea9303358e9bb0ce681e', 0);
INSERT INTO schema_migration VALUES ('commerce/0003-orders', '11619ac5930e03e129c2df1cec6f21c730af4d68a5b5124a97fcc5897db33513', 0);
INSERT INTO schema_migration VALUES ('commerce/0004-developers', '0746927146c38bd703e5c56c70e95797c69cd4f023778dd867034db7c7871eff', 0);
INSERT INTO schema_migration VALUES ('commerce/0005-finding', 'f89c9c804c702ea2cbc503aa86e67a2efca512d253460ae98cd73238e747aef3', 0);
INSERT INTO schema_migration VALUES ('commerce/0006-merchants', '2e1fb0b1619b68ba62d0e253d6cccdabd54150d8c178305556c00d0a52e387b7', 0);
INSERT INTO schema_migration VALUES ('forum/0001-partners', '522a41136a68bf667efb199c9d89fb568dde31c601d1ffadee7d7dc78bd6b6b2', 0);
INSERT INTO schema_migration VALUES ('forum/0002-posts', 'bd52ddca7ddc1b9c147f63fdfdc325a509bcead2dc9cc0bfa9ebbdd26c54de4f', 0);
INSERT INTO schema_migration VALUES ('forum/0003-members', '7cdb1d2bdb6c38ffab4980e2fa6665cbf970b7ac58424f067ebdc57416bd32f1', 0);
INSERT INTO schema_migration VALUES ('forum/0004-moderation', '4d1efa3cb9e0427d0ef07c23f1f530c60c2149df3e187cc47f6a36125fdcfe1d', 0);
INSERT INTO schema_migration VALUES ('forum/0005-applications', 'a6eb5c612136f05a14034216500437c6de41e00a92e453957e068e612e677527', 0);
INSERT INTO schema_migration VALUES ('forum/0006-revenue', 'd9b7b474eb0c48f751986caa6899e15996c50e735f719856b3b6b3659258a315', 0);
INSERT INTO schema_migration VALUES ('forum/0007-notices', '7003e63614b4c948c91ca9bf58d98c69a881bebd3581d8a4a20e27f6a3a8a21b', 0);
INSERT INTO schema_migration VALUES ('forum/0008-categories', '20cb20389b15643b2253ff96d7b11552b7eda178cb37b855540b43a6be2f5c21', 0);
INSERT INTO schema_migration VALUES ('forum/0009-readings', '44d9c5154ea3b1f9f0542274bf32cc538be8ed2ec8c75e3fb4c185ac3ade71b4', 0);
INSERT INTO schema_migration VALUES ('forum/0010-request-counts', '29d6e951034328ee887cb02f810a03fd4ed4f423219c7c3cb7af4fd9971a5d4d', 0);
INSERT INTO schema_migration VALUES ('gateway/0001-tenants', '7431f54681b689e5ace9362d12a5dd548e8f46b1f4aed66f16019ce523a3143f', 0);
INSERT INTO schema_migration VALUES ('gateway/0002-agents', '3ef83a86050689dda12e256a3efef3b6e7f23268d15385876a639fa1048b9315', 0);
INSERT INTO schema_migration VALUES ('gateway/0003-runs', 'ca78fa63fc044ee067737e98f5a490581e1fb6ed06e51ef1d597d92f7f4c8afa', 0);
INSERT INTO schema_migration VALUES ('gateway/0004-money', '102a0f2e473a26ff437748cc922382ec86f521fe10b3df5f03fac42114b297fc', 0);
INSERT INTO schema_migration VALUES ('gateway/0005-link-key', '34e952f98543e3f41c7e9642fb5a038de743f8bc237836e10e60b084b74b7e9c', 0);
INSERT INTO schema_migration VALUES ('gateway/0006-retention', '77e0f131896f1d2f2e70ccc612410fcd863c0a5709684bbfc90586448d707054', 0);
INSERT INTO schema_migration VALUES ('gateway/0007-attempt-indices', '86b9fc3c71d53e2ada8f89fd0579e32717899f1721a6496b49627b4ffbd35bf2', 0);
INSERT INTO schema_migration VALUES ('ledger/0001-accounts-and-transfers', 'd7a3e8732320c3cebf06b8679f46b58df1f1d372fce5371901e2c267bb2cf379', 0);
INSERT INTO schema_migration VALUES ('ledger/0002-due', '540b02e9fea4c8a44617c3cb4bed8c6c211e1c72ad662c00264d1cc65af9fff9', 0);
INSERT INTO schema_migration VALUES ('market/0001-listings', 'bd3eb2e8742096961234e4ebf0d85007326cdc59695df47ea16d665a427d520a', 0);
INSERT INTO schema_migration VALUES ('market/0002-usage-and-free-tier', 'ee763b7ee7368a432aae5b002b89b9d5b9a3c0847401252677b1cfc5027f8eec', 0);
INSERT INTO schema_migration VALUES ('market/0003-deposits-and-x402', '4fba0f2f3ff4bb8c055141c4779a310275e375cae43a811ebb3f0c8eab3122de', 0);
INSERT INTO schema_migration VALUES ('market/0004-agents', 'ccb175651c96b8fd818d3f5bc0fa2f3243f41071cdf3af8c0536fdfaffaa3fa5', 0);
INSERT INTO schema_migration VALUES ('market/0005-teams', 'd8c506f913402f9fd8516817fa59d619518e4b6c9b94c6910300cedf9a2e4978', 0);
INSERT INTO schema_migration VALUES ('market/0006-figures', '67f8bf206a6bc1257e29071fd5d892b1520c853d84bcbcaf5e5a2816bfb013ad', 0);
INSERT INTO schema_migration VALUES ('market/0007-settlements', 'f375169449d1e23954c50147028350fdafc2d494b9fa3e01316d4cc11c2a070c', 0);
INSERT INTO schema_migration VALUES ('market/0008-rails-and-refunds', 'cb44b9827be3b1f3eb143c51048405c33aa6c90b5dd14a0e244f847f5975fabc', 0);
INSERT INTO schema_migration VALUES ('market/0009-settlement-deferrals', '54c6f0d974db83be393ae2d6cba2ac0d19885fa98ec5fb08fcf7650372c697c6', 0);
INSERT INTO schema_migration VALUES ('market/0010-notifications', 'eced7b79b485ccc3b02f6733e962ece53418517c2be8648bbc2be2c6b5f92edf', 0);
INSERT INTO schema_migration VALUES ('market/0012-usage-archived', 'c2f86be2708dff964dd439bfbe7b77e04849f0eacbd26f9b72f9812c5cec6833', 0);
INSERT INTO schema_migration VALUES ('market/0013-no-search-tables', '3ef2533125f6ecf0b26a42dfdbeeb03b58977f817f71908e732a6a71cba007cd', 0);
INSERT INTO schema_migration VALUES ('market/0014-interfaces', 'cff83c45ca8639bb13c18a3dc4b3c3bee1be03edbaf870ca1d8280161ca47710', 0);
INSERT INTO schema_migration VALUES ('market/0015-paused', '764065606e9d82c2083cc3cb33101d7c18cb3cdacd6e2cfc7180ccef1a344e59', 0);
INSERT INTO schema_migration VALUES ('market/0016-accounts', '09833c197601291ecbd36eb8f1c649b27b644ecddb0814402b7d55ed0809d5df', 0);
INSERT INTO schema_migration VALUES ('market/0017-capped-streams', '595eddafd295b58916ff29c442ec0a53a3006c6e3f331c29a2c6f7bc4eaf123d', 0);
INSERT INTO schema_migration VALUES ('platform/0001-identity', 'cc354bb280ca583cceba6ef6144370576190d30b2140f3618231f0062ad87326', 0);
INSERT INTO schema_migration VALUES ('platform/0002-events-and-webhooks', '389965910d74f94b1e4d6c1a79bdc4059fd2189ed5763933d7b851cbbe68c966', 0);
INSERT INTO schema_migration VALUES ('platform/0003-idempotency', '15e70e08a093bd307f5bf9e345e349673df602adb43f43dc14b139419fbda108', 0);
INSERT INTO schema_migration VALUES ('platform/0004-sessions', '9cea7462adee71c7759f9209ccfb5663fbd2046a7fe1a90f6a52e3902cb1e44a', 0);
INSERT INTO schema_migration VALUES ('platform/0005-jobs', '03efe621ca9b89d221179cef63c8146b9e5a6e5f3cc325697586c5e7c2de57be', 0);
INSERT INTO schema_migration VALUES ('platform/0006-server-runs', '102903e7f4b8526115c7bbdc6c40ee1d0cd531ac2254246ca009a21b362798a2', 0);
INSERT INTO schema_migration VALUES ('platform/0007-delivery-types', 'a75a4bb9b1c7ff1036915af3762eebf581ee8d086040d756f5d73d766c58b644', 0);
INSERT INTO schema_migration VALUES ('platform/0008-no-event-subjects', 'ef9fe966a32f5e0fc73301f8434298ae73f08a6229b03b49dbd6c436681f21ff', 0);
INSERT INTO schema_migration VALUES ('platform/0009-nodes', 'b7476d2f1af2c8ed798ccd115a021f49560b36682ce206080f1d87a1b9000422', 0);
INSERT INTO schema_migration VALUES ('platform/0010-archive', 'd8bcf36491cfc4ef5881bfd22c09f3222aef5ebecc72d2b135ad4eb2296d39ca', 0);
INSERT INTO schema_migration VALUES ('platform/0011-delivery-order', 'f5d2c14b8a272db534d16ddeacbe49c07031c3efe3c9c0c3346da921a0a6f4d8', 0);
INSERT INTO schema_migration VALUES ('platform/0012-session-start', '3d3de267ae4e0d6c5a87a4200385d7ca7f3b28f674b6f74a165323a21b3f7fe9', 0);
INSERT INTO schema_migration VALUES ('platform/0013-key-check', '289b83b57593a7dd2cfd8c4b761c5e756ba7f9a2ae470e80d5ca40623d127629', 0);
INSERT INTO schema_migration VALUES ('platform/0014-suspension', 'ebfdbaf9261f07a245d2189500a476e23533d4d2a17154cc08f7ac09a7eb9cde', 0);
INSERT INTO schema_migration VALUES ('platform/0015-mail', '387e2d5b4d0a6d3f9834a586448ce19bea54aec2e97489e956880ef2a016cfde', 0);
INSERT INTO schema_migration VALUES ('platform/0016-attempt-answers', '0cac13a7115c3f02b67e01df38dc285b39a50cb6f6cc9a9283c4d891d6a7ee01', 0);
INSERT INTO schema_migration VALUES ('search/0001-changes', 'a62dfe56ac7da2cb01dd63ea9b791b9993537a6ea8ddc22cd2ed31697da54c3e', 0);
