import HTTPTypes
import Kernel
import Platform
import Web

/// The operator finds accounts, suspends them, sets limits of keys and revokes them.
struct AccountAdminPages: Sendable {
    let routes: AccountAdminRoutes

    private static let one = "/operator/accounts/{owner_id}"

    var pages: [ConsolePage] {
        [
            ConsolePage(
                path: "/operator/accounts",
                summary: "Accounts",
                roles: OperatorPages.roles,
                show: self.accounts
            ),
            ConsolePage(
                path: Self.one,
                summary: "An account with its keys",
                roles: OperatorPages.roles,
                show: self.account,
                forms: [
                    ConsoleForm(path: Self.one + "/suspend", summary: "Suspend an account") { request in
                        try await request.submit(self.routes.suspend)
                        return .goTo(Self.path(of: request))
                    }.askingFirst().about(self.subject),
                    ConsoleForm(path: Self.one + "/reinstate", summary: "Reinstate an account") { request in
                        try await request.submit(self.routes.reinstate)
                        return .goTo(Self.path(of: request))
                    }.askingFirst().about(self.subject),
                    ConsoleForm(path: Self.one + "/keys/{key_id}/limit", summary: "Set a key's limit") { request in
                        try await request.submit(self.routes.limit)
                        return .goTo(Self.path(of: request))
                    },
                    ConsoleForm(path: Self.one + "/keys/{key_id}/daily-cap", summary: "Set the daily cap") { request in
                        try await request.submit(self.routes.cap)
                        return .goTo(Self.path(of: request))
                    },
                    ConsoleForm(path: Self.one + "/keys/{key_id}/revoke", summary: "Revoke a key of an account") {
                        request in
                        try await request.submit(self.routes.revoke)
                        return .goTo(Self.path(of: request))
                    }.askingFirst().about { request in
                        let account = try await request.ask(self.routes.get)
                        return FormSubject([
                            ("account", account.account.name), ("key", request.parameter("key_id")),
                        ])
                    },
                ]
            ),
            ConsolePage(
                path: "/operator/audit",
                summary: "Audit log",
                roles: OperatorPages.roles,
                show: self.audit
            ),
        ]
    }

    @Sendable private func subject(_ request: PageRequest) async throws -> FormSubject? {
        let account = try await request.ask(self.routes.get)
        return FormSubject([
            ("account", account.account.name), ("keys", "\(account.account.keys)"),
        ])
    }

    private static func path(of request: PageRequest) -> String {
        "/operator/accounts/\(HTML.percentEncode(request.parameter("owner_id")))?done=1"
    }

    // MARK: Accounts

    private static let accountsTemplate = Template(
        PageParts.heading + """
            <form method="get" action="{{base}}/operator/accounts" class="fields" role="search">
            <p><label for="q">[[part_of_the_name]]</label><br><input id="q" name="q" type="search" value="{{q}}"></p>
            \(PageParts.choice("state", "[[state]]", of: "states"))
            \(PageParts.choice("surface", "[[surface]]", of: "surfaces"))
            <p><button class="quiet">[[show]]</button></p></form>
            """
            + PageParts.table(
                "[[account_list]]",
                of: "accounts",
                empty: "[[no_accounts_here]]",
                [
                    .init(
                        "[[account]]",
                        "<a href=\"{{base}}/operator/accounts/{{link}}\">{{owner_id}}</a>",
                        .heading
                    ),
                    .init(
                        "[[state]]",
                        "<span class=\"state state-{{state}}\">{{state_text}}</span> {{.suspended_reason}}"
                    ),
                    .init("[[keys]]", "{{keys}}", .number),
                    .init("[[made_zone]]", "<span class=\"whole\">{{created_at}}</span>"),
                ]
            ) + PageParts.older,
        MarketWords.all
    )

    private static let states = ["", "active", "suspended"]
    private static let surfaces = [""] + AccountQuery.surfaces

