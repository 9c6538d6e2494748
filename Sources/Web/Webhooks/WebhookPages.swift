package import Kernel
import Platform

/// Webhooks with their delivery logs, on any surface.
package struct WebhookPages<Catalogue: WebhookCatalogue>: Sendable {
    private let operations: WebhookOperations<Catalogue>
    /// Why there is no such webhook.
    private let notFound: Problem
    private let templates: Templates
    /// Sends a range again.
    private let replay: @Sendable (PageRequest) async throws -> ConsoleForm.Outcome

    package init(
        _ operations: WebhookOperations<Catalogue>,
        words: Words,
        notFound: Problem,
        replay: (@Sendable (PageRequest) async throws -> ConsoleForm.Outcome)? = nil
    ) {
        self.operations = operations
        self.notFound = notFound
        self.templates = Templates(words)
        self.replay =
            replay ?? { request in
                try await request.submit(operations.replay)
                let id = request.parameter("webhook_id")
                return .goTo("/account/webhooks/\(HTML.percentEncode(id))?done=1")
            }
    }

    /// One of each for a surface, in its words.
    private struct Templates: Sendable {
        let list: Template
        let one: Template

        init(_ words: Words) {
            self.list = Template(webhookListTemplate, words)
            self.one = Template(webhookTemplate, words)
        }
    }

    private static var list: String { "/account/webhooks" }
    private static var one: String { "/account/webhooks/{webhook_id}" }

    package var pages: [ConsolePage] {
        [
            ConsolePage(
                path: Self.list,
                summary: "Webhooks",
                roles: nil,
                show: self.webhooks,
                forms: [ConsoleForm(path: Self.list, summary: "Subscribe", perform: self.subscribe)]
            ),
            ConsolePage(
                path: Self.one,
                summary: "A webhook and its deliveries",
                roles: nil,
                show: self.webhook,
                forms: [
                    ConsoleForm(
                        path: Self.one + "/delete",
                        summary: "Unsubscribe",
                        does: self.operations.delete,
                        then: "\(Self.list)?done=1"
                    ),
                    ConsoleForm(path: Self.one + "/enable", summary: "Enable a webhook") { request in
                        try await self.act(self.operations.enable, request)
                    },
                    ConsoleForm(path: Self.one + "/replay", summary: "Send a range again", perform: self.replay),
                    ConsoleForm(
                        path: Self.one + "/deliveries/{delivery_id}/redeliver",
                        summary: "Send a delivery again"
                    ) { request in
                        try await self.act(self.operations.redeliver, request)
                    },
                ]
            ),
        ]
    }

    @Sendable private func webhooks(_ request: PageRequest) async throws -> PageContent {
        let webhooks = try await request.ask(self.operations.list).webhooks
        let events = Catalogue.events.map { name -> [String: Any] in
            request.form.all("events").contains(name) ? ["name": name, "isChosen": true] : ["name": name]
        }
        return PageContent(
            request.say("webhooks"),
            self.templates.list,
            request,
            ["webhooks": webhooks, "hasWebhooks": !webhooks.isEmpty, "events": events]
        )
    }

    @Sendable private func subscribe(_ request: PageRequest) async throws -> ConsoleForm.Outcome {
        let webhook = try await request.submit(self.operations.subscribe)
        return .goTo("/account/webhooks/\(webhook.endpoint.id.text)")
    }

    @Sendable private func webhook(_ request: PageRequest) async throws -> PageContent {
        let id = request.parameter("webhook_id")
        let webhooks = try await request.ask(self.operations.list).webhooks
        guard let webhook = webhooks.first(where: { $0.endpoint.id.text == id }) else { throw self.notFound }
        let log = try await request.ask(
            self.operations.deliveries,
            ["cursor": .string(request.query("cursor")), "limit": 20]
        )
        return PageContent(
            webhook.endpoint.url,
            self.templates.one,
            request,
            [
                "webhook": webhook, "here": "\(request.base)\(Self.list)/\(id)", "deliveries": log.deliveries,
                "hasDeliveries": !log.deliveries.isEmpty, "next_cursor": log.next,
            ]
        )
    }

    private func act<In: Input, Out: Wire>(
        _ operation: Operation<In, Out>,
        _ request: PageRequest
    ) async throws -> ConsoleForm.Outcome {
        try await request.submit(operation)
        let id = request.parameter("webhook_id")
        return .goTo("\(Self.list)/\(HTML.percentEncode(id))?done=1")
    }
}

