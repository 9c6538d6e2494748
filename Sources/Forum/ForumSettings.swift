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
    let prices: PostService.Prices
    let payouts: MonthService.Rules
    /// Between a click and an order.
    let attributionSeconds: Int64

    /// Throws `ConfigurationError`.
    init(_ settings: SettingValues, environment: [String: String] = ProcessInfo.processInfo.environment) throws {
        let named = try Self.limit(environment[Self.contractsName])
        self.requestsPerHour = try settings.integer(.forumRateLimit, 0...1_000_000, default: named)
        self.holdsUnverified = try Self.flag(settings, .forumHoldUnverified)
        self.shopHosts = settings.list(.forumShopHosts).map { $0.lowercased() }
        self.days = try BusinessDays.read(settings[.forumHolidays])
        let (posts, payouts) = (PostService.Prices(), MonthService.Rules())
        self.prices = PostService.Prices(
            post: try Self.dollars(settings, .forumPostPrice, else: posts.post),
            thread: try Self.dollars(settings, .forumThreadPrice, else: posts.thread),
            review: try Self.dollars(settings, .forumReviewPrice, else: posts.review)
        )
        self.payouts = MonthService.Rules(
            fees: [
                .iban: try Self.yen(settings, .forumFeeIBAN, else: payouts.fees[.iban] ?? 0),
                .paypal: try Self.yen(settings, .forumFeePayPal, else: payouts.fees[.paypal] ?? 0),
            ],
            minimum: try Self.yen(settings, .forumPayoutMinimum, else: payouts.minimum)
        )
        let days = try settings.integer(.forumAttributionDays, 1...365, default: 30)
        self.attributionSeconds = Int64(days) * 86_400
    }

    /// Of the contract's own name for the limit.
    private static func limit(_ text: String?) throws -> Int {
        guard let text else { return Self.usualLimit }
        guard let limit = Int(text), (0...1_000_000).contains(limit) else {
            throw ConfigurationError("\(Self.contractsName): '\(text)' is not a number from 0 to 1000000")
        }
        return limit
    }

    private static func flag(_ settings: SettingValues, _ setting: Setting) throws -> Bool {
        switch settings[setting]?.lowercased() {
        case "true": return true
        case nil, "false": return false
        case let text?: throw ConfigurationError("\(setting.name): '\(text)' is neither true nor false")
        }
    }

    private static func dollars(_ settings: SettingValues, _ setting: Setting, else standard: Int64) throws -> Int64 {
        guard let text = settings[setting] else { return standard }
        guard let micros = try? Micros.parse(text), (0...1000 * Micros.perUnit).contains(micros) else {
            throw ConfigurationError("\(setting.name): '\(text)' is not an amount from 0 to 1000 dollars")
        }
        return micros
    }

    private static func yen(_ settings: SettingValues, _ setting: Setting, else standard: Int64) throws -> Int64 {
        Int64(try settings.integer(setting, 0...1_000_000, default: Int(standard)))
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
    static let forumPostPrice = Setting("forum_post_price", "what a post takes of a partner's month, in USD (0.01)")
    static let forumThreadPrice = Setting("forum_thread_price", "what a new thread takes in all, in USD (0.05)")
    static let forumReviewPrice = Setting(
        "forum_review_price",
        "what a post takes more when a moderator has to decide, in USD (0.02)"
    )
    static let forumAttributionDays = Setting(
        "forum_attribution_days",
        "days after a click in which an order counts for its post (30)"
    )
    static let forumPayoutMinimum = Setting(
        "forum_payout_minimum",
        "the least that is paid out, in yen; what is less is carried over (5000)"
    )
    static let forumFeeIBAN = Setting("forum_fee_iban", "fee of a payout to an IBAN, in yen (1500)")
    static let forumFeePayPal = Setting("forum_fee_paypal", "fee of a payout to PayPal, in yen (450)")
    static let forumHolidays = Setting(
        "forum_holidays",
        "a file of dates on which nobody reviews applications, one in each line (none)"
    )
}
