import Kernel
import Platform
import Web

struct ProviderServicePath: Input {
    let id: ID<Listing>
    init(_ read: inout InputReader) { self.id = ID(read.path("service_id", "The service")) }
}

/// A call of the endpoint itself, as the provider asks for it: by default a GET of its address.
struct EndpointTestInput: Input {
    let id: ID<Listing>
    let method: String
    /// Below the service.
    let target: String
    let contentType: String
    let body: String

    init(_ read: inout InputReader) {
        self.id = ID(read.path("service_id", "The service"))
        self.method = read.body(
            "method",
            .string,
            default: "GET",
            json: "GET",
            "The method",
            .oneOf(ServiceOperation.methods)
        )
        self.target = read.body(
            "path",
            .string,
            default: "",
            json: "",
            "Below the service, with a query where it has one",
            Rule(FieldRule("operation_path")) {
                $0.isEmpty
                    || InterfaceReader.isPath(String($0.bytewise.cut(at: "?").before))
                        && $0.utf8.allSatisfy { $0 > 32 && $0 < 127 }
            }
        )
        self.contentType = read.body(
            "content_type",
            .string,
            default: "application/json",
            json: "application/json",
            "Of the body",
            .line(),
            .atMost(100)
        )
        self.body = read.body("body", .string, default: "", json: "", "What is sent", .atMost(65_536))
    }
}

struct ProviderDashboard: ExampleAnswer {
    let provider: String
    let services: Int
    let figures: Figures
    let settled: Amount<USDC>

    static let members: [Member<Self>] = [
        Member("provider_id", \.provider, "The provider"),
        Member("total_services", \.services, "Services on the market"),
        Member("total_calls", \.figures.calls, "Calls so far"),
        Member("total_revenue", { DecimalNumber($0.figures.revenue) }, "Paid by buyers", unit: "USDC"),
        Member("total_settled", { DecimalNumber($0.settled) }, "Of it, in settlements", unit: "USDC"),
        Member(
            "pending_settlement",
            { DecimalNumber($0.figures.revenue - $0.settled) },
            "Of it, not yet",
            unit: "USDC"
        ),
    ]

    static let example = ProviderDashboard(
        provider: "my-agent",
        services: 3,
        figures: Figures(calls: 1500, revenue: 750_000_000),
        settled: 600_000_000
    )
}

struct ProviderServices: ExampleAnswer {
    let services: [Service]

    struct Service: Answer {
        let listing: Listing
        let figures: Figures

        static let members: [Member<Self>] = [
            Member("id", \.listing.id, "The service"),
            Member("name", \.listing.name, "Its name"),
            Member("description", \.listing.description, "What it does"),
            Member("endpoint", \.listing.endpoint, "Where it is answered; only you see it"),
            Member("price_per_call", \.listing.price.text, "Price of a call, as you wrote it", unit: "USDC"),
            Member("status", \.listing.status, "Its state"),
            Member("paused_reason", \.listing.pausedReason, "Why the operator has paused it; null unless they have"),
            Member("category", \.listing.category, "Its category"),
            Member("timeout_seconds", \.listing.timeoutSeconds, "How long an answer may take to begin", unit: "s"),
            Member("total_calls", \.figures.calls, "Calls so far"),
            Member("total_revenue", { DecimalNumber($0.figures.revenue) }, "Paid by buyers", unit: "USDC"),
            Member("avg_latency_ms", \.figures.averageLatency, "Mean time to the answer", unit: "ms"),
            Member("created_at", \.listing.createdAt, "When it was listed"),
        ]
    }

    init(_ services: [(listing: Listing, figures: Figures)]) {
        self.services = services.map { Service(listing: $0.listing, figures: $0.figures) }
    }

    static let members: [Member<Self>] = [Member("services", \.services, "Your services")]

    static let example = ProviderServices([
        (.example, Figures(calls: 500, latencyMilliseconds: 60_250, revenue: 250_000_000))
    ])
}

