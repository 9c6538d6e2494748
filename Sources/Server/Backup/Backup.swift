import Foundation
package import Kernel
package import Logging
import Platform
import Storage

/// Makes a copy of everything that cannot be made anew: the database, the archive, the surfaces' files, and sealed with a passphrase
/// the operator's key.
///
/// The database is one state of it, whatever a server writes meanwhile. The copy is verified before the backup counts as made.
package struct Backup {
    static let databaseName = "database.sqlite"
    static let dumpName = "database.dump"
    static let archiveName = "archive"
    static let filesName = "files"
    static let secretsName = "secrets.sealed"

    private let configuration: Configuration
    private let ids: IDGenerator
    private let logger: Logger

    package init(_ configuration: Configuration, ids: IDGenerator, logger: Logger) {
        self.configuration = configuration
        self.ids = ids
        self.logger = logger
    }

    /// What is told of a backup.
    package struct Outcome: Encodable, Sendable {
        package let folder: String
        package let bytes: Int
        package let files: Int
        /// `sealed` or `apart`.
        package let key: String
    }

    /// Makes the folder, which must not be there. Throws `ConfigurationError`; then no folder is left.
    ///
    /// - Parameter passphrase: seals the key and the other secrets into the backup; nil leaves them out.
    package func make(at folder: String, passphrase: String?) async throws -> Outcome {
        let folder = folder.bytewise.dropping(suffix: "/").map(String.init) ?? folder
        guard !FileManager.default.fileExists(atPath: folder) else {
            throw ConfigurationError("\(folder) is there already: a backup goes into a folder of its own")
        }
        try Self.require(passphrase)
        let database = try await self.configuration.openExistingDatabase(clock: .system, logger: self.logger)
        let partial = "\(folder).partial-\(self.ids.bytes(4).hex)"
        do {
            try await OperatorKey.check(self.configuration, ids: self.ids, database, isWriting: false)
            try DataFolder.make(partial)
            let schema = try await self.copy(database, to: partial)
            try await self.checkCopy(in: partial, schema: schema)
            try self.copyFiles(to: partial)
            if let passphrase { try self.seal(passphrase, in: partial) }
            let manifest = BackupManifest(
                souk: Version.text,
                madeAt: WallClock.system.now().text,
                engine: database.engine.rawValue,
                schema: schema,
                key: passphrase == nil ? "apart" : "sealed",
                keyID: try OperatorKey.load(self.configuration, ids: self.ids).presentID,
                migrations: House.migrations.map(\.id),
                files: try BackupManifest.list(in: partial)
            )
            try manifest.write(to: partial)
            try DiskFile.synchronizeAll(in: partial)
            try FileManager.default.moveItem(atPath: partial, toPath: folder)
            try DiskFile.synchronize(URL(fileURLWithPath: folder).deletingLastPathComponent().path)
            await database.close()
            return Outcome(
                folder: folder,
                bytes: manifest.files.reduce(0) { $0 + $1.bytes },
                files: manifest.files.count,
                key: manifest.key
            )
        } catch {
            await database.close()
            try? FileManager.default.removeItem(atPath: partial)
            throw Self.told(error, "cannot make \(folder)")
        }
    }

    /// An error in words for the operator.
    static func told(_ error: any Error, _ what: String) -> any Error {
        switch error {
        case is ConfigurationError, is MigrationError, is CancellationError: error
        case let cocoa as CocoaError: ConfigurationError("\(what): \(cocoa.localizedDescription)")
        case StorageError.unavailable(let message), StorageError.failed(_, let message):
            ConfigurationError("\(what): \(message)")
        default: ConfigurationError("\(what): \(error)")
        }
    }

    private static func require(_ passphrase: String?) throws {
        guard let passphrase, passphrase.count < PassphraseBox.minimumCharacters else { return }
        throw ConfigurationError("the passphrase is short: \(PassphraseBox.minimumCharacters) characters or more")
    }

    // MARK: The database

    /// The schema on PostgreSQL.
    private func copy(_ database: any Database, to folder: String) async throws -> String? {
        if let sqlite = database as? SQLiteDatabase {
            try sqlite.copy(to: "\(folder)/\(Self.databaseName)")
            return nil
        }
        guard let schema = try PostgresServer(url: self.configuration.database).schemaName() else {
            throw MigrationError.none
        }
        try PostgresTools(url: self.configuration.database).dump(schema: schema, to: "\(folder)/\(Self.dumpName)")
        return schema
    }

    /// Opens the copy as a server would and recomputes it. On PostgreSQL in a database beside the real one, which is removed.
    private func checkCopy(in folder: String, schema: String?) async throws {
        let scratch = "\(folder)/check"
        try DataFolder.make(scratch)
        defer { try? FileManager.default.removeItem(atPath: scratch) }
        if let schema {
            let copy = try ScratchDatabase(beside: self.configuration.database, self.ids)
            defer { try? copy.remove() }
            try copy.fill(from: "\(folder)/\(Self.dumpName)", schema: schema)
            try await self.verify(self.configuration.ofCopy(copy.url, in: scratch, self.ids))
        } else {
            // A copy of the copy: what is opened gets files beside it.
            let path = "\(scratch)/\(Self.databaseName)"
            try FileManager.default.copyItem(atPath: "\(folder)/\(Self.databaseName)", toPath: path)
            try await self.verify(self.configuration.ofCopy(path, in: scratch, self.ids))
        }
    }

    private func verify(_ copy: Configuration) async throws {
        let differences = try await copy.differences(self.ids, self.logger)
        guard differences.isEmpty else {
            throw ConfigurationError(
                "the copy does not verify, so there is no backup; `souk verify` tells of the database itself: \(differences.joined(separator: "; "))"
            )
        }
    }

    // MARK: Files

    private func copyFiles(to folder: String) throws {
        let manager = FileManager.default
        if manager.fileExists(atPath: self.configuration.archiveDirectory) {
            try Self.copy(self.configuration.archiveDirectory, to: "\(folder)/\(Self.archiveName)")
        }
        for file in House.dataFiles where !file.isSecret {
            let path = "\(self.configuration.dataDirectory)/\(file.path)"
            guard manager.fileExists(atPath: path) else { continue }
            let target = "\(folder)/\(Self.filesName)/\(file.path)"
            try DataFolder.make(URL(fileURLWithPath: target).deletingLastPathComponent().path)
            try Self.copy(path, to: target)
        }
    }

    /// A file, or all of a folder; where it leads elsewhere by a link, what is there. What the server deletes meanwhile is left out.
    private static func copy(_ source: String, to target: String) throws {
        let manager = FileManager.default
        let source = URL(fileURLWithPath: source).resolvingSymlinksInPath().path
        var isFolder: ObjCBool = false
        guard manager.fileExists(atPath: source, isDirectory: &isFolder) else { return }
        guard isFolder.boolValue else {
            do { try manager.copyItem(atPath: source, toPath: target) } catch {
                if manager.fileExists(atPath: source) { throw error }
            }
            return
        }
        try DataFolder.make(target)
        for name in try manager.contentsOfDirectory(atPath: source).sorted() {
            try self.copy("\(source)/\(name)", to: "\(target)/\(name)")
        }
    }

    /// By name: the key as `secret.key`, and the slices' secrets.
    private func seal(_ passphrase: String, in folder: String) throws {
        var secrets = [OperatorKey.fileName: try OperatorKey.text(self.configuration, ids: self.ids)]
        for file in House.dataFiles where file.isSecret {
            let path = "\(self.configuration.dataDirectory)/\(file.path)"
            guard FileManager.default.fileExists(atPath: path) else { continue }
            secrets[file.path] = try String(contentsOfFile: path, encoding: .utf8)
        }
        let sealed = try PassphraseBox.seal(try JSON.encode(secrets), passphrase: passphrase, ids: self.ids)
        try Data(sealed).write(to: URL(fileURLWithPath: "\(folder)/\(Self.secretsName)"))
    }
}
