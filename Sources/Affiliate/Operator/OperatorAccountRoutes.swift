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

    var endpoints: [Endpoint] {
        [
            .affiliate(.get, "/api/v1/operator/accounts", tag: Self.tag, self.accounts),
            .affiliate(.patch, "/api/v1/operator/accounts/{account_id}", tag: Self.tag, self.changeAccount),
            .affiliate(.get, "/api/v1/operator/accounts/{account_id}/bank", tag: Self.tag, self.bankAccount),
        ]
    }

    struct ListInput: Input {
        let role: AffiliateRole?
        let paging: CursorPaging

        init(_ read: inout InputReader) {
            let roles = AffiliateRole.allCases.map(\.rawValue)
            self.role = read.query(
                "role",
                .string,
                roles.joined(separator: ", "),
                .oneOf(roles)
            ).flatMap { AffiliateRole(rawValue: $0) }
            self.paging = CursorPaging(&read, default: 50)
        }
    }

    struct ChangeInput: Input {
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
                .oneOf(regimes)
            ).flatMap { TaxRegime(rawValue: $0) }
            self.bankCode = read.optionalBody(
                "bank_code",
                .string,
                "The bank in the table of fees",
                .line(canBeBlank: true),
                .atMost(20)
            )
            self.isSuspended = read.optionalBody(
                "suspended",
                .boolean,
                "Whether the account is closed for now: its keys and sessions stop at once"
            )
        }
    }

    struct OperatorAccount: Listed {
        let output: AccountOutput

        static let listName = "accounts"
        static let listSummary = "By name"

        init(_ account: AffiliateAccount) { self.output = AccountOutput(account: account) }

        static let members =
            Member.all(of: \.output, but: ["tax_regime"]) + [
                Member<Self>("tax_regime", \.output.account.taxRegime, "How rewards are taxed", example: "flat"),
                Member("bank_code", \.output.account.bankCode, "The bank in the table of fees", example: "0001"),
            ]
    }

    var accounts: Operation<ListInput, CursorList<OperatorAccount>> {
        Operation("List accounts by name", access: .roles(.operators)) { input, _, _ in
            try await self.database.read { tx in
                let page = try tx.affiliateAccounts.list(
                    role: input.role,
                    after: input.paging.cursor,
                    limit: input.paging.limit
                )
                return CursorList(page, OperatorAccount.init)
            }
        }
    }

    var changeAccount: Operation<ChangeInput, OperatorAccount> {
        Operation("Set an account's tax regime and bank, or suspend it", access: .roles(.operators), effect: .write) {
            input,
            caller,
            call in
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
                return OperatorAccount(try tx.affiliateAccounts.require(input.id))
            }
        }
        .refusing(AffiliateProblems.accountNotFound)
    }

    /// An advertiser's programs are paused, and theirs to begin again; a publisher's partnerships rest as long as the account.
    private static func suspend(_ account: AffiliateAccount, _ isSuspended: Bool, in tx: Transaction) throws {
        if account.role == .advertiser, isSuspended {
            for program in try tx.programs.list(of: account.id) where program.content.status == .active {
                var content = program.content
                content.status = .paused
                try tx.programs.update(program, to: content)
            }
        }
        guard AffiliateRole.publishing.contains(account.role) else { return }
        let (from, to): (Partnership.Status, Partnership.Status) =
            isSuspended ? (.approved, .suspended) : (.suspended, .approved)
        for partnership in try tx.partnerships.listAll(of: account.id, from)
        where isSuspended || partnership.reason == self.suspensionReason {
            try tx.partnerships.update(partnership, status: to, reason: isSuspended ? self.suspensionReason : nil)
        }
    }

    private static let suspensionReason = "The account is suspended"

    struct AccountPath: Input {
        let id: ID<Identity>
        init(_ read: inout InputReader) { self.id = ID(read.path("account_id", "The account")) }
    }

    var bankAccount: Operation<AccountPath, BankAccountOutput> {
        Operation("Where an account is paid", access: .roles(.operators)) { input, caller, call in
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
            return BankAccountOutput(code: code, account: account, number: account?.number)
        }
        .refusing(AffiliateProblems.accountNotFound)
    }
}
