import Storage

enum GatewaySchema {
    static let migrations = [
        Migration("gateway/0001-tenants", .schema(Self.tenants)),
        Migration("gateway/0002-agents", .schema(Self.agents)),
        Migration("gateway/0003-runs", .schema(Self.runs)), Migration("gateway/0004-money", .schema(Self.money)),
        Migration(
            "gateway/0005-link-key",
            .schema("ALTER TABLE gateway_agent_link ADD COLUMN affiliate_key TEXT NOT NULL DEFAULT '';")
        ), Migration("gateway/0006-retention", .schema("CREATE TABLE gateway_closed (until INTEGER PRIMARY KEY);")),
        Migration("gateway/0007-attempt-indices", .schema(Self.attemptIndices)),
    ]

    /// Every call of a model inserts and updates an attempt. WITHOUT ROWID saves an index; only payments are found by time.
    private static let attemptIndices = """
        ALTER TABLE gateway_attempt RENAME TO gateway_attempt_old;
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
        INSERT INTO gateway_attempt SELECT * FROM gateway_attempt_old;
        DROP TABLE gateway_attempt_old;
        CREATE INDEX gateway_attempt_run ON gateway_attempt (run);
        CREATE INDEX gateway_attempt_payment ON gateway_attempt (created_at) WHERE kind = 'payment';
        CREATE INDEX gateway_attempt_open_payment ON gateway_attempt (created_at, id)
            WHERE kind = 'payment' AND state = 'reserved';
        """

    private static let tenants = """
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
        """

    private static let agents = """
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
        );
        """

    private static let runs = """
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
        );
        CREATE INDEX gateway_attempt_run ON gateway_attempt (run);
        CREATE INDEX gateway_attempt_open ON gateway_attempt (process) WHERE state = 'reserved';
        CREATE TABLE gateway_splice (
            call_id TEXT NOT NULL,
            tenant_id TEXT NOT NULL,
            agent_id TEXT NOT NULL,
            user_id TEXT NOT NULL,
            messages TEXT NOT NULL,
            expires_at INTEGER NOT NULL,
            PRIMARY KEY (tenant_id, agent_id, user_id, call_id)
        ) WITHOUT ROWID;
        """

    private static let money = """
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
        """
}
