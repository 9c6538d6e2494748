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

    private static let keyExample: JSONValue = [
        "id": "aa:0123456789abcdef", "name": "laptop", "key_hint": "aa_1a2b3c", "request_count": 12, "status": "active",
        "last_used_at": "2026-03-19T10:00:00.000000+00:00", "created_at": "2026-03-19T10:00:00.000000+00:00",
    ]

    var endpoints: [Endpoint] { self.profileEndpoints + self.keyEndpoints + self.tokenEndpoints }

    private var profileEndpoints: [Endpoint] {
        [
            .affiliate(
                .get,
                "/api/v1/account",
                "Get my account",
                tag: Self.tag,
                for: nil,
                example: AccountOutput.example,
                optional: AccountOutput.optionalFields,
                self.profile
            ),
            .affiliate(
                .patch,
                "/api/v1/account",
                "Change my account",
                tag: Self.tag,
                for: nil,
                example: AccountOutput.example,
                optional: AccountOutput.optionalFields,
                self.change
            ),
            .affiliate(
                .post,
                "/api/v1/account/password",
                "Change my password",
                tag: Self.tag,
                for: nil,
                example: ["changed": true],
                self.changePassword
            ),
            .affiliate(
                .get,
                "/api/v1/account/bank",
                "Where I am paid",
                tag: Self.tag,
                for: .publishers,
                example: BankAccounts.example,
                optional: ["account_number"],
                self.bankAccount
            ),
            .affiliate(
                .put,
                "/api/v1/account/bank",
                "Say where I am paid",
                tag: Self.tag,
                for: .publishers,
                example: BankAccounts.example,
                optional: ["account_number"],
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
                example: ["keys": [Self.keyExample], "count": 1],
                optional: ["last_used_at"],
                self.listKeys
            ),
            .affiliate(
                .post,
                "/api/v1/keys",
                "Make a key",
                tag: Self.tag,
                for: nil,
                status: .created,
                example: ["id": "aa:0123456789abcdef", "key": "aa_…", "name": "laptop"],
                self.createKey
            ),
            .affiliate(
                .post,
                "/api/v1/keys/{key_id}/revoke",
                "Revoke a key",
                tag: Self.tag,
                for: nil,
                example: ["revoked": true],
                self.revokeKey
            ),
            .affiliate(
                .delete,
                "/api/v1/keys/{key_id}",
                "Delete a key",
                tag: Self.tag,
                for: nil,
                example: ["deleted": true],
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
                example: ["token": "pb_…"],
                self.token
            ),
            .affiliate(
                .post,
                "/api/v1/postback-token",
                "Make a new postback token",
                tag: Self.tag,
                for: .advertisers,
                example: ["token": "pb_…"],
                self.renewToken
            ),
        ]
    }

    // MARK: Profile

    private struct ChangeInput: Input {
        let fields: ProfileFields
        init(_ read: inout InputReader) { self.fields = ProfileFields(&read) }
    }

    @Sendable private func profile(_: NoInput, _ caller: Caller, _ call: Call) async throws -> JSONValue {
        return AccountOutput.json(try await self.database.read { try $0.affiliateAccounts.require(caller.identity) })
    }

    @Sendable private func change(_ input: ChangeInput, _ caller: Caller, _ call: Call) async throws -> JSONValue {
        return try await self.database.write { tx in
            let account = try tx.affiliateAccounts.require(caller.identity)
            try tx.affiliateAccounts.update(caller.identity, input.fields.profile(changing: account.profile))
            return AccountOutput.json(try tx.affiliateAccounts.require(caller.identity))
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
        -> JSONValue
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
        return ["changed": true]
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

    @Sendable private func bankAccount(_: NoInput, _ caller: Caller, _ call: Call) async throws -> JSONValue {
        try await self.bank.json(of: caller.identity)
    }

    @Sendable private func setBankAccount(_ input: BankInput, _ caller: Caller, _ call: Call) async throws -> JSONValue
    {
        try await self.bank.set(input.account, of: caller, trace: call.trace)
        return try await self.bank.json(of: caller.identity)
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

    @Sendable private func listKeys(_: NoInput, _ caller: Caller, _ call: Call) async throws -> JSONValue {
        try await self.usage.flush()
        let keys = try await self.database.read { try $0.affiliateKeys.list(of: caller.identity) }
        return [
            "keys": .array(
                keys.map { key in
                    [
                        "id": .string(key.credential), "name": .string(key.name), "key_hint": .string(key.hint),
                        "request_count": .integer(key.requestCount),
                        "status": key.revokedAt == nil ? "active" : "revoked",
                        "last_used_at": .time(key.lastUsedAt), "created_at": .time(key.createdAt),
                    ]
                }
            ), "count": .count(keys),
        ]
    }

    @Sendable private func createKey(_ input: NewKeyInput, _ caller: Caller, _ call: Call) async throws -> JSONValue {
        let key = try await self.keys.create(name: input.name.trimmed, by: caller, trace: call.trace)
        return ["id": .string(key.credential), "key": .string(key.key), "name": .string(input.name.trimmed)]
    }

    @Sendable private func revokeKey(_ input: KeyPath, _ caller: Caller, _ call: Call) async throws -> JSONValue {
        try await self.keys.revoke(input.id, by: caller, deleting: false, trace: call.trace)
        return ["revoked": true]
    }

    @Sendable private func deleteKey(_ input: KeyPath, _ caller: Caller, _ call: Call) async throws -> JSONValue {
        try await self.keys.revoke(input.id, by: caller, deleting: true, trace: call.trace)
        return ["deleted": true]
    }

    // MARK: Postback token

    @Sendable private func token(_: NoInput, _ caller: Caller, _ call: Call) async throws -> JSONValue {
        ["token": .string(try await self.tokens.find(of: caller, trace: call.trace))]
    }

    @Sendable private func renewToken(_: NoInput, _ caller: Caller, _ call: Call) async throws -> JSONValue {
        ["token": .string(try await self.tokens.renew(of: caller, trace: call.trace))]
    }
}
