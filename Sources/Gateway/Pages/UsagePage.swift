import Kernel
import Platform
import Web

/// What was used, by day and by groups, as charts with tables beside them.
struct UsagePage: Sendable {
    let routes: UsageRoutes
    let agents: AgentRoutes

    var pages: [ConsolePage] { [self.page] }

    private static let template = GatewayConsole.template(
        PageParts.heading + """
            <form method="get" action="{{here}}" class="fields">\(PageParts.choice("days", "[[days]]", of: "periods"))\(PageParts.choice("by", "[[grouped_by]]", of: "groupings"))<p><button>[[show]]</button></p></form>
            <dl class="figures"><div><dt>[[runs]]</dt><dd>{{runs}}</dd></div><div><dt>[[calls_of_models]]</dt><dd>{{calls}}</dd></div><div><dt>[[calls_of_tools]]</dt><dd>{{tools}}</dd></div><div><dt>[[tokens]]</dt><dd>{{tokens}}</dd></div><div><dt>[[cost]]</dt><dd>{{cost}} USD</dd></div></dl>
            <h2>[[cost_by_day]]</h2><div class="scroll" tabindex="0" role="region" aria-label="[[cost_by_day]]">{{{chart}}}</div>
            """ + Self.table("[[the_same_figures_as_a_table]]", "days", "day") + "<h2>{{groupTitle}}</h2>"
            + Self.table("{{groupTitle}}", "rows", "group")
    )

    private static func table(_ title: String, _ list: String, _ heading: String) -> String {
        PageParts.table(
            title,
            of: list,
            empty: "[[nothing_has_happened_yet]]",
            [
                .init("[[\(heading)]]", "{{label}}", .heading), .init("[[runs]]", "{{request_count}}", .number),
                .init("[[calls_of_models]]", "{{llm_call_count}}", .number),
                .init("[[calls_of_tools]]", "{{tool_call_count}}", .number),
                .init("[[tokens]]", "{{input_tokens}} / {{output_tokens}}", .number),
                .init("[[cost]]", "{{cost}} USD", .number),
            ]
        )
    }

    /// The cost of every day of the period, beside the one before.
    private func chart(_ points: [UsagePoint], from: Timestamp, seconds: Int64, _ request: PageRequest) async throws
        -> Markup
    {
        let start = from.adding(seconds: -seconds)
        let earlier = try await request.ask(
            self.routes.usage,
            ["from": .string(start.zulu), "to": .string(from.zulu), "group_by": "day"]
        )
        let cost = { (points: [UsagePoint]) in
            Dictionary(points.map { ($0.key, $0.sums.cost) }) { first, _ in first }
        }
        let (costs, costsBefore) = (cost(points), cost(earlier.points))
        let bars = BarChart.days(from: from, through: self.routes.clock.now()).map { day in
            let cost = costs[day] ?? 0
            return BarChart.Bar(
                label: String(Substring(day.utf8.suffix(5))),
                value: Double(cost.smallestUnits),
                text: "\(day): \(cost.decimal) USD"
            )
        }
        let before = BarChart.days(from: start, through: from.adding(seconds: -1)).map {
            Double((costsBefore[$0] ?? 0).smallestUnits)
        }
        return BarChart.svg(
            request.say("cost_by_day"),
            bars,
            unit: "USD",
            scale: 1_000_000,
            before: request.compared(bars.map(\.value).reduce(0, +), with: before) {
                "\(Dollars(Int64($0)).decimal) USD"
            },
            empty: request.say("nothing_in_this_period")
        )
    }

    private var page: ConsolePage {
        ConsolePage(path: "/usage", summary: "Usage", roles: GatewayConsole.readers) { request in
            let days = Int64(request.query("days")) ?? 7
            let wanted = UsageGrouping(rawValue: request.query("by")) ?? .agent
            let length = max(1, min(90, days)) * 86_400
            let from = self.routes.clock.now().startOfDay.adding(seconds: 86_400 - length)
            let since: [String: JSONValue] = ["from": .string(from.zulu)]
            let series = try await request.ask(self.routes.usage, since.merging(["group_by": "day"]) { $1 })
            let groups = try await request.ask(
                self.routes.usage,
                since.merging(["group_by": .string(wanted.rawValue)]) { $1 }
            )
            let agents = wanted == .agent ? try await request.ask(self.agents.list).agents.map(\.agent) : []
            let names = Dictionary(agents.map { ($0.id.text, $0.name) }) { first, _ in first }
            let rows = { (points: [UsagePoint]) in
                request.rows(points.map { UsagePointOutput(point: $0) }) { output in
                    [
                        "label": names[output.point.key] ?? output.point.key.nonEmpty ?? "—",
                        "cost": output.point.sums.cost.decimal,
                    ]
                }
            }
            let groupings: [UsageGrouping] = [.agent, .model, .provider, .user, .tool, .channel]
            let total = series.total
            return PageContent(
                request.say("usage"),
                Self.template,
                request,
                [
                    "runs": "\(total.requests)", "calls": "\(total.calls)", "tools": "\(total.tools)",
                    "tokens": "\(total.input) / \(total.output)", "cost": total.cost.decimal,
                    "days": rows(series.points),
                    "rows": rows(groups.points),
                    "chart": try await self.chart(series.points, from: from, seconds: length, request),
                    "groupTitle": request.word("usage_by", wanted.rawValue),
                    "periods": PageParts.options(
                        [1, 7, 30, 90].map { ("\($0)", request.say("last_days", ["count": "\($0)"])) },
                        chosen: "\(days)"
                    ),
                    "groupings": PageParts.options(
                        groupings.map { ($0.rawValue, request.word("usage_by", $0.rawValue)) },
                        chosen: wanted.rawValue
                    ),
                ]
            )
        }
    }
}
