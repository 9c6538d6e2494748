import Hummingbird
import Kernel
import Platform
import Web

/// How the network's work places look: their menus, their languages, their money.
enum AffiliatePlace {
    static let languages: [Language] = [.english, .japanese]

    static let style = WorkPlace.Style(
        title: "Souk affiliate",
        home: "/account",
        menus: [
            WorkPlace.Menu(
                .operators,
                [
                    ("Accounts", "/operator/accounts"), ("Months", "/operator/months"),
                    ("Fraud queue", "/operator/fraud"),
                    ("Reports", "/operator/reports"), ("Categories", "/operator/categories"),
                    ("Settings", "/operator/settings"),
                ]
            ),
            WorkPlace.Menu(
                .advertisers,
                [
                    ("Programs", "/advertiser/programs"), ("Requests", "/advertiser/requests"),
                    ("Conversions", "/advertiser/conversions"), ("Reports", "/advertiser/reports"),
                    ("Integration", "/advertiser/guide"),
                ]
            ),
            WorkPlace.Menu(
                .publishers,
                [
                    ("Earnings", "/publisher/earnings"), ("Find programs", "/publisher/programs"),
                    ("Partnerships", "/publisher/partnerships"), ("Conversions", "/publisher/conversions"),
                    ("Reports", "/publisher/reports"), ("Payouts", "/publisher/payouts"),
                ]
            ),
            WorkPlace.Menu(
                Set(AffiliateRole.allCases.map(\.rawValue)),
                [
                    ("Account", "/account"), ("API keys", "/account/keys"), ("Notifications", "/account/notifications"),
                    ("Webhooks", "/account/webhooks"),
                ]
            ),
        ],
        languages: languages,
        phrases: AffiliatePhrases.all,
        present: priced,
        denial: { _ in AffiliateProblems.notForYourRole },
        formToken: AffiliateProblems.formToken,
        describe: ProblemPhrases.say
    )

    /// Where each role begins.
    static func home(of role: String) -> String {
        switch AffiliateRole(rawValue: role) {
        case .operator: "/operator/accounts"
        case .advertiser: "/advertiser/programs"
        default: "/publisher/earnings"
        }
    }

    static func template(_ text: String) -> Template { Template(text, AffiliatePhrases.all) }

    // MARK: Money

    private static let yen: Set<String> = [
        "reward", "reward_amount", "amount", "pending_reward", "approved_reward", "rewards", "clawbacks", "carried_in",
        "gross_reward", "withholding_tax", "transfer_fee", "transfer_fees", "net_amount", "carried_over",
        "unpaid_balance",
        "current_month_earnings", "lifetime_total", "paid_out", "earnings", "monthly_budget", "budget_used", "price",
        "minimum_payout", "fee", "from_amount", "epc",
    ]
    private static let percent: Set<String> = ["confirmation_rate", "reward_percent"]

    /// The same with its money and rates as people write them: ¥1,200 and 87.5 %.
    @Sendable private static func priced(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text): .string(JapanTime.shown(text) ?? text)
        case .array(let values): .array(values.map(self.priced))
        case .object(let members):
            .object(
                Dictionary(
                    uniqueKeysWithValues: members.map { name, value in
                        if name == "reward", members["reward_unit"] == "percent", let number = value.number {
                            return (name, .string("\(self.plain(number)) %"))
                        }
                        if self.yen.contains(name), let text = self.yenText(value) { return (name, .string(text)) }
                        if self.percent.contains(name), let number = value.number {
                            return (name, .string("\(self.plain(number)) %"))
                        }
                        return (name, self.priced(value))
                    }
                )
            )
        default: value
        }
    }

    private static func yenText(_ value: JSONValue) -> String? {
        switch value {
        case .integer(let amount): self.yenText(amount)
        case .number(let number):
            // characters: our own number
            self.yenText(Int64(nearest: number.rounded(.towardZero))) + self.plain(number).trimmingPrefix { $0 != "." }
        default: nil
        }
    }

    static func yenText(_ amount: Int64) -> String {
        let digits = Array(String(amount.magnitude))
        let grouped = digits.enumerated().map { index, digit in
            index > 0 && (digits.count - index).isMultiple(of: 3) ? ",\(digit)" : "\(digit)"
        }
        return (amount < 0 ? "−¥" : "¥") + grouped.joined()
    }

    private static func plain(_ number: Double) -> String {
        number == number.rounded() ? "\(Int64(nearest: number))" : "\((number * 100).rounded() / 100)"
    }
}

