import Kernel
import Platform
import Web

/// What an account says of itself; what is missing of a change stays as it is.
struct ProfileFields: Sendable {
    private var given: [String: String] = [:]

    private static let lines = [
        ("name", "What others see"), ("site_name", "The publisher's site"),
        ("company_name", "The advertiser's company"),
        ("contact_name", "Whom to ask at the company"),
    ]
    private static let addresses = [("site_url", "The publisher's site"), ("company_url", "The advertiser's site")]

    init(_ read: inout InputReader) {
        for (name, summary) in Self.lines {
            let line: [Rule<String>] =
                name == "name"
                ? [.notBlank(), .line()]
                : [.line(canBeBlank: true)]
            self.given[name] = read.optionalBody(
                name,
                .string,
                summary,
                rules: line + [.atMost(200)]
            )
        }
        for (name, summary) in Self.addresses { self.given[name] = read.optionalWebAddressOrNone(name, summary) }
        self.given["site_description"] = read.optionalBody(
            "site_description",
            .string,
            "What the site is about",
            .atMost(2000)
        )
        self.given["language"] = read.optionalBody(
            "language",
            .string,
            Language.allCases.map(\.rawValue).joined(separator: ", "),
            .oneOf(Language.allCases.map(\.rawValue))
        )
    }

    /// The one site of a form is a publisher's site, and an advertiser's company.
    mutating func addSite(of role: Role) {
        guard role == AffiliateRole.advertiser.role else { return }
        self.given["company_url"] = self.given.removeValue(forKey: "site_url")
        self.given["company_name"] = self.given["name"]
    }

    func profile(changing present: AffiliateAccount.Profile) -> AffiliateAccount.Profile {
        AffiliateAccount.Profile(
            displayName: self.given["name"]?.trimmed ?? present.displayName,
            language: self.given["language"].flatMap { Language(rawValue: $0) } ?? present.language,
            siteName: self.given["site_name"] ?? present.siteName,
            siteURL: self.given["site_url"] ?? present.siteURL,
            siteDescription: self.given["site_description"] ?? present.siteDescription,
            companyName: self.given["company_name"] ?? present.companyName,
            companyURL: self.given["company_url"] ?? present.companyURL,
            contactName: self.given["contact_name"] ?? present.contactName
        )
    }
}

extension Rule where Value == String {
    static var password: Rule {
        let length = AccountService.passwordLength
        return Rule(
            FieldRule("length", ["low": "\(length.lowerBound)", "high": "\(length.upperBound)"]),
            schema: ["minLength": .int(length.lowerBound), "maxLength": .int(length.upperBound)]
        ) { length.contains($0.unicodeScalars.count) }
    }
}
