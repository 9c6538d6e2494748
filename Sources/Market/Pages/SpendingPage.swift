import Kernel
import Platform
import Web

/// What a buyer has spent, day by day and by service.
struct SpendingPage: Sendable {
    let routes: SpendingRoutes
    let clock: WallClock

    private static let periods = [7, 30]

    var pages: [ConsolePage] {
        [ConsolePage(path: "/account/spending", summary: "Spending", roles: nil, show: self.show)]
    }

    private static let template = Template(
        PageParts.heading + """
            <form method="get" action="{{base}}/account/spending" class="fields">\(PageParts.choice("days", "[[period]]", of: "periods"))\(PageParts.choice("service_id", "[[service]]", of: "services"))<p><button class="quiet">[[show]]</button></p></form>
            <section aria-labelledby="days"><h2 id="days">[[spent_a_day]]</h2>{{{chart}}}</section>
            <section aria-labelledby="services"><h2 id="services">[[by_service]]</h2>
            """
            + PageParts.table(
                "[[by_service]]",
                of: "lines",
                empty: "[[nothing_in_this_period]]",
                [
                    .init("[[service]]", "<a href=\"{{base}}/services/{{id}}\">{{name}}</a>", .heading),
                    .init("[[calls]]", "{{calls}}", .number), .init("[[spent_usdc]]", "{{spent}}", .number),
                    .init("[[share]]", "{{share}}", .number),
                ]
            )
            + "{{#has_days}}"
            + PageParts.table(
                "[[spent_a_day]]",
                of: "days",
                empty: "",
                [
                    .init("[[day]]", "{{day}}", .heading), .init("[[calls]]", "{{calls}}", .number),
                    .init("[[spent_usdc]]", "{{spent}}", .number),
                ]
            ) + "{{/has_days}}</section>",
        MarketWords.all
    )

    @Sendable private func show(_ request: PageRequest) async throws -> PageContent {
        let days = Int(request.query("days")).flatMap { Self.periods.contains($0) ? $0 : nil } ?? Self.periods[0]
        // A week is compared with the one before it; a month is as long as the records surely stay.
        let isCompared = days * 2 <= SpendingRoutes.longestDays
        let all = try await request.ask(
            self.routes.spending,
            ["days": .string("\(isCompared ? days * 2 : days)")]
        )
        let first = self.clock.now().startOfDay.adding(seconds: Int64(1 - days) * 86_400)
        let chosen = request.query("service_id")
        let (now, before) = Self.split(all.lines, at: first)
        let services = Spending(first: first, lines: now).services
        let shown = now.filter { chosen.isEmpty || $0.line.listing.text.bytewise.equals(chosen) }
        let byDay = Self.sums(shown)
        let bars = BarChart.days(from: first, through: self.clock.now()).map { day in
            let spent = byDay[day]?.spent ?? 0
            return BarChart.Bar(
                label: String(day.suffix(5)),
                value: Double(spent.smallestUnits),
                text: "\(day): \(spent.text) USDC"
            )
        }
        let earlier = Self.sums(before.filter { chosen.isEmpty || $0.line.listing.text.bytewise.equals(chosen) })
        let total = shown.map(\.line.spent).reduce(0, +)
        let comparison = request.compared(
            Double(total.smallestUnits),
            with: BarChart.days(from: all.first, through: first.adding(seconds: -1)).map {
                Double((earlier[$0]?.spent ?? 0).smallestUnits)
            }
        ) { "\(Amount<USDC>(Int64($0)).text) USDC" }
        return PageContent(
            request.say("spending"),
            Self.template,
            request,
            [
                "periods": PageParts.options(
                    Self.periods.map { ("\($0)", request.say("last_days", ["count": "\($0)"])) },
                    chosen: "\(days)"
                ),
                "services": PageParts.options(
                    [("", request.say("all"))] + services.map { ($0.id.text, $0.name) },
                    chosen: chosen
                ),
                "chart": BarChart.svg(
                    request.say("spent_a_day"),
                    bars,
                    unit: "USDC",
                    scale: 1_000_000,
                    before: isCompared ? comparison : nil,
                    empty: request.say("nothing_in_this_period")
                ),
                "lines": Self.lines(services, request),
                "days": byDay.sorted { $0.key > $1.key }.map { day, sum -> [String: Any] in
                    ["day": day, "calls": "\(sum.calls)", "spent": sum.spent.text]
                },
            ]
        )
    }

    private static func split(_ lines: [Spending.Day], at first: Timestamp) -> (
        now: [Spending.Day], before: [Spending.Day]
    ) {
        let border = first.seconds / 86_400
        return (lines.filter { $0.line.day >= border }, lines.filter { $0.line.day < border })
    }

    private static func sums(_ lines: [Spending.Day]) -> [String: (calls: Int64, spent: Amount<USDC>)] {
        lines.reduce(into: [:]) { sums, line in
            let sum = sums[line.day] ?? (0, 0)
            sums[line.day] = (sum.calls + line.line.calls, sum.spent + line.line.spent)
        }
    }

    private static func lines(_ services: [Spending.Service], _ request: PageRequest) -> [[String: Any]] {
        let total = Double(services.map(\.spent.smallestUnits).reduce(0, +))
        return services.map { service in
            let share = total == 0 ? 0 : Double(service.spent.smallestUnits) * 100 / total
            return [
                "id": service.id.text, "name": service.name, "calls": "\(service.calls)", "spent": service.spent.text,
                "share": request.display.percent((share * 10).rounded() / 10),
            ]
        }
    }
}
