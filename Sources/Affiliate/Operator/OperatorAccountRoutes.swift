import HTTPTypes
import Kernel
import Platform
import Storage
import Web

/// The operator's hand on accounts: tax, bank, suspension.
struct OperatorAccountRoutes: Sendable {
    private static let tag = "Operator"
    private static let listLimit = 100

    let database: any Database
    let bank: BankAccounts

    private static let accountExample = AccountOutput.example.adding(["bank_code": "0001", "tax_regime": "flat"])

    var endpoints: [Endpoint] {
        [
            .affiliate(
                .get,
                "/api/v1/operator/accounts",
                "List accounts by name",
                tag: Self.tag,
                for: .operators,
                example: ["accounts": [Self.accountExample], "next_after": "my-agent"],
                optional: AccountOutput.optionalFields.union(["next_after"]),
                self.accounts
            ),
            .affiliate(
                .patch,
                "/api/v1/operator/accounts/{account_id}",
                "Set an account's tax regime and bank, or suspend it",
                tag: Self.tag,
                for: .operators,
                example: Self.accountExample,
                optional: AccountOutput.optionalFields,
                self.changeAccount
            ),
            .affiliate(
                .get,
                "/api/v1/operator/accounts/{account_id}/bank",
                "Where an account is paid",
                tag: Self.tag,
                for: .operators,
                example: BankAccounts.example,
                optional: ["account_number"],
                self.bankAccount
            ),
        ]
    }

    private struct ListInput: Input {
        let role: AffiliateRole?
        let after: String

        init(_ read: inout InputReader) {
            let roles = AffiliateRole.allCases.map(\.rawValue)
            self.role = read.query(
                "role",
                .string,
                roles.joined(separator: ", "),
                .oneOf(roles, "role must be one of \(roles.joined(separator: ", "))")
            ).flatMap { AffiliateRole(rawValue: $0) }
            self.after = read.query(
                "after",
                .string,
                default: "",
                json: "",
                "After this account name: next_after of the page before"
            )
        }
    }

    private struct ChangeInput: Input {
        let id: ID<Identity>
        let taxRegime: TaxRegime?
        let bankCode: String?
        let isSuspended: Bool?

        init(_ read: inout InputReader) {
            self.id = ID(read.path("account_id", "The account"))
            let regimes = TaxRegime.allCases.map(\.rawValue)
            self.taxRegime = read.optionalBody(
                "tax_regime",
                .string,
                regimes.joined(separator: ", "),
                .oneOf(regimes, "tax_regime must be one of \(regimes.joined(separator: ", "))")
            ).flatMap { TaxRegime(rawValue: $0) }
            self.bankCode = read.optionalBody(
                "bank_code",
                .string,
                "The bank in the table of fees",
                .line("bank_code must be one line", canBeBlank: true),
                .atMost(20, "bank_code must be at most 20 characters")
            )
            self.isSuspended = read.optionalBody(
                "suspended",
                .boolean,
                "Whether the account is closed for now: its keys and sessions stop at once"
            )
        }
    }

    @Sendable private func accounts(_ input: ListInput, _: Caller, _: Call) async throws -> JSONValue {
        try await self.database.read { tx in
            let found = try tx.affiliateAccounts.list(role: input.role, after: input.after, limit: Self.listLimit + 1)
            let page = found.prefix(Self.listLimit)
            return [
                "accounts": .array(page.map(Self.json)),
                "next_after": .text(found.count > Self.listLimit ? page.last?.name : nil),
            ]
        }
    }

    private static func json(_ account: AffiliateAccount) -> JSONValue {
        AccountOutput.json(account).adding([
            "bank_code": .string(account.bankCode), "tax_regime": .string(account.taxRegime.rawValue),
        ])
    }

    @Sendable private func changeAccount(_ input: ChangeInput, _ caller: Caller, _ call: Call) async throws -> JSONValue
    {
        let trace = call.trace
        return try await self.database.write { tx in
            let account = try tx.affiliateAccounts.require(input.id)
            try tx.affiliateAccounts.update(
                input.id,
                taxRegime: input.taxRegime ?? account.taxRegime,
                bankCode: input.bankCode ?? account.bankCode
            )
            if let isSuspended = input.isSuspended {
                // Nobody locks themselves out.
                guard input.id != caller.identity else { throw AffiliateProblems.notForYourRole }
                let since = isSuspended ? account.suspendedAt ?? tx.now : nil
                try tx.affiliateAccounts.update(input.id, suspendedAt: since)
                try tx.identities.expire(credentialsOf: input.id, surface: AffiliateContract.name, at: since)
                try Self.suspend(account, isSuspended, in: tx)
            }
            try tx.audit.record(
                actor: caller.credential,
                action: "account.changed",
                subject: input.id.text,
                detail: [
                    input.taxRegime.map { "tax \($0.rawValue)" }, input.bankCode.map { "bank \($0)" },
                    input.isSuspended.map { "suspended \($0)" },
                ]
                .compactMap { $0 }.joined(separator: ", "),
                trace: trace
            )
            return Self.json(try tx.affiliateAccounts.require(input.id))
        }
    }

    /// An advertiser's programmes are paused, and theirs to begin again; a publisher's partnerships rest as long as the account.
    private static func suspend(_ account: AffiliateAccount, _ isSuspended: Bool, in tx: Transaction) throws {
        if account.role == .advertiser, isSuspended {
            for program in try tx.programs.list(of: account.id) where program.content.status == .active {
                var content = program.content
                content.status = .paused
                try tx.programs.update(program, to: content)
            }
        }
        guard AffiliateRole.publishing.contains(account.role.rawValue) else { return }
        let (from, to): (Partnership.Status, Partnership.Status) =
            isSuspended ? (.approved, .suspended) : (.suspended, .approved)
        for partnership in try tx.partnerships.listAll(of: account.id, from)
        where isSuspended || partnership.reason == self.suspensionReason {
            try tx.partnerships.update(partnership, status: to, reason: isSuspended ? self.suspensionReason : nil)
        }
    }

    private static let suspensionReason = "The account is suspended"

    private struct AccountPath: Input {
        let id: ID<Identity>
        init(_ read: inout InputReader) { self.id = ID(read.path("account_id", "The account")) }
    }

    @Sendable private func bankAccount(_ input: AccountPath, _ caller: Caller, _ call: Call) async throws -> JSONValue {
        let trace = call.trace
        let (code, account) = try await self.bank.find(input.id)
        try await self.database.write {
            try $0.audit.record(
                actor: caller.credential,
                action: "bank_account.read",
                subject: input.id.text,
                trace: trace
            )
        }
        return [
            "bank_code": .string(code), "bank_name": .string(account?.bank ?? ""),
            "account_number": .text(account?.number),
            "account_holder": .string(account?.holder ?? ""),
        ]
    }
}
