import Crypto
import Kernel

/// Knows a browser again without keeping its address.
package struct BrowserHash: Sendable {
    package static let bytes = 12

    /// Has read its key already.
    private let code: HMAC<SHA256>

    package init(key: [UInt8]) { self.code = HMAC(key: SymmetricKey(data: key)) }

    /// Of a browser: its address and what it says of itself.
    ///
    /// - Parameter period: where it shall be known for one only, such as a day.
    package func of(address: String, userAgent: String?, period: String = "") -> [UInt8] {
        var code = self.code
        code.update(data: Array("browser \(address) \(userAgent ?? "")".utf8))
        if !period.isEmpty { code.update(data: Array(" \(period)".utf8)) }
        return Array(code.finalize().prefix(Self.bytes))
    }
}
