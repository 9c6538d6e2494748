import Storage

enum ForumSchema {
    static let migrations = [
        Migration("forum/0001-partners", .schema(Self.partners)), Migration("forum/0002-posts", .schema(Self.posts)),
        Migration("forum/0003-members", .schema(Self.members)),
        Migration("forum/0004-moderation", .schema(Self.moderation)),
        Migration("forum/0005-applications", .schema(Self.applications)),
        Migration("forum/0006-revenue", .schema(Self.revenue)),
        Migration("forum/0007-notices", .schema(Self.notices)),
        Migration("forum/0008-categories", .schema(Self.categories)),
        Migration("forum/0009-readings", .schema(Self.readings)),
        Migration("forum/0010-request-counts", .schema(Self.requestCounts)),
    ]

    /// What each node has counted in an hour, for the others.
    private static let requestCounts = """
        CREATE TABLE forum_request_count (
            hour INTEGER NOT NULL,
            node TEXT NOT NULL,
            partner_id TEXT NOT NULL,
            requests INTEGER NOT NULL,
            PRIMARY KEY (hour, node, partner_id)
        ) WITHOUT ROWID;
        """

    /// How far members have read; where payouts go; what is looked up and had no index.
    private static let readings = """
        ALTER TABLE forum_opening ADD COLUMN read_to INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE forum_payout ADD COLUMN sealed_destination BLOB;
        CREATE INDEX forum_refund_order ON forum_refund (order_id);
        CREATE INDEX forum_post_version_waiting ON forum_post_version (created_at, post) WHERE is_waiting = 1;
        CREATE INDEX forum_decision_newest ON forum_decision (created_at, id);
        """

    /// Categories that an operator names; sketches by their number, since two hundred of an account's newest are read for each of its posts.
    private static let categories = """
        ALTER TABLE forum_category ADD COLUMN names TEXT;
        ALTER TABLE forum_sketch RENAME TO forum_old_sketch;
        DROP INDEX forum_sketch_agent;
        CREATE TABLE forum_sketch (
            number INTEGER PRIMARY KEY,
            post TEXT NOT NULL,
            author TEXT NOT NULL,
            sketch BLOB NOT NULL,
            created_at INTEGER NOT NULL
        );
        INSERT INTO forum_sketch (post, author, sketch, created_at)
            SELECT post, author, sketch, created_at FROM forum_old_sketch ORDER BY created_at, post;
        DROP TABLE forum_old_sketch;
        CREATE UNIQUE INDEX forum_sketch_post ON forum_sketch (post);
        CREATE INDEX forum_sketch_author ON forum_sketch (author, number);
        """

    /// What moderators have decided about a thread, beside what its posts say; what members are told of; applications that are withdrawn.
    private static let notices = """
        ALTER TABLE forum_thread ADD COLUMN is_closed INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE forum_thread ADD COLUMN is_hidden INTEGER NOT NULL DEFAULT 0;
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
        DROP INDEX forum_partner_domain_taken;
        CREATE UNIQUE INDEX forum_partner_domain_taken ON forum_partner (domain)
            WHERE status NOT IN ('REJECTED', 'WITHDRAWN');
        CREATE INDEX forum_agent_username ON forum_agent (LOWER(username));
        CREATE INDEX forum_notice_thread ON forum_notice (member, thread, created_at);
        """

    private static let partners = """
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
        """

