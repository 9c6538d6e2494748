import Crypto
import Kernel
import Platform

/// The click id as it travels through a browser: `123-` and 16 hexadecimal digits that only this server can make, so that
/// nobody claims another's click by counting.
struct ClickReference: Sendable {
    /// The first one signs; earlier ones are still known, since links outlive a key. Each has read its key already.
    private let codes: [HMAC<SHA256>]
    /// Of browsers, under the same key.
    let browsers: BrowserHash

    init(secrets: SecretBox) {
        let keys = secrets.derivedKeys("affiliate click")
        self.codes = keys.map { HMAC(key: SymmetricKey(data: $0)) }
        self.browsers = BrowserHash(key: Array(keys[0]))
    }

    func text(_ id: ClickID) -> String { "\(id)-\(Self.signature(id, self.codes[0]))" }

    /// Nil for a text that was not made here.
    func parse(_ text: String) -> ClickID? {
        let parts = text.bytewise.split("-", maxSplits: 1, keepsEmpty: true)
        guard parts.count == 2, let id = ClickID(parts[0]), "\(id)" == parts[0],
            self.codes.contains(where: { Self.signature(id, $0) == parts[1] })
        else { return nil }
        return id
    }

    private static func signature(_ id: ClickID, _ code: HMAC<SHA256>) -> String {
        self.code("click \(id)", code).prefix(8).hex
    }

    private static func code(_ text: String, _ code: HMAC<SHA256>) -> HMAC<SHA256>.MAC {
        var code = code
        code.update(data: Array(text.utf8))
        return code.finalize()
    }
}
