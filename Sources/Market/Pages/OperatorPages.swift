import Kernel
import Web

/// The operator's work place: settlements, money by hand, agents, webhooks.
struct OperatorPages: Sendable {
    static let roles: Set<String> = ["admin"]

    let ids: IDGenerator
    let routes: MarketRoutes

    var pages: [WorkPage] {
        [
            WorkPage(
                path: "/operator/settlements",
                summary: "Settlements",
                roles: Self.roles,
                show: self.settlements,
                forms: [
                    WorkForm(path: "/operator/settlements", summary: "Make a settlement", perform: self.settle)
                        .askingFirst(),
                    Self.settlementForm("pay", "Mark a settlement paid", self.routes.settlements.pay),
                    Self.settlementForm("fail", "Mark a settlement failed", self.routes.settlements.fail),
                ]
            ),
            WorkPage(
                path: "/operator/money",
                summary: "Credits and refunds",
                roles: Self.roles,
                show: self.money,
                forms: [
                    WorkForm(path: "/operator/money", summary: "Credit a buyer", perform: self.credit).askingFirst(),
                    Self.refundForm("pay", "Mark a refund paid", self.routes.refunds.pay),
                    Self.refundForm("fail", "Decline a refund", self.routes.refunds.fail),
                ]
            ),
            WorkPage(
                path: "/operator/agents",
                summary: "Agents",
                roles: Self.roles,
                show: self.agents,
                forms: [
                    ("verify", self.routes.agents.verify), ("suspend", self.routes.agents.suspend),
                    ("reinstate", self.routes.agents.reinstate),
                ].map { action, operation in
                    WorkForm(path: "/operator/agents/{agent_id}/\(action)", summary: "\(action) an agent") { visit in
                        try await visit.submit(operation)
                        return .goTo("/operator/agents?done=1&status=\(HTML.percentEncode(visit.form["status"]))")
                    }.askingFirst()
                }
            ),
            WorkPage(
                path: "/operator/webhooks",
                summary: "Webhook health",
                roles: Self.roles,
                show: self.webhooks
            ),
        ]
    }

    private static func settlementForm<In: Input, Out: Wire>(
        _ action: String,
        _ summary: String,
        _ operation: Operation<In, Out>
    ) -> WorkForm {
        WorkForm(
            path: "/operator/settlements/{settlement_id}/\(action)",
            summary: summary,
            does: operation,
            then: "/operator/settlements?done=1"
        ).askingFirst()
    }

    private static func refundForm<In: Input, Out: Wire>(
        _ action: String,
        _ summary: String,
        _ operation: Operation<In, Out>
    ) -> WorkForm {
        WorkForm(
            path: "/operator/money/{refund_id}/\(action)",
            summary: summary,
            does: operation,
            then: "/operator/money?done=1"
        ).askingFirst()
    }

    // MARK: Settlements

    private static let settlementStates = ["", "pending", "processing", "completed", "failed"]

