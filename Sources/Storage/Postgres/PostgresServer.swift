import Kernel

/// What is asked of a PostgreSQL server apart from a ``PostgresDatabase``, which makes what it needs when it is opened.
package struct PostgresServer {
    private let connection: PostgresConnection

    /// Throws `StorageError.connectionLost`.
    package init(url: String) throws {
        self.connection = PostgresConnection(url: url, node: "")
        try self.connection.ensureOpen()
    }

    /// Whether the schema that the URL leads to has no table of ours, or is missing.
    package func isEmpty() throws -> Bool {
        try self.first("SELECT CAST(to_regclass('schema_migration') AS TEXT)") == nil
    }

    /// Where its tables are. Nil where there is no such schema.
    package func schemaName() throws -> String? { try self.first("SELECT CAST(current_schema() AS TEXT)") }

    /// The version as PostgreSQL counts it, such as 150008 for 15.8, and the settings by their names.
    package func versionAndSettings(_ names: [String]) throws -> (version: Int, settings: [String: String]) {
        let version = try self.first("SELECT current_setting('server_version_num')").flatMap { Int($0) } ?? 0
        let settings = try names.reduce(into: [:]) { settings, name in
            settings[name] = try self.first("SELECT current_setting(\(name))")
        }
        return (version, settings)
    }

    /// How far its clock is ahead of this machine's.
    package func secondsAhead() throws -> Int {
        let there = try self.first("SELECT CAST(CAST(EXTRACT(EPOCH FROM clock_timestamp()) AS BIGINT) AS TEXT)")
        let here = WallClock.system.now().microseconds / 1_000_000
        return there.flatMap { Int($0) }.map { $0 - Int(here) } ?? 0
    }

    /// In UTF-8.
    package func makeDatabase(_ name: String) throws {
        try self.connection.runSchema("CREATE DATABASE \(Self.quoted(name)) TEMPLATE template0 ENCODING 'UTF8'")
    }

    package func dropDatabase(_ name: String) throws {
        try self.connection.runSchema("DROP DATABASE IF EXISTS \(Self.quoted(name)) WITH (FORCE)")
    }

    package func makeSchema(_ name: String) throws {
        try self.connection.runSchema("CREATE SCHEMA IF NOT EXISTS \(Self.quoted(name))")
    }

    package func dropSchema(_ name: String) throws {
        try self.connection.runSchema("DROP SCHEMA IF EXISTS \(Self.quoted(name)) CASCADE")
    }

    private func first(_ sql: SQL) throws -> String? {
        var value: String?
        _ = try self.connection.run(sql) { row in value = try row.optional() }
        return value
    }

    private static func quoted(_ name: String) -> String { "\"\(name.bytewise.replacing("\"", with: "\"\""))\"" }
}