struct ServiceAnalytics: ExampleAnswer {
    let id: ID<Listing>
    let name: String
    let figures: Figures
    let buyers: Int
    let days: [Day]
    /// Of as many days before; for the chart.
    let daysBefore: [Day]

    struct Day: Answer {
        let day: String
        let figures: Figures

        static let members: [Member<Self>] = [
            Member("date", \.day, "The day, UTC"),
            Member("calls", \.figures.calls, "Calls on it"),
            Member("revenue", { DecimalNumber($0.figures.revenue) }, "Paid by buyers", unit: "USDC"),
        ]
    }

    init(
        _ id: ID<Listing>,
        name: String,
        figures: Figures,
        buyers: Int,
        days: [(day: String, figures: Figures)],
        daysBefore: [(day: String, figures: Figures)] = []
    ) {
        self.id = id
        self.name = name
        self.figures = figures
        self.buyers = buyers
        self.days = days.map { Day(day: $0.day, figures: $0.figures) }
        self.daysBefore = daysBefore.map { Day(day: $0.day, figures: $0.figures) }
    }

    static let members: [Member<Self>] = [
        Member("service_id", \.id, "The service"),
        Member("service_name", \.name, "Its name"),
        Member("total_calls", \.figures.calls, "Calls so far"),
        Member("total_revenue", { DecimalNumber($0.figures.revenue) }, "Paid by buyers", unit: "USDC"),
        Member("avg_latency_ms", \.figures.averageLatency, "Mean time to the answer", unit: "ms"),
        Member("success_rate", \.figures.successRate, "Calls that were answered", unit: "%"),
        Member("unique_buyers", \.buyers, "Buyers so far"),
        Member("first_call", \.figures.firstAt, "When it was first called"),
        Member("last_call", \.figures.lastAt, "When it was last called"),
        Member("daily", \.days, "Days with calls, oldest first"),
    ]

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

struct EndpointTest: ExampleAnswer {
    let id: ID<Listing>
    let endpoint: String
    let latency: Int64
    let status: Int
    /// Nil when it answered.
    let failure: Failure?
    /// How the answer begins.
    let body: String?

    /// Bytes of an answer that are shown.
    static let bodyLimit = 4096

    enum Failure: String, Sendable {
        case timeout, forbidden, unresolved, malformed, unreachable

        init(_ error: any Error) {
            self =
                switch error {
                case OutboundError.timeout: .timeout
                case OutboundError.forbiddenAddress: .forbidden
                case OutboundError.cannotResolve: .unresolved
                case OutboundError.badURL: .malformed
                default: .unreachable
                }
        }

        func text(in language: Language) -> String {
            MarketWords.all.say("endpoint_test.\(self.rawValue)", in: language)
        }
    }

    init(
        _ id: ID<Listing>,
        _ endpoint: String,
        latency: Int64,
        status: Int,
        failure: Failure?,
        body: String? = nil
    ) {
        self.id = id
        self.endpoint = endpoint
        self.latency = latency
        self.status = status
        self.failure = failure
        self.body = body
    }

    static let members: [Member<Self>] = [
        Member("service_id", \.id, "The service"),
        Member("endpoint", \.endpoint, "What was asked"),
        Member("answer", \.body, "How the answer begins; null when there was none", example: "{}"),
        Member("reachable", { $0.failure == nil }, "Whether it answered"),
        Member("latency_ms", \.latency, "Time to the answer", unit: "ms"),
        Member("status_code", \.status, "HTTP status of the answer; 0 when there was none"),
        Member(
            "error",
            { $0.failure?.text(in: .english) ?? "" },
            "Why there was none; empty when there was one",
            shown: { $0.failure?.text(in: $1.language) }
        ),
    ]

    static let example = EndpointTest(
        Listing.example.id,
        "https://api.example.com/v1",
        latency: 120,
        status: 200,
        failure: nil
    )
}

struct Earnings: ExampleAnswer {
    let earned: Amount<USDC>
    let settled: Amount<USDC>
    let settlements: [Entry]