    private static let settlementsTemplate = Template(
        PageParts.heading + """
            <section aria-labelledby="new"><h2 id="new">Make a settlement</h2>
            <form method="post" action="{{base}}/operator/settlements" class="fields">{{{token}}}
            <p><label for="provider_id">Provider; all with earnings when empty</label><br><input id="provider_id" name="provider_id" value="{{form.provider_id}}"></p>
            <p><label for="period_start">From (day)</label><br><input id="period_start" name="period_start" type="date" required value="{{start}}"></p>
            <p><label for="period_end">Up to, without (day)</label><br><input id="period_end" name="period_end" type="date" required value="{{end}}"></p>
            <p><button>Settle</button></p></form></section>
            <section aria-labelledby="list"><h2 id="list">Settlements</h2>
            <form method="get" action="{{base}}/operator/settlements" class="row"><p><label for="status">State</label><br><select id="status" name="status">{{#states}}\(PageParts.option){{/states}}</select></p><p><button class="quiet">Show</button></p></form>
            {{^settlements}}<p class="empty">No settlements here.</p>{{/settlements}}
            {{#hasSettlements}}<div class="scroll" tabindex="0" role="region" aria-label="Settlements, a table"><table><caption>Newest first, at most a hundred; amounts in USDC</caption>
            <thead><tr><th scope="col">Provider</th><th scope="col">Period, UTC</th><th scope="col" class="number">Total</th><th scope="col" class="number">Fee</th><th scope="col" class="number">Net</th><th scope="col">State</th><th scope="col">Next</th></tr></thead>
            <tbody>{{#settlements}}<tr><th scope="row">{{provider_id}}</th><td><span class="whole">{{period_start}}</span> to <span class="whole">{{period_end}}</span></td><td class="number">{{total_amount}}</td><td class="number">{{platform_fee}}</td><td class="number">{{net_amount}}</td><td><span class="state state-{{status}}">{{status}}</span> <span class="id">{{.payment_tx}}</span> {{.reason}}</td>
            <td>{{#isOpen}}<form method="post" action="{{base}}/operator/settlements/{{id}}/pay" class="row">{{{token}}}<input name="payment_tx" required aria-label="Reference of the payment of {{net_amount}} to {{provider_id}}" placeholder="Reference"><button>Paid</button></form>
            <details><summary>It failed</summary><form method="post" action="{{base}}/operator/settlements/{{id}}/fail" class="row">{{{token}}}<input name="reason" required aria-label="Why the payment to {{provider_id}} failed" placeholder="Why"><button class="danger">Failed</button></form></details>{{/isOpen}}
            <a href="{{base}}/account/settlements/{{id}}/usage.csv">Calls as CSV</a></td></tr>{{/settlements}}</tbody></table></div>{{/hasSettlements}}</section>
            """
    )

    @Sendable private func settlements(_ visit: Visit) async throws -> PageContent {
        let status = Self.settlementStates.contains(visit.query("status")) ? visit.query("status") : ""
        let list = try await visit.ask(self.routes.settlements.list, ["status": .string(status), "limit": 100])
        let entries = visit.rows(list.settlements) {
            ["isOpen": $0.settlement.status == .pending || $0.settlement.status == .processing]
        }
        return PageContent(
            "Settlements",
            Self.settlementsTemplate,
            visit,
            [
                "settlements": entries, "hasSettlements": !entries.isEmpty,
                "start": visit.form["period_start"], "end": visit.form["period_end"],
                "states": PageParts.options(
                    Self.settlementStates.map { ($0, $0.isEmpty ? "all" : $0) },
                    chosen: status
                ),
            ]
        )
    }

    @Sendable private func settle(_ visit: Visit) async throws -> WorkForm.Outcome {
        guard visit.form["provider_id"].trimmed.isEmpty else {
            try await visit.submit(self.routes.settlements.create)
            return .goTo("/operator/settlements?done=1")
        }
        return .goTo(JobPages.path(of: try await visit.submit(self.routes.jobs.settle)))
    }

    // MARK: Money by hand

