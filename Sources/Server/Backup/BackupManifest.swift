import Foundation
import Kernel
import Platform
import Storage

/// What a backup says of itself, in its `backup.json`.
package struct BackupManifest: Codable, Sendable {
    static let fileName = "backup.json"

    /// The version that made it.
    let souk: String
    let madeAt: String
    /// `sqlite` or `postgres`: a backup goes back into the engine that it came from.
    let engine: String
    /// Of PostgreSQL: where its tables are.
    let schema: String?
    /// `sealed` with a passphrase in the backup, or `apart` from it.
    let key: String
    /// Which key it is; tells nothing of the key itself.
    let keyID: String
    /// Of the database, in no order.
    let migrations: [String]
    /// Every other file of the backup.
    let files: [File]

    struct File: Codable, Sendable {
        /// From the backup's folder.
        let path: String
        let bytes: Int
        let sha256: String
    }

    enum CodingKeys: String, CodingKey {
        case souk
        case madeAt = "made_at"
        case engine, schema, key
        case keyID = "key_id"
        case migrations, files
    }

    /// Throws `ConfigurationError` for a folder that is no backup.
    static func read(in folder: String) throws -> BackupManifest {
        guard let bytes = FileManager.default.contents(atPath: "\(folder)/\(self.fileName)") else {
            throw ConfigurationError("\(folder) is no backup: there is no \(self.fileName) in it")
        }
        guard let manifest = try? JSONDecoder().decode(BackupManifest.self, from: bytes) else {
            throw ConfigurationError("\(folder) is no backup of souk: its \(self.fileName) cannot be read")
        }
        return manifest
    }

    func write(to folder: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let path = "\(folder)/\(Self.fileName)"
        try encoder.encode(self).write(to: URL(fileURLWithPath: path))
        try DiskFile.synchronize(path)
    }

    /// Whether the folder holds just what was written, as it was written. Throws `ConfigurationError`, which names the first file that is
    /// missing, damaged, or none of the backup's.
    func check(in folder: String) throws {
        let present = try Self.list(in: folder).filter { $0.path != Self.fileName }
        let written = Dictionary(self.files.map { ($0.path, $0.sha256) }) { first, _ in first }
        let needed = self.engine == Engine.sqlite.rawValue ? Backup.databaseName : Backup.dumpName
        for path in (self.files.map(\.path) + [needed]) where !present.contains(where: { $0.path == path }) {
            throw ConfigurationError("the backup's \(path) is missing")
        }
        for file in present {
            guard let checksum = written[file.path] else {
                throw ConfigurationError("\(file.path) is no file of the backup: its \(Self.fileName) does not name it")
            }
            guard checksum == file.sha256 else {
                throw ConfigurationError("the backup's \(file.path) is damaged: it is not as it was written")
            }
        }
    }

    /// Of every file below the folder. Throws `ConfigurationError` for what is neither a file nor a folder, such as a link.
    static func list(in folder: String) throws -> [File] {
        guard let names = FileManager.default.enumerator(atPath: folder) else { return [] }
        return try names.compactMap { $0 as? String }.sorted().compactMap { name in
            let path = "\(folder)/\(name)"
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            let type = attributes[.type] as? FileAttributeType
            if type == .typeDirectory { return nil }
            guard type == .typeRegular else {
                throw ConfigurationError("\(path) is neither a file nor a folder; a backup holds nothing else")
            }
            return File(
                path: name,
                bytes: (attributes[.size] as? NSNumber)?.intValue ?? 0,
                sha256: try DiskFile.checksum(of: path)
            )
        }
    }
}
