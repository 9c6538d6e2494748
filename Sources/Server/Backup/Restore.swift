import Foundation
package import Kernel
package import Logging
import Platform
import Storage

/// Brings a backup back to where no database is, applies what migrations are missing, and verifies it.
package struct Restore {
    private let configuration: Configuration
    private let ids: IDGenerator
    private let logger: Logger

    package init(_ configuration: Configuration, ids: IDGenerator, logger: Logger) {
        self.configuration = configuration
        self.ids = ids
        self.logger = logger
    }

    /// What is told of a backup that is back.
    package struct Outcome: Encodable, Sendable {
        package let madeAt: String
        package let version: String
        package let migrations: [String]

        enum CodingKeys: String, CodingKey {
            case madeAt = "made_at"
            case version, migrations
        }
    }

    /// Throws `ConfigurationError` before anything is changed, unless the restored database of PostgreSQL does not verify.
    package func run(from folder: String, passphrase: String?) async throws -> Outcome {
        do { return try await self.restore(folder, passphrase) } catch { throw Backup.told(error, "cannot restore") }
    }

    private func restore(_ folder: String, _ passphrase: String?) async throws -> Outcome {
        let manifest = try BackupManifest.read(in: folder)
        try self.requireFit(manifest)
        try self.requireEmpty(manifest, folder)
        try manifest.check(in: folder)
        let secrets = try self.secrets(manifest, folder, passphrase)
        try DataFolder.make(self.configuration.dataDirectory)
        let applied =
            self.configuration.isOnPostgres
            ? try await self.restorePostgres(manifest, folder, secrets)
            : try await self.restoreSQLite(folder, secrets)
        return Outcome(madeAt: manifest.madeAt, version: manifest.souk, migrations: applied)
    }

    // MARK: Before anything is changed

    private func requireFit(_ manifest: BackupManifest) throws {
        let engine: Engine = self.configuration.isOnPostgres ? .postgres : .sqlite
        guard manifest.engine == engine.rawValue else {
            throw ConfigurationError(
                manifest.engine == Engine.postgres.rawValue
                    ? "the backup is of PostgreSQL: name an empty database with --database postgres://…"
                    : "the backup is of SQLite: it goes into a file, so leave --database out or name one"
            )
        }
        let known = Set(House.migrations.map(\.id))
        if let unknown = manifest.migrations.filter({ !known.contains($0) }).min() {
            throw ConfigurationError(
                "the backup is too new for this version of souk: version \(manifest.souk) made it, with migration \(unknown)"
            )
        }
    }

    private func requireEmpty(_ manifest: BackupManifest, _ folder: String) throws {
        if self.configuration.isOnPostgres {
            let server: PostgresServer
            do { server = try PostgresServer(url: self.configuration.database) } catch {
                throw ConfigurationError("cannot reach the database server")
            }
            guard try server.isEmpty() else {
                throw ConfigurationError("there is a database of souk already: a backup goes into an empty one")
            }
            guard try server.schemaName() == manifest.schema else {
                throw ConfigurationError(
                    "the backup's tables are in the schema \(manifest.schema ?? ""): make it, and let the URL lead to it"
                )
            }
        } else {
            // What is left of a log would be read into the database that takes its place.
            for suffix in ["", "-wal", "-shm", "-journal"] {
                let path = self.configuration.database + suffix
                guard FileManager.default.fileExists(atPath: path) else { continue }
                throw ConfigurationError(
                    "there is a database already: \(path); move it away with all files beside it, or name another data directory"
                )
            }
        }
        for (source, target) in self.files(folder) where FileManager.default.fileExists(atPath: source) {
            guard Self.isFree(target) else {
                throw ConfigurationError("\(target) is there already: move it away, or name another data directory")
            }
        }
    }

    /// Nothing, or an empty folder.
    private static func isFree(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return true }
        return isFolder.boolValue && (try? FileManager.default.contentsOfDirectory(atPath: path))?.isEmpty == true
    }

    /// By name, as they were sealed; the key is in it where it does not stand in the data directory or in the settings.
    private func secrets(_ manifest: BackupManifest, _ folder: String, _ passphrase: String?) throws -> [String: String]
    {
        var secrets: [String: String] = [:]
        if manifest.key == "sealed" {
            guard let passphrase else {
                throw ConfigurationError("the backup's key is sealed: name the passphrase with --passphrase-file")
            }
            let sealed = FileManager.default.contents(atPath: "\(folder)/\(Backup.secretsName)") ?? Data()
            do {
                secrets = try JSON.decode(from: try PassphraseBox.open(Array(sealed), passphrase: passphrase))
            } catch { throw ConfigurationError("this is not the passphrase that the backup was sealed with") }
        }
        let path = "\(self.configuration.dataDirectory)/\(OperatorKey.fileName)"
        let present = self.configuration.secretKey ?? (try? String(contentsOfFile: path, encoding: .utf8))
        guard let key = present ?? secrets[OperatorKey.fileName] else {
            throw ConfigurationError(
                "the backup holds no key: put the \(OperatorKey.fileName) that belongs to it into \(self.configuration.dataDirectory), or set secret_key"
            )
        }
        guard try OperatorKey.id(key) == manifest.keyID else {
            throw ConfigurationError("this is not the key that the backup's database was written with")
        }
        secrets[OperatorKey.fileName] = present == nil ? key : nil
        let known = Set(House.dataFiles.filter(\.isSecret).map(\.path) + [OperatorKey.fileName])
        secrets = secrets.filter { known.contains($0.key) }
        for (name, secret) in secrets {
            let there = try? String(
                contentsOfFile: "\(self.configuration.dataDirectory)/\(name)",
                encoding: .utf8
            )
            guard there == nil || there?.trimmed == secret.trimmed else {
                throw ConfigurationError(
                    "\(self.configuration.dataDirectory)/\(name) is there already, and is not the backup's: move it away"
                )
            }
        }
        return secrets
    }

    // MARK: The change

    /// The migrations that were missing.
    private func restoreSQLite(_ folder: String, _ secrets: [String: String]) async throws -> [String] {
        let path = "\(self.configuration.database).restoring-\(self.ids.bytes(4).hex)"
        let scratch = "\(path).d"
        defer {
            for name in [path, "\(path)-wal", "\(path)-shm", "\(path).lock", scratch] {
                try? FileManager.default.removeItem(atPath: name)
            }
        }
        try FileManager.default.copyItem(atPath: "\(folder)/\(Backup.databaseName)", toPath: path)
        try DataFolder.make(scratch)
        let copy = try self.configuration.ofCopy(path, in: scratch, self.ids, secretKey: secrets[OperatorKey.fileName])
        let applied = try await self.verified(copy)
        try self.copyFiles(folder, secrets)
        try DiskFile.synchronize(path)
        // Last, so that there is a database only when everything else is there.
        try FileManager.default.moveItem(atPath: path, toPath: self.configuration.database)
        try DiskFile.synchronize(URL(fileURLWithPath: self.configuration.database).deletingLastPathComponent().path)
        return applied
    }

    private func restorePostgres(_ manifest: BackupManifest, _ folder: String, _ secrets: [String: String]) async throws
        -> [String]
    {
        try PostgresTools(url: self.configuration.database).restore(
            "\(folder)/\(Backup.dumpName)",
            schema: manifest.schema ?? "public"
        )
        try self.copyFiles(folder, secrets)
        return try await self.verified(self.configuration)
    }

    private func verified(_ copy: Configuration) async throws -> [String] {
        let database = try copy.openDatabase(clock: .system, logger: self.logger)
        let applied: [String]
        do { applied = try await database.migrate(House.migrations) } catch {
            await database.close()
            throw error
        }
        await database.close()
        let differences = try await copy.differences(self.ids, self.logger)
        guard differences.isEmpty else {
            throw ConfigurationError("the restored database does not verify: \(differences.joined(separator: "; "))")
        }
        return applied
    }

    /// Where each folder and file of the backup goes.
    private func files(_ folder: String) -> [(source: String, target: String)] {
        [("\(folder)/\(Backup.archiveName)", self.configuration.archiveDirectory)]
            + House.dataFiles.filter { !$0.isSecret }.map {
                ("\(folder)/\(Backup.filesName)/\($0.path)", "\(self.configuration.dataDirectory)/\($0.path)")
            }
    }

    private func copyFiles(_ folder: String, _ secrets: [String: String]) throws {
        for (source, target) in self.files(folder) where FileManager.default.fileExists(atPath: source) {
            try DataFolder.make(URL(fileURLWithPath: target).deletingLastPathComponent().path)
            try? FileManager.default.removeItem(atPath: target)
            try FileManager.default.copyItem(atPath: source, toPath: target)
            try DiskFile.synchronizeAll(in: target)
        }
        for (name, secret) in secrets {
            let made = FileManager.default.createFile(
                atPath: "\(self.configuration.dataDirectory)/\(name)",
                contents: Data(secret.utf8),
                attributes: [.posixPermissions: 0o600]
            )
            guard made else { throw ConfigurationError("cannot write \(self.configuration.dataDirectory)/\(name)") }
            try DiskFile.synchronize("\(self.configuration.dataDirectory)/\(name)")
        }
        try DiskFile.synchronize(self.configuration.dataDirectory)
        // Of another database, if it is there; the next start makes it anew.
        try? FileManager.default.removeItem(atPath: "\(self.configuration.dataDirectory)/search")
    }
}
