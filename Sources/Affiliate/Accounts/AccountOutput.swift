import Kernel
import Web

/// An account as its owner sees it.
struct AccountOutput: Answer {
    let account: AffiliateAccount

    private var isPublisher: Bool { AffiliateRole.publishing.contains(self.account.role) }
    private var site: Site? { self.isPublisher ? Site(profile: self.account.profile) : nil }
    private var company: Company? { self.isPublisher ? nil : Company(profile: self.account.profile) }

    enum State: String, Wire, CaseIterable {
        case active, suspended
    }

    struct Site: Answer {
        let profile: AffiliateAccount.Profile

        static let members: [Member<Self>] = [
            Member("name", \.profile.siteName, "Its name", example: "My site"),
            Member("url", \.profile.siteURL, "Its address", example: "https://example.com"),
            Member("description", \.profile.siteDescription, "What it is about", example: "Reviews of AI tools"),
        ]
    }

    struct Company: Answer {
        let profile: AffiliateAccount.Profile

        static let members: [Member<Self>] = [
            Member("name", \.profile.companyName, "Its name", example: "Example KK"),
            Member("url", \.profile.companyURL, "Its address", example: "https://example.com"),
            Member("contact_name", \.profile.contactName, "Whom to ask", example: "Sales"),
        ]
    }

    static let members: [Member<Self>] = [
        Member("id", \.account.id, "The account", example: "acc_0198c5d2-7b40-7000-8000-000000000001"),
        Member("account_name", \.account.name, "Its name, which no other account has", example: "my-agent"),
        Member("name", \.account.profile.displayName, "What others see", example: "My agent"),
        Member("role", \.account.role, "What it does on the network", example: "agent"),
        Member("email", \.account.email, "Where it is written to", example: "agent@example.com"),
        Member(
            "language",
            { ($0.account.profile.language ?? .english).rawValue },
            "The language of its pages",
            example: "en"
        ),
        Member(
            "status",
            { $0.account.suspendedAt == nil ? State.active : .suspended },
            "active or suspended",
            example: "active"
        ),
        Member("created_at", \.account.createdAt, "When it signed up"),
        Member("site", \.site, "Of publishers: where they advertise", leavesOutNull: true),
        Member("company", \.company, "Of others: who they are", leavesOutNull: true),
        Member(
            "tax_regime",
            { $0.isPublisher ? $0.account.taxRegime : nil },
            "Of publishers: how rewards are taxed",
            example: "none",
            leavesOutNull: true
        ),
    ]
}

extension AffiliateRole: Wire {}
extension TaxRegime: Wire {}
