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
    let allowed: @Sendable (Role) -> [String]

    var actions: [Action] {
        [
            Action("health", self.health),
            Action("common.categories", self.categories),
            Action("common.stats", self.stats),
            Action("common.profile", self.profile),
            Action("common.api_key_info", self.keyInfo),
        ]
    }

    struct Health: Answer {
        let now: Timestamp

        static let members: [Member<Self>] = [
            Member("status", { _ in "ok" }, "ok", example: "ok"),
            Member("version", { _ in AffiliateContract.shared.version }, "The contract's version", example: "1.0.0"),
            Member("timestamp", \.now, "The server's time"),
        ]
    }

    var health: Operation<NoInput, Health> {
        Operation("Whether the server is there; needs no key", access: .open) { _, _ in
            Health(now: self.clock.now())
        }
    }

    var categories: Operation<NoInput, CategoryList> {
        Operation("The categories of programs", access: .common) { _, _, _ in
            let categories = try await self.database.read { try $0.programs.listCategories() }
            return CategoryList(categories: categories.map { CategoryOutput(category: $0) })
        }
    }

    struct Stats: Answer {
        let programs: Int
        let publishers: Int
        let advertisers: Int
        let conversions: Int64

        static let members: [Member<Self>] = [
            Member("active_programs", \.programs, "Programs that take partners", example: 12),
            Member("publishers", \.publishers, "Publishers and agents", example: 40),
            Member("advertisers", \.advertisers, "Advertisers", example: 3),
            Member("approved_conversions", \.conversions, "Approved conversions so far", example: 1500),
        ]
    }

    var stats: Operation<NoInput, Stats> {
        Operation("What the network has: programs, publishers, advertisers, approved conversions", access: .common) {
            _,
            _,
            _ in
            try await self.database.read { tx in
                Stats(
                    programs: try tx.catalog.countActive(),
                    publishers: try tx.affiliateAccounts.count(role: .publisher)
                        + tx.affiliateAccounts.count(role: .agent),
                    advertisers: try tx.affiliateAccounts.count(role: .advertiser),
                    conversions: try tx.catalog.countApproved()
                )
            }
        }
    }

    var profile: Operation<NoInput, AccountOutput> {
        Operation("Your account, with your site or company", access: .common) { _, caller, _ in
            AccountOutput(account: try await self.database.read { try $0.affiliateAccounts.require(caller.identity) })
        }
    }

    struct KeyInfo: Answer {
        let key: AffiliateKey?
        let caller: Caller
        let actions: [String]

        struct Limits: Answer {
            let reads: Int

            static let members: [Member<Self>] = [
                Member("read_per_minute", \.reads, "Reads; 0 for no limit", unit: "a minute", example: 200),
                Member(
                    "write_per_minute",
                    { $0.reads > 0 ? AffiliateContract.writesPerMinute : 0 },
                    "Writes; 0 for no limit",
                    unit: "a minute",
                    example: 30
                ),
            ]
        }

        static let members: [Member<Self>] = [
            Member("name", \.key?.name, "To tell it from others", example: "laptop"),
            Member("key_hint", \.key?.hint, "How it begins", example: "aa_1a2b3c"),
            Member("role", \.caller.role, "What it may do", example: "agent"),
            Member("request_count", { $0.key?.requestCount ?? 0 }, "Requests so far", example: 128),
            Member("allowed_actions", \.actions, "Actions that it may do", example: ["common.stats"]),
            Member("last_used_at", \.key?.lastUsedAt, "When it was last used"),
            Member("created_at", \.key?.createdAt, "When it was made"),
            Member("rate_limits", { Limits(reads: $0.caller.rateLimit) }, "How often it may ask"),
        ]
    }

    var keyInfo: Operation<NoInput, KeyInfo> {
        Operation("Your key: its requests, what it may do, when it was used", access: .common) { _, caller, _ in
            try await self.usage.flush()
            let key = try await self.database.read { try $0.affiliateKeys.find(caller.credential, of: caller.identity) }
            return KeyInfo(key: key, caller: caller, actions: self.allowed(caller.role))
        }
    }
}
