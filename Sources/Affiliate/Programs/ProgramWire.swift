import Kernel
import Platform
import Web

/// What an advertiser says of a program; what is missing of a change stays as it is.
struct ProgramFields: Sendable {
    private let categoryID: CategoryID?
    private let name: String?
    private let description: String?
    private let landingURL: String?
    private let status: Program.Status?
    private let rewardType: Terms.RewardType?
    private let rewardAmount: Yen?
    private let rewardPercent: Int64?
    private let typicalOrderAmount: Yen?
    private let cookieDays: Int?
    private let holdDays: Int?
    private let selfAffiliate: Bool?
    private let campaign: CampaignFields
    private let allowListing: Bool?
    private let itpSupported: Bool?
    private let autoApprove: Bool?
    private let limits: Limits

    /// - Parameter isNew: whether there is nothing yet that could stay.
    init(_ read: inout InputReader, isNew: Bool) {
        let name: [Rule<String>] = [
            .notBlank(), .line(),
            .atMost(200),
        ]
        self.name =
            isNew
            ? read.body("name", .string, "Its name", rules: name)
            : read.optionalBody("name", .string, "Its name", rules: name)
        self.categoryID =
            (isNew
            ? read.body("category_id", .integer, "Category ID")
            : read.optionalBody("category_id", .integer, "Category ID")).map { NumericID($0) }
        self.landingURL =
            isNew
            ? read.webAddress("landing_url", "Where visitors land")
            : read.optionalWebAddress("landing_url", "Where visitors land")
        let types = Terms.RewardType.allCases.map(\.rawValue)
        let oneOf = Rule<String>.oneOf(types)
        self.rewardType =
            (isNew
            ? read.body("reward_type", .string, "cpa, cpc or cpi", oneOf)
            : read.optionalBody("reward_type", .string, "cpa, cpc or cpi", oneOf)).flatMap {
                Terms.RewardType(rawValue: $0)
            }
        self.description = read.optionalBody(
            "description",
            .string,
            "What it is, for publishers",
            .atMost(5000)
        )
        let statuses = Program.Status.allCases.map(\.rawValue)
        self.status = read.optionalBody(
            "status",
            .string,
            "draft without it; active ones are found",
            .oneOf(statuses)
        ).flatMap { Program.Status(rawValue: $0) }
        self.rewardAmount = read.yen("reward_amount", "The reward in yen, where it is fixed", from: 1)
        self.rewardPercent = read.percent("reward_percent", "The reward as a percentage of the order")
        self.typicalOrderAmount = read.yen(
            "typical_order_amount",
            "What an order is usually worth, where the reward is a percentage",
            from: 1
        )
        self.cookieDays = read.optionalBody(
            "cookie_days",
            .integer,
            "Days in which an order counts after its click; 30 without it",
            .range(Terms.cookieDaysRange)
        )
        self.holdDays = read.optionalBody(
            "hold_days",
            .integer,
            "Days from the order until an approved reward is payable; 30 without it",
            .range(Terms.holdDaysRange)
        )
        self.selfAffiliate = read.optionalBody("self_affiliate", .boolean, "Whether publishers may buy themselves")
        self.campaign = CampaignFields(&read)
        self.allowListing = read.optionalBody("allow_listing", .boolean, "Whether listing ads are allowed")
        self.itpSupported = read.optionalBody(
            "itp_supported",
            .boolean,
            "Whether the landing page keeps the click id itself"
        )
        self.autoApprove = read.optionalBody("auto_approve", .boolean, "Whether publishers are partners at once")
        self.limits = Limits(&read)
    }

    /// How much of a program counts.
    private struct Limits: Sendable {
        let monthlyBudget: Yen?
        /// Whether null was sent, which lifts the limit.
        let liftsBudget: Bool
        let clicks: Int?

        init(_ read: inout InputReader) {
            self.liftsBudget = read.isNull("monthly_budget")
            self.monthlyBudget = read.yen(
                "monthly_budget",
                "Rewards of a month in yen; 0 counts no order, null or none is no limit",
                from: 0
            )
            self.clicks = read.optionalBody(
                "click_limit",
                .integer,
                "Clicks of one browser in a minute that count; \(Visit.floodLimit) without it",
                .range(Program.clickLimits)
            )
        }
    }

