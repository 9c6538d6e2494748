import Kernel
import Platform
import Web

/// Keys: masked, with a form for another, which is shown once.
struct KeysPage: Sendable {
    let routes: APIKeyRoutes

    var pages: [ConsolePage] { [self.list] }

    private static let boxes = Scope.allCases.map { scope in
        "<label><input type=\"checkbox\" name=\"scopes\" value=\"\(scope.rawValue)\">[[role.\(scope.rawValue)]]</label>"
    }.joined()

    private static let template = GatewayConsole.template(
        PageParts.heading
            + PageParts.table(
                "[[newest_first]]",
                of: "keys",
                empty: "[[no_keys_yet]]",
                [
                    .init("[[name]]", "{{name}}", .heading), .init("[[key]]", "<code>{{prefix}}…</code>"),
                    .init("[[scopes]]", "{{scope_words}}"), .init("[[bound_to]]", "{{owner_id}}"),
                    .init("[[last_used_zone]]", "{{last_used_at}}"),
                    .init(
                        "[[revoke]]",
                        "{{#revoked}}[[revoked]]{{/revoked}}{{^revoked}}<form method=\"post\" action=\"{{base}}/keys/{{id}}/revoke\">{{{token}}}<button class=\"danger\">[[revoke]]</button></form>{{/revoked}}"
                    ),
                ]
            ) + """
                <section aria-labelledby="new"><h2 id="new">[[make_a_key]]</h2>
                <form method="post" action="{{base}}/keys">{{{token}}}\(PageParts.field("name", "[[name]]", value: "{{form.name}}", "required maxlength=\"100\""))<fieldset><legend>[[scopes]]</legend><div class="boxes">\(Self.boxes)</div></fieldset>\(PageParts.field("owner_id", "[[bound_to_user]]", value: "{{form.owner_id}}"))\(PageParts.field("budget_monthly_cents", "[[budget_cents]]", value: "{{form.budget_monthly_cents}}", "type=\"number\" min=\"0\""))<p><button>[[make]]</button></p></form>
                <p class="soft">[[unbound_keys_note]]</p></section>
                """
    )

    private static let madeTemplate = GatewayConsole.template(
        PageParts.heading + """
            <p class="done" role="status">[[keep_the_key]]</p><pre tabindex="0">{{key}}</pre><p><a href="{{base}}/keys">[[all_keys]]</a></p>
            """
    )

    private var list: ConsolePage {
        ConsolePage(
            path: "/keys",
            summary: "API keys",
            roles: GatewayConsole.provisioners,
            forms: [
                ConsoleForm(path: "/keys", summary: "Make a key") { request in
                    let made = try await request.submit(self.routes.create.operation)
                    return .show(
                        PageContent(request.say("your_new_key"), Self.madeTemplate, request, ["key": made.made.secret])
                            .holdingSecret()
                    )
                },
                ConsoleForm(
                    path: "/keys/{id}/revoke",
                    summary: "Revoke a key",
                    does: self.routes.revoke,
                    then: "/keys?done=1"
                )
                .askingFirst(),
            ]
        ) { request in
            let list = try await request.ask(self.routes.list, ["limit": 200])
            return PageContent(
                request.say("api_keys"),
                Self.template,
                request,
                [
                    "keys": request.rows(list.keys) { output in
                        let words = output.key.scopes.names.map { request.say("role.\($0)") }
                        return [
                            "base": request.base, "token": request.values["token"],
                            "scope_words": words.joined(separator: ", "),
                        ]
                    }
                ]
            )
        }
    }
}
