import Kernel
import Platform
import Web

/// The keys of an account, for every role.
extension KeyPages where List == ProviderKeys, New == CreateKey, Made == KeyCreated, Revoked == KeyRevoked {
    static func market(_ routes: KeyRoutes) -> Self {
        KeyPages(
            list: routes.list,
            create: routes.create,
            revoke: routes.revoke,
            words: MarketWords.all,
            look: Self.look,
            given: { ["owner_id": .string($0.session.caller.name)] },
            asksFirst: { $0.form["role"].bytewise.equals("admin") },
            values: { request, list in
                let mayMake = MarketRole.allCases.filter { request.session.caller.isAdmin || $0 != .admin }
                let roles = mayMake.map { ($0.rawValue, request.say("role.\($0.rawValue)")) }
                return [
                    "keys": request.rows(list.keys) { ["role_text": request.say("role.\($0.role)")] },
                    "roles": PageParts.options(roles, chosen: request.form["role"]),
                ]
            },
            made: { request, key in ["key": key, "role_text": request.say("role.\(key.role)")] }
        )
    }

    private static var look: Look {
        Look(
            title: "keys",
            caption: "keys_that_work_now",
            empty: "no_keys_yet",
            note: "a_revoked_key_stops_at_once",
            columns: [
                .init("[[key]]", "<span class=\"id\">{{key_id}}</span>", .heading), .init("[[role]]", "{{role_text}}"),
                .init("[[requests_a_minute]]", "{{rate_limit}}", .number),
                .init(
                    "[[daily_cap]]",
                    "<a href=\"{{base}}/account/keys/{{key_id}}/daily-cap\">{{#.daily_cap}}{{.daily_cap}} USDC{{/.daily_cap}}{{^.daily_cap}}[[no_cap]]{{/.daily_cap}}</a>",
                    .number
                ),
                .init("[[wallet]]", "<span class=\"id\">{{wallet_address}}</span>"),
                .init("[[valid_until_zone]]", "<span class=\"whole\">{{expires_at}}</span>"),
            ],
            end: """
                <form method="post" action="{{base}}/account/keys/{{key_id}}/revoke">{{{token}}}<button class="danger" aria-label="[[revoke_2]]">[[revoke]]</button></form>
                """,
            make: "create_a_key",
            button: "create",
            fields: """
                <p><label for="role">[[role]]</label><br><select id="role" name="role">{{#roles}}\(PageParts.option){{/roles}}</select></p>
                <p><label for="rate_limit">[[requests_a_minute_1_to_300]]</label><br><input id="rate_limit" name="rate_limit" inputmode="numeric" value="{{form.rate_limit}}" placeholder="60"></p>
                <p><label for="wallet_address">[[usdc_wallet_if_you_have_one]]</label><br><input id="wallet_address" name="wallet_address" value="{{form.wallet_address}}"></p>
                """,
            keepIt: "this_is_the_only_time_that_the",
            made: """
                <dl class="facts"><dt>[[key]]</dt><dd class="id">{{key.key_id}}</dd><dt>[[secret]]</dt><dd class="id">{{key.secret}}</dd>
                <dt>[[role]]</dt><dd>{{role_text}}</dd><dt>[[header]]</dt><dd><code>Authorization: Bearer {{key.key_id}}:{{key.secret}}</code></dd></dl>
                """
        )
    }
}
