import HTTPTypes
import Kernel
import Platform
import Storage
import Web

/// An account's own affairs: profile, bank, keys, the postback token.
struct AccountRoutes: Sendable {
    private static let tag = "Account"

    let database: any Database
    let accounts: AccountService
    let door: Door
    let keys: AffiliateKeyService
    let usage: KeyUsage
    let tokens: PostbackTokens
    let bank: BankAccounts

    var endpoints: [Endpoint] { self.profileEndpoints + self.keyEndpoints + self.tokenEndpoints }

    private var profileEndpoints: [Endpoint] {
        [
            .affiliate(
                .get,
                "/api/v1/account",
                "Get my account",
                tag: Self.tag,
                for: nil,
                self.profile
            ),
            .affiliate(
                .patch,
                "/api/v1/account",
                "Change my account",
                tag: Self.tag,
                for: nil,
                self.change
            ),
            .affiliate(
                .post,
                "/api/v1/account/password",
                "Change my password",
                tag: Self.tag,
                for: nil,
                self.changePassword
            ),
            .affiliate(
                .get,
                "/api/v1/account/bank",
                "Where I am paid",
                tag: Self.tag,
                for: .publishers,
                self.bankAccount
            ),
            .affiliate(
                .put,
                "/api/v1/account/bank",
                "Say where I am paid",
                tag: Self.tag,
                for: .publishers,
                self.setBankAccount
            ),
        ]
    }

    private var keyEndpoints: [Endpoint] {
        [
            .affiliate(
                .get,
                "/api/v1/keys",
                "List my keys",
                tag: Self.tag,
                for: nil,
                self.listKeys
            ),
            .affiliate(
                .post,
                "/api/v1/keys",
                "Make a key",
                tag: Self.tag,
                for: nil,
                status: .created,
                self.createKey
            ),
            .affiliate(
                .post,
                "/api/v1/keys/{key_id}/revoke",
                "Revoke a key",
                tag: Self.tag,
                for: nil,
                self.revokeKey
            ),
            .affiliate(
                .delete,
                "/api/v1/keys/{key_id}",
                "Delete a key",
                tag: Self.tag,
                for: nil,
                self.deleteKey
            ),
        ]
    }

    private var tokenEndpoints: [Endpoint] {
        [
            .affiliate(
                .get,
                "/api/v1/postback-token",
                "Get my postback token",
                tag: Self.tag,
                for: .advertisers,
                self.token
            ),
            .affiliate(
                .post,
                "/api/v1/postback-token",
                "Make a new postback token",
                tag: Self.tag,
                for: .advertisers,
                self.renewToken
            ),
        ]
    }

    // MARK: Profile

    private struct ChangeInput: Input {
        let fields: ProfileFields
        init(_ read: inout InputReader) { self.fields = ProfileFields(&read) }
    }

    @Sendable private func profile(_: NoInput, _ caller: Caller, _: Call) async throws -> AccountOutput {
        AccountOutput(account: try await self.database.read { try $0.affiliateAccounts.require(caller.identity) })
    }

    @Sendable private func change(_ input: ChangeInput, _ caller: Caller, _: Call) async throws -> AccountOutput {
        return try await self.database.write { tx in
            let account = try tx.affiliateAccounts.require(caller.identity)
            try tx.affiliateAccounts.update(caller.identity, input.fields.profile(changing: account.profile))
            return AccountOutput(account: try tx.affiliateAccounts.require(caller.identity))
        }
    }

    private struct PasswordInput: Input {
        let present: String
        let next: String

        init(_ read: inout InputReader) {
            self.present = read.body("password", .string, "The present one")
            self.next = read.body("new_password", .string, "The new one", .password("new_password"))
        }
    }

    @Sendable private func changePassword(_ input: PasswordInput, _ caller: Caller, _ call: Call) async throws
        -> PasswordChanged
    {
        // Guessers are held to their limit.
        try await self.door.guarding(
            [.address(call.context.clientAddress), .secret(of: caller.identity.text)],
            on: AffiliateContract.shared
        ) {
            try await self.accounts.changePassword(
                of: caller,
                from: input.present,
                to: input.next,
                keeping: call.context.session,
                trace: call.trace
            )
        }
        return PasswordChanged()
    }

    private struct PasswordChanged: Done {
        static let name = "changed"
        static let summary = "true; other sessions have ended"
    }

    // MARK: Bank

    private struct BankInput: Input {
        let account: BankAccounts.Account

