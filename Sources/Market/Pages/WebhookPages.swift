import Kernel
import Web

/// Webhooks with their delivery logs.
struct WebhookPages: Sendable {
    let routes: WebhookRoutes
    let jobs: JobRoutes

    private static let list = "/account/webhooks"
    private static let one = "/account/webhooks/{webhook_id}"

    var pages: [WorkPage] {
        [
            WorkPage(
                path: Self.list,
                summary: "Webhooks",
                roles: nil,
                show: self.webhooks,
                forms: [WorkForm(path: Self.list, summary: "Subscribe", perform: self.subscribe)]
            ),
            WorkPage(
                path: Self.one,
                summary: "A webhook and its deliveries",
                roles: nil,
                show: self.webhook,
                forms: [
                    WorkForm(
                        path: Self.one + "/delete",
                        summary: "Unsubscribe",
                        does: self.routes.delete,
                        then: "\(Self.list)?done=1"
                    ),
                    WorkForm(path: Self.one + "/enable", summary: "Enable a webhook") { visit in
                        try await self.act(self.routes.enable, visit)
                    },
                    WorkForm(path: Self.one + "/replay", summary: "Send a range again", perform: self.replay),
                    WorkForm(
                        path: Self.one + "/deliveries/{delivery_id}/redeliver",
                        summary: "Send a delivery again"
                    ) { visit in
                        try await self.act(self.routes.redeliver, visit)
                    },
                ]
            ),
        ]
    }

    private static let listTemplate = Template(
        PageParts.heading + """
            {{^webhooks}}<p class="empty">No webhooks yet. Subscribe an address below, and it is told what happens to your account.</p>{{/webhooks}}
            {{#hasWebhooks}}<div class="scroll" tabindex="0" role="region" aria-label="Webhooks, a table"><table><caption>Oldest first</caption>
            <thead><tr><th scope="col">Address</th><th scope="col">Events</th><th scope="col">State</th></tr></thead>
            <tbody>{{#webhooks}}<tr><th scope="row"><a href="{{base}}/account/webhooks/{{id}}">{{url}}</a></th><td>{{#events}}<code>{{.}}</code> {{/events}}</td><td>{{#active}}<span class="state state-active">active</span>{{/active}}{{^active}}<span class="state state-disabled">disabled</span>{{/active}}</td></tr>{{/webhooks}}</tbody></table></div>{{/hasWebhooks}}
            <section aria-labelledby="new"><h2 id="new">Subscribe</h2>
            <form method="post" action="{{base}}/account/webhooks">{{{token}}}
            <p><label for="url">Address (https)</label><br><input id="url" name="url" type="url" required value="{{form.url}}"></p>
            <fieldset><legend>Events</legend>{{#events}}<label><input type="checkbox" name="events" value="{{name}}"{{#isChosen}} checked{{/isChosen}}>{{name}}</label>{{/events}}</fieldset>
            <p><label for="secret">Secret for the signature</label><br><input id="secret" name="secret" type="password" autocomplete="off" required></p>
            <p><button>Subscribe</button></p></form></section>
            """
    )

    @Sendable private func webhooks(_ visit: Visit) async throws -> PageContent {
        let webhooks = try await visit.ask(self.routes.list).webhooks
        let events = MarketWebhooks.events.sorted().map { name -> [String: Any] in
            visit.form.all("events").contains(name) ? ["name": name, "isChosen": true] : ["name": name]
        }
        return PageContent(
            "Webhooks",
            Self.listTemplate,
            visit,
            ["webhooks": webhooks, "hasWebhooks": !webhooks.isEmpty, "events": events]
        )
    }

    @Sendable private func subscribe(_ visit: Visit) async throws -> WorkForm.Outcome {
        let webhook = try await visit.submit(self.routes.subscribe)
        return .goTo("/account/webhooks/\(webhook.id)")
    }

