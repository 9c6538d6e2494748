import Foundation
import Kernel
import Platform
import Web

/// Every account's own pages: profile, bank, password, keys, notifications, webhooks.
struct AccountPages: Sendable {
    var pages: [WorkPage] { [self.profilePage, self.keyPage, self.notificationPage, self.webhookPage] }

    private var profilePage: WorkPage {
        WorkPage(
            path: "/account",
            summary: "Account",
            roles: nil,
            show: self.account,
            forms: [
                WorkForm(path: "/account", summary: "Change the profile") { visit in
                    let names = [
                        "name", "site_name", "site_url", "site_description", "company_name", "company_url",
                        "contact_name",
                    ]
                    let given = visit.form.names.filter { names.contains($0) }.map {
                        ($0, JSONValue.string(visit.form[$0]))
                    }
                    try await visit.change(
                        "PATCH /api/v1/account",
                        body: .object(Dictionary(uniqueKeysWithValues: given))
                    )
                    return .goTo("/account?done=1")
                },
                WorkForm(path: "/account/bank", summary: "Change the bank account") { visit in
                    try await visit.change(
                        "PUT /api/v1/account/bank",
                        body: visit.form.body(["bank_name", "account_number", "account_holder"])
                    )
                    return .goTo("/account?done=1")
                }.askingFirst(),
                WorkForm(path: "/account/password", summary: "Change the password") { visit in
                    try await visit.change(
                        "POST /api/v1/account/password",
                        body: visit.form.body(["password", "new_password"])
                    )
                    return .goTo("/account?done=1")
                },
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
                    let key = try await visit.change("POST /api/v1/keys", body: visit.form.body(["name"]))
                    return .show(PageContent(visit.say("Your new key"), Self.keyTemplate, visit, ["key": key]))
                },
                WorkForm(
                    path: "/account/keys/{key_id}/revoke",
                    summary: "Revoke a key",
                    does: "POST /api/v1/keys/{key_id}/revoke",
                    with: "key_id",
                    then: "/account/keys?done=1"
                ).askingFirst(),
                WorkForm(
                    path: "/account/keys/{key_id}/delete",
                    summary: "Delete a key",
                    does: "DELETE /api/v1/keys/{key_id}",
                    with: "key_id",
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
                WorkForm(path: "/account/notifications/read", summary: "Mark all as read") { visit in
                    try await visit.change("POST /api/v1/notifications/read")
                    return .goTo("/account/notifications?done=1")
                }
            ]
        )
    }

    private var webhookPage: WorkPage {
        WorkPage(
            path: "/account/webhooks",
            summary: "Webhooks",
            roles: nil,
            show: self.webhooks,
            forms: [
                WorkForm(path: "/account/webhooks", summary: "Subscribe") { visit in
                    try await visit.change(
                        "POST /api/v1/webhooks",
                        body: visit.form.body(["url", "secret"], lists: ["events"])
                    )
                    return .goTo("/account/webhooks?done=1")
                },
                WorkForm(
                    path: "/account/webhooks/{webhook_id}/delete",
                    summary: "Unsubscribe",
                    does: "DELETE /api/v1/webhooks/{webhook_id}",
                    with: "webhook_id",
                    then: "/account/webhooks?done=1"
                ),
            ]
        )
    }

    // MARK: Account

