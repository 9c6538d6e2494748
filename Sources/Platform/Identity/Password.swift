import Crypto
import CryptoExtras
import Foundation
package import Kernel

/// Passwords through scrypt: about 50 ms and 16 MiB a try, so that a stolen table is slow to search.
package enum Password {
    /// Cost parameters are kept beside each hash, so that they can be raised later.
    private static let rounds = 1 << 14
    private static let blockSize = 8

    package static func hash(_ password: String, ids: IDGenerator) throws -> String {
        let salt = ids.bytes(16)
        let key = try self.derive(password, salt: salt, rounds: self.rounds)
        return "scrypt$\(self.rounds)$\(salt.hex)$\(key.hex)"
    }

    /// False also for a stored text that is none of ours.
    package static func verify(_ password: String, against stored: String) throws -> Bool {
        let parts = stored.bytewise.split("$")
        guard parts.count == 4, parts[0] == "scrypt", let rounds = Int(parts[1]),
            let salt = [UInt8](hex: String(parts[2])),
            let expected = [UInt8](hex: String(parts[3]))
        else { return false }
        let actual = try self.derive(password, salt: salt, rounds: rounds)
        return zip(actual, expected).reduce(UInt8(actual.count == expected.count ? 0 : 1)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static func derive(_ password: String, salt: [UInt8], rounds: Int) throws -> [UInt8] {
        let key = try KDF.Scrypt.deriveKey(
            from: Data(password.precomposedStringWithCompatibilityMapping.utf8),
            salt: salt,
            outputByteCount: 32,
            rounds: rounds,
            blockSize: self.blockSize,
            parallelism: 1
        )
        return key.withUnsafeBytes { Array($0) }
    }
}