    @Sendable private func accounts(_ request: PageRequest) async throws -> PageContent {
        let (state, surface) = (request.query("state"), request.query("surface"))
        var asked: [String: JSONValue] = ["q": .string(request.query("q")), "cursor": .string(request.query("cursor"))]
        if Self.states.dropFirst().contains(state) { asked["state"] = .string(state) }
        if Self.surfaces.dropFirst().contains(surface) { asked["surface"] = .string(surface) }
        let list = try await request.ask(self.routes.list, asked)
        let accounts = request.rows(list.items) { account in
            ["link": HTML.percentEncode(account.id.text), "state_text": request.say("status.\(account.state)")]
        }
        return PageContent(
            request.say("account_list"),
            Self.accountsTemplate,
            request,
            [
                "q": request.query("q"), "accounts": accounts, "has_accounts": !accounts.isEmpty,
                "older": request.next(
                    list.next,
                    keeping: ["q": request.query("q"), "state": state, "surface": surface]
                ),
                "states": PageParts.options(
                    Self.states.map { ($0, request.say($0.isEmpty ? "all" : "status.\($0)")) },
                    chosen: state
                ),
                "surfaces": PageParts.options(
                    Self.surfaces.map { ($0, request.say($0.isEmpty ? "all" : "surface.\($0)")) },
                    chosen: surface
                ),
            ]
        )
    }

    private static let accountTemplate = Template(
        PageParts.heading + """
            <p>{{#isSuspended}}<span class="state state-suspended">[[suspended]]</span> {{account.suspended_at}} · {{account.suspended_reason}}{{/isSuspended}}{{^isSuspended}}<span class="state state-active">[[state.active]]</span>{{/isSuspended}} · [[made_zone]]: {{account.created_at}}</p>
            {{^isOwn}}{{#isSuspended}}<form method="post" action="{{base}}/operator/accounts/{{link}}/reinstate">{{{token}}}<button>[[reinstate_2]]</button></form>{{/isSuspended}}
            {{^isSuspended}}<details><summary>[[suspend_2]]</summary><p class="soft">[[suspending_ends_keys_and_sessions]]</p>
            <form method="post" action="{{base}}/operator/accounts/{{link}}/suspend" class="fields">{{{token}}}\(PageParts.field("reason", "[[why_kept_in_the_audit_log]]", value: "{{form.reason}}", "required maxlength=\"500\""))<p><button class="danger">[[suspend_2]]</button></p></form></details>{{/isSuspended}}{{/isOwn}}
            <section aria-labelledby="keys"><h2 id="keys">[[keys]]</h2>
            """
            + PageParts.table(
                "[[keys_of_all_surfaces]]",
                of: "keys",
                empty: "[[none_yet]]",
                [
                    .init("[[key]]", "<span class=\"id\">{{key_id}}</span>", .heading),
                    .init("[[surface]]", "{{surface_text}}"),
                    .init("[[role]]", "{{role}}"),
                    .init(
                        "[[requests_a_minute]]",
                        """
                        {{#works}}<form method="post" action="{{base}}/operator/accounts/{{link}}/keys/{{key_link}}/limit" class="row">{{{token}}}<input name="rate_limit" inputmode="numeric" size="6" required value="{{rate_limit}}" aria-label="[[requests_a_minute]]"><button class="quiet">[[save]]</button></form>{{/works}}{{^works}}{{rate_limit}}{{/works}}
                        """
                    ),
                    .init(
                        "[[daily_cap]], USDC",
                        """
                        {{#isCappable}}<form method="post" action="{{base}}/operator/accounts/{{link}}/keys/{{key_link}}/daily-cap" class="row">{{{token}}}<input name="daily_cap" inputmode="decimal" size="6" placeholder="[[no_cap]]" value="{{.daily_cap}}" aria-label="[[daily_cap_usdc]]"><button class="quiet">[[save]]</button></form>{{/isCappable}}
                        """
                    ),
                    .init("[[made_zone]]", "<span class=\"whole\">{{created_at}}</span>"),
                    .init(
                        "[[state]]",
                        """
                        {{#works}}<form method="post" action="{{base}}/operator/accounts/{{link}}/keys/{{key_link}}/revoke" class="row">{{{token}}}<button class="danger">[[revoke]]</button></form>{{/works}}{{^works}}<span class="state state-removed">[[revoked]]</span> <span class="whole">{{.revoked_at}}</span>{{/works}}
                        """
                    ),
                ]
            ) + """
                </section><p><a href="{{base}}/operator/audit?subject={{name}}">[[audit_log]]</a> · <a href="{{base}}/operator/accounts">[[all_accounts]]</a></p>
                """,
        MarketWords.all
    )

