import HTTPTypes
import Hummingbird
import Kernel
package import Platform
import Web

/// Where a visitor is, if a trusted proxy says so.
struct Countries: Sendable {
    /// Such as `CF-IPCountry`; nil where the operator has named none.
    let header: HTTPField.Name?

    /// Throws `ConfigurationError`.
    static func header(_ settings: SettingValues) throws -> HTTPField.Name? {
        guard let text = settings[.countryHeader], !text.isEmpty else { return nil }
        guard let name = HTTPField.Name(text) else {
            throw ConfigurationError("country_header: '\(text)' is not the name of a header")
        }
        return name
    }

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

extension Setting {
    package static let countryHeader = Setting(
        "country_header",
        "the header in which a trusted proxy names a visitor's country, such as CF-IPCountry"
    )
}