private let webhookListTemplate =
    PageParts.heading + """
        {{^webhooks}}<p class="empty">[[no_webhooks_yet_subscribe_an_address_below]]</p>{{/webhooks}}
        {{#hasWebhooks}}<div class="scroll" tabindex="0" role="region" aria-label="[[webhooks]] ([[table]])"><table><caption>[[oldest_first]]</caption>
        <thead><tr><th scope="col">[[address]]</th><th scope="col">[[events]]</th><th scope="col">[[state]]</th></tr></thead>
        <tbody>{{#webhooks}}<tr><th scope="row"><a href="{{base}}/account/webhooks/{{id}}">{{url}}</a></th><td>{{#events}}<code>{{.}}</code> {{/events}}</td><td>{{#active}}<span class="state state-active">[[status.active]]</span>{{/active}}{{^active}}<span class="state state-disabled">[[status.disabled]]</span>{{/active}}</td></tr>{{/webhooks}}</tbody></table></div>{{/hasWebhooks}}
        <section aria-labelledby="new"><h2 id="new">[[subscribe]]</h2>
        <form method="post" action="{{base}}/account/webhooks">{{{token}}}
        <p><label for="url">[[address_https]]</label><br><input id="url" name="url" type="url" required value="{{form.url}}"></p>
        <fieldset><legend>[[events]]</legend>{{#events}}<label><input type="checkbox" name="events" value="{{name}}"{{#isChosen}} checked{{/isChosen}}>{{name}}</label>{{/events}}</fieldset>
        <p><label for="secret">[[secret_for_the_signature]]</label><br><input id="secret" name="secret" type="password" autocomplete="off" required></p>
        <p><button>[[subscribe]]</button></p></form></section>
        """

private let webhookTemplate =
    PageParts.heading + """
        <dl class="facts"><dt>[[state]]</dt><dd>{{#webhook.active}}<span class="state state-active">[[status.active]]</span>{{/webhook.active}}{{^webhook.active}}<span class="state state-disabled">[[status.disabled]]</span>{{/webhook.active}}</dd>
        <dt>[[events]]</dt><dd>{{#webhook.events}}<code>{{.}}</code> {{/webhook.events}}</dd><dt>ID</dt><dd class="id">{{webhook.id}}</dd></dl>
        <div class="row">{{^webhook.active}}<form method="post" action="{{here}}/enable">{{{token}}}<button>[[enable]]</button></form>{{/webhook.active}}
        <form method="post" action="{{here}}/delete">{{{token}}}<button class="danger">[[delete]]</button></form></div>
        <section aria-labelledby="log"><h2 id="log">[[deliveries]]</h2>
        {{^deliveries}}<p class="empty">[[nothing_has_been_sent_yet_the]]</p>{{/deliveries}}
        {{#hasDeliveries}}<div class="scroll" tabindex="0" role="region" aria-label="[[deliveries]] ([[table]])"><table><caption>[[newest_first]]</caption>
        <thead><tr><th scope="col">[[delivery]]</th><th scope="col">[[begun_zone]]</th><th scope="col">[[state]]</th><th scope="col">[[tries]]</th><th scope="col">[[again]]</th></tr></thead>
        <tbody>{{#deliveries}}<tr><th scope="row" class="id">{{id}}</th><td class="whole">{{created_at}}</td><td><span class="state state-{{state}}">{{state_text}}</span></td>
        <td>{{#attempts}}<div class="whole">{{at}}: {{.status_code}}{{.error}}, {{duration_ms}} ms</div>{{/attempts}}</td>
        <td><form method="post" action="{{here}}/deliveries/{{id}}/redeliver">{{{token}}}<button class="quiet" aria-label="[[send_again]]">[[send_again_2]]</button></form></td></tr>{{/deliveries}}</tbody></table></div>
        {{#next_cursor}}<p><a href="{{here}}?cursor={{next_cursor}}" rel="next">[[older_deliveries]]</a></p>{{/next_cursor}}{{/hasDeliveries}}</section>
        <section aria-labelledby="replay"><h2 id="replay">[[send_a_range_again]]</h2>
        <form method="post" action="{{here}}/replay" class="fields">{{{token}}}
        <p><label for="from">[[from_day]]</label><br><input id="from" name="from" type="date" required value="{{form.from}}"></p>
        <p><label for="to">[[up_to_without_day]]</label><br><input id="to" name="to" type="date" required value="{{form.to}}"></p>
        <p><button>[[send_again_2]]</button></p></form></section>
        <p><a href="{{base}}/account/webhooks">[[all_webhooks]]</a></p>
        """
