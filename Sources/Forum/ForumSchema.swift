import Storage

enum ForumSchema {
    static let migrations = [
        Migration("forum/0001-partners", .schema(Self.partners)), Migration("forum/0002-posts", .schema(Self.posts)),
    ]

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
}
