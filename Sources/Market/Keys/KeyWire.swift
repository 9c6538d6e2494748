import Kernel
import Platform
import Web

struct KeyPath: Input {
    let id: String
    init(_ read: inout InputReader) { self.id = read.path("key_id", "The key") }
}

struct ProviderKeys: ObjectOutput {
    let json: JSONValue

    init(_ keys: [Credential]) {
        self.init(keys.map { ($0.id, $0.role, $0.rateLimit, $0.walletAddress, $0.createdAt, $0.expiresAt) })
    }

    private init(
        _ keys: [(id: String, role: String, limit: Int, wallet: String?, createdAt: Timestamp, expiresAt: Timestamp?)]
    ) {
        let entries: [JSONValue] = keys.map { key in
            [
                "key_id": .string(key.id), "role": .string(key.role), "rate_limit": .int(key.limit),
                "wallet_address": .text(key.wallet), "created_at": .string(key.createdAt.text),
                "expires_at": .time(key.expiresAt),
            ]
        }
        self.json = ["keys": .array(entries)]
    }

    static let optionalFields: Set<String> = ["wallet_address", "expires_at"]
    static let example = ProviderKeys([
        (
            "acf_a1b2c3d4e5f6a7b8", "provider", 60, "0x1234", Timestamp(text: "2026-03-01")!,
            Timestamp(text: "2027-03-01")
        )
    ])
}

struct KeyRevoked: ObjectOutput {
    let json: JSONValue
    init(_ id: String) { self.json = ["status": "revoked", "key_id": .string(id)] }
    static let example = KeyRevoked("acf_a1b2c3d4e5f6a7b8")
}
