import Kernel
import Platform
import Web

/// Clicks, orders and rewards by day, program or publisher, for every role.
struct ReportPages: Sendable {
    let reportRoutes: ReportRoutes

    var pages: [ConsolePage] {
        [
            ConsolePage(path: "/publisher/reports", summary: "Reports", roles: .publishers, show: self.reports),
            ConsolePage(path: "/advertiser/reports", summary: "Reports", roles: .advertisers, show: self.reports),
            ConsolePage(path: "/operator/reports", summary: "Reports", roles: .operators, show: self.reports),
        ]
    }

    private static let reportTemplate = AffiliateConsole.template(
        PageParts.heading + """
            <form method="get" action="{{here}}" class="fields">
            \(PageParts.field("start_date", "[[from_jst]]", value: "{{report.start_date}}", "type=\"date\""))
            \(PageParts.field("end_date", "[[until_jst]]", value: "{{report.end_date}}", "type=\"date\""))
            \(PageParts.choice("group_by", "[[by]]", of: "groupings"))<p><button>[[show]]</button></p></form>
            {{#totals}}<dl class="figures"><div><dt>[[clicks]]</dt><dd>{{clicks}}</dd></div><div><dt>[[valid_clicks]]</dt><dd>{{valid_clicks}}</dd></div><div><dt>[[orders]]</dt><dd>{{conversions}}</dd></div>
            <div><dt>[[reward]]</dt><dd>{{reward}}</dd></div><div><dt>[[confirmed]]</dt><dd>{{#confirmation_rate}}{{confirmation_rate}}{{/confirmation_rate}}{{^confirmation_rate}}–{{/confirmation_rate}}</dd></div><div><dt>EPC</dt><dd>{{#epc}}{{epc}}{{/epc}}{{^epc}}–{{/epc}}</dd></div></dl>{{/totals}}
            {{#charts}}<h2>[[valid_clicks_a_day]]</h2>{{{clicks}}}<h2>[[rewards_a_day]]</h2>{{{rewards}}}{{/charts}}
            """
            + PageParts.table(
                "[[the_same_figures_as_a_table]]",
                of: "rows",
                empty: "[[no_clicks_and_no_orders_in]]",
                [
                    .init("[[by]]", "{{name}}", .heading), .init("[[clicks]]", "{{clicks}}", .number),
                    .init("[[valid_clicks]]", "{{valid_clicks}}", .number),
                    .init("[[pending]]", "{{pending}}", .number),
                    .init("[[approved]]", "{{approved}}", .number), .init("[[rejected]]", "{{rejected}}", .number),
                    .init("[[amount]]", "{{amount}}", .number), .init("[[reward]]", "{{reward}}", .number),
                ]
            )
    )

    private func charts(_ report: ReportOutput, _ request: PageRequest) async throws -> [String: Any] {
        let length = Int64(report.days.count)
        let before = try await request.ask(
            self.reportRoutes.report,
            [
                "start_date": .string(JapanTime.date(ofDay: report.days.lowerBound - length)),
                "end_date": .string(JapanTime.date(ofDay: report.days.lowerBound - 1)), "group_by": "daily",
            ]
        )
        let yen = { (amount: Int64) in request.display.yen(Yen(amount)) }
        let chart = { (title: String, unit: String, value: (ReportLine) -> Int64, text: @escaping (Int64) -> String) in
            let bars = Snippets.bars(report, value, text)
            return BarChart.svg(
                request.say(title),
                bars,
                unit: unit,
                before: request.compared(
                    bars.map(\.value).reduce(0, +),
                    with: Snippets.bars(before, value).map(\.value)
                ) { text(Int64($0)) },
                empty: request.say("nothing_in_this_period")
            )
        }
        return [
            "clicks": chart("valid_clicks_a_day", "", \.validClicks) { "\($0)" },
            "rewards": chart("rewards_a_day", "¥", \.reward.smallestUnits, yen),
        ]
    }

    @Sendable private func reports(_ request: PageRequest) async throws -> PageContent {
        let grouping = request.query("group_by").isEmpty ? "daily" : request.query("group_by")
        let report = try await request.ask(
            self.reportRoutes.report,
            [
                "start_date": .string(request.query("start_date")), "end_date": .string(request.query("end_date")),
                "group_by": .string(grouping),
            ]
        )
        let named = request.rows(report.rows) { ["name": $0.date ?? $0.programName ?? $0.publisherName ?? ""] }
        let isPublisher = Set<Role>.publishers.contains(request.session.caller.role)
        let groupings = (isPublisher ? ["daily", "program"] : ["daily", "program", "publisher"]).map {
            ($0, request.say("by.\($0)"))
        }
        let charts = report.grouping == .daily ? try await self.charts(report, request) : nil
        return PageContent(
            request.say("reports"),
            Self.reportTemplate,
            request,
            [
                "report": report, "rows": named, "totals": report.totals,
                "groupings": PageParts.options(groupings, chosen: grouping), "charts": charts,
            ]
        )
    }
}
