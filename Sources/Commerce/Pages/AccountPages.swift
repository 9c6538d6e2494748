import Kernel
import Platform
import Web

/// A developer's own pages: the account with its invite, keys, and what they have asked.
struct AccountPages: Sendable {
    let routes: DeveloperRoutes

    var pages: [ConsolePage] { [self.account, self.keys, self.logs] }

    // MARK: Account

    private static let accountTemplate = CommerceConsole.template(
        PageParts.heading + """
            {{#profile}}<dl class="facts"><dt>[[your_name]]</dt><dd>{{developer.display_name}}</dd><dt>[[e_mail]]</dt><dd>{{developer.contact_email}}</dd>
            <dt>[[developer_id]]</dt><dd class="id">{{developer.developer_id}}</dd><dt>[[session_ends]]</dt><dd>{{session.expires_at}} {{zone}}</dd></dl>
            {{^invite_verified}}<section aria-labelledby="invite"><h2 id="invite">[[show_your_invite]]</h2><p>[[keys_need_an_invite]]</p>
            <form method="post" action="{{base}}/account/invite" class="fields">{{{token}}}\(PageParts.field("invite_code", "[[invite_code]]", value: "{{form.invite_code}}", "required placeholder=\"INV-XXXX-XXXX-XXXX\" autocomplete=\"off\""))<p><button>[[verify]]</button></p></form></section>{{/invite_verified}}
            {{#invite_verified}}<p class="done">[[your_invite_is_verified]] <a href="{{base}}/account/keys">[[make_a_key]]</a></p>{{/invite_verified}}{{/profile}}
            <details{{#wrong}} open{{/wrong}}><summary>[[change_the_password]]</summary><p class="soft">[[other_sessions_end]]</p>
            <form method="post" action="{{base}}/account/password" class="fields">{{{token}}}
            \(PageParts.field("password", "[[present_password]]", value: "", "type=\"password\" required autocomplete=\"current-password\""))
            \(PageParts.field("new_password", "[[new_password]]", value: "", "type=\"password\" required minlength=\"10\" autocomplete=\"new-password\""))<p><button>[[change]]</button></p></form></details>
            <h2>[[first_call]]</h2><pre tabindex="0"><code>{{curl}}</code></pre>
            <p><a href="{{base}}/try">[[try_it]]</a> · <a href="{{base}}/connect">[[connect]]</a> · <a href="{{base}}/docs">[[api_reference]]</a></p>
            """
    )

    private var account: ConsolePage {
        ConsolePage(
            path: "/account",
            summary: "Account",
            roles: [.console],
            show: { request in
                let profile = try await request.ask(self.routes.me)
                return PageContent(
                    request.say("account"),
                    Self.accountTemplate,
                    request,
                    [
                        "profile": profile, "curl": Snippets.curl("wireless mouse under $30", self.routes.publicURL),
                        "wrong": request.form["new_password"].isEmpty ? nil : true,
                    ]
                )
            },
            forms: [
                ConsoleForm(
                    path: "/account/invite",
                    summary: "Verify an invite",
                    does: self.routes.verify,
                    then: "/account?done=1"
                ),
                ConsoleForm(
                    path: "/account/password",
                    summary: "Change the password",
                    does: self.routes.changePassword,
                    then: "/account?done=1"
                ),
            ]
        )
    }

    // MARK: Keys

    private static let keysTemplate = CommerceConsole.template(
        PageParts.heading
            + PageParts.table(
                "[[newest_first]]",
                of: "keys",
                empty: "[[no_keys_yet]]",
                [
                    .init("[[label]]", "{{#label}}{{label}}{{/label}}{{^label}}—{{/label}}", .heading),
                    .init("[[begins_with]]", "<code>{{key_prefix}}…</code>"),
                    .init("[[state]]", "<span class=\"state state-{{status}}\">{{status_text}}</span>"),
                    .init("[[last_used_zone]]", "{{last_used_at}}"), .init("[[created_zone]]", "{{created_at}}"),
                    .init(
                        "[[action]]",
                        """
                        <form class="row" method="post" action="{{base}}/account/keys/{{key_id}}/delete">{{{token}}}{{#can_reveal}}<button class="quiet" formaction="{{base}}/account/keys/{{key_id}}/reveal" aria-label="[[show_again]] {{key_prefix}}">[[show_again]]</button> {{/can_reveal}}<button class="danger" aria-label="[[delete]] {{key_prefix}}">[[delete]]</button></form>
                        """
                    ),
                ]
            ) + """
                {{^isVerified}}<p class="problem">[[keys_need_an_invite]] <a href="{{base}}/account">[[show_your_invite]]</a></p>{{/isVerified}}
                {{#isVerified}}<section aria-labelledby="new"><h2 id="new">[[make_a_key]]</h2>
                <form method="post" action="{{base}}/account/keys" class="fields">{{{token}}}\(PageParts.field("label", "[[label]]", value: "{{form.label}}", "maxlength=\"100\""))\(PageParts.choice("scopes", "[[what_it_may]]", of: "scopes"))<p><button>[[make]]</button></p></form></section>{{/isVerified}}
                """
    )

