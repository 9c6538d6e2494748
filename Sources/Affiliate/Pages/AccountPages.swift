import Kernel
import Platform
import Web

/// Every account's own pages: profile, bank, password, keys, notifications, webhooks.
struct AccountPages: Sendable {
    let routes: AccountRoutes
    let notices: NotificationActions

    var pages: [WorkPage] { [self.profilePage, self.keyPage, self.notificationPage] }

    private var profilePage: WorkPage {
        WorkPage(
            path: "/account",
            summary: "Account",
            roles: nil,
            show: self.account,
            forms: [
                WorkForm(path: "/account", summary: "Change the profile") { visit in
                    try await visit.submit(
                        self.routes.change,
                        emptied: [
                            "name", "site_name", "site_url", "site_description", "company_name", "company_url",
                            "contact_name",
                        ]
                    )
                    return .goTo("/account?done=1")
                },
                WorkForm(
                    path: "/account/bank",
                    summary: "Change the bank account",
                    does: self.routes.setBankAccount,
                    then: "/account?done=1"
                ).askingFirst(),
                WorkForm(
                    path: "/account/password",
                    summary: "Change the password",
                    does: self.routes.changePassword,
                    then: "/account?done=1"
                ),
            ]
        )
    }

    private var keyPage: WorkPage {
        WorkPage(
            path: "/account/keys",
            summary: "API keys",
            roles: nil,
            show: self.keys,
            forms: [
                WorkForm(path: "/account/keys", summary: "Make a key") { visit in
                    let key = try await visit.submit(self.routes.createKey)
                    return .show(PageContent(visit.say("your_new_key"), Self.keyTemplate, visit, ["key": key]))
                },
                WorkForm(
                    path: "/account/keys/{key_id}/revoke",
                    summary: "Revoke a key",
                    does: self.routes.revokeKey,
                    then: "/account/keys?done=1"
                ).askingFirst(),
                WorkForm(
                    path: "/account/keys/{key_id}/delete",
                    summary: "Delete a key",
                    does: self.routes.deleteKey,
                    then: "/account/keys?done=1"
                ).askingFirst(),
            ]
        )
    }

    private var notificationPage: WorkPage {
        WorkPage(
            path: "/account/notifications",
            summary: "Notifications",
            roles: nil,
            show: self.notifications,
            forms: [
                WorkForm(
                    path: "/account/notifications/read",
                    summary: "Mark all as read",
                    does: self.notices.readAll,
                    then: "/account/notifications?done=1"
                )
            ]
        )
    }

    // MARK: Account

