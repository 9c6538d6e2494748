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
            .affiliate(.get, "/api/v1/account", tag: Self.tag, self.profile),
            .affiliate(.patch, "/api/v1/account", tag: Self.tag, self.change),
            .affiliate(.post, "/api/v1/account/password", tag: Self.tag, self.changePassword),
            .affiliate(.get, "/api/v1/account/bank", tag: Self.tag, self.bankAccount),
            .affiliate(.put, "/api/v1/account/bank", tag: Self.tag, self.setBankAccount),
        ]
    }

    private var keyEndpoints: [Endpoint] {
        [
            .affiliate(.get, "/api/v1/keys", tag: Self.tag, self.listKeys),
            .affiliate(.post, "/api/v1/keys", tag: Self.tag, status: .created, self.createKey),
            .affiliate(.post, "/api/v1/keys/{key_id}/revoke", tag: Self.tag, self.revokeKey),
            .affiliate(.delete, "/api/v1/keys/{key_id}", tag: Self.tag, self.deleteKey),
        ]
    }

    private var tokenEndpoints: [Endpoint] {
        [
            .affiliate(.get, "/api/v1/postback-token", tag: Self.tag, self.token),
            .affiliate(.post, "/api/v1/postback-token", tag: Self.tag, self.renewToken),
        ]
    }

    // MARK: Profile

    struct ChangeInput: Input {
        let fields: ProfileFields
        init(_ read: inout InputReader) { self.fields = ProfileFields(&read) }
    }

    var profile: Operation<NoInput, AccountOutput> {
        Operation("Get my account", access: .roles(nil)) { _, caller, _ in
            AccountOutput(account: try await self.database.read { try $0.affiliateAccounts.require(caller.identity) })
        }
    }

    var change: Operation<ChangeInput, AccountOutput> {
        Operation("Change my account", access: .roles(nil), effect: .write) { input, caller, _ in
            return try await self.database.write { tx in
                let account = try tx.affiliateAccounts.require(caller.identity)
                try tx.affiliateAccounts.update(caller.identity, input.fields.profile(changing: account.profile))
                return AccountOutput(account: try tx.affiliateAccounts.require(caller.identity))
            }
        }
    }

    struct PasswordInput: Input {
        let present: String
        let next: String

        init(_ read: inout InputReader) {
            self.present = read.body("password", .string, "The present one")
            self.next = read.body("new_password", .string, "The new one", .password)
        }
    }

    var changePassword: Operation<PasswordInput, PasswordChanged> {
        Operation("Change my password", access: .roles(nil), effect: .write) { input, caller, call in
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
        .refusing(AffiliateProblems.wrongPresentPassword)
    }

    struct PasswordChanged: Done {
        static let name = "changed"
        static let summary = "true; other sessions have ended"
    }

    // MARK: Bank

    struct BankInput: Input {
        let account: BankAccounts.Account

        init(_ read: inout InputReader) {
            let line = { (name: String) in
                [
                    Rule<String>.line(canBeBlank: true),
                    .atMost(100),
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
                            FieldRule("account_number"),
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

    var bankAccount: Operation<NoInput, BankAccountOutput> {
        Operation("Where I am paid", access: .roles(.publishers)) { _, caller, _ in
            try await self.bank.output(of: caller.identity)
        }
    }

    var setBankAccount: Operation<BankInput, BankAccountOutput> {
        Operation("Say where I am paid", access: .roles(.publishers), effect: .write) { input, caller, call in
            try await self.bank.set(input.account, of: caller, trace: call.trace)
            return try await self.bank.output(of: caller.identity)
        }
    }

    // MARK: Keys

    struct NewKeyInput: Input {
        let name: String
        init(_ read: inout InputReader) {
            self.name = read.body(
                "name",
                .string,
                "To tell it from others",
                .notBlank(),
                .line(),
                .atMost(100)
            )
        }
    }

    struct KeyList: Answer {
        let keys: [Entry]

        struct Entry: Answer {
            let key: AffiliateKey

            enum State: String, Wire, CaseIterable {
                case active, revoked
            }

            static let members: [Member<Self>] = [
                Member("id", \.key.credential, "The key", example: "aa:0123456789abcdef"),
                Member("name", \.key.name, "To tell it from others", example: "laptop"),
                Member("key_hint", \.key.hint, "How it begins", example: "aa_1a2b3c"),
                Member("request_count", \.key.requestCount, "Requests so far", example: 12),
                Member(
                    "status",
                    { $0.key.revokedAt == nil ? State.active : .revoked },
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

    var listKeys: Operation<NoInput, KeyList> {
        Operation("List my keys", access: .roles(nil)) { _, caller, _ in
            try await self.usage.flush()
            let keys = try await self.database.read { try $0.affiliateKeys.list(of: caller.identity) }
            return KeyList(keys: keys.map { .init(key: $0) })
        }
    }

    struct NewKey: Answer {
        let id: String
        let key: String
        let name: String

        static let members: [Member<Self>] = [
            Member("id", \.id, "The key", example: "aa:0123456789abcdef"),
            Member("key", \.key, "What to send; it is shown this once", example: "aa_…"),
            Member("name", \.name, "To tell it from others", example: "laptop"),
        ]
    }

    var createKey: Operation<NewKeyInput, NewKey> {
        Operation("Make a key", access: .roles(nil), effect: .write) { input, caller, call in
            let key = try await self.keys.create(name: input.name.trimmed, by: caller, trace: call.trace)
            return NewKey(id: key.credential, key: key.key, name: input.name.trimmed)
        }
        .refusing(AffiliateProblems.keyLimit)
    }

    struct KeyRevoked: Done {
        static let name = "revoked"
        static let summary = "true"
    }

    var revokeKey: Operation<CredentialPath, KeyRevoked> {
        Operation("Revoke a key", access: .roles(nil), effect: .write) { input, caller, call in
            try await self.keys.revoke(input.id, by: caller, deleting: false, trace: call.trace)
            return KeyRevoked()
        }
        .refusing(AffiliateProblems.keyNotFound)
    }

    struct KeyDeleted: Done {
        static let name = "deleted"
        static let summary = "true"
    }

    var deleteKey: Operation<CredentialPath, KeyDeleted> {
        Operation("Delete a key", access: .roles(nil), effect: .write) { input, caller, call in
            try await self.keys.revoke(input.id, by: caller, deleting: true, trace: call.trace)
            return KeyDeleted()
        }
        .refusing(AffiliateProblems.keyNotFound)
    }

    // MARK: Postback token

    struct Token: Answer {
        let token: String
        static let members = [Member<Self>("token", \.token, "What your server sends with orders", example: "pb_…")]
    }

    var token: Operation<NoInput, Token> {
        Operation("Get my postback token", access: .roles(.advertisers)) { _, caller, call in
            Token(token: try await self.tokens.find(of: caller, trace: call.trace))
        }
    }

    var renewToken: Operation<NoInput, Token> {
        Operation("Make a new postback token", access: .roles(.advertisers), effect: .write) { _, caller, call in
            Token(token: try await self.tokens.renew(of: caller, trace: call.trace))
        }
    }
}
