import Kernel
import Platform
import Web

struct ProviderKeys: ExampleAnswer {
    let keys: [Key]

    struct Key: Answer {
        let id: String
        let role: Role
        let rateLimit: Int
        let wallet: String?
        let createdAt: Timestamp
        let expiresAt: Timestamp?
        let cap: Amount<USDC>?

        static let members: [Member<Self>] = [
            Member("key_id", \.id, "The public part of the key"),
            Member("role", \.role, "buyer, provider or admin"),
            Member("rate_limit", \.rateLimit, "How often it may ask", unit: "requests a minute"),
            Member("wallet_address", \.wallet, "Where USDC is sent"),
            Member("created_at", \.createdAt, "When it was made"),
            Member("expires_at", \.expiresAt, "When it ends"),
            Member("daily_cap", \.cap, "What it may spend of the balance in a UTC day; null for no cap", unit: "USDC"),
        ]
    }

    static let members: [Member<Self>] = [Member("keys", \.keys, "Your keys")]

    static let example = ProviderKeys(
        keys: [
            Key(
                id: "acf_a1b2c3d4e5f6a7b8",
                role: MarketRole.provider.role,
                rateLimit: 60,
                wallet: "0x1234",
                createdAt: Timestamp(text: "2026-03-01")!,
                expiresAt: Timestamp(text: "2027-03-01"),
                cap: 5_000_000
            )
        ]
    )
}

extension ProviderKeys {
    init(_ keys: [Credential]) {
        self.init(
            keys: keys.map { key in
                Key(
                    id: key.id,
                    role: key.role,
                    rateLimit: key.rateLimit,
                    wallet: key.walletAddress,
                    createdAt: key.createdAt,
                    expiresAt: key.expiresAt,
                    cap: key.dailyCap.map { Amount(micros: $0) }
                )
            }
        )
    }
}

struct KeyRevoked: ExampleAnswer {
    let id: String

    init(_ id: String) { self.id = id }

    static let members: [Member<Self>] = [
        Member("status", { _ in "revoked" }, "revoked"),
        Member("key_id", \.id, "The key"),
    ]

    static let example = KeyRevoked("acf_a1b2c3d4e5f6a7b8")
}
