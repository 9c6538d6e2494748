import Kernel
import Platform
import Web

struct PlatformStats: ObjectOutput {
    let json: JSONValue

    init(_ stats: AdminFigureStore.Stats) {
        self.json = [
            "total_services": .int(stats.services),
            "total_agents": .int(stats.agents),
            "total_teams": .int(stats.teams),
            "total_usage_records": .integer(stats.figures.calls),
            "total_revenue_usd": .money(stats.figures.revenue),
            "total_settlements": .int(stats.settlements),
            "active_webhooks": .int(stats.webhooks),
        ]
    }

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

struct DailyUsage: ObjectOutput {
    let json: JSONValue

    init(days: Int, _ periods: [AdminFigureStore.PeriodFigures]) {
        let data: [JSONValue] = periods.map { period in
            [
                "date": .string(period.label), "call_count": .integer(period.figures.calls),
                "revenue_usd": .money(period.figures.revenue), "unique_buyers": .int(period.buyers),
                "unique_services": .int(period.services),
            ]
        }
        self.json = ["days": .int(days), "data": .array(data)]
    }

    static let example = DailyUsage(days: 30, [.example("2026-03-19")])
}

struct ProviderRanking: ObjectOutput {
    let json: JSONValue

    init(period: String, _ providers: [AdminFigureStore.ProviderFigures]) {
        let entries: [JSONValue] = providers.map { provider in
            [
                "provider_id": .string(provider.name), "display_name": .string(provider.displayName),
                "total_calls": .integer(provider.figures.calls), "total_revenue": .money(provider.figures.revenue),
                "avg_latency_ms": .number(provider.figures.averageLatency),
                "success_rate": .number(provider.figures.successRate),
            ]
        }
        self.json = ["period": .string(period), "providers": .array(entries)]
    }

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

struct ProviderCommission: ObjectOutput {
    let json: JSONValue

    init(_ provider: String, since start: Timestamp?, now: Timestamp) {
        let month = start.map { Commission.month(at: now, since: $0) }
        let next = start.flatMap { Commission.nextTier(at: now, since: $0) }
        self.json = [
            "provider_id": .string(provider),
            "registered": .bool(start != nil),
            "current_rate": .string(Commission.rateText(ofMonth: month ?? 1)),
            "current_tier": .string(Commission.tier(ofMonth: month ?? 1)),
            "registration_date": .time(start),
            "month_number": month.map { .integer($0) } ?? .null,
            "next_tier_date": .time(next?.at),
            "next_tier_rate": .text(next.map { Commission.rateText(ofMonth: $0.month) }),
        ]
    }

    static let optionalFields: Set<String> = ["registration_date", "month_number", "next_tier_date", "next_tier_rate"]
    static let example = ProviderCommission(
        "provider-001",
        since: Timestamp(text: "2026-03-01"),
        now: Timestamp(text: "2026-03-19")!
    )
}

struct ServicesHealth: ObjectOutput {
    let json: JSONValue

    init(_ services: [AdminFigureStore.ServiceFigures]) {
        let entries: [JSONValue] = services.map { service in
            [
                "service_id": .string(service.listing.text), "name": .string(service.name),
                "provider_id": .string(service.provider), "status": .string(service.status),
                "avg_latency_ms": .number(service.figures.averageLatency),
                "error_rate": .number(service.figures.errorRate), "last_called": .time(service.figures.lastAt),
            ]
        }
        self.json = ["services": .array(entries)]
    }

    static let optionalFields: Set<String> = ["last_called"]
    static let example = ServicesHealth([.example])
}

struct PaymentSummary: ObjectOutput {
    let json: JSONValue

    init(_ methods: [PaymentMethod: Figures]) {
        let entries = PaymentMethod.allCases.map { method -> (String, JSONValue) in
            let figures = methods[method] ?? Figures()
            return (method.rawValue, ["count": .integer(figures.calls), "total_usd": .money(figures.revenue)])
        }
        self.json = ["methods": .object(Dictionary(uniqueKeysWithValues: entries))]
    }

