import Kernel
import Web

/// Accounts as their owners and the operator see them.
enum AccountOutput {
    static func json(_ account: AffiliateAccount) -> JSONValue {
        let profile = account.profile
        var json: [String: JSONValue] = [
            "id": .string(account.id.text), "account_name": .string(account.name), "name": .string(profile.displayName),
            "role": .string(account.role.rawValue), "email": .text(account.email),
            "language": .string(profile.language.rawValue),
            "status": .string(account.suspendedAt == nil ? "active" : "suspended"),
            "created_at": .time(account.createdAt),
        ]
        if AffiliateRole.publishing.contains(account.role.rawValue) {
            json["site"] = [
                "name": .string(profile.siteName), "url": .string(profile.siteURL),
                "description": .string(profile.siteDescription),
            ]
            json["tax_regime"] = .string(account.taxRegime.rawValue)
        } else {
            json["company"] = [
                "name": .string(profile.companyName), "url": .string(profile.companyURL),
                "contact_name": .string(profile.contactName),
            ]
        }
        return .object(json)
    }

    static let optionalFields: Set<String> = ["email", "site", "company", "tax_regime"]

    static let example: JSONValue = [
        "id": "acc_0198c5d2-7b40-7000-8000-000000000001", "account_name": "my-agent", "name": "My agent",
        "role": "agent", "email": "agent@example.com", "language": "en", "status": "active", "tax_regime": "none",
        "created_at": "2026-03-19T10:00:00.000000+00:00",
        "site": ["name": "My site", "url": "https://example.com", "description": "Reviews of AI tools"],
        "company": ["name": "Example KK", "url": "https://example.com", "contact_name": "Sales"],
    ]
}
