import Kernel
import Ledger
import Platform
import Web

/// With what an account signs in.
struct SetLogin: Input {
    let email: String
    /// Nil where the present one stays.
    let password: String?
    /// Empty where the account has none yet.
    let currentPassword: String

    init(_ read: inout InputReader) {
        self.email = read.body("email", .string, "What the account signs in with", .mailAddress).trimmed
        self.password = read.optionalBody(
            "password",
            .string,
            "10 to 200 characters; the present one stays without it",
            .newPassword
        )
        self.currentPassword =
            read.optionalBody("current_password", .string, "The present password, where there is one") ?? ""
    }
}

struct SetLowBalance: Input {
    let threshold: Amount<USDC>?

    init(_ read: inout InputReader) {
        self.threshold = read.nullableBody(
            "threshold",
            .string,
            "Below which balance I am told, in USDC; null for never",
            rules: AmountRules.amount
        ).flatMap { try? Amount<USDC>(decimal: $0) }
    }
}

struct OwnAccount: ExampleAnswer {
    let owner: String
    let role: Role
    let email: String?
    let lowBalance: Amount<USDC>?

    static let members: [Member<Self>] = [
        Member("owner_id", \.owner, "The account's name"),
        Member("role", \.role, "buyer, provider or admin: what the key that asks may do"),
        Member("email", \.email, "What the account signs in with, if it has a password"),
        Member("low_balance_threshold", \.lowBalance, "Below which balance the account is told", unit: "USDC"),
    ]

    static let example = OwnAccount(
        owner: "my-agent",
        role: MarketRole.buyer.role,
        email: "ada@example.com",
        lowBalance: 1_000_000
    )
}
