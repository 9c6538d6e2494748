import Kernel
import Platform
import Web

struct PlatformStats: ExampleAnswer {
    let stats: AdminFigureStore.Stats
    init(_ stats: AdminFigureStore.Stats) { self.stats = stats }

    static let members: [Member<Self>] = [
        Member("total_services", \.stats.services, "Services on the market"),
        Member("total_agents", \.stats.agents, "Agents"),
        Member("total_teams", \.stats.teams, "Teams"),
        Member("total_usage_records", \.stats.figures.calls, "Calls so far"),
        Member("total_revenue_usd", { DecimalNumber($0.stats.figures.revenue) }, "Paid by buyers", unit: "USDC"),
        Member("total_settlements", \.stats.settlements, "Settlements"),
        Member("active_webhooks", \.stats.webhooks, "Webhooks that get deliveries"),
    ]

    static let example = PlatformStats(
        .init(
            services: 25,
            agents: 50,
            teams: 8,
            figures: Figures(calls: 15_000, revenue: 750_500_000),
            settlements: 12,
            webhooks: 15
        )
    )
}

struct DailyUsage: ExampleAnswer {
    let days: Int
    let data: [Day]

    struct Day: Answer {
        let period: AdminFigureStore.PeriodFigures

        static let members: [Member<Self>] = [
            Member("date", \.period.label, "The day, UTC"),
            Member("call_count", \.period.figures.calls, "Calls on it"),
            Member("revenue_usd", { DecimalNumber($0.period.figures.revenue) }, "Paid by buyers", unit: "USDC"),
            Member("unique_buyers", \.period.buyers, "Buyers on it"),
            Member("unique_services", \.period.services, "Services that were called on it"),
        ]
    }

    init(days: Int, _ periods: [AdminFigureStore.PeriodFigures]) {
        self.days = days
        self.data = periods.map { Day(period: $0) }
    }

    static let members: [Member<Self>] = [
        Member("days", \.days, "How many days were looked at"),
        Member("data", \.data, "Days with calls, oldest first"),
    ]

    static let example = DailyUsage(days: 30, [.example("2026-03-19")])
}

struct ProviderRanking: ExampleAnswer {
    let period: String
    let providers: [Entry]

    struct Entry: Answer {
        let provider: AdminFigureStore.ProviderFigures

        static let members: [Member<Self>] = [
            Member("provider_id", \.provider.name, "The provider"),
            Member("display_name", \.provider.displayName, "Its name"),
            Member("total_calls", \.provider.figures.calls, "Calls of its services"),
            Member("total_revenue", { DecimalNumber($0.provider.figures.revenue) }, "Paid by buyers", unit: "USDC"),
            Member("avg_latency_ms", \.provider.figures.averageLatency, "Mean time to the answer", unit: "ms"),
            Member("success_rate", \.provider.figures.successRate, "Calls that were answered", unit: "%"),
        ]
    }

    init(period: String, _ providers: [AdminFigureStore.ProviderFigures]) {
        self.period = period
        self.providers = providers.map { Entry(provider: $0) }
    }

    static let members: [Member<Self>] = [
        Member("period", \.period, "The period that was looked at"),
        Member("providers", \.providers, "Most revenue first"),
    ]

    static let example = ProviderRanking(
        period: "all-time",
        [
            .init(
                provider: ID("acc_550e8400-e29b-41d4-a716-446655440001"),
                name: "provider-1",
                displayName: "Top NLP Agent",
                figures: .example
            )
        ]
    )
}

struct ProviderCommission: ExampleAnswer {
    let provider: String
    let start: Timestamp?
    let month: Int64?
    let next: (at: Timestamp, month: Int64)?

    init(_ provider: String, since start: Timestamp?, now: Timestamp) {
        self.provider = provider
        self.start = start
        self.month = start.map { Commission.month(at: now, since: $0) }
        self.next = start.flatMap { Commission.nextTier(at: now, since: $0) }
    }

    static let members: [Member<Self>] = [
        Member("provider_id", \.provider, "The provider"),
        Member("registered", { $0.start != nil }, "Whether it has ever listed a service"),
        Member("current_rate", { Commission.rateText(ofMonth: $0.month ?? 1) }, "Its commission now"),
        Member("current_tier", { Commission.tier(ofMonth: $0.month ?? 1) }, "The tier's name"),
        Member("registration_date", \.start, "When it listed its first service"),
        Member("month_number", \.month, "Months since then, the first is 1"),
        Member("next_tier_date", \.next?.at, "When the next tier begins"),
        Member("next_tier_rate", { $0.next.map { Commission.rateText(ofMonth: $0.month) } }, "Its commission then"),
    ]

    static let example = ProviderCommission(
        "provider-001",
        since: Timestamp(text: "2026-03-01"),
        now: Timestamp(text: "2026-03-19")!
    )
}

struct ServicesHealth: ExampleAnswer {
    let services: [Entry]

    struct Entry: Answer {
        let service: AdminFigureStore.ServiceFigures

        static let members: [Member<Self>] = [
            Member("service_id", \.service.listing, "The service"),
            Member("name", \.service.name, "Its name"),
            Member("provider_id", \.service.provider, "Who offers it"),
            Member("status", \.service.status, "Its state"),
            Member("avg_latency_ms", \.service.figures.averageLatency, "Mean time to the answer", unit: "ms"),
            Member("error_rate", \.service.figures.errorRate, "Calls that failed", unit: "%"),
            Member("last_called", \.service.figures.lastAt, "When it was last called"),
        ]
    }

    init(_ services: [AdminFigureStore.ServiceFigures]) { self.services = services.map { Entry(service: $0) } }

    static let members: [Member<Self>] = [Member("services", \.services, "Services with calls")]

    static let example = ServicesHealth([.example])
}

struct PaymentSummary: ExampleAnswer {
    let methods: [String: Method]

    struct Method: Answer {
        let figures: Figures

        static let members: [Member<Self>] = [
            Member("count", \.figures.calls, "Calls of services with this method"),
            Member("total_usd", { DecimalNumber($0.figures.revenue) }, "Paid by buyers", unit: "USDC"),
        ]
    }

    init(_ methods: [PaymentMethod: Figures]) {
        self.methods = Dictionary(
            uniqueKeysWithValues: PaymentMethod.allCases.map {
                ($0.rawValue, Method(figures: methods[$0] ?? Figures()))
            }
        )
    }

    static let members: [Member<Self>] = [Member("methods", \.methods, "By payment method")]

    static let example = PaymentSummary([.x402: Figures(calls: 8000, revenue: 400_000_000)])
}

// MARK: Examples

extension Figures {
    static let example = Figures(
        calls: 5000,
        successes: 4990,
        errors: 25,
        latencyMilliseconds: 602_500,
        revenue: 250_500_000,
        lastAt: Timestamp(text: "2026-03-19T09:45:00Z")
    )
}

extension AdminFigureStore.PeriodFigures {
    static func example(_ label: String) -> Self {
        .init(label: label, figures: .example, services: 8, buyers: 12)
    }
}

extension AdminFigureStore.ServiceFigures {
    static let example = Self(
        listing: ID("550e8400-e29b-41d4-a716-446655440000"),
        name: "Sentiment Analysis",
        provider: "provider-1",
        status: "active",
        category: "ai",
        figures: .example
    )
}
