import Kernel
import Platform
import Web

/// The operator's console: accounts, categories, tax and fees.
struct OperatorPages: Sendable {
    let accountRoutes: OperatorAccountRoutes
    let categoryRoutes: CategoryRoutes
    let settingRoutes: SettingRoutes
    let common: CommonActions

    var pages: [ConsolePage] {
        let roles = Set<Role>.operators
        return [
            ConsolePage(
                path: "/operator/accounts",
                summary: "Accounts",
                roles: roles,
                show: self.accounts,
                forms: [
                    ConsoleForm(
                        path: "/operator/accounts/{account_id}",
                        summary: "Change an account",
                        perform: self.changeAccount
                    ).askingFirst()
                ]
            ),
            ConsolePage(
                path: "/operator/accounts/{account_id}/bank",
                summary: "Where to pay",
                roles: roles,
                show: self.bank
            ),
            ConsolePage(
                path: "/operator/categories",
                summary: "Categories",
                roles: roles,
                show: self.categories,
                forms: [
                    ConsoleForm(
                        path: "/operator/categories",
                        summary: "Add a category",
                        does: self.categoryRoutes.addCategory,
                        then: "/operator/categories?done=1"
                    ),
                    ConsoleForm(path: "/operator/categories/{category_id}", summary: "Change a category") { request in
                        // What was emptied becomes so, or is told.
                        try await request.submit(
                            self.categoryRoutes.changeCategory,
                            emptied: ["name", "name_ja", "description"]
                        )
                        return .goTo("/operator/categories?done=1")
                    },
                ]
            ),
            ConsolePage(
                path: "/operator/settings",
                summary: "Settings",
                roles: roles,
                show: self.settings,
                forms: [
                    ConsoleForm(
                        path: "/operator/settings",
                        summary: "Change the settings",
                        perform: self.changeSettings
                    )
                    .askingFirst()
                ]
            ),
        ]
    }

    // MARK: Accounts

    private static let accountsTemplate = AffiliateConsole.template(
        PageParts.heading + """
            <form method="get" action="{{here}}" class="fields">\(PageParts.choice("role", "[[role]]", of: "roles"))<p><button>[[filter]]</button></p></form>
            """
            + PageParts.table(
                "[[by_name]]",
                of: "accounts",
                empty: "[[no_accounts_yet]]",
                [
                    .init(
                        "[[account]]",
                        "{{account_name}}<br><span class=\"soft\">{{name}}</span>{{#isPayee}}<br><a href=\"{{base}}/operator/accounts/{{id}}/bank\">[[where_to_pay]]</a>{{/isPayee}}",
                        .heading
                    ),
                    .init("[[role]]", "{{role_text}}"), .init("[[e_mail]]", "{{email}}"),
                    .init("[[state]]", Snippets.state),
                    .init(
                        "[[tax_and_bank]]",
                        """
                        <form class="row" method="post" action="{{base}}/operator/accounts/{{id}}">{{{token}}}{{#isPayee}}<label>[[tax]] <select name="tax_regime">{{#regimes}}\(PageParts.option){{/regimes}}</select></label> <label>[[bank_code]] <input name="bank_code" value="{{bank_code}}" size="6"></label> <button class="quiet" aria-label="[[save]] {{account_name}}">[[save]]</button>{{/isPayee}} <button class="danger" name="suspended" value="{{toggle}}" aria-label="{{toggle_text}} {{account_name}}">{{toggle_text}}</button></form>
                        """
                    ),
                ]
            ) + "{{#next}}<p><a href=\"{{next}}\" rel=\"next\">[[further_accounts]]</a></p>{{/next}}"
    )

    @Sendable private func accounts(_ request: PageRequest) async throws -> PageContent {
        let role = request.query("role")
        let found = try await request.ask(
            self.accountRoutes.accounts,
            ["role": .string(role), "cursor": .string(request.query("cursor"))]
        )
        let accounts = request.rows(found.items) { entry in
            let account = entry.output.account
            let isSuspended = account.suspendedAt != nil
            return [
                "regimes": PageParts.options(
                    TaxRegime.allCases.map { ($0.rawValue, request.say("tax_regime.\($0.rawValue)")) },
                    chosen: account.taxRegime.rawValue
                ),
                "isPayee": AffiliateRole.publishing.contains(account.role) ? true : nil,
                "toggle": isSuspended ? "false" : "true",
                "toggle_text": request.say(isSuspended ? "do.reinstate" : "do.suspend"),
            ]
        }
        let roles =
            [("", request.say("all"))]
            + AffiliateRole.allCases.map { ($0.rawValue, request.say("role.\($0.rawValue)")) }
        return PageContent(
            request.say("accounts"),
            Self.accountsTemplate,
            request,
            [
                "accounts": accounts, "roles": PageParts.options(roles, chosen: role),
                "next": request.next(found.next, keeping: ["role": role]),
            ]
        )
    }

    @Sendable private func changeAccount(_ request: PageRequest) async throws -> ConsoleForm.Outcome {
        // The button that suspends stands in the form of tax and bank, and changes nothing else.
        let isAlone = !request.form["suspended"].isEmpty
        try await request.submit(
            self.accountRoutes.changeAccount,
            isAlone ? ["tax_regime": .null, "bank_code": .null] : [:],
            emptied: ["bank_code"]
        )
        return .goTo("/operator/accounts?done=1")
    }

