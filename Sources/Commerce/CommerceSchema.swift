import Storage

enum CommerceSchema {
    static let migrations = [
        CatalogSchema.migration,
        Migration(
            "commerce/0002-recommendations",
            .schema(
                """
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
                CREATE INDEX commerce_click_card ON commerce_click (rec_id, number);
                """
            )
        ),
        Migration(
            "commerce/0003-orders",
            .schema(
                """
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
                """
            )
        ),
        Migration(
            "commerce/0004-developers",
            .schema(
                """
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
                CREATE UNIQUE INDEX commerce_developer_email ON commerce_developer (email_key);
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
                """
            )
        ),
        // An order asks for the latest click of each reason, the figures for a browser's first one on a card.
        Migration(
            "commerce/0005-finding",
            .schema(
                """
                DROP INDEX commerce_click_card;
                CREATE INDEX commerce_click_reason ON commerce_click (rec_id, reason, number);
                CREATE INDEX commerce_click_browser ON commerce_click (rec_id, browser, number);
                CREATE INDEX commerce_import_merchant ON commerce_import (merchant_id, created_at, id);
                CREATE INDEX commerce_session_account ON commerce_session (account_id, at);
                """
            )
        ),
        // Secrets that sign reports, supply keys for some merchants alone, and what a feed's server calls its version. Figures know browsers
        // from memory.
        Migration(
            "commerce/0006-merchants",
            .schema(
                """
                ALTER TABLE commerce_merchant ADD COLUMN webhook_secret BLOB;
                CREATE TABLE commerce_supply_merchant (
                    credential_id TEXT NOT NULL,
                    merchant_id TEXT NOT NULL,
                    PRIMARY KEY (credential_id, merchant_id)
                );
                ALTER TABLE commerce_import ADD COLUMN entity_tag TEXT;
                ALTER TABLE commerce_import ADD COLUMN is_unmodified INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE commerce_import ADD COLUMN failures INTEGER NOT NULL DEFAULT 0;
                DROP INDEX commerce_click_browser;
                DROP INDEX commerce_developer_email;
                CREATE UNIQUE INDEX commerce_developer_email_key ON commerce_developer (email_key);
                CREATE INDEX commerce_import_latest ON commerce_import (merchant_id, updated_at);
                """
            )
        ),
    ]
}
