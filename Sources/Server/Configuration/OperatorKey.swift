import Foundation
package import Kernel
package import Platform

/// The operator's key: from the configuration, or made once in the data directory and readable by its owner only.
package enum OperatorKey {
    package static func load(_ configuration: Configuration, ids: IDGenerator) throws -> SecretBox {
        let key = try configuration.secretKey ?? self.fromFile("\(configuration.dataDirectory)/secret.key", ids: ids)
        return try SecretBox(
            key: try self.decode(key, name: "secret_key"),
            previous: try configuration.previousSecretKeys.map { try self.decode($0, name: "previous_secret_keys") }
        )
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
