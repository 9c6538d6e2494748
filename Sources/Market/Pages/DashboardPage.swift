import Hummingbird
import Kernel
import Platform
import Web

/// The operator's dashboard: what the market does today, at a glance.
struct DashboardPage: Sendable {
    struct Content: Sendable {
        let stats: AdminFigureStore.Stats
        /// The last seven days, oldest first; days without calls included.
        let days: [(day: String, calls: Int64, revenue: Amount<USDC>, buyers: Int)]
        /// Calls of the seven days before.
        let before: [Int64]
        let methods: [PaymentMethod: Figures]
        let providers: [AdminFigureStore.ProviderFigures]
        let services: [AdminFigureStore.ServiceFigures]
    }

    private static let template = Template(
        """
        <h1>[[market_dashboard]]</h1>
        <p class="soft">[[days_are_utc_times_are]]</p>
        <section aria-labelledby="stats"><h2 id="stats">[[platform]]</h2>
        <dl class="figures">{{#stats}}<div><dt>{{name}}</dt><dd>{{value}}</dd></div>{{/stats}}</dl></section>
        <section aria-labelledby="daily"><h2 id="daily">[[calls_of_the_last_seven_days]]</h2>
        {{#hasCalls}}{{{chart}}}{{/hasCalls}}
        {{^hasCalls}}<p class="empty">[[no_calls_in_the_last_seven]]</p>{{/hasCalls}}
        <div class="scroll" tabindex="0" role="region" aria-label="[[days]] ([[table]])"><table><caption>[[the_same_figures_as_a_table]]</caption>
        <thead><tr><th scope="col">[[day]]</th><th scope="col" class="number">[[calls]]</th><th scope="col" class="number">[[revenue]]</th><th scope="col" class="number">[[buyers]]</th></tr></thead>
        <tbody>{{#days}}<tr><th scope="row" class="whole">{{day}}</th><td class="number">{{calls}}</td><td class="number">{{revenue}}</td><td class="number">{{buyers}}</td></tr>{{/days}}</tbody></table></div></section>
        <section aria-labelledby="methods"><h2 id="methods">[[payment_methods]]</h2>
        <div class="scroll" tabindex="0" role="region" aria-label="[[methods]] ([[table]])"><table><caption>[[calls_of_all_time_by_how]]</caption>
        <thead><tr><th scope="col">[[paid_over]]</th><th scope="col" class="number">[[calls]]</th><th scope="col" class="number">[[revenue]]</th></tr></thead>
        <tbody>{{#methods}}<tr><th scope="row">{{name}}</th><td class="number">{{calls}}</td><td class="number">{{revenue}}</td></tr>{{/methods}}</tbody></table></div></section>
        <section aria-labelledby="providers"><h2 id="providers">[[top_10_providers]]</h2>
        {{^hasProviders}}<p class="empty">[[no_provider_has_been_called_yet]]</p>{{/hasProviders}}
        {{#hasProviders}}<div class="scroll" tabindex="0" role="region" aria-label="[[providers]] ([[table]])"><table><caption>[[by_calls_of_all_time]]</caption>
        <thead><tr><th scope="col">[[provider]]</th><th scope="col" class="number">[[calls]]</th><th scope="col" class="number">[[revenue]]</th><th scope="col" class="number">[[latency_ms]]</th><th scope="col" class="number">[[success]]</th></tr></thead>
        <tbody>{{#providers}}<tr><th scope="row">{{name}}</th><td class="number">{{calls}}</td><td class="number">{{revenue}}</td><td class="number">{{latency}}</td><td class="number">{{success}}%</td></tr>{{/providers}}</tbody></table></div>{{/hasProviders}}</section>
        <section aria-labelledby="health"><h2 id="health">[[service_health]]</h2>
        {{^hasServices}}<p class="empty">[[no_active_service_providers_list_theirs]] <code>POST /api/v1/services</code>.</p>{{/hasServices}}
        {{#hasServices}}<div class="scroll" tabindex="0" role="region" aria-label="[[services]] ([[table]])"><table><caption>[[active_services_of_all_time]]</caption>
        <thead><tr><th scope="col">[[service]]</th><th scope="col">[[provider]]</th><th scope="col" class="number">[[latency_ms]]</th><th scope="col" class="number">[[errors]]</th><th scope="col">[[last_called]]</th></tr></thead>
        <tbody>{{#services}}<tr><th scope="row">{{name}}</th><td>{{provider}}</td><td class="number">{{latency}}</td><td class="number">{{errors}}%</td><td class="whole">{{lastCalled}}</td></tr>{{/services}}</tbody></table></div>{{/hasServices}}</section>
        """,
        MarketWords.all
    )

    static func content(_ content: Content, _ request: PageRequest) -> PageContent {
        let stats: [(String, String)] = [
            ("services", "\(content.stats.services)"), ("agents", "\(content.stats.agents)"),
            ("teams", "\(content.stats.teams)"), ("calls", "\(content.stats.figures.calls)"),
            ("revenue", content.stats.figures.revenue.text),
            ("settlements", "\(content.stats.settlements)"), ("active_webhooks", "\(content.stats.webhooks)"),
        ]
        let bars = content.days.map { day in
            BarChart.Bar(
                label: String(day.day.suffix(5)),
                value: Double(day.calls),
                text: "\(day.day): \(request.calls(day.calls)), \(day.revenue.text) USDC"
            )
        }
        let body = self.template.render(
            [
                "zone": request.display.timeZone.name,
                "stats": stats.map { ["name": request.say($0.0), "value": $0.1] },
                "hasCalls": content.days.contains { $0.calls > 0 },
                "chart": BarChart.svg(
                    request.say("calls_a_day"),
                    bars,
                    before: request.compared(
                        bars.map(\.value).reduce(0, +),
                        with: content.before.map { Double($0) }
                    ) { request.calls(Int64($0)) },
                    empty: request.say("nothing_in_this_period")
                ),
                "days": content.days.map { day in
                    [
                        "day": day.day, "calls": "\(day.calls)", "revenue": day.revenue.text,
                        "buyers": "\(day.buyers)",
                    ]
                },
                "methods": PaymentMethod.allCases.map { method in
                    let figures = content.methods[method] ?? Figures()
                    return [
                        "name": request.word("payment_method", method.rawValue), "calls": "\(figures.calls)",
                        "revenue": figures.revenue.text,
                    ]
                },
                "hasProviders": !content.providers.isEmpty,
                "providers": content.providers.map { provider in
                    [
                        "name": provider.displayName == provider.name
                            ? provider.name : "\(provider.displayName) (\(provider.name))",
                        "calls": "\(provider.figures.calls)", "revenue": provider.figures.revenue.text,
                        "latency": "\(provider.figures.averageLatency)", "success": "\(provider.figures.successRate)",
                    ]
                },
                "hasServices": !content.services.isEmpty,
                "services": content.services.map { service in
                    [
                        "name": service.name, "provider": service.provider,
                        "latency": "\(service.figures.averageLatency)", "errors": "\(service.figures.errorRate)",
                        "lastCalled": service.figures.lastAt.map(request.display.moment) ?? request.say("never"),
                    ]
                },
            ],
            in: request.language
        )
        return PageContent(request.say("market_dashboard"), body)
    }
}
