import Kernel
import Platform
import Web

struct ProviderServicePath: Input {
    let id: ID<Listing>
    init(_ read: inout InputReader) { self.id = ID(read.path("service_id", "The service")) }
}

struct ProviderDashboard: ObjectOutput {
    let json: JSONValue

    init(_ provider: String, services: Int, figures: Figures, settled: Int64) {
        self.json = [
            "provider_id": .string(provider),
            "total_services": .int(services),
            "total_calls": .integer(figures.calls),
            "total_revenue": .money(figures.revenue),
            "total_settled": .money(settled),
            "pending_settlement": .money(figures.revenue - settled),
        ]
    }

    static let example = ProviderDashboard(
        "my-agent",
        services: 3,
        figures: Figures(calls: 1500, revenue: 750_000_000),
        settled: 600_000_000
    )
}

struct ProviderServices: ObjectOutput {
    let json: JSONValue

    init(_ services: [(listing: Listing, figures: Figures)]) {
        let entries: [JSONValue] = services.map { listing, figures in
            [
                "id": .string(listing.id.text), "name": .string(listing.name),
                "description": .string(listing.description), "endpoint": .string(listing.endpoint),
                "price_per_call": .string(listing.price.text), "status": .string(listing.status.rawValue),
                "category": .string(listing.category), "timeout_seconds": .int(listing.timeoutSeconds),
                "total_calls": .integer(figures.calls),
                "total_revenue": .money(figures.revenue), "avg_latency_ms": .number(figures.averageLatency),
                "created_at": .string(listing.createdAt.text),
            ]
        }
        self.json = ["services": .array(entries)]
    }

    static let example = ProviderServices([
        (.example, Figures(calls: 500, latencyMilliseconds: 60_250, revenue: 250_000_000))
    ])
}

struct ServiceAnalytics: ObjectOutput {
    let json: JSONValue

    init(_ id: ID<Listing>, name: String, figures: Figures, buyers: Int, days: [(day: String, figures: Figures)]) {
        let daily: [JSONValue] = days.map { day in
            ["date": .string(day.day), "calls": .integer(day.figures.calls), "revenue": .money(day.figures.revenue)]
        }
        self.json = [
            "service_id": .string(id.text),
            "service_name": .string(name),
            "total_calls": .integer(figures.calls),
            "total_revenue": .money(figures.revenue),
            "avg_latency_ms": .number(figures.averageLatency),
            "success_rate": .number(figures.successRate),
            "unique_buyers": .int(buyers),
            "first_call": .time(figures.firstAt),
            "last_call": .time(figures.lastAt),
            "daily": .array(daily),
        ]
    }

    static let optionalFields: Set<String> = ["first_call", "last_call"]
    static let example = ServiceAnalytics(
        Listing.example.id,
        name: "CoinSifter API",
        figures: Figures(
            calls: 500,
            successes: 496,
            latencyMilliseconds: 60_250,
            revenue: 250_000_000,
            firstAt: Timestamp(text: "2026-03-01T10:00:00Z"),
            lastAt: Timestamp(text: "2026-03-19T15:30:00Z")
        ),
        buyers: 15,
        days: [("2026-03-19", Figures(calls: 30, revenue: 15_000_000))]
    )
}

struct EndpointTest: ObjectOutput {
    let json: JSONValue

    init(_ id: ID<Listing>, _ endpoint: String, latency: Int64, status: Int, error: String) {
        self.json = [
            "service_id": .string(id.text),
            "endpoint": .string(endpoint),
            "reachable": .bool(error.isEmpty),
            "latency_ms": .integer(latency),
            "status_code": .int(status),
            "error": .string(error),
        ]
    }

    static let example = EndpointTest(
        Listing.example.id,
        "https://api.example.com/v1",
        latency: 120,
        status: 200,
        error: ""
    )
}

struct Earnings: ObjectOutput {
    let json: JSONValue

    init(earned: Int64, settled: Int64, settlements: [Settlement]) {
        let entries: [JSONValue] = settlements.map { settlement in
            [
                "id": .string(settlement.id.text), "total_amount": .money(settlement.total),
                "platform_fee": .money(settlement.fee), "net_amount": .money(settlement.net),
                "status": .string(settlement.status.rawValue), "period_start": .string(settlement.start.text),
                "period_end": .string(settlement.end.text),
                "reason": .text(settlement.failure),
            ]
        }
        self.json = [
            "total_earned": .money(earned),
            "total_settled": .money(settled),
            "pending_settlement": .money(earned - settled),
            "settlements": .array(entries),
        ]
    }

    static let optionalFields: Set<String> = ["reason"]
    static let example = Earnings(earned: 1_000_000_000, settled: 800_000_000, settlements: [.example])
}

struct Onboarding: ObjectOutput {
    /// The steps by name, in the order in which one takes them; the object that answers has none.
    static let order = [
        "create_api_key", "register_service", "activate_service", "first_traffic", "first_settlement",
    ]

    let json: JSONValue

    init(_ provider: String, hasService: Bool, hasActiveService: Bool, hasTraffic: Bool, hasSettlement: Bool) {
        let steps: [(name: String, label: String, isDone: Bool)] = [
            // Whoever asks has one.
            ("create_api_key", "Create API key", true),
            ("register_service", "Register your first service", hasService),
            ("activate_service", "Activate a service", hasActiveService),
            ("first_traffic", "Receive first API call", hasTraffic),
            ("first_settlement", "Complete first settlement", hasSettlement),
        ]
        let done = steps.filter(\.isDone).count
        self.json = [
            "provider_id": .string(provider),
            "steps": .object(
                Dictionary(
                    uniqueKeysWithValues: steps.map { step in
                        (step.name, ["completed": .bool(step.isDone), "label": .string(step.label)])
                    }
                )
            ),
            "completed_steps": .int(done),
            "total_steps": .int(steps.count),
            "completion_pct": .number(Figures.ratio(Int64(done), Int64(steps.count), scale: 100)),
        ]
    }

    static let example = Onboarding(
        "my-agent",
        hasService: true,
        hasActiveService: true,
        hasTraffic: false,
        hasSettlement: false
    )
}

extension Listing {
    /// For the document.
    fileprivate static let example = Listing(
        id: ID("550e8400-e29b-41d4-a716-446655440000"),
        owner: ID("acc_550e8400-e29b-41d4-a716-446655440001"),
        ownerName: "my-agent",
        name: "CoinSifter API",
        description: "Crypto scanner",
        endpoint: "https://api.example.com/v1",
        price: Price(text: "0.50", micros: 500_000),
        paymentMethod: .x402,
        freeTierCalls: 0,
        timeoutSeconds: 30,
        category: "crypto",
        tags: [],
        createdAt: Timestamp(text: "2026-03-01")!
    )
}
