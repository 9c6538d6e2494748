import Hummingbird
import Kernel
import Platform
import Web

/// The operator's dashboard: what the market does today, at a glance.
struct DashboardPage: Sendable {
    struct Content: Sendable {
        let stats: AdminFigureStore.Stats
        /// The last seven days, oldest first; days without calls included.
        let days: [(day: String, calls: Int64, revenue: Int64, buyers: Int)]
        let methods: [PaymentMethod: Figures]
        let providers: [AdminFigureStore.ProviderFigures]
        let services: [AdminFigureStore.ServiceFigures]
    }

    private static let template = Template(
        """
        <h1>Market dashboard</h1>
        <p class="soft">All times are UTC; money is in USDC.</p>
        <section aria-labelledby="stats"><h2 id="stats">Platform</h2>
        <dl class="figures">{{#stats}}<div><dt>{{name}}</dt><dd>{{value}}</dd></div>{{/stats}}</dl></section>
        <section aria-labelledby="daily"><h2 id="daily">Calls of the last seven days</h2>
        {{#hasCalls}}{{{chart}}}{{/hasCalls}}
        {{^hasCalls}}<p class="empty">No calls in the last seven days. They appear here within a second of being made.</p>{{/hasCalls}}
        <div class="scroll" tabindex="0" role="region" aria-label="Days, a table"><table><caption>The same figures as a table</caption>
        <thead><tr><th scope="col">Day</th><th scope="col" class="number">Calls</th><th scope="col" class="number">Revenue</th><th scope="col" class="number">Buyers</th></tr></thead>
        <tbody>{{#days}}<tr><th scope="row" class="whole">{{day}}</th><td class="number">{{calls}}</td><td class="number">{{revenue}}</td><td class="number">{{buyers}}</td></tr>{{/days}}</tbody></table></div></section>
        <section aria-labelledby="methods"><h2 id="methods">Payment methods</h2>
        <div class="scroll" tabindex="0" role="region" aria-label="Methods, a table"><table><caption>Calls of all time by how their service is paid</caption>
        <thead><tr><th scope="col">Method</th><th scope="col" class="number">Calls</th><th scope="col" class="number">Revenue</th></tr></thead>
        <tbody>{{#methods}}<tr><th scope="row">{{name}}</th><td class="number">{{calls}}</td><td class="number">{{revenue}}</td></tr>{{/methods}}</tbody></table></div></section>
        <section aria-labelledby="providers"><h2 id="providers">Top 10 providers</h2>
        {{^hasProviders}}<p class="empty">No provider has been called yet.</p>{{/hasProviders}}
        {{#hasProviders}}<div class="scroll" tabindex="0" role="region" aria-label="Providers, a table"><table><caption>By calls, of all time</caption>
        <thead><tr><th scope="col">Provider</th><th scope="col" class="number">Calls</th><th scope="col" class="number">Revenue</th><th scope="col" class="number">Latency, ms</th><th scope="col" class="number">Success</th></tr></thead>
        <tbody>{{#providers}}<tr><th scope="row">{{name}}</th><td class="number">{{calls}}</td><td class="number">{{revenue}}</td><td class="number">{{latency}}</td><td class="number">{{success}} %</td></tr>{{/providers}}</tbody></table></div>{{/hasProviders}}</section>
        <section aria-labelledby="health"><h2 id="health">Service health</h2>
        {{^hasServices}}<p class="empty">No active service. Providers list theirs with <code>POST /api/v1/services</code>.</p>{{/hasServices}}
        {{#hasServices}}<div class="scroll" tabindex="0" role="region" aria-label="Services, a table"><table><caption>Active services, of all time</caption>
        <thead><tr><th scope="col">Service</th><th scope="col">Provider</th><th scope="col" class="number">Latency, ms</th><th scope="col" class="number">Errors</th><th scope="col">Last called</th></tr></thead>
        <tbody>{{#services}}<tr><th scope="row">{{name}}</th><td>{{provider}}</td><td class="number">{{latency}}</td><td class="number">{{errors}} %</td><td class="whole">{{lastCalled}}</td></tr>{{/services}}</tbody></table></div>{{/hasServices}}</section>
        """
    )

    static func content(_ content: Content) -> PageContent {
        let stats: [(String, String)] = [
            ("Services", "\(content.stats.services)"), ("Agents", "\(content.stats.agents)"),
            ("Teams", "\(content.stats.teams)"), ("Calls", "\(content.stats.figures.calls)"),
            ("Revenue", Micros.text(content.stats.figures.revenue)),
            ("Settlements", "\(content.stats.settlements)"), ("Active webhooks", "\(content.stats.webhooks)"),
        ]
        let bars = content.days.map { day in
            BarChart.Bar(
                label: String(day.day.suffix(5)),
                value: Double(day.calls),
                text: "\(day.day): \(day.calls) calls, \(Micros.text(day.revenue)) USDC"
            )
        }
        let body = self.template.render([
            "stats": stats.map { ["name": $0.0, "value": $0.1] },
            "hasCalls": content.days.contains { $0.calls > 0 },
            "chart": BarChart.svg("Calls a day", bars),
            "days": content.days.map { day in
                [
                    "day": day.day, "calls": "\(day.calls)", "revenue": Micros.text(day.revenue),
                    "buyers": "\(day.buyers)",
                ]
            },
            "methods": PaymentMethod.allCases.map { method in
                let figures = content.methods[method] ?? Figures()
                return [
                    "name": method.rawValue, "calls": "\(figures.calls)", "revenue": Micros.text(figures.revenue),
                ]
            },
            "hasProviders": !content.providers.isEmpty,
            "providers": content.providers.map { provider in
                [
                    "name": provider.displayName == provider.name
                        ? provider.name : "\(provider.displayName) (\(provider.name))",
                    "calls": "\(provider.figures.calls)", "revenue": Micros.text(provider.figures.revenue),
                    "latency": "\(provider.figures.averageLatency)", "success": "\(provider.figures.successRate)",
                ]
            },
            "hasServices": !content.services.isEmpty,
            "services": content.services.map { service in
                [
                    "name": service.name, "provider": service.provider,
                    "latency": "\(service.figures.averageLatency)", "errors": "\(service.figures.errorRate)",
                    "lastCalled": service.figures.lastAt?.readable ?? "never",
                ]
            },
        ])
        return PageContent("Market dashboard", body)
    }
}
