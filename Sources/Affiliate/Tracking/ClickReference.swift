import Crypto
import Kernel
import Platform

/// The click id as it travels through a browser: `123-` and 16 hexadecimal digits that only this server can make, so that
/// nobody claims another's click by counting.
struct ClickReference: Sendable {
    private let key: SymmetricKey

    init(secrets: SecretBox) { self.key = SymmetricKey(data: secrets.derivedKey("affiliate click")) }

    func text(_ id: Int64) -> String { "\(id)-\(self.signature(id))" }

    /// Nil for a text that was not made here.
    func parse(_ text: String) -> Int64? {
        let parts = text.split(separator: "-", maxSplits: 1)
        guard parts.count == 2, let id = Int64(parts[0]), parts[1] == self.signature(id) else { return nil }
        return id
    }

    /// Of a browser: its address and what it says of itself.
    func browser(address: String, userAgent: String?) -> [UInt8] {
        Array(self.code("browser \(address) \(userAgent ?? "")").prefix(12))
    }

    private func signature(_ id: Int64) -> String { self.code("click \(id)").prefix(8).hex }

    private func code(_ text: String) -> HMAC<SHA256>.MAC {
        HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: self.key)
    }
}
