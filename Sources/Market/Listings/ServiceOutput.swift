import Hummingbird
import Kernel
import Web

/// A service as everybody may see it: without its endpoint.
struct ServiceOutput: ExampleAnswer {
    let id: String
    let providerID: String
    let name: String
    let description: String
    let pricing: Pricing
    let status: String
    let category: String
    let tags: [String]
    let createdAt: String
    let updatedAt: String
    let usage: ServiceInterfaceOutput?
    let measured: ServiceFactsOutput

    static let members: [Member<Self>] = [
        Member("id", \.id, "The service"),
        Member("provider_id", \.providerID, "Who offers it"),
        Member("name", \.name, "Its name"),
        Member("description", \.description, "What it does"),
        Member("pricing", \.pricing, "What a call costs"),
        Member("status", \.status, "active or paused"),
        Member("category", \.category, "Its category"),
        Member("tags", \.tags, "Its tags"),
        Member("created_at", \.createdAt, "When it was made"),
        Member("updated_at", \.updatedAt, "When it was last changed"),
        Member("usage", \.usage, "How it is called; null where the provider has not said so"),
        Member("measured", \.measured, "What the market has measured, at most half a minute ago"),
    ]

    struct Pricing: Answer {
        let pricePerCall: String
        let currency: String
        let paymentMethod: String
        let freeTierCalls: Int
        let chargedFor: String

        static let members: [Member<Self>] = [
            Member("price_per_call", \.pricePerCall, "Price of a call, as the provider wrote it", unit: "USDC"),
            Member("currency", \.currency, "The currency of the amounts"),
            Member("payment_method", \.paymentMethod, "How a call is paid when the balance does not suffice"),
            Member("free_tier_calls", \.freeTierCalls, "Calls that each buyer has free"),
            Member("charged_for", \.chargedFor, "Which answers are charged: below_500, or success (2xx and 3xx)"),
        ]
    }

    static let example = ServiceOutput(
        id: "550e8400-e29b-41d4-a716-446655440000",
        providerID: "my-agent",
        name: "Sentiment Analysis API",
        description: "Analyze text sentiment with confidence scores",
        pricing: Pricing(
            pricePerCall: "0.05",
            currency: "USDC",
            paymentMethod: "x402",
            freeTierCalls: 50,
            chargedFor: "below_500"
        ),
        status: "active",
        category: "ai",
        tags: ["nlp", "sentiment"],
        createdAt: "2026-03-19T10:00:00.000000+00:00",
        updatedAt: "2026-03-19T10:00:00.000000+00:00",
        usage: ServiceInterfaceOutput(
            interface: ServiceInterface(
                operations: [
                    ServiceOperation(
                        name: "analyse",
                        summary: "The sentiment of one text",
                        contentType: "application/json",
                        requestExample: ["text": "I like it."],
                        requestSchema: [
                            "type": "object", "properties": ["text": ["type": "string"]], "required": ["text"],
                        ],
                        responseExample: ["sentiment": "positive", "confidence": 0.97]
                    )
                ],
                notes: "400: text is missing"
            ),
            baseURL: "http://localhost:8080/market/api/v1/proxy/550e8400-e29b-41d4-a716-446655440000"
        ),
        measured: ServiceFactsOutput(
            facts: ServiceFacts(
                calls: 1523,
                lastCalledAt: Timestamp(text: "2026-03-19T15:30:00Z"),
                successRate: 99.2,
                errorRate: 0.3,
                latency: (120, 410),
                reputation: 910
            ),
            listedAt: Timestamp(text: "2026-03-19T10:00:00Z") ?? Timestamp(seconds: 0)
        )
    )
}

extension ServiceOutput {
    /// - Parameter publicURL: of the market, without a slash at the end.
    init(_ listing: Listing, _ facts: ServiceFacts = ServiceFacts(), publicURL: String) {
        self.init(
            id: listing.id.text,
            providerID: listing.providerName,
            name: listing.name,
            description: listing.description,
            pricing: Pricing(
                pricePerCall: listing.price.text,
                currency: Currency.usdc.code,
                paymentMethod: listing.paymentMethod.rawValue,
                freeTierCalls: listing.freeTierCalls,
                chargedFor: listing.chargeRule.rawValue
            ),
            status: listing.status.rawValue,
            category: listing.category,
            tags: listing.tags,
            createdAt: listing.createdAt.text,
            updatedAt: listing.updatedAt.text,
            usage: listing.interface.isEmpty
                ? nil
                : ServiceInterfaceOutput(
                    interface: listing.interface,
                    baseURL: "\(publicURL)/api/v1/proxy/\(listing.id.text)"
                ),
            measured: ServiceFactsOutput(facts: facts, listedAt: listing.createdAt)
        )
    }
}

extension Listing.Status: Wire {}
