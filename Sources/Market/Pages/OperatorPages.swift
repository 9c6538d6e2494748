import Foundation
import Kernel
import Web

/// The operator's work place: settlements, money by hand, agents, webhooks.
struct OperatorPages: Sendable {
    static let roles: Set<String> = ["admin"]

    let ids: IDGenerator

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
                    Self.settlementForm("pay", "Mark a settlement paid", field: "payment_tx"),
                    Self.settlementForm("fail", "Mark a settlement failed", field: "reason"),
                ]
            ),
            WorkPage(
                path: "/operator/money",
                summary: "Credits and refunds",
                roles: Self.roles,
                show: self.money,
                forms: [
                    WorkForm(path: "/operator/money", summary: "Credit a buyer", perform: self.credit).askingFirst(),
                    Self.refundForm("pay", "Mark a refund paid", field: "payment_tx"),
                    Self.refundForm("fail", "Decline a refund", field: "reason"),
                ]
            ),
            WorkPage(
                path: "/operator/agents",
                summary: "Agents",
                roles: Self.roles,
                show: self.agents,
                forms: ["verify", "suspend", "reinstate"].map { action in
                    WorkForm(path: "/operator/agents/{agent_id}/\(action)", summary: "\(action) an agent") { visit in
                        try await visit.act(
                            "POST /api/v1/agents/{agent_id}/\(action)",
                            ["agent_id": visit.parameter("agent_id")]
                        )
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

    private static func settlementForm(_ action: String, _ summary: String, field: String) -> WorkForm {
        WorkForm(
            path: "/operator/settlements/{settlement_id}/\(action)",
            summary: summary,
            does: "PATCH /api/v1/settlements/{settlement_id}/\(action)",
            with: "settlement_id",
            fields: [field],
            then: "/operator/settlements?done=1"
        ).askingFirst()
    }

    private static func refundForm(_ action: String, _ summary: String, field: String) -> WorkForm {
        WorkForm(
            path: "/operator/money/{refund_id}/\(action)",
            summary: summary,
            does: "PATCH /api/v1/admin/refunds/{refund_id}/\(action)",
            with: "refund_id",
            fields: [field],
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
        let list = try await visit.get("/api/v1/settlements", query: ["status": status, "limit": "100"])
        let entries = (list["settlements"]?.array ?? []).map { settlement in
            let state = settlement["status"]?.string ?? ""
            return settlement.adding("isOpen", .bool(state == "pending" || state == "processing"))
        }
        return PageContent(
            "Settlements",
            Self.settlementsTemplate,
            visit,
            [
                "settlements": JSONValue.array(entries), "hasSettlements": !entries.isEmpty,
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
            try await visit.act(
                "POST /api/v1/settlements",
                body: visit.form.body(["provider_id", "period_start", "period_end"])
            )
            return .goTo("/operator/settlements?done=1")
        }
        let job = try await visit.act(
            "POST /api/v1/settlements/runs",
            body: visit.form.body(["period_start", "period_end"])
        )
        return .goTo(JobPages.path(of: job))
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
        let refunds = try await visit.get("/api/v1/admin/refunds", query: ["cursor": visit.query("cursor")])
        let entries = (refunds["refunds"]?.array ?? []).map { $0.adding("isOpen", .bool($0["status"] == "pending")) }
        let reviews = try await visit.get("/api/v1/admin/deposits", query: ["status": "review"])
        let once = visit.form["once"]
        return PageContent(
            "Credits and refunds",
            Self.moneyTemplate,
            visit,
            [
                "reviews": reviews["deposits"], "hasReviews": reviews["count"] != 0,
                "refunds": JSONValue.array(entries), "hasRefunds": !entries.isEmpty,
                "next_cursor": refunds["next_cursor"], "once": once.isEmpty ? self.ids.uuid() : once,
            ]
        )
    }

    /// A form that is sent twice credits once.
    @Sendable private func credit(_ visit: Visit) async throws -> WorkForm.Outcome {
        try await visit.act(
            "POST /api/v1/admin/credits",
            body: visit.form.body(["buyer_id", "amount", "reason"]),
            idempotencyKey: visit.form["once"]
        )
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
            ? try await visit.get("/api/v1/agents", query: ["status": status, "limit": "100"])
            : try await visit.get("/api/v1/agents/search", query: ["q": text])
        let agents = (list["agents"]?.array ?? []).map { agent in
            agent.adding("isActive", .bool(agent["status"] == "active"))
                .adding("isSuspended", .bool(agent["status"] == "suspended"))
        }
        return PageContent(
            "Agents",
            Self.agentsTemplate,
            visit,
            [
                "q": text, "agents": JSONValue.array(agents), "hasAgents": !agents.isEmpty,
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
        let health = try await visit.get("/api/v1/admin/webhooks")
        return PageContent(
            "Webhook health",
            Self.webhooksTemplate,
            visit,
            ["webhooks": health["webhooks"], "hasWebhooks": health["count"] != 0]
        )
    }
}
