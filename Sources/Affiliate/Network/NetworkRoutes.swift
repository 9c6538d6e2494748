import HTTPTypes
import Kernel
import Platform
import Storage
import Web

/// How the operator runs the network: accounts, categories, tax and fees.
struct NetworkRoutes: Sendable {
    private static let tag = "Operator"
    private static let listLimit = 100

    let database: any Database
    let bank: BankAccounts

    private static let settingsExample: JSONValue = [
        "minimum_payout": 1000, "close_day": 5,
        "transfer_fees": [["bank_code": "*", "from_amount": 0, "fee": 220]],
    ]
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
            .affiliate(
                .post,
                "/api/v1/operator/categories",
                "Add a category",
                tag: Self.tag,
                for: .operators,
                status: .created,
                example: CategoryOutput.example,
                self.addCategory
            ),
            .affiliate(
                .patch,
                "/api/v1/operator/categories/{category_id}",
                "Change a category",
                tag: Self.tag,
                for: .operators,
                example: CategoryOutput.example,
                self.changeCategory
            ),
            .affiliate(
                .get,
                "/api/v1/operator/settings",
                "Tax, fees and closing",
                tag: Self.tag,
                for: .operators,
                example: Self.settingsExample,
                self.settings
            ),
            .affiliate(
                .put,
                "/api/v1/operator/settings",
                "Change fees and closing",
                tag: Self.tag,
                for: .operators,
                example: Self.settingsExample,
                self.changeSettings
            ),
        ]
    }

    // MARK: Accounts

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

    @Sendable private func accounts(_ input: ListInput, _: Call) async throws -> JSONValue {
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

    @Sendable private func changeAccount(_ input: ChangeInput, _ call: Call) async throws -> JSONValue {
        let caller = try call.requireCaller()
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
                try tx.identities.expire(credentialsOf: input.id, surface: AffiliateSurface.name, at: since)
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

    @Sendable private func bankAccount(_ input: AccountPath, _ call: Call) async throws -> JSONValue {
        let caller = try call.requireCaller()
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

    // MARK: Categories

    private struct CategoryFields: Sendable {
        let name: String?
        let japaneseName: String?
        let description: String?
        let sortOrder: Int?

        /// - Parameter isNew: whether there is no name yet that could stay.
        init(_ read: inout InputReader, isNew: Bool) {
            let line = { (name: String) in
                [
                    Rule<String>.notBlank("\(name) must not be empty"), .line("\(name) must be one line"),
                    .atMost(100, "\(name) must be at most 100 characters"),
                ]
            }
            self.name =
                isNew
                ? read.body("name", .string, "In English", rules: line("name"))
                : read.optionalBody("name", .string, "In English", rules: line("name"))
            self.japaneseName = read.optionalBody("name_ja", .string, "In Japanese", rules: line("name_ja"))
            self.description = read.optionalBody(
                "description",
                .string,
                "What belongs to it",
                .atMost(500, "description must be at most 500 characters")
            )
            self.sortOrder = read.optionalBody(
                "sort_order",
                .integer,
                "Low ones come first",
                .range(0...100_000, "sort_order must be between 0 and 100000")
            )
        }
    }

    private struct NewCategory: Input {
        let slug: String
        let fields: CategoryFields

        init(_ read: inout InputReader) {
            self.slug = read.body(
                "slug",
                .string,
                "For addresses",
                Rule("slug must be lower-case letters, digits and dashes", schema: ["pattern": "^[a-z0-9-]{1,60}$"]) {
                    text in
                    (1...60).contains(text.utf8.count)
                        && text.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
                }
            )
            self.fields = CategoryFields(&read, isNew: true)
        }
    }

    private struct ChangedCategory: Input {
        let id: Int64
        let fields: CategoryFields

        init(_ read: inout InputReader) {
            self.id = read.number("category_id", "Category ID")
            self.fields = CategoryFields(&read, isNew: false)
        }
    }

    @Sendable private func addCategory(_ input: NewCategory, _: Call) async throws -> JSONValue {
        let fields = input.fields
        return try await self.database.write { tx in
            let id = try mapping("affiliate_category_slug", to: AffiliateProblems.slugTaken) {
                try tx.programs.insertCategory(
                    name: fields.name ?? "",
                    japaneseName: fields.japaneseName ?? fields.name ?? "",
                    slug: input.slug,
                    description: fields.description ?? "",
                    sortOrder: fields.sortOrder ?? 500
                )
            }
            return CategoryOutput.json(try tx.programs.findCategory(id)!)
        }
    }

    @Sendable private func changeCategory(_ input: ChangedCategory, _: Call) async throws -> JSONValue {
        try await self.database.write { tx in
            guard let category = try tx.programs.findCategory(input.id) else {
                throw AffiliateProblems.categoryNotFound
            }
            try tx.programs.updateCategory(
                input.id,
                name: input.fields.name ?? category.name,
                japaneseName: input.fields.japaneseName ?? category.japaneseName,
                description: input.fields.description ?? category.description,
                sortOrder: input.fields.sortOrder ?? category.sortOrder
            )
            return CategoryOutput.json(try tx.programs.findCategory(input.id) ?? category)
        }
    }

    // MARK: Settings

    private struct SettingsInput: Input {
        let minimum: Int?
        let closeDay: Int?
        let fees: TransferFees?

        private static let band: JSONValue = [
            "type": "object", "required": ["bank_code", "from_amount", "fee"],
            "properties": [
                "bank_code": ["type": "string", "minLength": 1, "maxLength": 20],
                "from_amount": ["type": "integer", "minimum": 0, "maximum": .integer(Terms.amountLimit)],
                "fee": ["type": "integer", "minimum": 0, "maximum": 100_000],
            ],
        ]

        init(_ read: inout InputReader) {
            self.minimum = read.optionalBody(
                "minimum_payout",
                .integer,
                "Less is carried over (yen)",
                .range(1...1_000_000, "minimum_payout must be between 1 and 1000000")
            )
            self.closeDay = read.optionalBody(
                "close_day",
                .integer,
                "The day on which the last month is closed by itself; 0 leaves it to you",
                .range(0...28, "close_day must be between 0 and 28")
            )
            let bands = read.optionalBody(
                "transfer_fees",
                .objects.describing(["items": Self.band]),
                "Each fee: bank_code (* is any bank), from_amount, fee",
                Rule("transfer_fees must be at most 200", schema: ["maxItems": 200]) { $0.count <= 200 }
            )
            self.fees = bands.flatMap { TransferFees($0) }
            read.require(
                bands == nil || self.fees != nil,
                "transfer_fees",
                "transfer_fees: each must have bank_code, from_amount and fee, each amount once, and * from 0 must be there"
            )
        }
    }

    @Sendable private func settings(_: NoInput, _: Call) async throws -> JSONValue {
        try await self.database.read { try Self.settings(in: $0) }
    }

    @Sendable private func changeSettings(_ input: SettingsInput, _ call: Call) async throws -> JSONValue {
        let caller = try call.requireCaller()
        let trace = call.trace
        return try await self.database.write { tx in
            if let minimum = input.minimum { try tx.payoutSettings.set(PayoutService.minimumSetting, Int64(minimum)) }
            if let day = input.closeDay { try tx.payoutSettings.set(PayoutService.closeDaySetting, Int64(day)) }
            if let fees = input.fees { try tx.payoutSettings.set(fees) }
            let settings = try Self.settings(in: tx)
            try tx.audit.record(
                actor: caller.credential,
                action: "settings.changed",
                subject: "affiliate",
                detail: JSON.text(of: settings),
                trace: trace
            )
            return settings
        }
    }

    private static func settings(in tx: Transaction) throws -> JSONValue {
        [
            "minimum_payout": .integer(try tx.payoutSettings.setting(PayoutService.minimumSetting)),
            "close_day": .integer(try tx.payoutSettings.setting(PayoutService.closeDaySetting)),
            "transfer_fees": try tx.payoutSettings.transferFees().json,
        ]
    }
}
