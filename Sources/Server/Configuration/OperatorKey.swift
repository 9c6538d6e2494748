import Foundation
package import Kernel
package import Platform
package import Storage

/// The operator's key: from the configuration, or made once in the data directory and readable by its owner only.
package enum OperatorKey {
    /// In the data directory.
    static let fileName = "secret.key"

    package static func load(_ configuration: Configuration, ids: IDGenerator) throws -> SecretBox {
        return try SecretBox(
            key: try self.decode(try self.text(configuration, ids: ids), name: "secret_key"),
            previous: try configuration.previousSecretKeys.map { try self.decode($0, name: "previous_secret_keys") }
        )
    }

    /// Throws `ConfigurationError` for a text that is no key.
    static func check(_ key: String?, previous: [String]) throws {
        if let key { _ = try self.decode(key, name: "secret_key") }
        for text in previous { _ = try self.decode(text, name: "previous_secret_keys") }
    }

    /// Which key it is. Throws `ConfigurationError` for a text that is none.
    static func id(_ text: String) throws -> String {
        try SecretBox(key: self.decode(text, name: "secret_key")).presentID
    }

    /// As it is set or stands in its file.
    static func text(_ configuration: Configuration, ids: IDGenerator) throws -> String {
        try configuration.secretKey ?? self.fromFile("\(configuration.dataDirectory)/\(self.fileName)", ids: ids)
    }

    /// Throws `ConfigurationError` when the database was written with another key, and nothing in it could be opened.
    ///
    /// - Parameter isWriting: notes the key of a new database, and the present one instead of an earlier one.
    package static func check(
        _ configuration: Configuration,
        ids: IDGenerator,
        _ database: any Database,
        isWriting: Bool
    ) async throws {
        let path = "\(configuration.dataDirectory)/\(self.fileName)"
        let hasKey = configuration.secretKey != nil || FileManager.default.fileExists(atPath: path)
        guard hasKey || isWriting else { throw ConfigurationError("there is no \(path), and secret_key is not set") }
        if !hasKey, try await database.read({ try $0.keyCheck.isKnown() }) {
            throw ConfigurationError(
                "\(path) is missing, and without it the secrets in the database cannot be read: put back the file that belongs to this database, or set secret_key"
            )
        }
        let secrets = try self.load(configuration, ids: ids)
        switch try await database.read({ try $0.keyCheck.check(secrets) }) {
        case .same(isPresent: true): return
        case .same(isPresent: false), .new:
            if isWriting { try await database.write { try $0.keyCheck.put(secrets) } }
        case .other:
            throw ConfigurationError(
                "this is not the key that the database was written with: put back the secret.key that belongs to it, or name that key in previous_secret_keys"
            )
        }
    }

    private static func decode(_ text: String, name: String) throws -> [UInt8] {
        guard let data = Data(base64Encoded: text.trimmed), data.count == 32 else {
            throw ConfigurationError(
                "\(name) is weak: it must be 32 random bytes in base64 (try: head -c 32 /dev/urandom | base64)"
            )
        }
        // A repeated or typed pattern is no key: 32 random bytes hold fewer than 16 different ones once in 10^20.
        guard Set(data).count >= 16 else { throw ConfigurationError("\(name) is weak: its bytes are not random") }
        return [UInt8](data)
    }

    private static func fromFile(_ path: String, ids: IDGenerator) throws -> String {
        if let text = try? String(contentsOfFile: path, encoding: .utf8) { return text }
        let text = Data(ids.bytes(32)).base64EncodedString()
        let made = FileManager.default.createFile(
            atPath: path,
            contents: Data(text.utf8),
            attributes: [.posixPermissions: 0o600]
        )
        guard made else { throw ConfigurationError("cannot write \(path)") }
        return text
    }
}
