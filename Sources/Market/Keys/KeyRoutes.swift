import HTTPTypes
import Hummingbird
import Kernel
import Platform
import Web

struct KeyRoutes: Sendable {
    let service: KeyService
    let door: Door

    var endpoints: [Endpoint] {
        [
            Endpoint(.post, "/api/v1/keys", tag: "Authentication", guardsSecrets: true, status: .created, self.create),
            Endpoint(.post, "/api/v1/keys/validate", tag: "Authentication", guardsSecrets: true, self.validate),
            Endpoint(.get, "/api/v1/keys", tag: "Authentication", self.list),
            Endpoint(.delete, "/api/v1/keys/{key_id}", tag: "Authentication", self.revoke),
        ]
    }

    var list: Operation<NoInput, ProviderKeys> {
        Operation("List my API keys", access: .anyKey) { _, caller, call in
            ProviderKeys(try await self.service.list(of: caller))
        }
    }

    var revoke: Operation<CredentialPath, KeyRevoked> {
        Operation("Revoke one of my API keys", access: .anyKey, effect: .write) { input, caller, call in
            try await self.service.revoke(input.id, by: caller, trace: call.trace)
            return KeyRevoked(input.id)
        }
        .refusing(MarketProblems.cappedKey, MarketProblems.keyNotFound, MarketProblems.notYourKey)
    }

    var create: Operation<CreateKey, KeyCreated> {
        Operation("Create an API key", access: .optional, effect: .write) { input, caller, call in
            let order = KeyService.Order(
                ownerName: input.ownerID,
                role: MarketRole(rawValue: input.role)!,
                rateLimit: input.rateLimit,
                walletAddress: input.walletAddress
            )
            return KeyCreated(try await self.service.create(order, by: caller, trace: call.trace))
        }
        .refusing(
            MarketProblems.providerKeyNeedsKey,
            MarketProblems.adminKeyNeedsKey,
            MarketProblems.adminKeyNeedsAdmin,
            MarketProblems.cappedKey,
            MarketProblems.ownerTaken
        )
    }

    var validate: Operation<ValidateKey, KeyValidity> {
        Operation("Validate an API key", access: .open, effect: .write) { input, call in
            let contract = MarketContract.shared
            let caller = try await self.door.guarding(
                [.address(call.context.clientAddress), .secret(of: input.keyID)],
                on: contract
            ) {
                try await self.door.identify(PresentedKey(id: input.keyID, secret: input.secret), on: contract)
            }
            return KeyValidity(valid: true, ownerID: caller.name, role: caller.role, rateLimit: caller.rateLimit)
        }
    }
}

struct CreateKey: Input {
    let ownerID: String
    let role: String
    let rateLimit: Int
    let walletAddress: String?

    init(_ read: inout InputReader) {
        self.ownerID = read.body(
            "owner_id",
            .string,
            "Unique identifier for the key owner",
            .notBlank(),
            .atMost(200),
            .visible
        )
        self.role = read.body(
            "role",
            .string,
            default: "buyer",
            json: "buyer",
            "buyer, provider or admin",
            .oneOf(MarketRole.allCases.map(\.rawValue))
        )
        self.rateLimit = read.body(
            "rate_limit",
            .integer,
            default: 60,
            json: 60,
            "Maximum requests a minute",
            .range(1...300)
        )
        self.walletAddress = read.optionalBody(
            "wallet_address",
            .string,
            "USDC wallet address",
            .atMost(200)
        )
    }
}

struct KeyCreated: ExampleAnswer {
    let keyID: String
    let secret: String
    let role: Role
    let rateLimit: Int
    let message: String

    static let members: [Member<Self>] = [
        Member("key_id", \.keyID, "The public part of the key"),
        Member("secret", \.secret, "The secret part of the key; it is shown this once"),
        Member("role", \.role, "buyer, provider or admin"),
        Member("rate_limit", \.rateLimit, "How often the key may ask", unit: "requests a minute"),
        Member("message", \.message, "A reminder to keep the secret"),
    ]

    init(keyID: String, secret: String, role: Role, rateLimit: Int) {
        self.keyID = keyID
        self.secret = secret
        self.role = role
        self.rateLimit = rateLimit
        self.message = "Save the secret — it cannot be retrieved again."
    }

    init(_ key: KeyService.NewKey) {
        self.init(
            keyID: key.credential.id,
            secret: key.secret,
            role: key.credential.role,
            rateLimit: key.credential.rateLimit
        )
    }

    static let example = KeyCreated(
        keyID: "acf_a1b2c3d4e5f6a7b8",
        secret: "sec_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        role: MarketRole.provider.role,
        rateLimit: 60
    )
}

struct ValidateKey: Input {
    let keyID: String
    let secret: String

    init(_ read: inout InputReader) {
        self.keyID = read.body("key_id", .string, "The key ID")
        self.secret = read.body("secret", .string, "The key secret")
    }
}

struct KeyValidity: ExampleAnswer {
    let valid: Bool
    let ownerID: String
    let role: Role
    let rateLimit: Int

    static let members: [Member<Self>] = [
        Member("valid", \.valid, "Whether the key is good"),
        Member("owner_id", \.ownerID, "Whose it is"),
        Member("role", \.role, "buyer, provider or admin"),
        Member("rate_limit", \.rateLimit, "How often the key may ask", unit: "requests a minute"),
    ]

    static let example = KeyValidity(valid: true, ownerID: "my-agent", role: MarketRole.provider.role, rateLimit: 60)
}