    @Sendable private func account(_ request: PageRequest) async throws -> PageContent {
        let found = try await request.ask(self.routes.get)
        let link = HTML.percentEncode(found.account.id.text)
        let keys = request.rows(found.keys) { key in
            [
                "works": key.revokedAt == nil,
                "isCappable": key.revokedAt == nil && KeyCaps.areFor(key.id, on: key.surface),
                "key_link": HTML.percentEncode(key.id), "link": link,
                "surface_text": request.say("surface.\(key.surface)"),
            ]
        }
        return PageContent(
            found.account.name,
            Self.accountTemplate,
            request,
            [
                "account": found.account, "link": link, "name": HTML.percentEncode(found.account.name),
                "isSuspended": found.account.suspendedAt != nil,
                "isOwn": found.account.name == request.session.caller.name, "keys": keys, "has_keys": !keys.isEmpty,
            ]
        )
    }

    // MARK: The audit log

    private static let auditTemplate = Template(
        PageParts.heading + """
            <form method="get" action="{{base}}/operator/audit" class="fields" role="search">
            \(PageParts.field("action", "[[action_or_its_beginning]]", value: "{{action}}", "placeholder=\"key.created\""))
            \(PageParts.field("actor", "[[who]]", value: "{{actor}}"))
            \(PageParts.field("subject", "[[to_what]]", value: "{{subject}}"))
            \(PageParts.field("request_id", "[[request]]", value: "{{request_id}}"))
            <p><label for="from">[[from_day]]</label><br><input id="from" name="from" type="date" value="{{from}}"></p>
            <p><label for="to">[[up_to_without_day]]</label><br><input id="to" name="to" type="date" value="{{to}}"></p>
            <p><button class="quiet">[[show]]</button></p></form>
            """
            + PageParts.table(
                "[[audit_log]]",
                of: "entries",
                empty: "[[nothing_was_recorded]]",
                [
                    .init("[[at_zone]]", "<span class=\"whole\">{{at}}</span>", .heading),
                    .init("[[action]]", "<span class=\"id whole\">{{action}}</span>"),
                    .init("[[to_what]]", "<span class=\"id\">{{subject}}</span>"),
                    .init("[[detail]]", "{{detail}}"),
                    .init("[[who]]", "<span class=\"id\">{{actor}}</span>"),
                    .init("[[request]]", "<span class=\"id\">{{request_id}}</span>"),
                ]
            ) + PageParts.older,
        MarketWords.all
    )

    @Sendable private func audit(_ request: PageRequest) async throws -> PageContent {
        var asked: [String: JSONValue] = ["cursor": .string(request.query("cursor"))]
        for name in ["action", "actor", "subject", "request_id"] where !request.query(name).trimmed.isEmpty {
            asked[name] = .string(request.query(name).trimmed)
        }
        for name in ["from", "to"] where !request.query(name).isEmpty {
            asked[name] = .string("\(request.query(name))T00:00:00Z")
        }
        let list = try await request.ask(self.routes.audit, asked)
        let filter = Dictionary(
            uniqueKeysWithValues: ["action", "actor", "subject", "request_id", "from", "to"].map {
                ($0, request.query($0))
            }
        )
        let values: [String: Any?] = [
            "entries": request.rows(list.items) { _ in [:] }, "has_entries": !list.items.isEmpty,
            "older": request.next(list.next, keeping: filter),
        ]
        return PageContent(request.say("audit_log"), Self.auditTemplate, request, values.merging(filter) { $1 })
    }
}
