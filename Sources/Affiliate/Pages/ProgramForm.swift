import Kernel
import Web

/// The form in which an advertiser writes a program down, new or changed.
struct ProgramForm: Sendable {
    let common: CommonActions

    static let fields = """
        <div class="fields">
        \(PageParts.field("name", "[[name]]", value: "{{values.name}}", "required"))
        \(PageParts.choice("category_id", "[[category]]", of: "categories"))
        \(PageParts.field("landing_url", "[[landing_page]]", value: "{{values.landing_url}}", "type=\"url\" required"))
        \(PageParts.choice("status", "[[state]]", of: "states"))
        \(PageParts.choice("reward_type", "[[kind_of_reward]]", of: "types"))
        \(PageParts.field("reward_amount", "[[reward_in_yen_if_fixed]]", value: "{{values.reward_amount}}", "inputmode=\"numeric\""))
        \(PageParts.field("reward_percent", "[[reward_in_percent_of_each_order]]", value: "{{values.reward_percent}}", "inputmode=\"decimal\""))
        \(PageParts.field("typical_order_amount", "[[typical_order_in_yen_with_a]]", value: "{{values.typical_order_amount}}", "inputmode=\"numeric\""))
        \(PageParts.field("cookie_days", "[[days_an_order_counts_after_its]]", value: "{{values.cookie_days}}", "inputmode=\"numeric\""))
        \(PageParts.field("hold_days", "[[days_from_the_order_until_a]]", value: "{{values.hold_days}}", "inputmode=\"numeric\""))
        \(PageParts.field("monthly_budget", "[[budget_of_a_month_in_yen]]", value: "{{values.monthly_budget}}", "inputmode=\"numeric\""))
        \(PageParts.field("click_limit", "[[clicks_of_one_browser]]", value: "{{values.click_limit}}", "inputmode=\"numeric\""))
        </div>
        <fieldset class="boxes"><legend>[[rules]]</legend>\(boxes.map { PageParts.box($0.0, $0.1, checked: "values.\($0.0)") }.joined())</fieldset>
        <fieldset><legend>[[campaign]]</legend><div class="fields">
        \(PageParts.field("campaign_reward", "[[reward_of_the_campaign_in_yen]]", value: "{{values.campaign_reward}}", "inputmode=\"decimal\""))
        \(PageParts.field("campaign_starts_at", "[[from_jst]]", value: "{{values.campaign_starts_at}}", "type=\"datetime-local\""))
        \(PageParts.field("campaign_ends_at", "[[until_jst]]", value: "{{values.campaign_ends_at}}", "type=\"datetime-local\""))</div></fieldset>
        \(PageParts.area("description", "[[description]]", value: "{{values.description}}"))
        """

    private static let boxes = [
        ("auto_approve", "[[publishers_are_partners_at_once]]"), ("self_affiliate", "[[self_back_allowed]]"),
        ("allow_listing", "[[listing_ads_allowed]]"),
        ("itp_supported", "[[the_landing_page_keeps_the_click]]"),
    ]

    func typed(_ request: PageRequest) -> [String: Any] {
        Dictionary(uniqueKeysWithValues: request.form.names.map { ($0, request.form[$0] as Any) })
    }

    func choices(_ request: PageRequest, _ values: [String: Any]) async throws -> [String: Any?] {
        let categories = try await request.ask(self.common.categories).categories
        let chosen = { (name: String) in values[name] as? String ?? "" }
        return [
            "categories": PageParts.options(
                categories.map { ("\($0.category.id)", $0.category.name(in: request.language)) },
                chosen: chosen("category_id")
            ),
            "states": PageParts.options(
                Program.Status.allCases.map { ($0.rawValue, request.say("status.\($0.rawValue)")) },
                chosen: chosen("status")
            ),
            "types": PageParts.options(
                Terms.RewardType.allCases.map { ($0.rawValue, request.say("reward_type.\($0.rawValue)")) },
                chosen: chosen("reward_type")
            ),
        ]
    }

    /// Fields that may be emptied; others then stay as they are.
    static let emptied: Set = ["description"]

