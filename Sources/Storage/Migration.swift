import Crypto
import Kernel

/// A step of the schema: applied once, in order, and never changed afterwards.
package struct Migration: Sendable {
    /// `<slice>/<number>-<what>`, unique for ever.
    package let id: String
    package let steps: [Step]

    package enum Step: Sendable {
        /// Statements in SQLite's types: INTEGER, TEXT, BLOB.
        case schema(String)
        /// What an earlier version did and no database needs any more; the text is what its checksum was made of.
        case retired(String)
    }

    package init(_ id: String, _ steps: Step...) {
        self.id = id
        self.steps = steps
    }

    /// Of what the migration does, so that a changed one is noticed.
    var checksum: String {
        let text = self.steps.map { step in
            switch step {
            case .schema(let text): text
            case .retired(let text): text
            }
        }
        return SHA256.hash(data: Array(text.joined(separator: "\n").utf8)).hex
    }
}

/// Why a database cannot be used by this version.
package enum MigrationError: Error, Equatable, CustomStringConvertible {
    case changed(id: String)
    case tooNew(id: String)
    /// A migration is missing, and a server of an earlier version is running.
    case served(id: String)
    /// A migration is missing, and nothing may be changed.
    case missing(id: String)
    /// It is no database of Souk.
    case none

    package var description: String {
        switch self {
        case .changed(let id): "migration \(id) was changed after it had been applied to this database"
        case .tooNew(let id): "the database is too new for this version of souk: it has migration \(id)"
        case .served(let id): "the database needs migration \(id); stop the server that uses it first"
        case .missing(let id): "the database needs migration \(id); `souk migrate` applies it"
        case .none: "there is no database of souk here; `souk serve` makes one"
        }
    }
}

extension Database {
    /// Applies what is missing, all in one transaction, so that a failure leaves the schema as it was.
    ///
    /// Several nodes may start at once: the first one migrates, the others wait for it.
    /// - Parameter isServed: whether another process serves the database, so that nothing may be applied under its feet.
    ///
    /// Throws `MigrationError.tooNew`, then `changed`, then `served`. Returns the ids that were applied.
    package func migrate(_ migrations: [Migration], isServed: Bool = false) async throws -> [String] {
        try await self.write { tx in
            try tx.lockSchema()
            try tx.executeSchema(
                "CREATE TABLE IF NOT EXISTS schema_migration (id TEXT PRIMARY KEY, checksum TEXT NOT NULL, applied_at INTEGER NOT NULL)"
            )
            let applied = Dictionary(
                uniqueKeysWithValues: try tx.rows("SELECT id, checksum FROM schema_migration ORDER BY id") { row in
                    (try row.column(String.self), try row.column(String.self))
                }
            )
            let known = Set(migrations.map(\.id))
            if let unknown = applied.keys.filter({ !known.contains($0) }).min() {
                throw MigrationError.tooNew(id: unknown)
            }
            for migration in migrations {
                guard let checksum = applied[migration.id] else { continue }
                guard checksum == migration.checksum else { throw MigrationError.changed(id: migration.id) }
            }
            let missing = migrations.filter { applied[$0.id] == nil }
            if isServed, let first = missing.first { throw MigrationError.served(id: first.id) }
            for migration in missing { try tx.apply(migration) }
            return missing.map(\.id)
        }
    }
}

extension Database {
    /// Whether every migration was applied and none that is not known, without changing anything.
    ///
    /// Throws `MigrationError.none` for a database without any, then as `migrate`.
    package func requireMigrated(_ migrations: [Migration]) async throws {
        let applied: [String: String]
        do {
            applied = try await self.read { tx in
                Dictionary(
                    uniqueKeysWithValues: try tx.rows("SELECT id, checksum FROM schema_migration ORDER BY id") { row in
                        (try row.column(String.self), try row.column(String.self))
                    }
                )
            }
        } catch { throw MigrationError.none }
        if let unknown = applied.keys.filter({ id in !migrations.contains { $0.id == id } }).min() {
            throw MigrationError.tooNew(id: unknown)
        }
        for migration in migrations {
            guard let checksum = applied[migration.id] else { throw MigrationError.missing(id: migration.id) }
            guard checksum == migration.checksum else { throw MigrationError.changed(id: migration.id) }
        }
    }
}

extension Transaction {
    fileprivate func lockSchema() throws {
        guard self.engine == .postgres else { return }
        _ = try self.value("SELECT CAST(pg_advisory_xact_lock(7261) AS TEXT)", as: String.self)
    }

    fileprivate func apply(_ migration: Migration) throws {
        for step in migration.steps {
            switch step {
            case .schema(let text): try self.executeSchema(text)
            case .retired: continue
            }
        }
        try self.execute(
            """
            INSERT INTO schema_migration (id, checksum, applied_at)
            VALUES (\(migration.id), \(migration.checksum), \(self.now))
            """
        )
    }
}