extension Visit {
    /// What an action of the contract answers.
    @discardableResult
    func action(_ name: String, _ params: JSONValue = [:]) async throws -> JSONValue {
        let body: JSONValue = ["action": .string(name), "params": params]
        return try await self.act("POST \(ActionRoutes.path)", body: body)["data"] ?? .null
    }

    /// What an operation beside them answers.
    func data(_ route: String, _ parameters: [String: String] = [:], query: [String: String] = [:]) async throws
        -> JSONValue
    {
        try await self.get(route, parameters, query: query)["data"] ?? .null
    }

    @discardableResult
    func change(_ route: String, _ parameters: [String: String] = [:], body: JSONValue? = nil) async throws -> JSONValue
    {
        try await self.act(route, parameters, body: body)["data"] ?? .null
    }

    /// The page's number in the query.
    var pageNumber: Int64 { max(1, Int64(self.query("page")) ?? 1) }

    /// Addresses of the pages before and after, for lists that know how many there are.
    func pageLinks(_ answer: JSONValue, keeping filter: [String: String] = [:]) -> [String: Any] {
        let (page, pages) = (answer["page"]?.integer ?? 1, answer["total_pages"]?.integer ?? 1)
        var values: [String: Any] = [
            "page": "\(page)", "pages": "\(max(1, pages))", "total": "\(answer["total"]?.integer ?? 0)",
        ]
        if page > 1 { values["previous"] = self.address(filter.merging(["page": "\(page - 1)"]) { $1 }) }
        if page < pages { values["next"] = self.address(filter.merging(["page": "\(page + 1)"]) { $1 }) }
        return values
    }

    /// This page with another query.
    func address(_ query: [String: String]) -> String {
        let parts = query.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }.map {
            "\(HTML.percentEncode($0.key))=\(HTML.percentEncode($0.value))"
        }
        return self.here + (parts.isEmpty ? "" : "?" + parts.joined(separator: "&"))
    }
}

/// What several of the network's pages show alike.
enum Snippets {
    /// Where a list goes on.
    static let paging = """
        {{#paging}}<p class="row">{{#previous}}<a href="{{previous}}" rel="prev">[[Newer]]</a>{{/previous}} <span class="soft">[[Page]] {{page}} / {{pages}} · {{total}}</span> {{#next}}<a href="{{next}}" rel="next">[[Older]]</a>{{/next}}</p>{{/paging}}
        """

    static let state = "<span class=\"state state-{{status}}\">{{status_text}}</span>"

    /// The same with `status_text` in the visitor's language beside every `status`.
    static func told(_ value: JSONValue, _ visit: Visit) -> JSONValue {
        switch value {
        case .array(let values): return .array(values.map { self.told($0, visit) })
        case .object(let members):
            var told = members.mapValues { self.told($0, visit) }
            if let status = members["status"]?.string { told["status_text"] = .string(visit.say(status)) }
            for name in ["source", "kind", "state", "type"] {
                if let word = members[name]?.string { told["\(name)_text"] = .string(visit.say("\(name)_\(word)")) }
            }
            if let reason = members["reason"]?.integer.flatMap({ Reason(rawValue: Int($0)) }),
                members["reason_text"] != nil,
                reason != .rejectedByAdvertiser
            {
                told["reason_text"] = .string(reason.text(in: visit.language))
            }
            if let flags = members["flags"]?.array {
                let texts = flags.compactMap { Conversion.Flag(rawValue: $0.string ?? "")?.text(in: visit.language) }
                told["flag_text"] = .string(texts.joined(separator: ", "))
            }
            if members["held"] == true { told["is_held"] = true }
            return .object(told)
        default: return value
        }
    }

    /// Bars of a report by day, one for every day from the first with something to the last.
    static func bars(_ rows: [JSONValue], _ name: String, _ text: (Int64) -> String) -> [BarChart.Bar] {
        let values = Dictionary(
            rows.compactMap { row in
                row["date"]?.string.flatMap { JapanTime.day(text: $0) }.map { ($0, row[name]?.integer ?? 0) }
            }
        ) { first, _ in first }
        guard let first = values.keys.min(), let last = values.keys.max() else { return [] }
        return (first...last).map { day in
            let date = JapanTime.date(ofDay: day)
            let value = values[day] ?? 0
            return BarChart.Bar(label: String(date.suffix(5)), value: Double(value), text: "\(date): \(text(value))")
        }
    }
}