    private static let bankTemplate = AffiliateConsole.template(
        PageParts.heading + """
            {{#bank}}<dl class="facts"><dt>[[bank_and_branch]]</dt><dd>{{bank_name}} {{bank_code}}</dd><dt>[[account_number]]</dt><dd>{{.account_number}}{{^account_number}}–{{/account_number}}</dd><dt>[[account_holder]]</dt><dd>{{account_holder}}</dd></dl>{{/bank}}
            <p class="soft">[[every_look_at_it_is_written]]</p>
            """
    )

    @Sendable private func bank(_ request: PageRequest) async throws -> PageContent {
        let bank = try await request.ask(self.accountRoutes.bankAccount)
        return PageContent(request.say("where_to_pay"), Self.bankTemplate, request, ["bank": bank])
    }

    // MARK: Categories

    private static let categoriesTemplate = AffiliateConsole.template(
        PageParts.heading
            + PageParts.table(
                "[[in_their_order]]",
                of: "categories",
                empty: "",
                [
                    .init("[[slug]]", "{{slug}}", .heading), .init("[[english]]", "{{name}}"),
                    .init("[[japanese]]", "<span lang=\"ja\">{{name_ja}}</span>"),
                    .init("[[description]]", "{{description}}"),
                    .init("[[place]]", "{{sort_order}}", .number),
                    .init(
                        "[[change]]",
                        """
                        <details><summary>[[change]] {{slug}}</summary><form method="post" action="{{base}}/operator/categories/{{id}}">{{{token}}}<p><label>[[english]] <input name="name" value="{{name}}"></label></p><p><label>[[japanese]] <input name="name_ja" value="{{name_ja}}"></label></p><p><label>[[description]] <input name="description" value="{{description}}"></label></p><p><label>[[place]] <input name="sort_order" value="{{sort_order}}" inputmode="numeric"></label></p><p><button class="quiet">[[save]]</button></p></form></details>
                        """
                    ),
                ]
            ) + """
                <h2>[[add]]</h2><form method="post" action="{{base}}/operator/categories" class="fields">{{{token}}}
                \(PageParts.field("slug", "[[slug]]", value: "{{form.slug}}", "required"))
                \(PageParts.field("name", "[[english]]", value: "{{form.name}}", "required"))
                \(PageParts.field("name_ja", "[[japanese]]", value: "{{form.name_ja}}"))
                \(PageParts.field("description", "[[description]]", value: "{{form.description}}"))
                \(PageParts.field("sort_order", "[[place]]", value: "{{form.sort_order}}", "inputmode=\"numeric\""))<p><button>[[add]]</button></p></form>
                """
    )

    @Sendable private func categories(_ request: PageRequest) async throws -> PageContent {
        let categories = try await request.ask(self.common.categories).categories
        return PageContent(request.say("categories"), Self.categoriesTemplate, request, ["categories": categories])
    }

    // MARK: Settings

    private static let settingsTemplate = AffiliateConsole.template(
        PageParts.heading + """
            <form method="post" action="{{base}}/operator/settings">{{{token}}}<div class="fields">
            \(PageParts.field("minimum_payout", "[[least_payout_in_yen_less_is]]", value: "{{values.minimum_payout}}", "inputmode=\"numeric\""))
            \(PageParts.field("close_day", "[[close_the_last_month_by_itself]]", value: "{{values.close_day}}", "inputmode=\"numeric\""))</div>
            \(PageParts.area("transfer_fees", "[[transfer_fees_bank_code_from_amount]]", value: "{{values.transfer_fees}}"))
            <p><button>[[save]]</button></p></form>
            <p class="soft">[[tax_is_set_for_each_account]]</p>
            """
    )

    @Sendable private func settings(_ request: PageRequest) async throws -> PageContent {
        let settings = try await request.ask(self.settingRoutes.settings)
        let fees = settings.fees.bands.map { "\($0.bank),\($0.fromAmount),\($0.fee)" }
        let stored: [String: Any] = [
            "minimum_payout": "\(settings.minimum)", "close_day": "\(settings.closeDay)",
            "transfer_fees": fees.joined(separator: "\n"),
        ]
        let typed = Dictionary(uniqueKeysWithValues: request.form.names.map { ($0, request.form[$0] as Any) })
        return PageContent(
            request.say("settings"),
            Self.settingsTemplate,
            request,
            ["values": request.problem == nil ? stored : typed]
        )
    }

    @Sendable private func changeSettings(_ request: PageRequest) async throws -> ConsoleForm.Outcome {
        let lines = request.form["transfer_fees"].bytewise.list("\n")
        let fees = lines.map { line -> JSONValue in
            let parts = line.bytewise.split(",", keepsEmpty: true).map { String($0).trimmed }
            guard parts.count == 3 else { return [:] }
            return [
                "bank_code": .string(parts[0]), "from_amount": Int64(parts[1]).map { .integer($0) } ?? .null,
                "fee": Int64(parts[2]).map { .integer($0) } ?? .null,
            ]
        }
        try await request.submit(self.settingRoutes.changeSettings, ["transfer_fees": .array(fees)])
        return .goTo("/operator/settings?done=1")
    }
}
