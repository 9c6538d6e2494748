import Foundation
import Kernel
import Server
import Storage
import TestKit
import Testing
import Web

/// What holds for every table of every surface, and for databases of earlier releases.
@Suite("The schema")
struct SchemaTests {
    /// `SOUK_RECORD=1` keeps the schema of the release that is worked on.
    private static let isRecording = ProcessInfo.processInfo.environment["SOUK_RECORD"] == "1"
    /// One file for each release that somebody may have; the newest is that of this source.
    private static let releases = ["2026-11"]
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Schemas")

    @Test("a table has its surface's prefix", arguments: House.sliceTypes.map { $0.name })
    func prefixes(slice: String) async throws {
        let slices = House.sliceTypes.filter { $0.name == slice }
        let (shared, whole) = (try await Self.tables([]), try await Self.tables(slices))
        let own = whole.subtracting(shared)
        #expect(own.count > 5)
        #expect(own.filter { !$0.hasPrefix("\(slice)_") }.sorted() == [])
        #expect(shared.filter { name in House.sliceTypes.contains { name.hasPrefix("\($0.name)_") } } == [])
    }

    /// Tables whose rows belong to the operator, or to a row of a table that names its owner. The list may only shrink.
    private static let unowned: [String: String] = [
        "affiliate_budget": "of a program", "affiliate_category": "the operator's",
        "affiliate_click": "of a partnership",
        "affiliate_creative": "of a program", "affiliate_month": "the operator's",
        "affiliate_paid_click": "of a partnership", "affiliate_report": "of a program",
        "affiliate_setting": "the operator's", "affiliate_terms": "of a program",
        "affiliate_transfer_fee": "the operator's",
        "commerce_creator": "of the catalogue", "commerce_figure_cursor": "the operator's",
        "commerce_hour": "of a product",
        "commerce_import": "of a merchant", "commerce_import_reject": "of an import",
        "commerce_invite": "the operator's",
        "commerce_order_event": "of an order",
        "commerce_price": "of a product", "commerce_product": "of a merchant",
        "commerce_supply_merchant": "of a key", "commerce_video": "of a product",
        "forum_blocked": "the operator's", "forum_category": "the operator's", "forum_decision": "of a post",
        "forum_deprecation": "the operator's",
        "forum_link": "of a post", "forum_model": "the operator's", "forum_month": "the operator's",
        "forum_notice": "of a member",
        "forum_opening": "of a member", "forum_post_version": "of a post", "forum_report": "of a member",
        "forum_shop": "the operator's",
        "forum_sketch": "of a post", "forum_username": "of its holder",
        "forum_visit": "of a member",
        "gateway_closed": "of all tenants", "gateway_tenant": "the operator's",
        "market_failure": "of a service", "market_key_hold": "of a key", "market_key_spend": "of a key",
        "market_latency": "of a service", "market_open_stream": "of a call",
        "market_rail_payment": "of a deposit", "market_team_gate": "of a team",
        "market_team_member": "of a team", "market_team_rule": "of a team", "market_usage_pending": "of a call",
    ]

    @Test("a tenant's table has its owner in a column")
    func owners() async throws {
        let database = try await Self.database(House.sliceTypes)
        let owners: Set = [
            "identity_id", "provider_id", "buyer_id", "owner_id", "advertiser_id", "publisher_id", "account_id",
            "tenant_id", "partner_id",
        ]
        var missing: [String] = []
        for table in try await Self.tables(of: database)
        where House.sliceTypes.contains(where: { table.hasPrefix("\($0.name)_") }) {
            let columns = try await database.read { tx in
                try tx.rows("SELECT name FROM pragma_table_info(\(table))") { try $0.column(String.self) }
            }
            if owners.isDisjoint(with: columns) { missing.append(table) }
        }
        #expect(missing.sorted() == Self.unowned.keys.sorted())
    }

    @Test("an upgraded database equals a fresh one", arguments: releases)
    func upgrades(release: String) async throws {
        let fresh = try await Self.database(House.sliceTypes)
        let file = Self.folder.appending(path: "\(release).sql")
        if Self.isRecording, release == Self.releases.last {
            try await Self.kept(of: fresh).write(to: file, atomically: true, encoding: .utf8)
        }
        let kept = try String(contentsOf: file, encoding: .utf8)
        let upgraded = try await TestDatabases.make(.sqlite)
        try await upgraded.write { try $0.executeSchema(kept) }
        _ = try await upgraded.migrate(House.migrations)
        #expect(try await Self.statements(of: upgraded) == Self.statements(of: fresh))
    }

    // MARK: Reading

    private static func database(_ slices: [any Slice.Type]) async throws -> any Database {
        let database = try await TestDatabases.make(.sqlite)
        _ = try await database.migrate(House.migrations(of: slices))
        return database
    }

    private static func tables(_ slices: [any Slice.Type]) async throws -> Set<String> {
        try await self.tables(of: try await self.database(slices))
    }

    private static func tables(of database: any Database) async throws -> Set<String> {
        Set(
            try await database.read { tx in
                try tx.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'") {
                    try $0.column(String.self)
                }
            }
        )
    }

    /// By name, without the tables that a search index makes for itself.
    private static func statements(of database: any Database) async throws -> [String: String] {
        let rows = try await database.read { tx in
            try tx.rows(
                """
                SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'
                    AND name NOT IN (SELECT name FROM pragma_table_list WHERE type = 'shadow') ORDER BY rowid
                """
            ) { row in (try row.column(String.self), try row.column(String.self)) }
        }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    /// The statements that make a database as it is, with the migrations that it has seen.
    private static func kept(of database: any Database) async throws -> String {
        let (statements, migrations) = try await database.read { tx in
            (
                try tx.rows(
                    """
                    SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'
                        AND name NOT IN (SELECT name FROM pragma_table_list WHERE type = 'shadow') ORDER BY rowid
                    """
                ) { try $0.column(String.self) },
                try tx.rows("SELECT id, checksum FROM schema_migration ORDER BY id") { row in
                    (try row.column(String.self), try row.column(String.self))
                }
            )
        }
        let inserts = migrations.map { "INSERT INTO schema_migration VALUES ('\($0.0)', '\($0.1)', 0)" }
        return (statements + inserts).map { "\($0);\n" }.joined()
    }
}