        init(_ read: inout InputReader) {
            let line = { (name: String) in
                [
                    Rule<String>.line("\(name) must be one line", canBeBlank: true),
                    .atMost(100, "\(name) must be at most 100 characters"),
                ]
            }
            self.account = BankAccounts.Account(
                bank: read.body("bank_name", .string, "Bank and branch", rules: line("bank_name")),
                number: read.body(
                    "account_number",
                    .string,
                    "Account number",
                    rules: [
                        Rule<String>(
                            "account_number must be 4 to 34 letters and digits",
                            schema: ["pattern": "^[0-9A-Za-z]{4,34}$"]
                        ) {
                            (4...34).contains($0.count) && $0.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
                        }
                    ]
                ),
                holder: read.body("account_holder", .string, "Whose account it is", rules: line("account_holder"))
            )
        }
    }

    @Sendable private func bankAccount(_: NoInput, _ caller: Caller, _: Call) async throws -> BankAccountOutput {
        try await self.bank.output(of: caller.identity)
    }

    @Sendable private func setBankAccount(_ input: BankInput, _ caller: Caller, _ call: Call) async throws
        -> BankAccountOutput
    {
        try await self.bank.set(input.account, of: caller, trace: call.trace)
        return try await self.bank.output(of: caller.identity)
    }

    // MARK: Keys

    private struct NewKeyInput: Input {
        let name: String
        init(_ read: inout InputReader) {
            self.name = read.body(
                "name",
                .string,
                "To tell it from others",
                .notBlank("name must not be empty"),
                .line("name must be one line"),
                .atMost(100, "name must be at most 100 characters")
            )
        }
    }

    private struct KeyPath: Input {
        let id: String
        init(_ read: inout InputReader) { self.id = read.path("key_id", "The key's id") }
    }

    private struct KeyList: Answer {
        let keys: [Entry]

        struct Entry: Answer {
            let key: AffiliateKey

            static let members: [Member<Self>] = [
                Member("id", \.key.credential, "The key", example: "aa:0123456789abcdef"),
                Member("name", \.key.name, "To tell it from others", example: "laptop"),
                Member("key_hint", \.key.hint, "How it begins", example: "aa_1a2b3c"),
                Member("request_count", \.key.requestCount, "Requests so far", example: 12),
                Member(
                    "status",
                    { $0.key.revokedAt == nil ? "active" : "revoked" },
                    "active or revoked",
                    example: "active"
                ),
                Member("last_used_at", \.key.lastUsedAt, "When it was last used"),
                Member("created_at", \.key.createdAt, "When it was made"),
            ]
        }

        static let members: [Member<Self>] = [
            Member("keys", \.keys, "Your keys"),
            Member("count", \.keys.count, "How many there are"),
        ]
    }

    @Sendable private func listKeys(_: NoInput, _ caller: Caller, _: Call) async throws -> KeyList {
        try await self.usage.flush()
        let keys = try await self.database.read { try $0.affiliateKeys.list(of: caller.identity) }
        return KeyList(keys: keys.map { .init(key: $0) })
    }

    private struct NewKey: Answer {
        let id: String
        let key: String
        let name: String

        static let members: [Member<Self>] = [
            Member("id", \.id, "The key", example: "aa:0123456789abcdef"),
            Member("key", \.key, "What to send; it is shown this once", example: "aa_…"),
            Member("name", \.name, "To tell it from others", example: "laptop"),
        ]
    }

    @Sendable private func createKey(_ input: NewKeyInput, _ caller: Caller, _ call: Call) async throws -> NewKey {
        let key = try await self.keys.create(name: input.name.trimmed, by: caller, trace: call.trace)
        return NewKey(id: key.credential, key: key.key, name: input.name.trimmed)
    }

    private struct KeyRevoked: Done {
        static let name = "revoked"
        static let summary = "true"
    }

    @Sendable private func revokeKey(_ input: KeyPath, _ caller: Caller, _ call: Call) async throws -> KeyRevoked {
        try await self.keys.revoke(input.id, by: caller, deleting: false, trace: call.trace)
        return KeyRevoked()
    }

    private struct KeyDeleted: Done {
        static let name = "deleted"
        static let summary = "true"
    }

    @Sendable private func deleteKey(_ input: KeyPath, _ caller: Caller, _ call: Call) async throws -> KeyDeleted {
        try await self.keys.revoke(input.id, by: caller, deleting: true, trace: call.trace)
        return KeyDeleted()
    }

    // MARK: Postback token

    private struct Token: Answer {
        let token: String
        static let members = [Member<Self>("token", \.token, "What your server sends with orders", example: "pb_…")]
    }

    @Sendable private func token(_: NoInput, _ caller: Caller, _ call: Call) async throws -> Token {
        Token(token: try await self.tokens.find(of: caller, trace: call.trace))
    }

    @Sendable private func renewToken(_: NoInput, _ caller: Caller, _ call: Call) async throws -> Token {
        Token(token: try await self.tokens.renew(of: caller, trace: call.trace))
    }
}
