import Kernel
import Platform
import Web

/// The keys of an account, for every role.
struct KeyPages: Sendable {
    let routes: KeyRoutes

    var pages: [WorkPage] {
        [
            WorkPage(
                path: "/account/keys",
                summary: "Keys",
                roles: nil,
                show: self.keys,
                forms: [
                    WorkForm(path: "/account/keys", summary: "Create a key", perform: self.create)
                        .askingFirst { $0.form["role"].bytewise.equals("admin") },
                    WorkForm(
                        path: "/account/keys/{key_id}/revoke",
                        summary: "Revoke a key",
                        does: self.routes.revoke,
                        then: "/account/keys?done=1"
                    ).askingFirst(),
                ]
            )
        ]
    }

    private static let template = Template(
        PageParts.heading + """
            <div class="scroll" tabindex="0" role="region" aria-label="[[keys]] ([[table]])"><table><caption>[[keys_that_work_now]]</caption>
            <thead><tr><th scope="col">[[key]]</th><th scope="col">[[role]]</th><th scope="col" class="number">[[requests_a_minute]]</th><th scope="col">[[wallet]]</th><th scope="col">[[valid_until_utc]]</th><th scope="col">[[revoke]]</th></tr></thead>
            <tbody>{{#keys}}<tr><th scope="row" class="id">{{key_id}}</th><td>{{role_text}}</td><td class="number">{{rate_limit}}</td><td class="id">{{wallet_address}}</td><td class="whole">{{expires_at}}</td>
            <td><form method="post" action="{{base}}/account/keys/{{key_id}}/revoke">{{{token}}}<button class="danger" aria-label="[[revoke_2]]">[[revoke]]</button></form></td></tr>{{/keys}}</tbody></table></div>
            <p class="soft">[[a_revoked_key_stops_at_once]]</p>
            <section aria-labelledby="new"><h2 id="new">[[create_a_key]]</h2>
            <form method="post" action="{{base}}/account/keys" class="fields">{{{token}}}
            <p><label for="role">[[role]]</label><br><select id="role" name="role">{{#roles}}\(PageParts.option){{/roles}}</select></p>
            <p><label for="rate_limit">[[requests_a_minute_1_to_300]]</label><br><input id="rate_limit" name="rate_limit" inputmode="numeric" value="{{form.rate_limit}}" placeholder="60"></p>
            <p><label for="wallet_address">[[usdc_wallet_if_you_have_one]]</label><br><input id="wallet_address" name="wallet_address" value="{{form.wallet_address}}"></p>
            <p><button>[[create]]</button></p></form></section>
            """,
        MarketWords.all
    )

    private static let createdTemplate = Template(
        PageParts.heading + """
            <p class="done" role="status">[[this_is_the_only_time_that_the]]</p>
            <dl class="facts"><dt>[[key]]</dt><dd class="id">{{key.key_id}}</dd><dt>[[secret]]</dt><dd class="id">{{key.secret}}</dd>
            <dt>[[role]]</dt><dd>{{role_text}}</dd><dt>[[header]]</dt><dd><code>Authorization: Bearer {{key.key_id}}:{{key.secret}}</code></dd></dl>
            <p><a href="{{base}}/account/keys">[[all_keys]]</a></p>
            """,
        MarketWords.all
    )

    @Sendable private func keys(_ visit: Visit) async throws -> PageContent {
        let roles = visit.session.caller.isAdmin ? ["buyer", "provider", "admin"] : ["buyer", "provider"]
        return PageContent(
            visit.say("keys"),
            Self.template,
            visit,
            [
                "keys": visit.rows(try await visit.ask(self.routes.list).keys) {
                    ["role_text": visit.say("role.\($0.role)")]
                },
                "roles": PageParts.options(roles.map { ($0, visit.say("role.\($0)")) }, chosen: visit.form["role"]),
            ]
        )
    }

    @Sendable private func create(_ visit: Visit) async throws -> WorkForm.Outcome {
        let key = try await visit.submit(self.routes.create, ["owner_id": .string(visit.session.caller.name)])
        return .show(
            PageContent(
                visit.say("your_new_key"),
                Self.createdTemplate,
                visit,
                ["key": key, "role_text": visit.say("role.\(key.role)")]
            )
        )
    }
}
