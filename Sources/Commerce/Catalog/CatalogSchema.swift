import Storage

/// Merchants, products, prices, creators, videos and imports.
enum CatalogSchema {
    static let migration = Migration(
        "commerce/0001-catalog",
        .schema(
            """
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
            );
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
            );
            CREATE INDEX commerce_import_created ON commerce_import (created_at, id);
            CREATE INDEX commerce_import_running ON commerce_import (created_at) WHERE state = 'running';
            CREATE TABLE commerce_import_reject (
                import_id TEXT NOT NULL,
                line INTEGER NOT NULL,
                field TEXT NOT NULL,
                reason TEXT NOT NULL,
                PRIMARY KEY (import_id, line)
            );
            """
        )
    )
}
