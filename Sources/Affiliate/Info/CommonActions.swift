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
            "status": "ok", "version": .string(AffiliateContract.shared.version),
            "timestamp": .time(self.clock.now()),
        ]
    }

    @Sendable private func categories(_: NoInput, _: Caller, _: Call) async throws -> JSONValue {
        let categories = try await self.database.read { try $0.programs.listCategories() }
        return ["categories": .array(categories.map(CategoryOutput.json))]
    }

    @Sendable private func stats(_: NoInput, _: Caller, _: Call) async throws -> JSONValue {
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

    @Sendable private func profile(_: NoInput, _ caller: Caller, _ call: Call) async throws -> JSONValue {
        return AccountOutput.json(try await self.database.read { try $0.affiliateAccounts.require(caller.identity) })
    }

    @Sendable private func keyInfo(_: NoInput, _ caller: Caller, _ call: Call) async throws -> JSONValue {
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
                "write_per_minute": .int(isLimited ? AffiliateContract.writesPerMinute : 0),
            ],
        ]
    }
}
