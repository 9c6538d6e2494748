import Kernel
import Platform
import Web

/// Providers: what there is, a form for another, and a test.
struct ProviderPages: Sendable {
    let routes: GatewayRoutes

    var pages: [ConsolePage] { [self.list] }

    private static let template = GatewayConsole.template(
        PageParts.heading + """
            {{#trial}}<p class="{{#ok}}done{{/ok}}{{^ok}}problem{{/ok}}" role="status">{{#ok}}[[provider_answers]]{{/ok}}{{^ok}}[[provider_does_not_answer]] {{error}}{{/ok}} {{model}}, {{latency_ms}} ms</p>{{/trial}}
            """
            + PageParts.table(
                "[[newest_first]]",
                of: "providers",
                empty: "[[no_providers_yet]]",
                [
                    .init("[[provider]]", "{{name}}", .heading), .init("[[kind]]", "{{provider_type}}"),
                    .init("[[address]]", "{{api_base}}"), .init("[[usual_model]]", "{{default_model}}"),
                    .init("[[key]]", "{{api_key}}"),
                    .init("[[state]]", "{{#enabled}}[[in_use]]{{/enabled}}{{^enabled}}[[not_in_use]]{{/enabled}}"),
                    .init(
                        "[[test]]",
                        "<form method=\"post\" action=\"{{base}}/providers/{{id}}/verify\">{{{token}}}<button class=\"quiet\">[[test]]</button></form>"
                    ),
                ]
            ) + """
                <section aria-labelledby="new"><h2 id="new">[[open_a_provider]]</h2>
                <form method="post" action="{{base}}/providers" class="fields">{{{token}}}\(PageParts.field("name", "[[name]]", value: "{{form.name}}", "required pattern=\"[a-z0-9]([a-z0-9\\-]*[a-z0-9])?\""))\(PageParts.choice("provider_type", "[[kind]]", of: "kinds"))\(PageParts.field("api_base", "[[address_or_the_vendors]]", value: "{{form.api_base}}", "type=\"url\""))\(PageParts.field("api_key", "[[key]]", value: "", "type=\"password\" autocomplete=\"off\""))\(PageParts.field("default_model", "[[usual_model]]", value: "{{form.default_model}}"))<p><button>[[open]]</button></p></form>
                <p class="soft">[[prices_note]]</p></section>
                """
    )

    private var list: ConsolePage {
        ConsolePage(
            path: "/providers",
            summary: "Providers",
            roles: GatewayConsole.admins,
            forms: [
                ConsoleForm(
                    path: "/providers",
                    summary: "Open a provider",
                    does: self.routes.providers.create.operation,
                    then: "/providers?done=1"
                ),
                ConsoleForm(path: "/providers/{id}/verify", summary: "Test a provider") { request in
                    let trial = try await request.submit(self.routes.providers.verify)
                    return .show(try await self.content(request, trial))
                },
            ]
        ) { request in try await self.content(request, nil) }
    }

    private func content(_ request: PageRequest, _ trial: VerifyOutput?) async throws -> PageContent {
        let providers = try await request.ask(self.routes.providers.list)
        let kinds = ProviderKind.all.map { ($0, $0) }
        let chosen = request.form["provider_type"].nonEmpty ?? ProviderKind.openAI
        return PageContent(
            request.say("providers"),
            Self.template,
            request,
            [
                "providers": request.rows(providers.providers) { _ in
                    ["base": request.base, "token": request.values["token"]]
                }, "kinds": PageParts.options(kinds, chosen: chosen), "trial": trial,
            ]
        )
    }
}
