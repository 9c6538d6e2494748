import Kernel
import Platform
import Storage
import Web

/// The operator's console: settlements, money by hand, agents, webhooks.
struct OperatorPages: Sendable {
    static let roles: Set<Role> = [MarketRole.admin.role]

    let ids: IDGenerator
    let routes: MarketRoutes

    var pages: [ConsolePage] {
        [
            ConsolePage(
                path: "/operator/settlements",
                summary: "Settlements",
                roles: Self.roles,
                show: self.settlements,
                forms: [
                    ConsoleForm(path: "/operator/settlements", summary: "Make a settlement", perform: self.settle)
                        .askingFirst(),
                    self.settlementForm("pay", "Mark a settlement paid", self.routes.settlements.pay),
                    self.settlementForm("fail", "Mark a settlement failed", self.routes.settlements.fail),
                ]
            ),
            ConsolePage(
                path: "/operator/money",
                summary: "Credits and refunds",
                roles: Self.roles,
                show: self.money,
                forms: [
                    ConsoleForm(path: "/operator/money", summary: "Credit a buyer", perform: self.credit).askingFirst(),
                    self.refundForm("pay", "Mark a refund paid", self.routes.refunds.pay),
                    self.refundForm("fail", "Decline a refund", self.routes.refunds.fail),
                ]
            ),
            ConsolePage(
                path: "/operator/agents",
                summary: "Agents",
                roles: Self.roles,
                show: self.agents,
                forms: [
                    ("verify", self.routes.agents.verify), ("suspend", self.routes.agents.suspend),
                    ("reinstate", self.routes.agents.reinstate),
                ].map { action, operation in
                    ConsoleForm(path: "/operator/agents/{agent_id}/\(action)", summary: "\(action) an agent") {
                        request in
                        try await request.submit(operation)
                        return .goTo("/operator/agents?done=1&status=\(HTML.percentEncode(request.form["status"]))")
                    }.askingFirst()
                }
            ),
            ConsolePage(
                path: "/operator/webhooks",
                summary: "Webhook health",
                roles: Self.roles,
                show: self.webhooks
            ),
        ]
    }

    private func settlementForm<In: Input, Out: Wire>(
        _ action: String,
        _ summary: String,
        _ operation: Operation<In, Out>
    ) -> ConsoleForm {
        ConsoleForm(
            path: "/operator/settlements/{settlement_id}/\(action)",
            summary: summary,
            does: operation,
            then: "/operator/settlements?done=1"
        ).askingFirst().about { request in
            let id = request.parameter("settlement_id")
            let found = try await self.routes.settlements.database.read { try $0.settlements.find(ID(id)) }
            return found.map { Self.subject(of: $0) }
        }
    }

    private static func subject(of settlement: Settlement) -> FormSubject {
        FormSubject([
            ("provider", settlement.providerName), ("net", "\(settlement.net.text) USDC"),
        ])
    }

    private func refundForm<In: Input, Out: Wire>(
        _ action: String,
        _ summary: String,
        _ operation: Operation<In, Out>
    ) -> ConsoleForm {
        ConsoleForm(
            path: "/operator/money/{refund_id}/\(action)",
            summary: summary,
            does: operation,
            then: "/operator/money?done=1"
        ).askingFirst().about { request in
            let id = request.parameter("refund_id")
            return try await self.routes.refunds.database.read { tx in
                try tx.refunds.find(ID(id)).map { refund in
                    let buyer = try tx.identities.find(refund.buyer)?.name
                    return FormSubject([("buyer", buyer), ("amount", "\(refund.amount.text) USDC")])
                }
            }
        }
    }

    // MARK: Settlements

    private static let settlementStates = ["", "pending", "processing", "completed", "failed"]

