import Platform
package import Storage
import Synchronization

/// What a surface keeps beside a key is told when the operator revokes it. The house says how, when all surfaces are there.
package final class RevokedKeys: Sendable {
    package typealias Tell = @Sendable (_ surface: String, _ credential: String, Transaction) throws -> Void

    private let tell = Mutex<Tell?>(nil)

    package func set(_ tell: @escaping Tell) { self.tell.withLock { $0 = tell } }

    /// In the commit of the revocation.
    func tell(_ key: KeySummary, _ tx: Transaction) throws { try self.tell.withLock { $0 }?(key.surface, key.id, tx) }
}
