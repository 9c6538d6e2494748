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
            <div class="scroll" tabindex="0" role="region" aria-label="Keys, a table"><table><caption>Keys that work now</caption>
            <thead><tr><th scope="col">Key</th><th scope="col">Role</th><th scope="col" class="number">Requests a minute</th><th scope="col">Wallet</th><th scope="col">Valid until, UTC</th><th scope="col">Revoke</th></tr></thead>
            <tbody>{{#keys}}<tr><th scope="row" class="id">{{key_id}}</th><td>{{role}}</td><td class="number">{{rate_limit}}</td><td class="id">{{wallet_address}}</td><td class="whole">{{expires_at}}</td>
            <td><form method="post" action="{{base}}/account/keys/{{key_id}}/revoke">{{{token}}}<button class="danger" aria-label="Revoke {{key_id}}">Revoke</button></form></td></tr>{{/keys}}</tbody></table></div>
            <p class="soft">A revoked key stops at once, also the one that you are signed in with.</p>
            <section aria-labelledby="new"><h2 id="new">Create a key</h2>
            <form method="post" action="{{base}}/account/keys" class="fields">{{{token}}}
            <p><label for="role">Role</label><br><select id="role" name="role">{{#roles}}\(PageParts.option){{/roles}}</select></p>
            <p><label for="rate_limit">Requests a minute, 1 to 300</label><br><input id="rate_limit" name="rate_limit" inputmode="numeric" value="{{form.rate_limit}}" placeholder="60"></p>
            <p><label for="wallet_address">USDC wallet, if you have one</label><br><input id="wallet_address" name="wallet_address" value="{{form.wallet_address}}"></p>
            <p><button>Create</button></p></form></section>
            """
    )

    private static let createdTemplate = Template(
        PageParts.heading + """
            <p class="done" role="status">This is the only time that the secret is shown. Keep it now.</p>
            <dl class="facts"><dt>Key</dt><dd class="id">{{key.key_id}}</dd><dt>Secret</dt><dd class="id">{{key.secret}}</dd>
            <dt>Role</dt><dd>{{key.role}}</dd><dt>Header</dt><dd><code>Authorization: Bearer {{key.key_id}}:{{key.secret}}</code></dd></dl>
            <p><a href="{{base}}/account/keys">All keys</a></p>
            """
    )

    @Sendable private func keys(_ visit: Visit) async throws -> PageContent {
        let roles = visit.session.caller.isAdmin ? ["buyer", "provider", "admin"] : ["buyer", "provider"]
        return PageContent(
            "Keys",
            Self.template,
            visit,
            [
                "keys": try await visit.ask(self.routes.list).keys,
                "roles": PageParts.options(roles.map { ($0, $0) }, chosen: visit.form["role"]),
            ]
        )
    }

    @Sendable private func create(_ visit: Visit) async throws -> WorkForm.Outcome {
        let key = try await visit.submit(self.routes.create, ["owner_id": .string(visit.session.caller.name)])
        return .show(PageContent("Your new key", Self.createdTemplate, visit, ["key": key]))
    }
}