    /// The program as it becomes. Throws the problems of fields that do not fit each other.
    func content(changing present: Program.Content?) throws -> Program.Content {
        return Program.Content(
            categoryID: self.categoryID ?? present?.categoryID ?? 0,
            name: (self.name ?? present?.name ?? "").trimmed,
            description: self.description ?? present?.description ?? "",
            landingURL: self.landingURL ?? present?.landingURL ?? "",
            status: self.status ?? present?.status ?? .draft,
            terms: try self.terms(changing: present?.terms),
            allowsListing: self.allowListing ?? present?.allowsListing ?? false,
            supportsITP: self.itpSupported ?? present?.supportsITP ?? false,
            approvesAtOnce: self.autoApprove ?? present?.approvesAtOnce ?? false,
            monthlyBudget: self.limits.liftsBudget ? nil : self.limits.monthlyBudget ?? present?.monthlyBudget,
            clickLimit: self.limits.clicks ?? present?.clickLimit ?? Visit.floodLimit
        )
    }

    private func terms(changing present: Terms?) throws -> Terms {
        var validation = Validation()
        let unit: Terms.Unit =
            self.rewardPercent != nil ? .percent : self.rewardAmount != nil ? .yen : present?.unit ?? .yen
        let given = unit == .percent ? self.rewardPercent : self.rewardAmount?.smallestUnits
        let value = given ?? (present?.unit == unit ? present?.value : nil)
        if value == nil { validation.missing("reward_amount") }
        validation.require(
            self.rewardAmount == nil || self.rewardPercent == nil,
            "reward_percent",
            FieldRule("reward_twice")
        )
        let type = self.rewardType ?? present?.rewardType ?? .cpa
        validation.require(
            type == .cpa || unit == .yen,
            "reward_percent",
            FieldRule("percent_of_orders")
        )
        let typical = self.typicalOrderAmount ?? present?.typicalOrderAmount ?? 0
        if unit == .percent, typical == 0 { validation.missing("typical_order_amount") }
        let campaign = self.campaign.campaign(
            unit,
            changing: present?.unit == unit ? present?.campaign : nil,
            &validation
        )
        try validation.check()
        return Terms(
            rewardType: type,
            unit: unit,
            value: value ?? 0,
            typicalOrderAmount: unit == .percent ? typical : 0,
            cookieDays: self.cookieDays ?? present?.cookieDays ?? 30,
            holdDays: self.holdDays ?? present?.holdDays ?? 30,
            allowsSelfBack: self.selfAffiliate ?? present?.allowsSelfBack ?? false,
            campaign: campaign
        )
    }
}

/// A reward of its own for a while.
private struct CampaignFields: Sendable {
    let hasCampaign: Bool?
    let amount: Yen?
    let percent: Int64?
    let start: Timestamp?
    let end: Timestamp?

    init(_ read: inout InputReader) {
        self.hasCampaign = read.optionalBody("has_campaign", .boolean, "false ends the campaign")
        self.amount = read.yen("campaign_reward_amount", "The reward of a campaign, in yen", from: 1)
        self.percent = read.percent("campaign_reward_percent", "The reward of a campaign, as a percentage")
        self.start = read.optionalMoment("campaign_starts_at", "From this moment on (RFC 3339)")
        self.end = read.optionalMoment("campaign_ends_at", "Up to this moment (RFC 3339)")
    }

    func campaign(_ unit: Terms.Unit, changing present: Terms.Campaign?, _ validation: inout Validation)
        -> Terms.Campaign?
    {
        guard self.hasCampaign ?? true else { return nil }
        let value = unit == .percent ? self.percent : self.amount?.smallestUnits
        guard value != nil || self.start != nil || self.end != nil || present != nil else { return nil }
        guard let value = value ?? present?.value, let start = self.start?.microseconds ?? present?.startsAt,
            let end = self.end?.microseconds ?? present?.endsAt
        else {
            validation.require(
                false,
                "campaign_starts_at",
                FieldRule("campaign_whole")
            )
            return nil
        }
        validation.require(start < end, "campaign_ends_at", FieldRule("after_start"))
        return Terms.Campaign(value: value, startsAt: start, endsAt: end)
    }
}

extension InputReader {
    fileprivate mutating func yen(_ name: String, _ summary: String, from least: Int) -> Yen? {
        self.optionalBody(
            name,
            .integer,
            summary,
            .range(least...Int(Terms.amountLimit.smallestUnits))
        ).map { Yen(Int64($0)) }
    }

    /// In hundredths of a percent.
    fileprivate mutating func percent(_ name: String, _ summary: String) -> Int64? {
        self.optionalBody(
            name,
            .number,
            summary,
            Rule<Double>.range(0.01...100).saying(.between("0.01", "100")),
            Rule(FieldRule("two_places")) { abs(($0 * 100).rounded() - $0 * 100) < 0.000_001 }
        ).map { Int64(($0 * 100).rounded()) }
    }
}

struct ProgramInput: Input {
    let id: ProgramID
    init(_ read: inout InputReader) { self.id = NumericID(read.body("program_id", .integer, "Program ID")) }
}

struct ProgramPath: Input {
    let id: ProgramID
    init(_ read: inout InputReader) { self.id = read.number("program_id", "Program ID") }
}
