import Storage

enum AffiliateSchema {
    static let migrations = [
        Migration(
            "affiliate/0001-accounts",
            .schema(
                """
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
                """
            )
        ),
        Migration(
            "affiliate/0002-programs",
            .schema(
                """
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
                INSERT INTO affiliate_category (name, name_ja, slug, description, sort_order) VALUES
                    ('AI chatbots', 'AIチャットボット', 'ai-chatbot', 'Assistants that talk with people', 10),
                    ('Image generation', '画像生成', 'image-generation', 'Pictures and video made from words', 20),
                    ('Code generation', 'コード生成', 'code-generation', 'Tools that write and review programs', 30),
                    ('AI agents', 'AIエージェント', 'ai-agent', 'Software that does whole tasks', 40),
                    ('Software as a service', 'SaaS', 'saas', 'Business software by subscription', 50),
                    ('Shopping', 'ショッピング', 'shopping', 'Goods that are sent home', 60),
                    ('Finance', '金融', 'finance', 'Banks, cards and insurance', 70),
                    ('Education', '教育', 'education', 'Courses and learning', 80),
                    ('Travel', '旅行', 'travel', 'Hotels, flights and tours', 90),
                    ('Other', 'その他', 'other', 'Everything else', 1000);
                """
            ),
            .retired(#"affiliate_program_search ["name", "description"]"#)
        ),
        Migration(
            "affiliate/0003-clicks-and-conversions",
            .schema(
                """
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
                """
            )
        ),
        PayoutSchema.payouts,
        // Found through the index that `Search` keeps beside the database.
        Migration(
            "affiliate/0005-no-search-tables",
            .schema(
                """
                DROP TABLE IF EXISTS affiliate_program_search;
                DROP TABLE IF EXISTS affiliate_program_search_document;
                """
            )
        ),
        Migration(
            "affiliate/0006-click-limits",
            .schema("ALTER TABLE affiliate_program ADD COLUMN click_limit INTEGER NOT NULL DEFAULT 20;")
        ),
    ]
}
