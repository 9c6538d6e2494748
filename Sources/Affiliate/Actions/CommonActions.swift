import Kernel
import Platform
import Storage
import Web

/// What every role may ask.
struct CommonActions: Sendable {
    let database: any Database
    let usage: KeyUsage
    let clock: WallClock
    /// The names of the actions that a role may do.
    let allowed: @Sendable (String) -> [String]

    var actions: [Action] {
        [
            Action(
                "health",
                "Whether the server is there; needs no key",
                .open,
                example: ["status": "ok", "version": "1.0.0", "timestamp": "2026-03-19T10:00:00.000000+00:00"],
                self.health
            ),
            Action(
                "common.categories",
                "The categories of programmes",
                .common,
                example: ["categories": [CategoryOutput.example]],
                self.categories
            ),
            Action(
                "common.stats",
                "What the network has: programmes, publishers, advertisers, approved conversions",
                .common,
                example: ["active_programs": 12, "publishers": 40, "advertisers": 3, "approved_conversions": 1500],
                self.stats
            ),
            Action(
                "common.profile",
                "Your account, with your site or company",
                .common,
                example: AccountOutput.example,
                optional: AccountOutput.optionalFields,
                self.profile
            ),
            Action(
                "common.api_key_info",
                "Your key: its requests, what it may do, when it was used",
                .common,
                example: [
                    "name": "laptop", "key_hint": "aa_1a2b3c", "role": "agent", "request_count": 128,
                    "allowed_actions": ["common.stats"], "last_used_at": "2026-03-19T10:00:00.000000+00:00",
                    "created_at": "2026-03-01T10:00:00.000000+00:00",
                    "rate_limits": ["read_per_minute": 200, "write_per_minute": 30],
                ],
                optional: ["name", "key_hint", "last_used_at", "created_at"],
                self.keyInfo
            ),
        ]
    }

    @Sendable private func health(_: NoInput, _: Call) async throws -> JSONValue {
        [
            "status": "ok", "version": .string(AffiliateSurface.speaker.version),
            "timestamp": .time(self.clock.now()),
        ]
    }

    @Sendable private func categories(_: NoInput, _: Call) async throws -> JSONValue {
        let categories = try await self.database.read { try $0.programs.listCategories() }
        return ["categories": .array(categories.map(CategoryOutput.json))]
    }

    @Sendable private func stats(_: NoInput, _: Call) async throws -> JSONValue {
        try await self.database.read { tx in
            [
                "active_programs": .int(try tx.programSearch.countActive()),
                "publishers": .int(
                    try tx.affiliateAccounts.count(role: .publisher) + tx.affiliateAccounts.count(role: .agent)
                ),
                "advertisers": .int(try tx.affiliateAccounts.count(role: .advertiser)),
                "approved_conversions": .integer(try tx.programSearch.countApproved()),
            ]
        }
    }

    @Sendable private func profile(_: NoInput, _ call: Call) async throws -> JSONValue {
        let caller = try call.requireCaller()
        return AccountOutput.json(try await self.database.read { try $0.affiliateAccounts.require(caller.identity) })
    }

    @Sendable private func keyInfo(_: NoInput, _ call: Call) async throws -> JSONValue {
        let caller = try call.requireCaller()
        try await self.usage.flush()
        let key = try await self.database.read { try $0.affiliateKeys.find(caller.credential, of: caller.identity) }
        let isLimited = caller.rateLimit > 0
        return [
            "name": .text(key?.name), "key_hint": .text(key?.hint), "role": .string(caller.role),
            "request_count": .integer(key?.requestCount ?? 0), "allowed_actions": .strings(self.allowed(caller.role)),
            "last_used_at": .time(key?.lastUsedAt), "created_at": .time(key?.createdAt),
            // 0 stands for no limit.
            "rate_limits": [
                "read_per_minute": .int(caller.rateLimit),
                "write_per_minute": .int(isLimited ? KeyLimits.writesPerMinute : 0),
            ],
        ]
    }
}

enum CategoryOutput {
    static func json(_ category: ProgramCategory) -> JSONValue {
        [
            "id": .integer(category.id), "name": .string(category.name), "name_ja": .string(category.japaneseName),
            "slug": .string(category.slug), "description": .string(category.description),
            "sort_order": .int(category.sortOrder),
        ]
    }

    static let example: JSONValue = [
        "id": 1, "name": "AI chatbots", "name_ja": "AIチャットボット", "slug": "ai-chatbot",
        "description": "Assistants that talk with people", "sort_order": 10,
    ]
}

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