    static let example = PaymentSummary([.x402: Figures(calls: 8000, revenue: 400_000_000)])
}

struct Trends: ObjectOutput {
    let json: JSONValue

    init(_ granularity: Granularity, _ periods: [AdminFigureStore.PeriodFigures]) {
        let data: [JSONValue] = periods.map { period in
            [
                "period": .string(period.label), "calls": .integer(period.figures.calls),
                "revenue": .money(period.figures.revenue), "unique_buyers": .int(period.buyers),
                "active_services": .int(period.services), "avg_latency_ms": .number(period.figures.averageLatency),
                "success_rate": .number(period.figures.successRate),
            ]
        }
        self.json = ["granularity": .string(granularity.rawValue), "data": .array(data)]
    }

    static let example = Trends(.weekly, [.example("2026-W12")])
}

struct TopServices: ObjectOutput {
    let json: JSONValue

    init(
        _ order: AdminFigureStore.ServiceOrder,
        days: Int,
        _ services: [(service: AdminFigureStore.ServiceFigures, buyers: Int)]
    ) {
        let entries: [JSONValue] = services.map { service, buyers in
            [
                "service_id": .string(service.listing.text), "service_name": .string(service.name),
                "provider_id": .string(service.provider), "category": .string(service.category),
                "total_calls": .integer(service.figures.calls), "total_revenue": .money(service.figures.revenue),
                "avg_latency_ms": .number(service.figures.averageLatency), "unique_buyers": .int(buyers),
                "success_rate": .number(service.figures.successRate),
            ]
        }
        self.json = ["sort_by": .string(order.rawValue), "days": .int(days), "services": .array(entries)]
    }

    static let example = TopServices(.revenue, days: 30, [(.example, 15)])
}

struct BuyerMetrics: ObjectOutput {
    let json: JSONValue

    init(days: Int, _ buyers: AdminFigureStore.Buyers) {
        let spenders: [JSONValue] = buyers.topSpenders.map { spender in
            [
                "buyer_id": .string(spender.name), "calls": .integer(spender.calls),
                "total_spent": .money(spender.spent), "services_used": .int(spender.services),
            ]
        }
        self.json = [
            "days": .int(days),
            "total_buyers_all_time": .int(buyers.allTime),
            "active_buyers": .int(buyers.active),
            "repeat_buyers": .int(buyers.repeating),
            "repeat_rate": .number(Figures.ratio(Int64(buyers.repeating), Int64(buyers.active), scale: 100)),
            "avg_calls_per_buyer": .number(Figures.ratio(buyers.calls, Int64(buyers.active), scale: 1)),
            "top_spenders": .array(spenders),
        ]
    }

    static let example = BuyerMetrics(
        days: 30,
        .init(
            allTime: 100,
            active: 35,
            repeating: 12,
            calls: 147,
            topSpenders: [.init(name: "buyer-001", calls: 150, spent: 75_000_000, services: 5)]
        )
    )
}

// MARK: Examples

extension Figures {
    fileprivate static let example = Figures(
        calls: 5000,
        successes: 4990,
        errors: 25,
        latencyMilliseconds: 602_500,
        revenue: 250_500_000,
        lastAt: Timestamp(text: "2026-03-19T09:45:00Z")
    )
}

extension AdminFigureStore.PeriodFigures {
    fileprivate static func example(_ label: String) -> Self {
        .init(label: label, figures: .example, services: 8, buyers: 12)
    }
}

extension AdminFigureStore.ServiceFigures {
    fileprivate static let example = Self(
        listing: ID("550e8400-e29b-41d4-a716-446655440000"),
        name: "Sentiment Analysis",
        provider: "provider-1",
        status: "active",
        category: "ai",
        figures: .example
    )
}