    private static let settlementsTemplate = Template(
        PageParts.heading + """
            <section aria-labelledby="new"><h2 id="new">[[make_a_settlement]]</h2>
            <form method="post" action="{{base}}/operator/settlements" class="fields">{{{token}}}
            <p><label for="provider_id">[[provider_all_with_earnings_when_empty]]</label><br><input id="provider_id" name="provider_id" value="{{form.provider_id}}"></p>
            <p><label for="period_start">[[from_day]]</label><br><input id="period_start" name="period_start" type="date" required value="{{start}}"></p>
            <p><label for="period_end">[[up_to_without_day]]</label><br><input id="period_end" name="period_end" type="date" required value="{{end}}"></p>
            <p><button>[[settle]]</button></p></form></section>
            <section aria-labelledby="list"><h2 id="list">[[settlements]]</h2>
            <form method="get" action="{{base}}/operator/settlements" class="row"><p><label for="status">[[state]]</label><br><select id="status" name="status">{{#states}}\(PageParts.option){{/states}}</select></p><p><button class="quiet">[[show]]</button></p></form>
            {{^settlements}}<p class="empty">[[no_settlements_here]]</p>{{/settlements}}
            {{#hasSettlements}}<div class="scroll" tabindex="0" role="region" aria-label="[[settlements]] ([[table]])"><table><caption>[[newest_first_at_most_a_hundred]]</caption>
            <thead><tr><th scope="col">[[provider]]</th><th scope="col">[[period_zone]]</th><th scope="col" class="number">[[total]]</th><th scope="col" class="number">[[fee]]</th><th scope="col" class="number">[[net]]</th><th scope="col">[[state]]</th><th scope="col">[[next]]</th></tr></thead>
            <tbody>{{#settlements}}<tr><th scope="row">{{provider_id}}</th><td><span class="whole">{{period_start}}</span> – <span class="whole">{{period_end}}</span></td><td class="number">{{total_amount}}</td><td class="number">{{platform_fee}}</td><td class="number">{{net_amount}}</td><td><span class="state state-{{status}}">{{status_text}}</span> <span class="id">{{.payment_tx}}</span> {{.reason}}</td>
            <td>{{#isOpen}}<form method="post" action="{{base}}/operator/settlements/{{id}}/pay" class="row">{{{token}}}<input name="payment_tx" required aria-label="[[reference_of_the_payment_of_to]]" placeholder="[[reference]]"><button>[[mark_paid]]</button></form>
            <details><summary>[[it_failed]]</summary><form method="post" action="{{base}}/operator/settlements/{{id}}/fail" class="row">{{{token}}}<input name="reason" required aria-label="[[why_the_payment_to_failed]]" placeholder="[[why]]"><button class="danger">[[failed]]</button></form></details>{{/isOpen}}
            <a href="{{base}}/account/settlements/{{id}}/usage.csv">[[calls_as_csv]]</a></td></tr>{{/settlements}}</tbody></table></div>{{/hasSettlements}}</section>
            """,
        MarketWords.all
    )

    @Sendable private func settlements(_ request: PageRequest) async throws -> PageContent {
        let status = Self.settlementStates.contains(request.query("status")) ? request.query("status") : ""
        let list = try await request.ask(self.routes.settlements.list, ["status": .string(status), "limit": 100])
        let entries = request.rows(list.settlements) {
            ["isOpen": $0.settlement.status == .pending || $0.settlement.status == .processing]
        }
        return PageContent(
            request.say("settlements"),
            Self.settlementsTemplate,
            request,
            [
                "settlements": entries, "hasSettlements": !entries.isEmpty,
                "start": request.form["period_start"], "end": request.form["period_end"],
                "states": PageParts.options(
                    Self.settlementStates.map { ($0, request.say($0.isEmpty ? "all" : "status.\($0)")) },
                    chosen: status
                ),
            ]
        )
    }

    @Sendable private func settle(_ request: PageRequest) async throws -> ConsoleForm.Outcome {
        guard request.form["provider_id"].trimmed.isEmpty else {
            let made = try await request.submit(self.routes.settlements.create)
            return .tell(Self.subject(of: made.settlement), "/operator/settlements?done=1")
        }
        return .goTo(JobPages.path(of: try await request.submit(self.routes.jobs.settle)))
    }

    // MARK: Money by hand

