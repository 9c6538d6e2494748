import Kernel
import Platform
import Web

/// Every account's own pages: profile, bank, password.
struct AccountPages: Sendable {
    let routes: AccountRoutes

    var pages: [ConsolePage] { [self.profilePage] }

    private var profilePage: ConsolePage {
        ConsolePage(
            path: "/account",
            summary: "Account",
            roles: nil,
            show: self.account,
            forms: [
                ConsoleForm(path: "/account", summary: "Change the profile") { request in
                    try await request.submit(
                        self.routes.change,
                        emptied: [
                            "name", "site_name", "site_url", "site_description", "company_name", "company_url",
                            "contact_name",
                        ]
                    )
                    return .goTo("/account?done=1")
                },
                ConsoleForm(
                    path: "/account/bank",
                    summary: "Change the bank account",
                    does: self.routes.setBankAccount,
                    then: "/account?done=1"
                ).askingFirst(),
                ConsoleForm(
                    path: "/account/password",
                    summary: "Change the password",
                    does: self.routes.changePassword,
                    then: "/account?done=1"
                ),
            ]
        )
    }

    // MARK: Account

    private static let accountTemplate = AffiliateConsole.template(
        PageParts.heading + """
            <dl class="facts"><dt>[[account]]</dt><dd>{{account.account_name}}</dd><dt>[[role]]</dt><dd>{{role}}</dd>{{#account.email}}<dt>[[e_mail]]</dt><dd>{{account.email}}</dd>{{/account.email}}{{#tax}}<dt>[[tax]]</dt><dd>{{tax}}</dd>{{/tax}}</dl>
            <section aria-labelledby="profile"><h2 id="profile">[[profile]]</h2><form method="post" action="{{base}}/account">{{{token}}}<div class="fields">
            \(PageParts.field("name", "[[what_others_see]]", value: "{{account.name}}", "required"))
            {{#account.site}}\(PageParts.field("site_name", "[[site]]", value: "{{name}}"))\(PageParts.field("site_url", "[[address_of_the_site]]", value: "{{url}}", "type=\"url\""))
            \(PageParts.field("site_description", "[[what_it_is_about]]", value: "{{description}}")){{/account.site}}
            {{#account.company}}\(PageParts.field("company_name", "[[company]]", value: "{{name}}"))\(PageParts.field("company_url", "[[address_of_the_site]]", value: "{{url}}", "type=\"url\""))
            \(PageParts.field("contact_name", "[[whom_to_ask]]", value: "{{contact_name}}")){{/account.company}}
            \(PageParts.choice("language", "[[language]]", of: "languages"))</div><p><button>[[save]]</button></p></form></section>
            {{#bank}}<section aria-labelledby="bank"><h2 id="bank">[[where_you_are_paid]]</h2><form method="post" action="{{base}}/account/bank">{{{token}}}<div class="fields">
            \(PageParts.field("bank_name", "[[bank_and_branch]]", value: "{{bank_name}}", "required"))
            \(PageParts.field("account_number", "[[account_number]] {{.account_number}}", value: "", "required autocomplete=\"off\""))\(PageParts.field("account_holder", "[[account_holder]]", value: "{{account_holder}}", "required"))</div>
            <p><button>[[save]]</button> <span class="soft">[[kept_encrypted_only_its_end_is]]</span></p></form></section>{{/bank}}
            {{#account.email}}<section aria-labelledby="password-title"><h2 id="password-title">[[password]]</h2><form method="post" action="{{base}}/account/password">{{{token}}}<div class="fields">
            \(PageParts.field("password", "[[present_password]]", value: "", "type=\"password\" required autocomplete=\"current-password\""))
            \(PageParts.field("new_password", "[[new_password]]", value: "", "type=\"password\" required minlength=\"10\" autocomplete=\"new-password\""))</div><p><button>[[change]]</button></p></form></section>{{/account.email}}
            """
    )

    @Sendable private func account(_ request: PageRequest) async throws -> PageContent {
        let account = try await request.ask(self.routes.profile)
        let isPublisher = Set<Role>.publishers.contains(request.session.caller.role)
        let bank = isPublisher ? try await request.ask(self.routes.bankAccount) : nil
        return PageContent(
            request.say("account"),
            Self.accountTemplate,
            request,
            [
                "account": account,
                "languages": PageParts.options(
                    (account.account.profile.language == nil ? [("", request.say("as_the_browser_says"))] : [])
                        + Language.allCases.map { ($0.rawValue, $0.title) },
                    chosen: account.account.profile.language?.rawValue ?? ""
                ), "role": request.say("role.\(request.session.caller.role)"), "bank": bank,
                "tax": isPublisher ? request.say("tax_regime.\(account.account.taxRegime.rawValue)") : nil,
            ]
        )
    }
}
