import Kernel
import Web

struct Trends: ExampleAnswer {
    let granularity: Granularity
    let data: [Period]

    struct Period: Answer {
        let period: AdminFigureStore.PeriodFigures

        static let members: [Member<Self>] = [
            Member("period", \.period.label, "The day, week or month"),
            Member("calls", \.period.figures.calls, "Calls in it"),
            Member("revenue", { DecimalNumber($0.period.figures.revenue) }, "Paid by buyers", unit: "USDC"),
            Member("unique_buyers", \.period.buyers, "Buyers in it"),
            Member("active_services", \.period.services, "Services that were called in it"),
            Member("avg_latency_ms", \.period.figures.averageLatency, "Mean time to the answer", unit: "ms"),
            Member("success_rate", \.period.figures.successRate, "Calls that were answered", unit: "%"),
        ]
    }

    init(_ granularity: Granularity, _ periods: [AdminFigureStore.PeriodFigures]) {
        self.granularity = granularity
        self.data = periods.map { Period(period: $0) }
    }

    static let members: [Member<Self>] = [
        Member("granularity", \.granularity, "How long each period is"),
        Member("data", \.data, "Periods with calls, oldest first"),
    ]

    static let example = Trends(.weekly, [.example("2026-W12")])
}

extension Granularity: Wire {}
extension AdminFigureStore.ServiceOrder: Wire {}

struct TopServices: ExampleAnswer {
    let order: AdminFigureStore.ServiceOrder
    let days: Int
    let services: [Entry]

    struct Entry: Answer {
        let service: AdminFigureStore.ServiceFigures
        let buyers: Int

        static let members: [Member<Self>] = [
            Member("service_id", \.service.listing, "The service"),
            Member("service_name", \.service.name, "Its name"),
            Member("provider_id", \.service.provider, "Who offers it"),
            Member("category", \.service.category, "Its category"),
            Member("total_calls", \.service.figures.calls, "Calls"),
            Member("total_revenue", { DecimalNumber($0.service.figures.revenue) }, "Paid by buyers", unit: "USDC"),
            Member("avg_latency_ms", \.service.figures.averageLatency, "Mean time to the answer", unit: "ms"),
            Member("unique_buyers", \.buyers, "Buyers"),
            Member("success_rate", \.service.figures.successRate, "Calls that were answered", unit: "%"),
        ]
    }

    init(
        _ order: AdminFigureStore.ServiceOrder,
        days: Int,
        _ services: [(service: AdminFigureStore.ServiceFigures, buyers: Int)]
    ) {
        self.order = order
        self.days = days
        self.services = services.map { Entry(service: $0.service, buyers: $0.buyers) }
    }

    static let members: [Member<Self>] = [
        Member("sort_by", \.order, "What they are ordered by"),
        Member("days", \.days, "How many days were looked at"),
        Member("services", \.services, "The first stands highest"),
    ]

    static let example = TopServices(.revenue, days: 30, [(.example, 15)])
}

struct BuyerMetrics: ExampleAnswer {
    let days: Int
    let buyers: AdminFigureStore.Buyers
    let spenders: [Spender]

    struct Spender: Answer {
        let spender: AdminFigureStore.Spender

        static let members: [Member<Self>] = [
            Member("buyer_id", \.spender.name, "The buyer"),
            Member("calls", \.spender.calls, "Its calls"),
            Member("total_spent", { DecimalNumber($0.spender.spent) }, "What it paid", unit: "USDC"),
            Member("services_used", \.spender.services, "Services that it called"),
        ]
    }

    init(days: Int, _ buyers: AdminFigureStore.Buyers) {
        self.days = days
        self.buyers = buyers
        self.spenders = buyers.topSpenders.map { Spender(spender: $0) }
    }

    static let members: [Member<Self>] = [
        Member("days", \.days, "How many days were looked at"),
        Member("total_buyers_all_time", \.buyers.allTime, "Buyers since the beginning"),
        Member("active_buyers", \.buyers.active, "Buyers with a call in these days"),
        Member("repeat_buyers", \.buyers.repeating, "Of them, with more than one"),
        Member(
            "repeat_rate",
            { Figures.ratio(Int64($0.buyers.repeating), Int64($0.buyers.active), scale: 100) },
            "Active buyers with more than one call",
            unit: "%"
        ),
        Member(
            "avg_calls_per_buyer",
            { Figures.ratio($0.buyers.calls, Int64($0.buyers.active), scale: 1) },
            "Calls of an active buyer"
        ),
        Member("top_spenders", \.spenders, "Who paid most first"),
    ]

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