    struct Entry: Answer {
        let settlement: Settlement

        static let members: [Member<Self>] = [
            Member("id", \.settlement.id, "The settlement"),
            Member("total_amount", { DecimalNumber($0.settlement.total) }, "What buyers paid", unit: "USDC"),
            Member("platform_fee", { DecimalNumber($0.settlement.fee) }, "The commission", unit: "USDC"),
            Member("net_amount", { DecimalNumber($0.settlement.net) }, "What you get", unit: "USDC"),
            Member("status", \.settlement.status, "Its state"),
            Member("period_start", boundary: \.settlement.start, "Where its period begins"),
            Member("period_end", boundary: \.settlement.end, "Where its period ends, exclusive"),
            Member("reason", \.settlement.failure, "Why it failed"),
        ]
    }

    init(earned: Amount<USDC>, settled: Amount<USDC>, settlements: [Settlement]) {
        self.earned = earned
        self.settled = settled
        self.settlements = settlements.map { Entry(settlement: $0) }
    }

    static let members: [Member<Self>] = [
        Member("total_earned", { DecimalNumber($0.earned) }, "Earned so far", unit: "USDC"),
        Member("total_settled", { DecimalNumber($0.settled) }, "Of it, in settlements", unit: "USDC"),
        Member("pending_settlement", { DecimalNumber($0.earned - $0.settled) }, "Of it, not yet", unit: "USDC"),
        Member("settlements", \.settlements, "Newest period first"),
    ]

    static let example = Earnings(earned: 1_000_000_000, settled: 800_000_000, settlements: [.example])
}

struct Onboarding: ExampleAnswer {
    let provider: String
    /// In the order in which one takes them; the object that answers has none.
    let steps: [Step]
    private var done: Int { self.steps.filter(\.isDone).count }
    /// In percent.
    var completion: Double { Figures.ratio(Int64(self.done), Int64(self.steps.count), scale: 100) }

    struct Step: Answer {
        let name: String
        let label: String
        let isDone: Bool

        static let members: [Member<Self>] = [
            Member("completed", \.isDone, "Whether it is done"),
            Member("label", \.label, "What to do"),
        ]
    }

    init(_ provider: String, hasService: Bool, hasActiveService: Bool, hasTraffic: Bool, hasSettlement: Bool) {
        self.provider = provider
        self.steps = [
            // Whoever asks has one.
            Step(name: "create_api_key", label: "Create API key", isDone: true),
            Step(name: "register_service", label: "Register your first service", isDone: hasService),
            Step(name: "activate_service", label: "Activate a service", isDone: hasActiveService),
            Step(name: "first_traffic", label: "Receive first API call", isDone: hasTraffic),
            Step(name: "first_settlement", label: "Complete first settlement", isDone: hasSettlement),
        ]
    }

    static let members: [Member<Self>] = [
        Member("provider_id", \.provider, "The provider"),
        Member("steps", { Dictionary(uniqueKeysWithValues: $0.steps.map { ($0.name, $0) }) }, "By name"),
        Member("completed_steps", \.done, "Steps that are done"),
        Member("total_steps", \.steps.count, "Steps in all"),
        Member("completion_pct", \.completion, "Steps that are done", unit: "%"),
    ]

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
    static let example = Listing(
        id: ID("550e8400-e29b-41d4-a716-446655440000"),
        owner: ID("acc_550e8400-e29b-41d4-a716-446655440001"),
        ownerName: "my-agent",
        name: "CoinSifter API",
        description: "Crypto scanner",
        endpoint: "https://api.example.com/v1",
        price: Price(text: "0.50", amount: 500_000),
        paymentMethod: .x402,
        freeTierCalls: 0,
        timeoutSeconds: 30,
        category: "crypto",
        tags: [],
        createdAt: Timestamp(text: "2026-03-01")!
    )
}
