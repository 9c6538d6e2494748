package import Kernel
import NIOPosix

/// Passwords of accounts that sign in by e-mail, checked off the threads that answer requests.
package enum PasswordSignIn {
    package static let lengths = 10...200

    package static func hash(_ password: String, ids: IDGenerator) async throws -> String {
        try await self.slowly { try Password.hash(password, ids: ids) }
    }

    /// Takes the same time for an account that there is not.
    ///
    /// - Parameter stored: the account's hash; nil where there is no account.
    package static func verify(_ password: String, against stored: String?) async throws -> Bool {
        let hash = stored ?? self.nobody
        return try await self.slowly { try Password.verify(password, against: hash) } && stored != nil
    }

    /// The hash of a password that nobody has.
    private static let nobody =
        "scrypt$16384$" + String(repeating: "00", count: 16) + "$" + String(repeating: "00", count: 32)

    private static func slowly<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await NIOThreadPool.singleton.runIfActive(body)
    }
}
