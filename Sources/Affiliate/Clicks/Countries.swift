import HTTPTypes
import Hummingbird
import Kernel
import Web

/// Where a visitor is, if a trusted proxy says so.
struct Countries: Sendable {
    /// Such as `CF-IPCountry`; nil where the operator has named none.
    let header: HTTPField.Name?

    func find(_ call: Call) -> String? {
        guard let header, call.context.isFromTrustedProxy, let value = call.request.headers[header] else { return nil }
        return Self.code(value)
    }

    /// Two letters; nil for anything else.
    static func code(_ text: String) -> String? {
        let code = text.uppercased()
        return code.utf8.count == 2 && code.utf8.allSatisfy { (65...90).contains($0) } ? code : nil
    }
}
