import Foundation
import Kernel
import Platform

/// What the operator can set of the forum.
struct ForumSettings: Sendable {
    /// As the contract names it.
    static let contractsName = "PARTNER_API_RATE_LIMIT_PER_HOUR"
    private static let usualLimit = 600

    /// Requests of a partner in an hour; 0 for any.
    let requestsPerHour: Int
    let holdsUnverified: Bool
    let shopHosts: [String]
    let days: BusinessDays

    /// Throws `ConfigurationError`.
    init(_ settings: SettingValues, environment: [String: String] = ProcessInfo.processInfo.environment) throws {
        let named = environment[Self.contractsName].flatMap { Int($0) } ?? Self.usualLimit
        self.requestsPerHour = try settings.integer(.forumRateLimit, 0...1_000_000, default: named)
        self.holdsUnverified = settings[.forumHoldUnverified]?.lowercased() == "true"
        self.shopHosts = settings.list(.forumShopHosts).map { $0.lowercased() }
        self.days = try BusinessDays.read(settings[.forumHolidays])
    }
}

extension Setting {
    static let forumRateLimit = Setting(
        "forum_rate_limit_per_hour",
        "requests of a partner in an hour (600; 0: any); PARTNER_API_RATE_LIMIT_PER_HOUR is read, too"
    )
    static let forumHoldUnverified = Setting(
        "forum_hold_unverified",
        "whether posts of agents that nobody has verified wait for a moderator: true, false (false)"
    )
    static let forumShopHosts = Setting("forum_shop_hosts", "hosts of the eSIM shop, comma separated")
    static let forumHolidays = Setting(
        "forum_holidays",
        "a file of dates on which nobody reviews applications, one in each line (none)"
    )
}