    private static let oneTemplate = Template(
        PageParts.heading + """
            <dl class="facts"><dt>State</dt><dd>{{#webhook.active}}<span class="state state-active">active</span>{{/webhook.active}}{{^webhook.active}}<span class="state state-disabled">disabled</span>{{/webhook.active}}</dd>
            <dt>Events</dt><dd>{{#webhook.events}}<code>{{.}}</code> {{/webhook.events}}</dd><dt>Id</dt><dd class="id">{{webhook.id}}</dd></dl>
            <div class="row">{{^webhook.active}}<form method="post" action="{{here}}/enable">{{{token}}}<button>Enable</button></form>{{/webhook.active}}
            <form method="post" action="{{here}}/delete">{{{token}}}<button class="danger">Delete</button></form></div>
            <section aria-labelledby="log"><h2 id="log">Deliveries</h2>
            {{^deliveries}}<p class="empty">Nothing has been sent yet. The first event of this account appears here.</p>{{/deliveries}}
            {{#hasDeliveries}}<div class="scroll" tabindex="0" role="region" aria-label="Deliveries, a table"><table><caption>Newest first</caption>
            <thead><tr><th scope="col">Delivery</th><th scope="col">Begun, UTC</th><th scope="col">State</th><th scope="col">Tries</th><th scope="col">Again</th></tr></thead>
            <tbody>{{#deliveries}}<tr><th scope="row" class="id">{{id}}</th><td class="whole">{{created_at}}</td><td><span class="state state-{{state}}">{{state}}</span></td>
            <td>{{#attempts}}<div class="whole">{{at}}: {{.status_code}}{{.error}}, {{duration_ms}} ms</div>{{/attempts}}</td>
            <td><form method="post" action="{{here}}/deliveries/{{id}}/redeliver">{{{token}}}<button class="quiet" aria-label="Send {{id}} again">Send again</button></form></td></tr>{{/deliveries}}</tbody></table></div>
            {{#next_cursor}}<p><a href="{{here}}?cursor={{next_cursor}}" rel="next">Older deliveries</a></p>{{/next_cursor}}{{/hasDeliveries}}</section>
            <section aria-labelledby="replay"><h2 id="replay">Send a range again</h2>
            <form method="post" action="{{here}}/replay" class="fields">{{{token}}}
            <p><label for="from">From (day)</label><br><input id="from" name="from" type="date" required value="{{form.from}}"></p>
            <p><label for="to">Up to, without (day)</label><br><input id="to" name="to" type="date" required value="{{form.to}}"></p>
            <p><button>Send again</button></p></form></section>
            <p><a href="{{base}}/account/webhooks">All webhooks</a></p>
            """
    )

    @Sendable private func webhook(_ visit: Visit) async throws -> PageContent {
        let id = visit.parameter("webhook_id")
        let webhooks = try await visit.ask(self.routes.list).webhooks
        guard let webhook = webhooks.first(where: { $0.id == id }) else { throw MarketProblems.webhookNotFound }
        let log = try await visit.ask(
            self.routes.deliveries,
            ["cursor": .string(visit.query("cursor")), "limit": 20]
        )
        return PageContent(
            webhook.url,
            Self.oneTemplate,
            visit,
            [
                "webhook": webhook, "here": "\(visit.base)\(Self.list)/\(id)", "deliveries": log.deliveries,
                "hasDeliveries": !log.deliveries.isEmpty, "next_cursor": log.nextCursor,
            ]
        )
    }

    @Sendable private func replay(_ visit: Visit) async throws -> WorkForm.Outcome {
        .goTo(JobPages.path(of: try await visit.submit(self.jobs.replay)))
    }

    private func act<In: Input, Out: Wire>(
        _ operation: Operation<In, Out>,
        _ visit: Visit
    ) async throws -> WorkForm.Outcome {
        try await visit.submit(operation)
        let id = visit.parameter("webhook_id")
        return .goTo("\(Self.list)/\(HTML.percentEncode(id))?done=1")
    }
}
