import Kernel
import Platform

/// What the operator can set of commerce.
struct CommerceSettings: Sendable {
    let trial: Trial.Mode
    /// Where products may be sold that say nothing of it.
    let regions: [Region]
    let rates: ExchangeRates
    let feeBasisPoints: Int
    /// After a click, an order counts for so many days, unless its merchant's terms say otherwise.
    let attributionDays: Int
    /// How long cards are kept.
    let cardDays: Int
    /// How long requests of keys are kept.
    let logDays: Int
    /// What the demo imports instead of its own small catalogue.
    let demoCatalog: String?

    /// Throws `ConfigurationError`.
    init(_ settings: SettingValues) throws {
        self.trial = try Trial.mode(settings)
        let regions =
            settings[.commerceRegions] == nil ? ["US", "GB", "JP", "VN", "CN"] : settings.list(.commerceRegions)
        self.regions = try regions.map { text in
            guard let region = Region(text) else {
                throw ConfigurationError("commerce_regions: '\(text)' is not a region of two letters")
            }
            return region
        }
        guard !self.regions.isEmpty else { throw ConfigurationError("commerce_regions: at least one region") }
        self.rates = try ExchangeRates(settings[.exchangeRates] ?? "")
        self.feeBasisPoints = try settings.integer(.commerceFee, 0...10_000, default: 0)
        self.attributionDays = try settings.integer(.attributionDays, 1...90, default: 30)
        self.demoCatalog = settings[.demoCatalog]?.nonEmpty
        self.logDays = try settings.integer(.logDays, 1...3650, default: 30)
        self.cardDays = try settings.integer(.cardDays, 1...3650, default: 90)
    }
}

extension Setting {
    static let commerceRegions = Setting(
        "commerce_regions",
        "where products may be sold that say nothing of it (US,GB,JP,VN,CN)"
    )
    static let commerceFee = Setting(
        "commerce_fee_bps",
        "the house's part of commissions, in hundredths of a percent (0)"
    )
    static let attributionDays = Setting(
        "commerce_attribution_days",
        "days after a click in which an order counts, for merchants that are opened from then on (30; 1 to 90)"
    )
    static let demoCatalog = Setting(
        "commerce_demo_catalog",
        "a file of Icecat's records (JSON lines, gzip) that the demo imports (its own small catalogue)"
    )
    static let logDays = Setting("commerce_log_days", "days that requests of developers' keys are kept (30)")
    static let cardDays = Setting("commerce_card_days", "days that cards and the sentences behind them are kept (90)")
}
