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
                let replayed = try await request.submit(operations.replay)
                let id = HTML.percentEncode(request.parameter("webhook_id"))
                return .goTo("/account/webhooks/\(id)?queued=\(replayed.queued)")
            }
    }

    /// One of each for a surface, in its words.
    private struct Templates: Sendable {
        let list: Template
        let one: Template
        let delivery: Template

        init(_ words: Words) {
            self.list = Template(webhookListTemplate, words)
            self.one = Template(webhookTemplate, words)
            self.delivery = Template(deliveryTemplate, words)
        }
    }

    private static var list: String { "/account/webhooks" }
    private static var one: String { "/account/webhooks/{webhook_id}" }
    private static var delivery: String { one + "/deliveries/{delivery_id}" }

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
                    ).askingFirst().about { request in
                        let all = try await request.ask(self.operations.list).webhooks
                        let id = request.parameter("webhook_id")
                        return all.first { $0.endpoint.id.text == id }.map { webhook in
                            FormSubject([
                                ("address", webhook.endpoint.url),
                                ("events", webhook.endpoint.events.joined(separator: ", ")),
                            ])
                        }
                    },
                    ConsoleForm(path: Self.one + "/enable", summary: "Enable a webhook") { request in
                        try await self.act(self.operations.enable, request)
                    },
                    ConsoleForm(path: Self.one + "/replay", summary: "Send a range again", perform: self.replay),
                    ConsoleForm(path: Self.one + "/test", summary: "Send a test event") { request in
                        try await self.follow(request.submit(self.operations.test), request)
                    },
                    ConsoleForm(path: Self.one + "/check-signature", summary: "Check a signature") { request in
                        let checked = try await request.submit(self.operations.checkSignature)
                        return .show(try await self.webhook(request, checked: checked.outcome))
                    },
                ]
            ),
            ConsolePage(
                path: Self.delivery,
                summary: "A delivery with what was sent",
                roles: nil,
                show: self.delivery,
                forms: [
                    ConsoleForm(path: Self.delivery + "/redeliver", summary: "Send a delivery again") { request in
                        try await self.follow(request.submit(self.operations.redeliver), request)
                    }
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
        try await self.webhook(request, checked: nil)
    }

    private func webhook(_ request: PageRequest, checked: ShownSignature.Outcome?) async throws -> PageContent {
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
                "webhook": webhook, "here": "\(request.base)\(Self.list)/\(id)",
                "deliveries": request.rows(log.deliveries) { delivery in
                    ["last": delivery.entry.attempts.last.map { Self.result(of: $0, request) }]
                },
                "hasDeliveries": !log.deliveries.isEmpty, "next_cursor": log.next,
                "reason": webhook.endpoint.disabledReason.map { Self.said($0, "disabled_reason", request) },
                "queued": Int(request.query("queued")).map { request.say("deliveries_queued", ["count": "\($0)"]) },
                "checked": checked.map { request.say("signature.\($0.rawValue)") },
                "isValid": checked == .valid ? true : nil,
            ]
        )
    }

    /// `200`, or why there was no good answer.
    private static func result(of attempt: WebhookAttempt, _ request: PageRequest) -> String {
        if let status = attempt.status { return "\(status)" }
        return attempt.error.map { Self.said($0, "delivery_error", request) } ?? ""
    }

    /// In the reader's language, where it is one of ours.
    private static func said(_ text: String, _ kind: String, _ request: PageRequest) -> String {
        request.find("\(kind).\(text.lowercased().bytewise.replacing(" ", with: "_"))") ?? text
    }

    // MARK: A delivery

    @Sendable private func delivery(_ request: PageRequest) async throws -> PageContent {
        let sent = try await request.ask(self.operations.delivery)
        let isPending = sent.sent.entry.delivery.state == .pending
        return PageContent(
            request.say("delivery"),
            self.templates.delivery,
            request,
            [
                "delivery": sent, "here": request.here,
                "tries": request.rows(sent.delivery.attempts) { ["result": Self.result(of: $0.attempt, request)] },
                "webhook": "\(request.base)\(Self.list)/\(HTML.percentEncode(request.parameter("webhook_id")))",
                "queued": request.query("sent") == "1" ? request.say("delivery_is_queued") : nil,
                "body": sent.body,
            ],
            isGoingOn: isPending
        )
    }

    /// On to the delivery, which shows what becomes of it.
    private func follow(_ delivery: DeliveryOutput, _ request: PageRequest) async throws -> ConsoleForm.Outcome {
        let webhook = HTML.percentEncode(request.parameter("webhook_id"))
        let id = HTML.percentEncode(delivery.entry.delivery.id.text)
        return .goTo("\(Self.list)/\(webhook)/deliveries/\(id)?sent=1&watch=1")
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
        {{#queued}}<p class="done" role="status">{{queued}}</p>{{/queued}}
        {{#checked}}<p class="{{#isValid}}done{{/isValid}}{{^isValid}}problem{{/isValid}}" role="status">{{checked}}</p>{{/checked}}
        <dl class="facts"><dt>[[state]]</dt><dd>{{#webhook.active}}<span class="state state-active">[[status.active]]</span>{{/webhook.active}}{{^webhook.active}}<span class="state state-disabled">[[status.disabled]]</span> {{reason}}{{/webhook.active}}</dd>
        {{#webhook.failing_since}}<dt>[[failing_since_zone]]</dt><dd class="whole">{{.}}</dd>{{/webhook.failing_since}}
        <dt>[[events]]</dt><dd>{{#webhook.events}}<code>{{.}}</code> {{/webhook.events}}</dd><dt>ID</dt><dd class="id">{{webhook.id}}</dd></dl>
        <div class="row">{{#webhook.active}}<form method="post" action="{{here}}/test">{{{token}}}<button>[[send_a_test_event]]</button></form>{{/webhook.active}}
        {{^webhook.active}}<form method="post" action="{{here}}/enable">{{{token}}}<button>[[enable]]</button></form>{{/webhook.active}}
        <form method="post" action="{{here}}/delete">{{{token}}}<button class="danger">[[delete]]</button></form></div>
        <section aria-labelledby="log"><h2 id="log">[[deliveries]]</h2>
        {{^hasDeliveries}}<p class="empty">[[nothing_has_been_sent_yet_the]]</p>{{/hasDeliveries}}
        {{#hasDeliveries}}<div class="scroll" tabindex="0" role="region" aria-label="[[deliveries]] ([[table]])"><table><caption>[[newest_first]]</caption>
        <thead><tr><th scope="col">[[event]]</th><th scope="col">[[state]]</th><th scope="col">[[last_answer]]</th><th scope="col">[[begun_zone]]</th><th scope="col">[[delivery]]</th></tr></thead>
        <tbody>{{#deliveries}}<tr><th scope="row"><a href="{{here}}/deliveries/{{id}}">{{#event_type}}{{.}}{{/event_type}}{{^event_type}}{{id}}{{/event_type}}</a></th><td><span class="state state-{{state}}">{{state_text}}</span></td>
        <td>{{last}}</td><td class="whole">{{created_at}}</td><td class="id">{{id}}</td></tr>{{/deliveries}}</tbody></table></div>
        {{#next_cursor}}<p><a href="{{here}}?cursor={{next_cursor}}" rel="next">[[older_deliveries]]</a></p>{{/next_cursor}}{{/hasDeliveries}}</section>
        {{#webhook.active}}<section aria-labelledby="replay"><h2 id="replay">[[send_a_range_again]]</h2>
        <form method="post" action="{{here}}/replay" class="fields">{{{token}}}
        <p><label for="from">[[from_day]]</label><br><input id="from" name="from" type="date" required value="{{form.from}}"></p>
        <p><label for="to">[[up_to_without_day]]</label><br><input id="to" name="to" type="date" required value="{{form.to}}"></p>
        <p><button>[[send_again_2]]</button></p></form></section>{{/webhook.active}}
        <section aria-labelledby="check"><h2 id="check">[[check_a_signature]]</h2><p>[[check_a_signature_note]]</p>
        <form method="post" action="{{here}}/check-signature">{{{token}}}
        \(PageParts.area("body", "[[body_that_you_got]]", value: "{{form.body}}"))
        <div class="fields">\(PageParts.field("signature", "<code>webhook-signature</code>", value: "{{form.signature}}", "required autocomplete=\"off\""))
        \(PageParts.field("id", "<code>webhook-id</code>", value: "{{form.id}}", "autocomplete=\"off\""))
        \(PageParts.field("timestamp", "<code>webhook-timestamp</code>", value: "{{form.timestamp}}", "autocomplete=\"off\""))
        <p><button class="quiet">[[check]]</button></p></div></form></section>
        <p><a href="{{base}}/account/webhooks">[[all_webhooks]]</a></p>
        """

private let deliveryTemplate =
    PageParts.heading + """
        {{#queued}}<p class="done" role="status">{{queued}}</p>{{/queued}}
        <dl class="facts"><dt>[[event]]</dt><dd>{{#delivery.event_type}}<code>{{.}}</code>{{/delivery.event_type}}</dd>
        <dt>[[state]]</dt><dd><span class="state state-{{delivery.state}}">{{delivery.state_text}}</span></dd>
        <dt>[[address]]</dt><dd class="id">{{delivery.url}}</dd><dt>[[begun_zone]]</dt><dd class="whole">{{delivery.created_at}}</dd><dt>ID</dt><dd class="id">{{delivery.id}}</dd></dl>
        <form method="post" action="{{here}}/redeliver">{{{token}}}<p><button>[[send_again_2]]</button></p></form>
        <section aria-labelledby="tries"><h2 id="tries">[[tries]]</h2>
        {{^tries}}<p class="empty">[[no_try_yet]]</p>{{/tries}}
        {{#tries}}<article class="card"><h3 class="whole">{{at}}</h3>
        <dl class="facts"><dt>[[their_answer]]</dt><dd>{{result}}</dd><dt>[[duration]]</dt><dd>{{duration_ms}} ms</dd></dl>
        {{#.answer}}<pre tabindex="0"><code>{{.}}</code></pre>{{/.answer}}</article>{{/tries}}</section>
        <section aria-labelledby="sent"><h2 id="sent">[[what_is_sent]]</h2>
        {{^body}}<p class="empty">[[event_is_archived]]</p>{{/body}}
        {{#body}}<pre tabindex="0"><code>{{#delivery.headers}}{{name}}: {{value}}
        {{/delivery.headers}}</code></pre><pre tabindex="0"><code>{{body}}</code></pre>{{/body}}</section>
        <p><a href="{{webhook}}">[[back_to_the_webhook]]</a></p>
        """
