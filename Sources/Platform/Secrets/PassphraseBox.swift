import Crypto
import CryptoExtras
import Foundation
package import Kernel

/// Seals secrets with a passphrase that people keep: scrypt (64 MiB a try), then AES-256-GCM.
package enum PassphraseBox {
    /// Fewer characters are guessed.
    package static let minimumCharacters = 12

    package enum Failure: Error {
        /// Another passphrase, or not as it was written.
        case cannotOpen
    }

    private static let format = Array("souk-sealed-1".utf8)
    private static let saltBytes = 16
    /// Of scrypt; with blocks of 1 KiB, 64 MiB.
    private static let rounds = 1 << 16

    package static func seal(_ secret: [UInt8], passphrase: String, ids: IDGenerator) throws -> [UInt8] {
        let salt = ids.bytes(self.saltBytes)
        let box = try AES.GCM.seal(secret, using: self.key(passphrase, salt: salt), authenticating: self.format)
        return self.format + salt + Array(box.combined!)
    }

    /// Throws ``Failure``.
    package static func open(_ sealed: [UInt8], passphrase: String) throws -> [UInt8] {
        let rest = sealed.dropFirst(self.format.count)
        guard sealed.starts(with: self.format), rest.count > self.saltBytes,
            let box = try? AES.GCM.SealedBox(combined: rest.dropFirst(self.saltBytes)),
            let opened = try? AES.GCM.open(
                box,
                using: try self.key(passphrase, salt: Array(rest.prefix(self.saltBytes))),
                authenticating: self.format
            )
        else { throw Failure.cannotOpen }
        return Array(opened)
    }

    private static func key(_ passphrase: String, salt: [UInt8]) throws -> SymmetricKey {
        try KDF.Scrypt.deriveKey(
            from: Data(passphrase.precomposedStringWithCompatibilityMapping.utf8),
            salt: salt,
            outputByteCount: 32,
            rounds: self.rounds,
            blockSize: 8,
            parallelism: 1
        )
    }
}
