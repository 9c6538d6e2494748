package import Storage

package enum PlatformSchema {
    package static let migrations = [
        Migration(
            "platform/0001-identity",
            .schema(
                """
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
                """
            )
        ),
        Migration(
            "platform/0002-events-and-webhooks",
            .schema(
                """
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
                """
            )
        ),
        Migration(
            "platform/0003-idempotency",
            .schema(
                """
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
                """
            )
        ),
        Migration(
            "platform/0004-sessions",
            .schema(
                """
                CREATE TABLE session (
                    token_hash TEXT PRIMARY KEY,
                    surface TEXT NOT NULL,
                    credential_id TEXT NOT NULL,
                    expires_at INTEGER NOT NULL
                );
                CREATE INDEX session_expiry ON session (expires_at);
                """
            )
        ),
        Migration(
            "platform/0005-jobs",
            .schema(
                """
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
                """
            )
        ),
        Migration(
            "platform/0006-server-runs",
            .schema(
                """
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
                """
            )
        ),
        Migration("platform/0007-delivery-types", .schema("ALTER TABLE webhook_delivery ADD COLUMN event_type TEXT;")),
        // No question asks for the events of a record; `why` walks the ledger.
        Migration("platform/0008-no-event-subjects", .schema("DROP INDEX event_subject;")),
        Migration(
            "platform/0009-nodes",
            .schema(
                """
                ALTER TABLE server_run ADD COLUMN host TEXT NOT NULL DEFAULT '';
                ALTER TABLE server_run ADD COLUMN process INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE server_run ADD COLUMN version TEXT NOT NULL DEFAULT '';
                """
            )
        ),
        Migration(
            "platform/0010-archive",
            .schema(
                """
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
                """
            )
        ),
        // Of events that are told one after another, and secrets that are replaced while deliveries wait.
        Migration(
            "platform/0011-delivery-order",
            .schema(
                """
                ALTER TABLE webhook_delivery ADD COLUMN subject TEXT;
                CREATE INDEX webhook_delivery_subject ON webhook_delivery (endpoint_id, subject, event_number)
                    WHERE state = 'pending' AND subject IS NOT NULL;
                ALTER TABLE webhook_endpoint ADD COLUMN previous_secret BLOB;
                ALTER TABLE webhook_endpoint ADD COLUMN previous_until INTEGER;
                """
            )
        ),
        // Sessions that go on while they are used, but not for ever.
        Migration(
            "platform/0012-session-start",
            .schema("ALTER TABLE session ADD COLUMN created_at INTEGER NOT NULL DEFAULT 0;")
        ),
        // By which a database is known to have been written with the operator's present key.
        Migration(
            "platform/0013-key-check",
            .schema("CREATE TABLE key_check (number INTEGER PRIMARY KEY, sealed BLOB NOT NULL);")
        ),
        // Accounts that the operator suspends, and an audit log that can be searched.
        Migration(
            "platform/0014-suspension",
            .schema(
                """
                ALTER TABLE identity ADD COLUMN suspended_at INTEGER;
                ALTER TABLE identity ADD COLUMN suspended_reason TEXT;
                CREATE INDEX identity_newest ON identity (created_at, id);
                CREATE INDEX audit_entry_action ON audit_entry (action, number);
                CREATE INDEX audit_entry_actor ON audit_entry (actor, number);
                CREATE INDEX audit_entry_subject ON audit_entry (subject, number);
                CREATE INDEX audit_entry_request ON audit_entry (request_id, number);
                """
            )
        ),
        // Mail, the codes in it, where notices go, and what a key may spend.
        Migration(
            "platform/0015-mail",
            .schema(
                """
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
                ALTER TABLE credential ADD COLUMN daily_cap INTEGER;
                """
            )
        ),
        // What receivers answer, for those who look for their fault.
        Migration("platform/0016-attempt-answers", .schema("ALTER TABLE webhook_attempt ADD COLUMN answer TEXT;")),
    ]
}