    private static let shownTemplate = CommerceConsole.template(
        PageParts.heading + """
            <p class="done" role="status">[[key_warning]]</p><pre tabindex="0"><code>{{text}}</code></pre>
            <p><code>Authorization: Bearer {{text}}</code></p><p><a href="{{base}}/account/keys">[[all_keys]]</a></p>
            """
    )

    private var keys: ConsolePage {
        ConsolePage(
            path: "/account/keys",
            summary: "Keys",
            roles: [.console],
            show: { request in
                let list = try await request.ask(self.routes.list)
                let scopes = [("commerce", request.say("scope_all")), ("commerce:read", request.say("scope_read"))]
                return PageContent(
                    request.say("api_keys"),
                    Self.keysTemplate,
                    request,
                    [
                        "keys": request.rows(list.keys) { _ in [:] }, "isVerified": list.isVerified ? true : nil,
                        "scopes": PageParts.options(scopes, chosen: request.form["scopes"]),
                    ]
                )
            },
            forms: [
                ConsoleForm(path: "/account/keys", summary: "Create a key") { request in
                    let made = try await request.submit(self.routes.create.operation)
                    return .show(Self.shown(made.text, "your_new_key", request))
                },
                ConsoleForm(path: "/account/keys/{keyId}/reveal", summary: "Show a key") { request in
                    let shown = try await request.submit(self.routes.reveal)
                    return .show(Self.shown(shown.text, "your_key", request))
                },
                ConsoleForm(
                    path: "/account/keys/{keyId}/delete",
                    summary: "Delete a key",
                    does: self.routes.delete,
                    then: "/account/keys?done=1"
                ).askingFirst(),
            ]
        )
    }

    private static func shown(_ text: String, _ title: String, _ request: PageRequest) -> PageContent {
        PageContent(request.say(title), Self.shownTemplate, request, ["text": text]).holdingSecret()
    }

    // MARK: Requests

    private static let logsTemplate = CommerceConsole.template(
        PageParts.heading + """
            <form method="get" action="{{here}}" class="fields">\(PageParts.choice("status", "[[status]]", of: "statuses"))\(PageParts.choice("key_id", "[[key]]", of: "keyChoices"))<p><button>[[filter]]</button></p></form>
            """
            + PageParts.table(
                "[[newest_first]]",
                of: "logs",
                empty: "[[no_requests_yet]]",
                [
                    .init("[[at_zone]]", "{{created_at}}", .heading),
                    .init("[[request]]", "<code>{{method}} {{path}}</code>"),
                    .init("[[status]]", "{{status_code}}", .number),
                    .init("[[milliseconds]]", "{{duration_ms}}", .number),
                    .init("[[tier]]", "{{match_tier}}"), .init("[[channel]]", "{{channel}}"),
                    .init("[[key]]", "<code>{{prefix}}…</code>"),
                ]
            ) + PageParts.older
    )

    private var logs: ConsolePage {
        ConsolePage(path: "/account/logs", summary: "Request log", roles: [.console]) { request in
            let keys = try await request.ask(self.routes.list, ["include_deleted": true])
            let prefixes = Dictionary(keys.keys.map { ($0.key.id.text, $0.key.prefix) }) { first, _ in first }
            let filter = ["status": request.query("status"), "key_id": request.query("key_id")]
            var given: [String: JSONValue] = filter.filter { !$0.value.isEmpty }.mapValues { .string($0) }
            if !request.query("cursor").isEmpty { given["cursor"] = .string(request.query("cursor")) }
            let page = try await request.ask(self.routes.logs.list, given)
            let statuses = [("", request.say("all")), ("2", "2xx"), ("4", "4xx"), ("5", "5xx")]
            let choices =
                [("", request.say("all"))]
                + keys.keys.map { ($0.key.id.text, "\($0.key.prefix)… \($0.key.label ?? "")") }
            return PageContent(
                request.say("request_log"),
                Self.logsTemplate,
                request,
                [
                    "logs": request.rows(page.items) { ["prefix": prefixes[$0.request.key.text] ?? ""] },
                    "statuses": PageParts.options(statuses, chosen: request.query("status")),
                    "keyChoices": PageParts.options(choices, chosen: request.query("key_id")),
                    "older": request.next(page.next, keeping: filter),
                ]
            )
        }
    }
}

/// Requests to be copied.
enum Snippets {
    static func curl(_ sentence: String, _ publicURL: String) -> String {
        """
        curl '\(publicURL)/v1/recommend?intent=\(HTML.percentEncode(sentence))' \\
          -H "Authorization: Bearer $SOUK_KEY"
        """
    }

    static func python(_ sentence: String, _ publicURL: String) -> String {
        """
        import json, os, sys, urllib.parse, urllib.request
        query = urllib.parse.urlencode({"intent": \(JSON.text(of: .string(sentence)))})
        request = urllib.request.Request(
            "\(publicURL)/v1/recommend?" + query,
            headers={"Authorization": "Bearer " + os.environ["SOUK_KEY"]},
        )
        for card in json.load(urllib.request.urlopen(request))["items"]:
            sys.stdout.write(card["product"]["title"] + "\\n")
        """
    }
}
