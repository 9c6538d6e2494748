import Kernel
import Ledger
import Platform
import Web

/// An account's settings: how it signs in, selling, and when it is told of a low balance.
struct SettingsPage: Sendable {
    let routes: AccountRoutes

    private static let path = "/account/settings"

    var pages: [ConsolePage] {
        [
            ConsolePage(
                path: Self.path,
                summary: "Settings",
                roles: nil,
                show: self.show,
                forms: [
                    ConsoleForm(
                        path: Self.path + "/login",
                        summary: "Set the e-mail and password",
                        does: self.routes.setLogin,
                        then: "\(Self.path)?done=1"
                    ),
                    ConsoleForm(
                        path: Self.path + "/provider",
                        summary: "Become a provider",
                        does: self.routes.becomeProvider,
                        then: "/provider?done=1"
                    ).askingFirst(),
                    ConsoleForm(
                        path: Self.path + "/low-balance",
                        summary: "Set the low balance",
                        does: self.routes.setLowBalance,
                        then: "\(Self.path)?done=1"
                    ),
                ]
            )
        ]
    }

    private static let template = Template(
        PageParts.heading + """
            <dl class="facts"><dt>[[account]]</dt><dd>{{account.owner_id}}</dd><dt>[[role]]</dt><dd>{{role}}</dd>{{#account.email}}<dt>[[e_mail]]</dt><dd>{{.}}</dd>{{/account.email}}</dl>
            {{#canSell}}<section aria-labelledby="sell"><h2 id="sell">[[become_a_provider]]</h2><p>[[what_providers_do]]</p>
            {{#hasLogin}}<form method="post" action="{{base}}/account/settings/provider">{{{token}}}<p><button>[[become_a_provider]]</button></p></form>{{/hasLogin}}
            {{^hasLogin}}<p>[[providers_make_a_key]] <a href="{{base}}/account/keys">[[keys]]</a></p>{{/hasLogin}}</section>{{/canSell}}
            <section aria-labelledby="low"><h2 id="low">[[low_balance]]</h2><p>[[low_balance_note]] <a href="{{base}}/account/notifications#mail">[[notices_by_mail]]</a></p>
            <form method="post" action="{{base}}/account/settings/low-balance" class="fields">{{{token}}}
            \(PageParts.field("threshold", "[[tell_me_below]]", value: "{{account.low_balance_threshold}}", "inputmode=\"decimal\" placeholder=\"1.00\""))
            <p><button>[[save]]</button></p></form></section>
            <section aria-labelledby="login"><h2 id="login">{{#account.email}}[[change_password]]{{/account.email}}{{^account.email}}[[add_a_password]]{{/account.email}}</h2>
            {{^account.email}}<p>[[why_a_password]]</p>{{/account.email}}
            <form method="post" action="{{base}}/account/settings/login" class="fields">{{{token}}}
            \(PageParts.field("email", "[[e_mail]]", value: "{{account.email}}", "type=\"email\" required autocomplete=\"username\""))
            {{#account.email}}\(PageParts.field("current_password", "[[present_password]]", value: "", "type=\"password\" required autocomplete=\"current-password\"")){{/account.email}}
            \(PageParts.field("password", "{{#account.email}}[[new_password_if_any]]{{/account.email}}{{^account.email}}[[new_password]]{{/account.email}}", value: "", "type=\"password\" minlength=\"10\" autocomplete=\"new-password\""))
            <p><button>[[save]]</button></p></form></section>
            """,
        MarketWords.all
    )

    @Sendable private func show(_ request: PageRequest) async throws -> PageContent {
        let caller = request.session.caller
        return PageContent(
            request.say("settings"),
            Self.template,
            request,
            [
                "account": try await request.ask(self.routes.get), "role": request.say("role.\(caller.role)"),
                "canSell": caller.has(MarketRole.buyer) ? true as Any : nil,
                "hasLogin": LoginCredential.isOne(caller.credential) ? true as Any : nil,
            ]
        )
    }
}