    private static let accountTemplate = AffiliatePlace.template(
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
            \(PageParts.field("password", "[[the_present_one]]", value: "", "type=\"password\" required autocomplete=\"current-password\""))
            \(PageParts.field("new_password", "[[the_new_one]]", value: "", "type=\"password\" required minlength=\"10\" autocomplete=\"new-password\""))</div><p><button>[[change]]</button></p></form></section>{{/account.email}}
            """
    )

    @Sendable private func account(_ visit: Visit) async throws -> PageContent {
        let account = try await visit.ask(self.routes.profile)
        let isPublisher = Set<Role>.publishers.contains(visit.session.caller.role)
        let bank = isPublisher ? try await visit.ask(self.routes.bankAccount) : nil
        return PageContent(
            visit.say("account"),
            Self.accountTemplate,
            visit,
            [
                "account": account,
                "languages": PageParts.options(
                    (account.account.profile.language == nil ? [("", visit.say("as_the_browser_says"))] : [])
                        + Language.allCases.map { ($0.rawValue, $0.title) },
                    chosen: account.account.profile.language?.rawValue ?? ""
                ), "role": visit.say("role.\(visit.session.caller.role)"), "bank": bank,
                "tax": isPublisher ? visit.say("tax_regime.\(account.account.taxRegime.rawValue)") : nil,
            ]
        )
    }

    // MARK: Keys

    private static let keyTemplate = AffiliatePlace.template(
        PageParts.heading + """
            <p class="done" role="status">[[this_is_the_only_time_that]]</p>
            <pre tabindex="0"><code>{{key.key}}</code></pre><p><code>Authorization: Bearer {{key.key}}</code></p>
            <p><a href="{{base}}/account/keys">[[all_keys]]</a></p>
            """
    )

    private static let keysTemplate = AffiliatePlace.template(
        PageParts.heading
            + PageParts.table(
                "[[oldest_first]]",
                of: "keys",
                empty: "[[no_keys_yet_your_programs_and]]",
                [
                    .init("[[name]]", "{{name}}", .heading), .init("[[begins_with]]", "<code>{{key_hint}}…</code>"),
                    .init("[[state]]", Snippets.state), .init("[[request_count]]", "{{request_count}}", .number),
                    .init("[[last_used_jst]]", "{{last_used_at}}"),
                    .init(
                        "[[end]]",
                        """
                        <form class="row" method="post" action="{{base}}/account/keys/{{id}}/delete">{{{token}}}{{#isActive}}<button class="danger" formaction="{{base}}/account/keys/{{id}}/revoke" aria-label="[[revoke]] {{name}}">[[revoke]]</button> {{/isActive}}<button class="danger" aria-label="[[delete]] {{name}}">[[delete]]</button></form>
                        """
                    ),
                ]
            ) + """
                <h2>[[make_a_key]]</h2><form method="post" action="{{base}}/account/keys" class="fields">{{{token}}}
                \(PageParts.field("name", "[[name]]", value: "{{form.name}}", "required"))<p><button>[[make]]</button></p></form>
                <p class="soft">[[at_most_ten_keys_that_work]]</p>
                """
    )

    @Sendable private func keys(_ visit: Visit) async throws -> PageContent {
        let keys = try await visit.ask(self.routes.listKeys).keys
        return PageContent(
            visit.say("api_keys"),
            Self.keysTemplate,
            visit,
            ["keys": visit.rows(keys) { ["isActive": $0.key.revokedAt == nil] }]
        )
    }

    // MARK: Notifications

    private static let notificationsTemplate = AffiliatePlace.template(
        PageParts.heading + """
            {{#unread}}<form method="post" action="{{base}}/account/notifications/read">{{{token}}}<p>{{unread}} [[unread]] <button class="quiet">[[mark_all_as_read]]</button></p></form>{{/unread}}
            """
            + PageParts.table(
                "[[newest_first]]",
                of: "notifications",
                empty: "[[nothing_has_happened_yet]]",
                [
                    .init(
                        "[[what]]",
                        "{{#isUnread}}<strong>{{title}}</strong>{{/isUnread}}{{^isUnread}}{{title}}{{/isUnread}}",
                        .heading
                    ),
                    .init("[[what_about]]", "{{about}}"), .init("[[at_jst]]", "{{created_at}}"),
                ]
            ) + Snippets.paging
    )

    @Sendable private func notifications(_ visit: Visit) async throws -> PageContent {
        let found = try await visit.ask(self.notices.listOwn, ["page": .integer(visit.pageNumber)])
        let notifications = visit.rows(found.page.items) { item in
            let data = JSONValue.parsed(item.notice.detail)
            let about = [
                data["program_name"]?.string, data["publisher_name"]?.string, data["month"]?.string,
                data["count"]?.integer.map { "× \($0)" }, data["reward"]?.integer.map { visit.display.yen(Yen($0)) },
                data["net_amount"]?.integer.map { visit.display.yen(Yen($0)) },
                data["status"]?.string.map { visit.say("status.\($0)") },
                data["reason"]?.string,
            ].compactMap { $0 }.joined(separator: " · ")
            return [
                "isUnread": item.notice.readAt == nil, "about": about,
                "title": item.notice.type.title(in: visit.language),
            ]
        }
        return PageContent(
            visit.say("notifications"),
            Self.notificationsTemplate,
            visit,
            [
                "notifications": notifications, "unread": found.unread == 0 ? nil : "\(found.unread)",
                "paging": visit.pageLinks(found.page.numbers),
            ]
        )
    }
}
