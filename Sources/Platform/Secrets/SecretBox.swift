import Crypto
import Foundation
import Kernel

/// Encrypts at rest what must be shown or used again, under the operator's key (AES-256-GCM).
///
/// A sealed value names its key, so that old values stay readable while a new key seals.
package struct SecretBox: Sendable {
    private let keys: [(id: [UInt8], key: SymmetricKey)]

    package enum Failure: Error {
        case keyMustBe32Bytes
        /// Nothing here opens the value: another key, another context, or tampering.
        case cannotOpen
    }

    /// - Parameters:
    ///   - key: 32 bytes; seals and opens.
    ///   - previous: keys of 32 bytes that only open.
    package init(key: [UInt8], previous: [[UInt8]] = []) throws {
        guard ([key] + previous).allSatisfy({ $0.count == 32 }) else { throw Failure.keyMustBe32Bytes }
        self.keys = ([key] + previous).map { bytes in
            (Array(SHA256.hash(data: Array("souk key id".utf8) + bytes).prefix(4)), SymmetricKey(data: bytes))
        }
    }

    /// - Parameter context: what the secret belongs to; a value that was moved elsewhere does not open there.
    package func seal(_ secret: [UInt8], context: String) throws -> [UInt8] {
        let box = try AES.GCM.seal(secret, using: self.keys[0].key, authenticating: Array(context.utf8))
        return self.keys[0].id + Array(box.combined!)
    }

    package func open(_ sealed: [UInt8], context: String) throws -> [UInt8] {
        guard let key = self.keys.first(where: { $0.id == Array(sealed.prefix(4)) })?.key,
            let box = try? AES.GCM.SealedBox(combined: sealed.dropFirst(4)),
            let opened = try? AES.GCM.open(box, using: key, authenticating: Array(context.utf8))
        else { throw Failure.cannotOpen }
        return Array(opened)
    }

    /// Tells which key seals, and nothing of it.
    package var presentID: String { self.keys[0].id.hex }

    /// And not by one of the earlier keys.
    package func isSealedByPresent(_ sealed: [UInt8]) -> Bool { self.keys[0].id == Array(sealed.prefix(4)) }

    /// Keys of 32 bytes for one purpose, such as signing values that clients send back: from the present key, then from earlier ones.
    package func derivedKeys(_ purpose: String) -> [[UInt8]] {
        self.keys.map { Array(HMAC<SHA256>.authenticationCode(for: Array(purpose.utf8), using: $0.key)) }
    }

    /// Whether the value was sealed under the present key.
    package func isCurrent(_ sealed: [UInt8]) -> Bool { Array(sealed.prefix(4)) == self.keys[0].id }
}
