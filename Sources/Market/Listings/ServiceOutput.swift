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
    ]

    struct Pricing: Answer {
        let pricePerCall: String
        let currency: String
        let paymentMethod: String
        let freeTierCalls: Int

        static let members: [Member<Self>] = [
            Member("price_per_call", \.pricePerCall, "Price of a call, as the provider wrote it", unit: "USDC"),
            Member("currency", \.currency, "The currency of the amounts"),
            Member("payment_method", \.paymentMethod, "How a call is paid when the balance does not suffice"),
            Member("free_tier_calls", \.freeTierCalls, "Calls that each buyer has free"),
        ]
    }

    static let example = ServiceOutput(
        id: "550e8400-e29b-41d4-a716-446655440000",
        providerID: "my-agent",
        name: "Sentiment Analysis API",
        description: "Analyze text sentiment with confidence scores",
        pricing: Pricing(pricePerCall: "0.05", currency: "USDC", paymentMethod: "x402", freeTierCalls: 50),
        status: "active",
        category: "ai",
        tags: ["nlp", "sentiment"],
        createdAt: "2026-03-19T10:00:00.000000+00:00",
        updatedAt: "2026-03-19T10:00:00.000000+00:00"
    )
}

extension ServiceOutput {
    init(_ listing: Listing) {
        self.init(
            id: listing.id.text,
            providerID: listing.providerName,
            name: listing.name,
            description: listing.description,
            pricing: Pricing(
                pricePerCall: listing.price.text,
                currency: Currency.usdc.code,
                paymentMethod: listing.paymentMethod.rawValue,
                freeTierCalls: listing.freeTierCalls
            ),
            status: listing.status.rawValue,
            category: listing.category,
            tags: listing.tags,
            createdAt: listing.createdAt.text,
            updatedAt: listing.updatedAt.text
        )
    }
}

extension Listing.Status: Wire {}
