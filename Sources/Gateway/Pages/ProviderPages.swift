import Kernel
import Platform
import Web

/// Providers: what there is, a form for another, and a test.
struct ProviderPages: Sendable {
    let routes: GatewayRoutes
    let clock: WallClock

    var pages: [ConsolePage] { [self.list, self.one] }

    private static let template = GatewayConsole.template(
        PageParts.heading + """
            {{#trial}}<p class="{{#ok}}done{{/ok}}{{^ok}}problem{{/ok}}" role="status">{{#ok}}[[provider_answers]]{{/ok}}{{^ok}}[[provider_does_not_answer]] {{error}}{{/ok}} {{model}}, {{latency_ms}} ms</p>{{/trial}}
            """
            + PageParts.table(
                "[[newest_first]]",
                of: "providers",
                empty: "[[no_providers_yet]]",
                [
                    .init("[[provider]]", "<a href=\"{{base}}/providers/{{id}}\">{{name}}</a>", .heading),
                    .init("[[kind]]", "{{provider_type}}"),
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

    // MARK: One

    /// Prices that nobody has looked at for so long are marked.
    private static let staleSeconds: Int64 = 90 * 86_400

    private static let oneTemplate = GatewayConsole.template(
        PageParts.heading + """
            {{#provider}}<dl class="facts"><dt>[[kind]]</dt><dd>{{provider_type}}</dd><dt>[[address]]</dt><dd>{{api_base}}</dd><dt>[[usual_model]]</dt><dd>{{default_model}}</dd><dt>[[key]]</dt><dd>{{api_key}}</dd><dt>[[state]]</dt><dd>{{#enabled}}[[in_use]]{{/enabled}}{{^enabled}}[[not_in_use]]{{/enabled}}</dd><dt>[[health]]</dt><dd>{{health_text}}</dd></dl>{{/provider}}
            <h2>[[prices]]</h2>
            """
            + PageParts.table(
                "[[usd_for_a_million_tokens]]",
                of: "prices",
                empty: "[[no_prices_yet]]",
                [
                    .init("[[model]]", "{{model}}", .heading), .init("[[price_input]]", "{{input}}", .number),
                    .init("[[price_output]]", "{{output}}", .number),
                    .init("[[price_cache_read]]", "{{cache_read}}", .number),
                    .init("[[price_cache_write]]", "{{cache_write}}", .number),
                    .init("[[price_source]]", "<span class=\"long\">{{source}}</span>"),
                    .init(
                        "[[price_as_of]]",
                        "<span class=\"whole\">{{as_of}}</span>{{#stale}} <strong>[[price_is_old]]</strong>{{/stale}}"
                    ),
                ]
            ) + """
                <p class="soft">[[shipped_prices_note]]</p>
                <section aria-labelledby="price"><h2 id="price">[[set_a_price]]</h2>
                <form method="post" action="{{base}}/providers/{{id}}/prices" class="fields">{{{token}}}\(PageParts.field("model", "[[model]]", value: "{{form.model}}", "required maxlength=\"200\""))\(PageParts.field("input", "[[price_input]]", value: "{{form.input}}", "required inputmode=\"decimal\""))\(PageParts.field("output", "[[price_output]]", value: "{{form.output}}", "required inputmode=\"decimal\""))\(PageParts.field("cache_read", "[[price_cache_read]]", value: "{{form.cache_read}}", "inputmode=\"decimal\""))\(PageParts.field("cache_write", "[[price_cache_write]]", value: "{{form.cache_write}}", "inputmode=\"decimal\""))\(PageParts.field("source", "[[price_source]]", value: "{{form.source}}", "required"))<p><button>[[save]]</button></p></form></section>
                """
    )

    private var one: ConsolePage {
        ConsolePage(
            path: "/providers/{id}",
            summary: "A provider and its prices",
            roles: GatewayConsole.admins,
            forms: [
                ConsoleForm(path: "/providers/{id}/prices", summary: "Set a price") { request in
                    let id = request.parameter("id")
                    let known = try await request.ask(self.routes.providers.prices, ["id": .string(id)])
                    let own = known.list.own.map { PriceOutput.shape.json(of: PriceOutput(price: $0, isOwn: true)) }
                    let model = request.form["model"].trimmed
                    // What the form does not show stays.
                    var row = own.first { $0["model"]?.string == model }?.object ?? [:]
                    row["as_of"] = .string(self.today)
                    for name in ["model", "input", "output", "cache_read", "cache_write", "source"] {
                        if let text = request.form[name].trimmed.nonEmpty { row[name] = .string(text) }
                    }
                    let others = own.filter { $0["model"]?.string != model }
                    _ = try await request.ask(
                        self.routes.providers.setPrices,
                        ["id": .string(id), "prices": .array(others + [.object(row)])]
                    )
                    return .goTo("/providers/\(HTML.percentEncode(id))?done=1")
                }
            ]
        ) { request in
            let id: [String: JSONValue] = ["id": .string(request.parameter("id"))]
            let provider = try await request.ask(self.routes.providers.get, id)
            let prices = try await request.ask(self.routes.providers.prices, id)
            let limit = self.clock.now().adding(seconds: -Self.staleSeconds).dayText
            let own = prices.list.own.map { PriceOutput(price: $0, isOwn: true) }
            let shipped = prices.ships ? PriceTable.shipped.map { PriceOutput(price: $0, isOwn: false) } : []
            return PageContent(
                provider.provider.displayName.nonEmpty ?? provider.provider.name,
                Self.oneTemplate,
                request,
                [
                    "id": provider.provider.id.text, "health_text": self.say(provider.health, request),
                    "provider": provider.shown(request.display),
                    "prices": request.rows(own + shipped) { output in
                        ["stale": output.price.asOf < limit ? true : nil]
                    },
                ]
            )
        }
    }

    private func say(_ health: ProviderHealth, _ request: PageRequest) -> String {
        request.say(
            "provider_health.\(health.state)",
            ["failures": "\(health.failureCount)", "seconds": "\(health.pauseSeconds ?? 0)"]
        )
    }

    private var today: String { self.clock.now().dayText }
}
