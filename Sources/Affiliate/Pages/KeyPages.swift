import Kernel
import Web

/// The keys of an account: those that work, and those that were revoked and not deleted.
extension KeyPages
where
    List == AccountRoutes.KeyList, New == AccountRoutes.NewKeyInput, Made == AccountRoutes.NewKey,
    Revoked == AccountRoutes.KeyRevoked
{
    static func affiliate(_ routes: AccountRoutes) -> Self {
        KeyPages(
            list: routes.listKeys,
            create: routes.createKey,
            revoke: routes.revokeKey,
            words: AffiliateWords.all,
            look: Self.look,
            further: [
                ConsoleForm(
                    path: "/account/keys/{key_id}/delete",
                    summary: "Delete a key",
                    does: routes.deleteKey,
                    then: "/account/keys?done=1"
                ).askingFirst()
            ],
            values: { request, list in
                ["keys": request.rows(list.keys) { ["isActive": $0.key.revokedAt == nil] }]
            }
        )
    }

    private static var look: Look {
        Look(
            title: "api_keys",
            caption: "oldest_first",
            empty: "no_keys_yet_your_programs_and",
            note: "at_most_ten_keys_that_work",
            columns: [
                .init("[[name]]", "{{name}}", .heading), .init("[[begins_with]]", "<code>{{key_hint}}…</code>"),
                .init("[[state]]", Snippets.state), .init("[[request_count]]", "{{request_count}}", .number),
                .init("[[last_used_zone]]", "{{last_used_at}}"),
            ],
            end: """
                <form class="row" method="post" action="{{base}}/account/keys/{{id}}/delete">{{{token}}}{{#isActive}}<button class="danger" formaction="{{base}}/account/keys/{{id}}/revoke" aria-label="[[revoke]] {{name}}">[[revoke]]</button> {{/isActive}}<button class="danger" aria-label="[[delete]] {{name}}">[[delete]]</button></form>
                """,
            make: "make_a_key",
            button: "make",
            fields: PageParts.field("name", "[[name]]", value: "{{form.name}}", "required"),
            keepIt: "this_is_the_only_time_that",
            made: """
                <pre tabindex="0"><code>{{key.key}}</code></pre><p><code>Authorization: Bearer {{key.key}}</code></p>
                """
        )
    }
}