    private static let moneyTemplate = Template(
        PageParts.heading + """
            <section aria-labelledby="credit"><h2 id="credit">Credit a buyer</h2>
            <form method="post" action="{{base}}/operator/money" class="fields">{{{token}}}<input type="hidden" name="once" value="{{once}}">
            <p><label for="buyer_id">Buyer</label><br><input id="buyer_id" name="buyer_id" required value="{{form.buyer_id}}"></p>
            <p><label for="amount">Amount, USDC</label><br><input id="amount" name="amount" inputmode="decimal" required value="{{form.amount}}" placeholder="10.00"></p>
            <p><label for="reason">Why; kept in the audit log</label><br><input id="reason" name="reason" required value="{{form.reason}}"></p>
            <p><button>Credit</button></p></form></section>
            {{#hasReviews}}<section aria-labelledby="review"><h2 id="review">Deposits to review</h2>
            <div class="scroll" tabindex="0" role="region" aria-label="Deposits, a table"><table><caption>The rail took something else than was asked for; nothing was credited</caption>
            <thead><tr><th scope="col">Begun, UTC</th><th scope="col">Buyer</th><th scope="col">Over</th><th scope="col" class="number">Asked, USDC</th><th scope="col">What came</th></tr></thead>
            <tbody>{{#reviews}}<tr><th scope="row" class="whole">{{created_at}}</th><td>{{buyer_id}}</td><td>{{payment_method}}</td><td class="number">{{amount}}</td><td>{{.reason}} <span class="id">{{id}}</span></td></tr>{{/reviews}}</tbody></table></div></section>{{/hasReviews}}
            <section aria-labelledby="refunds"><h2 id="refunds">Refunds</h2>
            {{^refunds}}<p class="empty">Nobody has asked for money back.</p>{{/refunds}}
            {{#hasRefunds}}<div class="scroll" tabindex="0" role="region" aria-label="Refunds, a table"><table><caption>Newest first; those that are pending wait for you</caption>
            <thead><tr><th scope="col">Begun, UTC</th><th scope="col">Buyer</th><th scope="col">Over</th><th scope="col" class="number">Amount, USDC</th><th scope="col">State</th><th scope="col">Next</th></tr></thead>
            <tbody>{{#refunds}}<tr><th scope="row" class="whole">{{created_at}}</th><td>{{buyer_id}}</td><td>{{payment_method}}</td><td class="number">{{amount}}</td><td><span class="state state-{{status}}">{{status}}</span> <span class="id">{{.payment_tx}}</span> {{.reason}}</td>
            <td>{{#isOpen}}<form method="post" action="{{base}}/operator/money/{{id}}/pay" class="row">{{{token}}}<input name="payment_tx" required aria-label="Reference of the payment of {{amount}} to {{buyer_id}}" placeholder="Reference"><button>Paid</button></form>
            <details><summary>Decline</summary><form method="post" action="{{base}}/operator/money/{{id}}/fail" class="row">{{{token}}}<input name="reason" required aria-label="Why {{buyer_id}} is not paid" placeholder="Why"><button class="danger">Decline</button></form></details>{{/isOpen}}</td></tr>{{/refunds}}</tbody></table></div>
            {{#next_cursor}}<p><a href="{{base}}/operator/money?cursor={{next_cursor}}" rel="next">Older refunds</a></p>{{/next_cursor}}{{/hasRefunds}}</section>
            """
    )

    @Sendable private func money(_ visit: Visit) async throws -> PageContent {
        let refunds = try await visit.ask(self.routes.refunds.listAll, ["cursor": .string(visit.query("cursor"))])
        let reviews = try await visit.ask(self.routes.deposits.listAll, ["status": "review"])
        let once = visit.form["once"]
        return PageContent(
            "Credits and refunds",
            Self.moneyTemplate,
            visit,
            [
                "reviews": reviews.items, "hasReviews": !reviews.items.isEmpty,
                "refunds": visit.rows(refunds.items) { ["isOpen": $0.status == .pending] },
                "hasRefunds": !refunds.items.isEmpty, "next_cursor": refunds.next,
                "once": once.isEmpty ? self.ids.uuid() : once,
            ]
        )
    }

    /// A form that is sent twice credits once.
    @Sendable private func credit(_ visit: Visit) async throws -> WorkForm.Outcome {
        try await visit.submit(self.routes.billing.credit, once: visit.form["once"])
        return .goTo("/operator/money?done=1")
    }

    // MARK: Agents

