import Hummingbird
import Kernel
import Web

/// A service as everybody may see it: without its endpoint.
struct ServiceOutput: Output {
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

    struct Pricing: Codable, Sendable {
        let pricePerCall: String
        let currency: String
        let paymentMethod: String
        let freeTierCalls: Int

        enum CodingKeys: String, CodingKey {
            case pricePerCall = "price_per_call"
            case currency
            case paymentMethod = "payment_method"
            case freeTierCalls = "free_tier_calls"
        }
    }

    enum CodingKeys: String, CodingKey {
        case id
        case providerID = "provider_id"
        case name, description, pricing, status, category, tags
        case createdAt = "created_at"
        case updatedAt = "updated_at"
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