    /// What the form says in another way than the operation.
    func given(_ form: Form) -> [String: JSONValue] {
        var given: [String: JSONValue] = [:]
        for (name, _) in Self.boxes { given[name] = .bool(form[name] == "true") }
        given["reward_percent"] = .string(form["reward_percent"].trimmed)
        let reward = form["campaign_reward"].trimmed
        let isFixed = form["reward_percent"].trimmed.isEmpty
        given[isFixed ? "campaign_reward_amount" : "campaign_reward_percent"] = .string(reward)
        if reward.isEmpty { given["has_campaign"] = false }
        for name in ["campaign_starts_at", "campaign_ends_at"] {
            let isGiven = !reward.isEmpty && !form[name].isEmpty
            given[name] = isGiven ? .string(form[name] + JapanTime.offset) : .null
        }
        return given
    }

    /// What stands in the form.
    static func values(of content: Program.Content) -> [String: Any] {
        let terms = content.terms
        let percent = { (hundredths: Int64) in Hundredths(Int(hundredths)).text }
        var values: [String: Any] = [
            "name": content.name, "landing_url": content.landingURL, "status": content.status.rawValue,
            "reward_type": terms.rewardType.rawValue, "description": content.description,
            "category_id": "\(content.categoryID)", "cookie_days": "\(terms.cookieDays)",
            "hold_days": "\(terms.holdDays)", "click_limit": "\(content.clickLimit)",
        ]
        if let budget = content.monthlyBudget { values["monthly_budget"] = "\(budget)" }
        let boxes = [
            ("auto_approve", content.approvesAtOnce), ("self_affiliate", terms.allowsSelfBack),
            ("allow_listing", content.allowsListing), ("itp_supported", content.supportsITP),
        ]
        for (name, isSet) in boxes where isSet { values[name] = true }
        if terms.unit == .percent {
            values["reward_percent"] = percent(terms.value)
            values["typical_order_amount"] = "\(terms.typicalOrderAmount)"
        } else {
            values["reward_amount"] = "\(terms.typicalReward)"
        }
        guard let campaign = terms.campaign else { return values }
        values["campaign_reward"] = terms.unit == .percent ? percent(campaign.value) : "\(campaign.value)"
        for (name, moment) in [("starts_at", campaign.startsAt), ("ends_at", campaign.endsAt)] {
            values["campaign_\(name)"] = String(JapanTime.local(Timestamp(microseconds: moment)).prefix(16))
        }
        return values
    }

    // MARK: What it changes

    private static let changeable =
        [
            "name", "category_id", "landing_url", "status", "reward_type", "reward_amount", "reward_percent",
            "typical_order_amount", "cookie_days", "hold_days", "monthly_budget", "click_limit",
        ] + boxes.map(\.0) + ["campaign_reward", "campaign_starts_at", "campaign_ends_at", "description"]

    /// What the form would change, as people read it.
    func changes(of program: ProgramRoutes.OwnProgram, _ request: PageRequest) async throws -> FormSubject {
        let categories = try await request.ask(self.common.categories).categories.map(\.category)
        let order = try request.read(
            ProgramRoutes.ChangedProgram.self,
            self.given(request.form),
            emptied: Self.emptied
        )
        let before = Self.values(of: program.content)
        let after = Self.values(of: try order.fields.content(changing: program.content))
        let text = { (name: String, value: String) -> String in
            switch name {
            case "status", "reward_type": request.say("\(name).\(value)")
            case "category_id":
                categories.first { "\($0.id)".bytewise.equals(value) }?.name(in: request.language) ?? value
            case _ where Self.boxes.contains { $0.0 == name }: request.say(value.isEmpty ? "no" : "yes")
            case "monthly_budget", "reward_amount", "typical_order_amount":
                Int64(value).map { request.display.yen(Yen($0)) } ?? value
            default: value
            }
        }
        let shown = { (value: Any?) in value.map { $0 as? String ?? "true" } ?? "" }
        let changes = Self.changeable.compactMap { name -> FormSubject.Change? in
            let (old, new) = (shown(before[name]), shown(after[name]))
            return old.bytewise.equals(new) ? nil : FormSubject.Change(name, from: text(name, old), to: text(name, new))
        }
        return FormSubject([("program", program.content.name)], changes: changes)
    }
}