    private static let moneyTemplate = Template(
        PageParts.heading + """
            <section aria-labelledby="credit"><h2 id="credit">[[credit_a_buyer]]</h2>
            <form method="post" action="{{base}}/operator/money" class="fields">{{{token}}}<input type="hidden" name="once" value="{{once}}">
            <p><label for="buyer_id">[[buyer]]</label><br><input id="buyer_id" name="buyer_id" required value="{{form.buyer_id}}"></p>
            <p><label for="amount">[[amount_usdc]]</label><br><input id="amount" name="amount" inputmode="decimal" required value="{{form.amount}}" placeholder="10.00"></p>
            <p><label for="reason">[[why_kept_in_the_audit_log]]</label><br><input id="reason" name="reason" required value="{{form.reason}}"></p>
            <p><button>[[credit]]</button></p></form></section>
            {{#hasReviews}}<section aria-labelledby="review"><h2 id="review">[[deposits_to_review]]</h2>
            <div class="scroll" tabindex="0" role="region" aria-label="[[deposits]] ([[table]])"><table><caption>[[the_rail_took_something_else_than]]</caption>
            <thead><tr><th scope="col">[[begun_zone]]</th><th scope="col">[[buyer]]</th><th scope="col">[[over]]</th><th scope="col" class="number">[[asked_usdc]]</th><th scope="col">[[what_came]]</th></tr></thead>
            <tbody>{{#reviews}}<tr><th scope="row" class="whole">{{created_at}}</th><td>{{buyer_id}}</td><td>{{payment_method_text}}</td><td class="number">{{amount}}</td><td>{{.reason}} <span class="id">{{id}}</span></td></tr>{{/reviews}}</tbody></table></div></section>{{/hasReviews}}
            <section aria-labelledby="refunds"><h2 id="refunds">[[refunds]]</h2>
            {{^refunds}}<p class="empty">[[nobody_has_asked_for_money_back]]</p>{{/refunds}}
            {{#hasRefunds}}<div class="scroll" tabindex="0" role="region" aria-label="[[refunds]] ([[table]])"><table><caption>[[newest_first_those_that_are_pending]]</caption>
            <thead><tr><th scope="col">[[begun_zone]]</th><th scope="col">[[buyer]]</th><th scope="col">[[over]]</th><th scope="col" class="number">[[amount_usdc]]</th><th scope="col">[[state]]</th><th scope="col">[[next]]</th></tr></thead>
            <tbody>{{#refunds}}<tr><th scope="row" class="whole">{{created_at}}</th><td>{{buyer_id}}</td><td>{{payment_method_text}}</td><td class="number">{{amount}}</td><td><span class="state state-{{status}}">{{status_text}}</span> <span class="id">{{.payment_tx}}</span> {{.reason}}</td>
            <td>{{#isOpen}}<form method="post" action="{{base}}/operator/money/{{id}}/pay" class="row">{{{token}}}<input name="payment_tx" required aria-label="[[reference_of_the_payment_of_to_2]]" placeholder="[[reference]]"><button>[[mark_paid]]</button></form>
            <details><summary>[[decline]]</summary><form method="post" action="{{base}}/operator/money/{{id}}/fail" class="row">{{{token}}}<input name="reason" required aria-label="[[why_is_not_paid]]" placeholder="[[why]]"><button class="danger">[[decline]]</button></form></details>{{/isOpen}}</td></tr>{{/refunds}}</tbody></table></div>
            {{#next_cursor}}<p><a href="{{base}}/operator/money?cursor={{next_cursor}}" rel="next">[[older_refunds]]</a></p>{{/next_cursor}}{{/hasRefunds}}</section>
            """,
        MarketWords.all
    )

    @Sendable private func money(_ request: PageRequest) async throws -> PageContent {
        let refunds = try await request.ask(self.routes.refunds.listAll, ["cursor": .string(request.query("cursor"))])
        let reviews = try await request.ask(self.routes.deposits.listAll, ["status": "review"])
        let once = request.form["once"]
        return PageContent(
            request.say("credits_and_refunds"),
            Self.moneyTemplate,
            request,
            [
                "reviews": reviews.items, "hasReviews": !reviews.items.isEmpty,
                "refunds": request.rows(refunds.items) { ["isOpen": $0.status == .pending] },
                "hasRefunds": !refunds.items.isEmpty, "next_cursor": refunds.next,
                "once": once.isEmpty ? self.ids.uuid() : once,
            ]
        )
    }

    /// A form that is sent twice credits once.
    @Sendable private func credit(_ request: PageRequest) async throws -> ConsoleForm.Outcome {
        try await request.submit(self.routes.billing.credit, once: request.once)
        let buyer = request.form["buyer_id"]
        return .tell(
            FormSubject(
                [("amount", "\(request.form["amount"].trimmed) USDC")],
                link: (buyer, "/operator/accounts/\(HTML.percentEncode(buyer))")
            ),
            "/operator/money?done=1"
        )
    }

    // MARK: Agents