    private static let agentsTemplate = Template(
        PageParts.heading + """
            <form method="get" action="{{base}}/operator/agents" class="fields" role="search">
            <p><label for="q">Name or id of active agents</label><br><input id="q" name="q" type="search" value="{{q}}"></p>
            <p><label for="status">Or all in the state</label><br><select id="status" name="status">{{#states}}\(PageParts.option){{/states}}</select></p>
            <p><button class="quiet">Show</button></p></form>
            {{^agents}}<p class="empty">No agents here.</p>{{/agents}}
            {{#hasAgents}}<div class="scroll" tabindex="0" role="region" aria-label="Agents, a table"><table><caption>At most a hundred</caption>
            <thead><tr><th scope="col">Agent</th><th scope="col">Identity</th><th scope="col" class="number">Reputation</th><th scope="col">State</th><th scope="col">Change</th></tr></thead>
            <tbody>{{#agents}}<tr><th scope="row">{{display_name}}<br><span class="id soft">{{agent_id}}</span></th><td>{{identity_type}} {{#verified}}<span class="state state-verified">verified</span>{{/verified}}</td><td class="number">{{reputation_score}}</td><td><span class="state state-{{status}}">{{status}}</span></td>
            <td class="row">{{^verified}}<form method="post" action="{{base}}/operator/agents/{{agent_id}}/verify">{{{token}}}<input type="hidden" name="status" value="{{status}}"><button aria-label="Verify {{display_name}}">Verify</button></form>{{/verified}}
            {{#isActive}}<form method="post" action="{{base}}/operator/agents/{{agent_id}}/suspend">{{{token}}}<input type="hidden" name="status" value="{{status}}"><button class="danger" aria-label="Suspend {{display_name}}">Suspend</button></form>{{/isActive}}
            {{#isSuspended}}<form method="post" action="{{base}}/operator/agents/{{agent_id}}/reinstate">{{{token}}}<input type="hidden" name="status" value="{{status}}"><button class="quiet" aria-label="Reinstate {{display_name}}">Reinstate</button></form>{{/isSuspended}}</td></tr>{{/agents}}</tbody></table></div>{{/hasAgents}}
            """
    )

    @Sendable private func agents(_ visit: Visit) async throws -> PageContent {
        let states = ["active", "suspended", "deactivated"]
        let asked = visit.query("status")
        let status = states.contains(asked) ? asked : "active"
        let text = visit.query("q")
        let list =
            text.isEmpty
            ? try await visit.ask(self.routes.agents.list, ["status": .string(status), "limit": 100])
            : try await visit.ask(self.routes.agents.search, ["q": .string(text)])
        let agents = visit.rows(list.agents) { agent in
            ["isActive": agent.agent.status == .active, "isSuspended": agent.agent.status == .suspended]
        }
        return PageContent(
            "Agents",
            Self.agentsTemplate,
            visit,
            [
                "q": text, "agents": agents, "hasAgents": !agents.isEmpty,
                "states": PageParts.options(states.map { ($0, $0) }, chosen: status),
            ]
        )
    }

    // MARK: Webhooks

    private static let webhooksTemplate = Template(
        PageParts.heading + """
            {{^webhooks}}<p class="empty">Nobody has subscribed yet.</p>{{/webhooks}}
            {{#hasWebhooks}}<div class="scroll" tabindex="0" role="region" aria-label="Webhooks, a table"><table><caption>Those in trouble first; at most 200</caption>
            <thead><tr><th scope="col">Address</th><th scope="col">Owner</th><th scope="col">State</th><th scope="col">Failing since, UTC</th><th scope="col" class="number">Waiting</th></tr></thead>
            <tbody>{{#webhooks}}<tr><th scope="row" class="id">{{url}}</th><td>{{owner_id}}</td><td><span class="state state-{{state}}">{{state}}</span> {{.disabled_reason}}</td><td class="whole">{{.failing_since}}</td><td class="number">{{pending}}</td></tr>{{/webhooks}}</tbody></table></div>{{/hasWebhooks}}
            """
    )

    @Sendable private func webhooks(_ visit: Visit) async throws -> PageContent {
        let webhooks = try await visit.ask(self.routes.operations.webhooks).webhooks
        return PageContent(
            "Webhook health",
            Self.webhooksTemplate,
            visit,
            ["webhooks": webhooks, "hasWebhooks": !webhooks.isEmpty]
        )
    }
}
