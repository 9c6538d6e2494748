package import Storage

package enum SearchSchema {
    package static let migrations: [Migration] = [
        Migration(
            "search/0001-changes",
            .schema(
                """
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
                """
            )
        )
    ]
}