    private static let agentsTemplate = Template(
        PageParts.heading + """
            <form method="get" action="{{base}}/operator/agents" class="fields" role="search">
            <p><label for="q">[[name_or_id_of_active_agents]]</label><br><input id="q" name="q" type="search" value="{{q}}"></p>
            <p><label for="status">[[or_all_in_the_state]]</label><br><select id="status" name="status">{{#states}}\(PageParts.option){{/states}}</select></p>
            <p><button class="quiet">[[show]]</button></p></form>
            {{^agents}}<p class="empty">[[no_agents_here]]</p>{{/agents}}
            {{#hasAgents}}<div class="scroll" tabindex="0" role="region" aria-label="[[agents]] ([[table]])"><table><caption>[[at_most_a_hundred]]</caption>
            <thead><tr><th scope="col">[[agent]]</th><th scope="col">[[identity]]</th><th scope="col" class="number">[[reputation]]</th><th scope="col">[[state]]</th><th scope="col">[[change]]</th></tr></thead>
            <tbody>{{#agents}}<tr><th scope="row">{{display_name}}<br><span class="id soft">{{agent_id}}</span></th><td>{{identity_type_text}} {{#verified}}<span class="state state-verified">[[verified]]</span>{{/verified}}</td><td class="number">{{reputation_score}}</td><td><span class="state state-{{status}}">{{status_text}}</span></td>
            <td class="row">{{^verified}}<form method="post" action="{{base}}/operator/agents/{{agent_id}}/verify">{{{token}}}<input type="hidden" name="status" value="{{status}}"><button aria-label="[[verify]]">[[verify_2]]</button></form>{{/verified}}
            {{#isActive}}<form method="post" action="{{base}}/operator/agents/{{agent_id}}/suspend">{{{token}}}<input type="hidden" name="status" value="{{status}}"><button class="danger" aria-label="[[suspend]]">[[suspend_2]]</button></form>{{/isActive}}
            {{#isSuspended}}<form method="post" action="{{base}}/operator/agents/{{agent_id}}/reinstate">{{{token}}}<input type="hidden" name="status" value="{{status}}"><button class="quiet" aria-label="[[reinstate]]">[[reinstate_2]]</button></form>{{/isSuspended}}</td></tr>{{/agents}}</tbody></table></div>{{/hasAgents}}
            """,
        MarketWords.all
    )

    @Sendable private func agents(_ request: PageRequest) async throws -> PageContent {
        let states = ["active", "suspended", "deactivated"]
        let asked = request.query("status")
        let status = states.contains(asked) ? asked : "active"
        let text = request.query("q")
        let list =
            text.isEmpty
            ? try await request.ask(self.routes.agents.list, ["status": .string(status), "limit": 100])
            : try await request.ask(self.routes.agents.search, ["q": .string(text)])
        let agents = request.rows(list.agents) { agent in
            ["isActive": agent.agent.status == .active, "isSuspended": agent.agent.status == .suspended]
        }
        return PageContent(
            request.say("agents"),
            Self.agentsTemplate,
            request,
            [
                "q": text, "agents": agents, "hasAgents": !agents.isEmpty,
                "states": PageParts.options(states.map { ($0, request.say("status.\($0)")) }, chosen: status),
            ]
        )
    }

    // MARK: Webhooks

    private static let webhooksTemplate = Template(
        PageParts.heading + """
            {{^webhooks}}<p class="empty">[[nobody_has_subscribed_yet]]</p>{{/webhooks}}
            {{#hasWebhooks}}<div class="scroll" tabindex="0" role="region" aria-label="[[webhooks]] ([[table]])"><table><caption>[[those_in_trouble_first_at_most]]</caption>
            <thead><tr><th scope="col">[[address]]</th><th scope="col">[[owner]]</th><th scope="col">[[state]]</th><th scope="col">[[failing_since_zone]]</th><th scope="col" class="number">[[waiting]]</th></tr></thead>
            <tbody>{{#webhooks}}<tr><th scope="row" class="id">{{url}}</th><td>{{owner_id}}</td><td><span class="state state-{{state}}">{{state_text}}</span> {{.disabled_reason}}</td><td class="whole">{{.failing_since}}</td><td class="number">{{pending}}</td></tr>{{/webhooks}}</tbody></table></div>{{/hasWebhooks}}
            """,
        MarketWords.all
    )

    @Sendable private func webhooks(_ request: PageRequest) async throws -> PageContent {
        let webhooks = try await request.ask(self.routes.operations.webhooks).webhooks
        return PageContent(
            request.say("webhook_health"),
            Self.webhooksTemplate,
            request,
            ["webhooks": webhooks, "hasWebhooks": !webhooks.isEmpty]
        )
    }
}