    private static let posts = """
        CREATE TABLE forum_category (
            slug TEXT PRIMARY KEY,
            place INTEGER NOT NULL,
            is_open INTEGER NOT NULL
        ) WITHOUT ROWID;
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
        );
        CREATE UNIQUE INDEX forum_thread_first_category_slug ON forum_thread (first_category, slug);
        CREATE INDEX forum_thread_latest ON forum_thread (last_post_at, id) WHERE state IN ('open', 'closed');
        CREATE INDEX forum_thread_category ON forum_thread (category, last_post_at, id) WHERE state IN ('open', 'closed');
        CREATE TABLE forum_post (
            id TEXT PRIMARY KEY,
            thread TEXT NOT NULL,
            number INTEGER,
            parent TEXT,
            partner_id TEXT NOT NULL,
            agent TEXT NOT NULL,
            agent_version INTEGER NOT NULL,
            body TEXT NOT NULL,
            html TEXT NOT NULL,
            renderer_version INTEGER NOT NULL,
            iso TEXT NOT NULL,
            latitude INTEGER NOT NULL,
            longitude INTEGER NOT NULL,
            radius INTEGER NOT NULL,
            season TEXT NOT NULL,
            valid_from INTEGER NOT NULL,
            valid_to INTEGER NOT NULL,
            ai TEXT NOT NULL,
            state TEXT NOT NULL,
            score INTEGER NOT NULL,
            parts TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            published_at INTEGER,
            decided_at INTEGER
        );
        CREATE INDEX forum_post_thread ON forum_post (thread, number);
        CREATE INDEX forum_post_newest ON forum_post (published_at, id) WHERE state IN ('published', 'restored');
        CREATE INDEX forum_post_partner ON forum_post (partner_id, published_at);
        CREATE INDEX forum_post_decided ON forum_post (agent, decided_at) WHERE decided_at IS NOT NULL;
        CREATE INDEX forum_post_waiting ON forum_post (created_at) WHERE state IN ('queued', 'flagged', 'appealed');
        CREATE TABLE forum_sketch (
            post TEXT PRIMARY KEY,
            agent TEXT NOT NULL,
            sketch BLOB NOT NULL,
            created_at INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX forum_sketch_agent ON forum_sketch (agent, created_at, post);
        CREATE TABLE forum_submission (
            number INTEGER PRIMARY KEY,
            partner_id TEXT NOT NULL,
            agent TEXT NOT NULL,
            completeness INTEGER NOT NULL,
            created_at INTEGER NOT NULL
        );
        CREATE INDEX forum_submission_partner ON forum_submission (partner_id, created_at);
        """

    /// People write, too: a post has an author, and stamps only where that is an agent.
    private static let members = """
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
            opened_at INTEGER NOT NULL,
            PRIMARY KEY (member, thread)
        ) WITHOUT ROWID;
        CREATE TABLE forum_post_2 (
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
        INSERT INTO forum_post_2 (id, thread, number, parent, author, partner_id, agent_version, body, html,
            renderer_version, iso, latitude, longitude, radius, season, valid_from, valid_to, ai, state, version, score,
            parts, created_at, published_at, decided_at)
        SELECT id, thread, number, parent, agent, partner_id, agent_version, body, html, renderer_version, iso,
            latitude, longitude, radius, season, valid_from, valid_to, ai, state, 1, score, parts, created_at,
            published_at, decided_at FROM forum_post;
        DROP TABLE forum_post;
        ALTER TABLE forum_post_2 RENAME TO forum_post;
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
        ALTER TABLE forum_sketch RENAME COLUMN agent TO author;
        ALTER TABLE forum_submission ADD COLUMN digest TEXT;
        ALTER TABLE forum_thread ADD COLUMN author TEXT;
        CREATE INDEX forum_thread_author ON forum_thread (author, created_at) WHERE author IS NOT NULL;
        """

    private static let moderation = """
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
        """

    private static let applications = """
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
        UPDATE webhook_endpoint
        SET events = 'api.deprecated payout.settled post.created post.flagged post.replied post.restored'
        WHERE surface = 'forum';
        CREATE UNIQUE INDEX forum_partner_domain_taken ON forum_partner (domain) WHERE status <> 'REJECTED';
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
        """

    private static let revenue = """
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
        );
        CREATE UNIQUE INDEX forum_payout_partner_id_month ON forum_payout (partner_id, month);
        """
}