    private static let accountTemplate = AffiliatePlace.template(
        PageParts.heading + """
            <dl class="facts"><dt>[[Account]]</dt><dd>{{account.account_name}}</dd><dt>[[Role]]</dt><dd>{{role}}</dd>{{#account.email}}<dt>[[E-mail]]</dt><dd>{{account.email}}</dd>{{/account.email}}{{#tax}}<dt>[[Tax]]</dt><dd>{{tax}}</dd>{{/tax}}</dl>
            <section aria-labelledby="profile"><h2 id="profile">[[Profile]]</h2><form method="post" action="{{base}}/account">{{{token}}}<div class="fields">
            \(PageParts.field("name", "[[What others see]]", value: "{{account.name}}", "required"))
            {{#account.site}}\(PageParts.field("site_name", "[[Site]]", value: "{{name}}"))\(PageParts.field("site_url", "[[Address of the site]]", value: "{{url}}", "type=\"url\""))
            \(PageParts.field("site_description", "[[What it is about]]", value: "{{description}}")){{/account.site}}
            {{#account.company}}\(PageParts.field("company_name", "[[Company]]", value: "{{name}}"))\(PageParts.field("company_url", "[[Address of the site]]", value: "{{url}}", "type=\"url\""))
            \(PageParts.field("contact_name", "[[Whom to ask]]", value: "{{contact_name}}")){{/account.company}}</div><p><button>[[Save]]</button></p></form></section>
            {{#bank}}<section aria-labelledby="bank"><h2 id="bank">[[Where you are paid]]</h2><form method="post" action="{{base}}/account/bank">{{{token}}}<div class="fields">
            \(PageParts.field("bank_name", "[[Bank and branch]]", value: "{{bank_name}}", "required"))
            \(PageParts.field("account_number", "[[Account number]] {{.account_number}}", value: "", "required autocomplete=\"off\""))\(PageParts.field("account_holder", "[[Account holder]]", value: "{{account_holder}}", "required"))</div>
            <p><button>[[Save]]</button> <span class="soft">[[Kept encrypted; only its end is shown.]]</span></p></form></section>{{/bank}}
            {{#account.email}}<section aria-labelledby="password-title"><h2 id="password-title">[[Password]]</h2><form method="post" action="{{base}}/account/password">{{{token}}}<div class="fields">
            \(PageParts.field("password", "[[The present one]]", value: "", "type=\"password\" required autocomplete=\"current-password\""))
            \(PageParts.field("new_password", "[[The new one]]", value: "", "type=\"password\" required minlength=\"10\" autocomplete=\"new-password\""))</div><p><button>[[Change]]</button></p></form></section>{{/account.email}}
            """
    )

    @Sendable private func account(_ visit: Visit) async throws -> PageContent {
        let account = try await visit.data("/api/v1/account")
        let isPublisher = AffiliateRole.publishing.contains(visit.session.caller.role)
        let bank = isPublisher ? try await visit.data("/api/v1/account/bank") : nil
        return PageContent(
            visit.say("Account"),
            Self.accountTemplate,
            visit,
            [
                "account": account, "role": visit.say(visit.session.caller.role), "bank": bank,
                "tax": account["tax_regime"]?.string.map { visit.say("tax_\($0)") },
            ]
        )
    }

    // MARK: Keys

    private static let keyTemplate = AffiliatePlace.template(
        PageParts.heading + """
            <p class="done" role="status">[[This is the only time that the key is shown. Keep it now.]]</p>
            <pre tabindex="0"><code>{{key.key}}</code></pre><p><code>Authorization: Bearer {{key.key}}</code></p>
            <p><a href="{{base}}/account/keys">[[All keys]]</a></p>
            """
    )

    private static let keysTemplate = AffiliatePlace.template(
        PageParts.heading
            + PageParts.table(
                "[[Oldest first]]",
                of: "keys",
                empty: "[[No keys yet. Your programs and agents need one.]]",
                [
                    .init("[[Name]]", "{{name}}", .heading), .init("[[Begins with]]", "<code>{{key_hint}}…</code>"),
                    .init("[[State]]", Snippets.state), .init("[[Requests]]", "{{request_count}}", .number),
                    .init("[[Last used, JST]]", "{{last_used_at}}"),
                    .init(
                        "[[End]]",
                        """
                        <form class="row" method="post" action="{{base}}/account/keys/{{id}}/delete">{{{token}}}{{#isActive}}<button class="danger" formaction="{{base}}/account/keys/{{id}}/revoke" aria-label="[[Revoke]] {{name}}">[[Revoke]]</button> {{/isActive}}<button class="danger" aria-label="[[Delete]] {{name}}">[[Delete]]</button></form>
                        """
                    ),
                ]
            ) + """
                <h2>[[Make a key]]</h2><form method="post" action="{{base}}/account/keys" class="fields">{{{token}}}
                \(PageParts.field("name", "[[Name]]", value: "{{form.name}}", "required"))<p><button>[[Make]]</button></p></form>
                <p class="soft">[[At most ten keys that work. 200 reads and 30 writes a minute each.]]</p>
                """
    )

    @Sendable private func keys(_ visit: Visit) async throws -> PageContent {
        let found = try await visit.data("/api/v1/keys")
        let keys = (found["keys"]?.array ?? []).map { $0.adding("isActive", .bool($0["status"] == "active")) }
        return PageContent(
            visit.say("API keys"),
            Self.keysTemplate,
            visit,
            ["keys": Snippets.told(.array(keys), visit)]
        )
    }

    // MARK: Notifications

