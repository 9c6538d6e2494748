import Hummingbird
import Kernel
import Platform
import Storage
import Web

/// How the network's console looks: its menus, and the language that an account has set.
enum AffiliateConsole {
    static func style(_ database: any Database) -> Console.Style {
        Console.Style(
            home: "/account",
            menus: [
                Console.Menu(
                    .operators,
                    [
                        ("accounts", "/operator/accounts"), ("months", "/operator/months"), ("jobs", "/account/jobs"),
                        ("fraud_queue", "/operator/fraud"),
                        ("reports", "/operator/reports"), ("categories", "/operator/categories"),
                        ("settings", "/operator/settings"),
                    ]
                ),
                Console.Menu(
                    .advertisers,
                    [
                        ("programs", "/advertiser/programs"), ("requests", "/advertiser/requests"),
                        ("conversions", "/advertiser/conversions"), ("reports", "/advertiser/reports"),
                        ("integration", "/advertiser/guide"),
                    ]
                ),
                Console.Menu(
                    .publishers,
                    [
                        ("earnings", "/publisher/earnings"), ("find_programs", "/publisher/programs"),
                        ("partnerships", "/publisher/partnerships"), ("conversions", "/publisher/conversions"),
                        ("reports", "/publisher/reports"), ("payouts", "/publisher/payouts"),
                    ]
                ),
                Console.Menu(
                    Set(AffiliateRole.allCases.map(\.role)),
                    [
                        ("account", "/account"), ("api_keys", "/account/keys"),
                        ("notifications", "/account/notifications"),
                        ("webhooks", "/account/webhooks"),
                    ]
                ),
            ],
            setting: { caller in
                try await database.read { try $0.affiliateAccounts.find(caller.identity)?.profile.language }
            },
            denial: { _ in AffiliateProblems.notForYourRole },
            formToken: AffiliateProblems.formToken
        )
    }

    /// Where each role begins.
    static func home(of role: Role) -> String {
        switch AffiliateRole(role) {
        case .operator: "/operator/accounts"
        case .advertiser: "/advertiser/programs"
        default: "/publisher/earnings"
        }
    }

    static func template(_ text: String) -> Template { Template(text, AffiliateWords.all) }
}

extension PageRequest {
    /// A parameter of the page's path, which an action takes among its own.
    func named(_ parameter: String) -> [String: JSONValue] { [parameter: .string(self.parameter(parameter))] }

    /// The page's number in the query.
    var pageNumber: Int64 { max(1, Int64(self.query("page")) ?? 1) }

    /// Addresses of the pages before and after, for lists that know how many there are.
    func pageLinks(_ numbers: Paging.Numbers, keeping filter: [String: String] = [:]) -> [String: Any] {
        let (page, pages) = (numbers.page, numbers.pages)
        var values: [String: Any] = ["page": "\(page)", "pages": "\(max(1, pages))", "total": "\(numbers.total)"]
        values["results"] = self.say("results", ["count": "\(numbers.total)"])
        if pages > 1 { values["several"] = true }
        if page > 1 { values["previous"] = self.address(filter.merging(["page": "\(page - 1)"]) { $1 }) }
        if page < pages { values["next"] = self.address(filter.merging(["page": "\(page + 1)"]) { $1 }) }
        return values
    }
}

/// What several of the network's pages show alike.
enum Snippets {
    /// Where a list goes on.
    static let paging = """
        {{#paging}}<p class="row">{{#previous}}<a href="{{previous}}" rel="prev">[[newer]]</a>{{/previous}} <span class="soft">{{#several}}[[page]] {{page}} / {{pages}} · {{/several}}{{results}}</span> {{#next}}<a href="{{next}}" rel="next">[[older]]</a>{{/next}}</p>{{/paging}}
        """

    static let state = "<span class=\"state state-{{status}}\">{{status_text}}</span>"

    /// Bars of a report by day, one for every day of its period.
    static func bars(
        _ report: ReportOutput,
        _ value: (ReportLine) -> Int64,
        _ text: (Int64) -> String = { "\($0)" }
    ) -> [BarChart.Bar] {
        let values = Dictionary(
            report.rows.compactMap { row in
                row.date.flatMap { JapanTime.day(text: $0) }.map { ($0, value(row.line.line)) }
            }
        ) { first, _ in first }
        return report.days.map { day in
            let date = JapanTime.date(ofDay: day)
            let value = values[day] ?? 0
            return BarChart.Bar(label: String(date.suffix(5)), value: Double(value), text: "\(date): \(text(value))")
        }
    }
}