    private static let notificationsTemplate = AffiliatePlace.template(
        PageParts.heading + """
            {{#unread}}<form method="post" action="{{base}}/account/notifications/read">{{{token}}}<p>{{unread}} [[unread]] <button class="quiet">[[Mark all as read]]</button></p></form>{{/unread}}
            """
            + PageParts.table(
                "[[Newest first]]",
                of: "notifications",
                empty: "[[Nothing has happened yet.]]",
                [
                    .init(
                        "[[What]]",
                        "{{#isUnread}}<strong>{{title}}</strong>{{/isUnread}}{{^isUnread}}{{title}}{{/isUnread}}",
                        .heading
                    ),
                    .init("[[What about]]", "{{about}}"), .init("[[At, JST]]", "{{created_at}}"),
                ]
            ) + Snippets.paging
    )

    @Sendable private func notifications(_ visit: Visit) async throws -> PageContent {
        let found = try await visit.data("/api/v1/notifications", query: ["page": "\(visit.pageNumber)"])
        let notifications = (found["notifications"]?.array ?? []).map { notice -> JSONValue in
            let data = notice["data"] ?? [:]
            let type = NoticeType(rawValue: notice["type"]?.string ?? "")
            let about = [
                data["program_name"]?.string, data["publisher_name"]?.string, data["month"]?.string,
                data["count"]?.integer.map { "× \($0)" }, data["reward"]?.integer.map(AffiliatePlace.yenText),
                data["net_amount"]?.integer.map(AffiliatePlace.yenText), data["status"]?.string.map(visit.say),
                data["reason"]?.string,
            ].compactMap { $0 }.joined(separator: " · ")
            return notice.adding([
                "isUnread": .bool(notice["is_read"] == false), "about": .string(about),
                "title": .text(type?.title(in: visit.language)),
            ])
        }
        let unread = found["unread_count"]?.integer ?? 0
        return PageContent(
            visit.say("Notifications"),
            Self.notificationsTemplate,
            visit,
            [
                "notifications": JSONValue.array(notifications), "unread": unread == 0 ? nil : "\(unread)",
                "paging": visit.pageLinks(found),
            ]
        )
    }

    // MARK: Webhooks

    private static let webhooksTemplate = AffiliatePlace.template(
        PageParts.heading
            + PageParts.table(
                "[[Oldest first]]",
                of: "webhooks",
                empty: "[[No webhooks yet. Subscribe an address, and it is told what happens to you.]]",
                [
                    .init("[[Address]]", "{{url}}", .heading),
                    .init("[[Events]]", "{{#events}}<code>{{.}}</code> {{/events}}"),
                    .init(
                        "[[Last deliveries]]",
                        "{{#deliveries}}<div class=\"whole\">{{created_at}} <span class=\"state state-{{state}}\">{{state}}</span></div>{{/deliveries}}"
                    ),
                    .init(
                        "[[End]]",
                        "<form method=\"post\" action=\"{{base}}/account/webhooks/{{id}}/delete\">{{{token}}}<button class=\"danger\" aria-label=\"[[Delete]] {{url}}\">[[Delete]]</button></form>"
                    ),
                ]
            ) + """
                <h2>[[Subscribe]]</h2><form method="post" action="{{base}}/account/webhooks">{{{token}}}
                \(PageParts.field("url", "[[Address (https)]]", value: "{{form.url}}", "type=\"url\" required"))
                <fieldset><legend>[[Events]]</legend>{{#choices}}<label><input type="checkbox" name="events" value="{{.}}">{{.}}</label>{{/choices}}</fieldset>
                \(PageParts.field("secret", "[[Secret for the signature]]", value: "", "type=\"password\" required autocomplete=\"off\""))<p><button>[[Subscribe]]</button></p></form>
                """
    )

    @Sendable private func webhooks(_ visit: Visit) async throws -> PageContent {
        let found = try await visit.data("/api/v1/webhooks")
        var webhooks: [JSONValue] = []
        for webhook in found["webhooks"]?.array ?? [] {
            let log = try await visit.data(
                "/api/v1/webhooks/{webhook_id}/deliveries",
                ["webhook_id": webhook["id"]?.string ?? ""]
            )
            webhooks.append(webhook.adding("deliveries", .array(Array((log["deliveries"]?.array ?? []).prefix(5)))))
        }
        return PageContent(
            visit.say("Webhooks"),
            Self.webhooksTemplate,
            visit,
            ["webhooks": JSONValue.array(webhooks), "choices": AffiliateWebhooks.events.sorted()]
        )
    }
}
