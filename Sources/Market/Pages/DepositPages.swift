import Kernel
import Web

/// Money that comes in and goes back.
struct DepositPages: Sendable {
    /// What the operator offers.
    let methods: [PaymentMethod]
    let routes: DepositRoutes
    let refunds: RefundRoutes

    var pages: [ConsolePage] {
        [
            ConsolePage(
                path: "/account/deposits",
                summary: "Deposits",
                roles: nil,
                show: self.deposits,
                forms: [ConsoleForm(path: "/account/deposits", summary: "Begin a deposit", perform: self.begin)]
            ),
            ConsolePage(
                path: "/account/deposits/{deposit_id}",
                summary: "A deposit",
                roles: nil,
                show: self.deposit,
                forms: [
                    ConsoleForm(
                        path: "/account/deposits/{deposit_id}/refunds",
                        summary: "Refund a deposit",
                        does: self.routes.refund,
                        then: "/account/deposits?done=1"
                    ).askingFirst().about { request in
                        let id = request.parameter("deposit_id")
                        let amount = request.form["amount"].trimmed
                        return FormSubject(
                            [("amount", amount.isEmpty ? nil : "\(amount) USDC")],
                            link: (request.say("deposit"), "/account/deposits/\(HTML.percentEncode(id))")
                        )
                    }
                ]
            ),
        ]
    }

    private static let refunds = """
        <div class="scroll" tabindex="0" role="region" aria-label="[[refunds]] ([[table]])"><table><caption>[[refunds_newest_first]]</caption>
        <thead><tr><th scope="col">[[begun_zone]]</th><th scope="col" class="number">[[amount_usdc]]</th><th scope="col">[[state]]</th><th scope="col">[[paid_with]]</th></tr></thead>
        <tbody>{{#refunds}}<tr><th scope="row" class="whole"><a href="{{base}}/account/deposits/{{deposit_id}}">{{created_at}}</a></th><td class="number">{{amount}}</td><td><span class="state state-{{status}}">{{status_text}}</span> {{.reason}}</td><td class="id">{{.payment_tx}}</td></tr>{{/refunds}}</tbody></table></div>
        """

    private static let listTemplate = Template(
        PageParts.heading + """
            <section aria-labelledby="new"><h2 id="new">[[top_up]]</h2>
            {{^methods}}<p class="empty">[[the_operator_has_set_no_way]]</p>{{/methods}}
            {{#hasMethods}}<form method="post" action="{{base}}/account/deposits" class="fields">{{{token}}}
            <p><label for="amount">[[amount_usdc]]</label><br><input id="amount" name="amount" inputmode="decimal" required value="{{form.amount}}" placeholder="10.00"></p>
            <p><label for="payment_method">[[pay_over]]</label><br><select id="payment_method" name="payment_method">{{#methods}}\(PageParts.option){{/methods}}</select></p>
            <p><button>[[begin]]</button></p></form>{{/hasMethods}}</section>
            <section aria-labelledby="list"><h2 id="list">[[deposits]]</h2>
            {{^deposits}}<p class="empty">[[no_deposits_yet]]</p>{{/deposits}}
            {{#hasDeposits}}<div class="scroll" tabindex="0" role="region" aria-label="[[deposits]] ([[table]])"><table><caption>[[newest_first]]</caption>
            <thead><tr><th scope="col">[[begun_zone]]</th><th scope="col" class="number">[[amount_usdc]]</th><th scope="col">[[over]]</th><th scope="col">[[state]]</th></tr></thead>
            <tbody>{{#deposits}}<tr><th scope="row" class="whole"><a href="{{base}}/account/deposits/{{id}}">{{created_at}}</a></th><td class="number">{{amount}}</td><td>{{payment_method_text}}</td><td><span class="state state-{{status}}">{{status_text}}</span></td></tr>{{/deposits}}</tbody></table></div>
            {{#next_cursor}}<p><a href="{{base}}/account/deposits?cursor={{next_cursor}}" rel="next">[[older_deposits]]</a></p>{{/next_cursor}}{{/hasDeposits}}</section>
            {{#hasRefunds}}<section aria-labelledby="refunds"><h2 id="refunds">[[refunds]]</h2>\(refunds)</section>{{/hasRefunds}}
            """,
        MarketWords.all
    )

    @Sendable private func deposits(_ request: PageRequest) async throws -> PageContent {
        let deposits = try await request.ask(self.routes.list, ["cursor": .string(request.query("cursor"))])
        let refunds = try await request.ask(self.refunds.list)
        return PageContent(
            request.say("deposits"),
            Self.listTemplate,
            request,
            [
                "methods": PageParts.options(
                    self.methods.map { ($0.rawValue, request.say("pay_over.\($0.rawValue)")) },
                    chosen: request.form["payment_method"]
                ),
                "hasMethods": !self.methods.isEmpty, "deposits": deposits.items,
                "hasDeposits": !deposits.items.isEmpty, "next_cursor": deposits.next,
                "refunds": refunds.items, "hasRefunds": !refunds.items.isEmpty,
            ]
        )
    }

    @Sendable private func begin(_ request: PageRequest) async throws -> ConsoleForm.Outcome {
        let deposit = try await request.submit(self.routes.begin)
        return .goTo("/account/deposits/\(deposit.id.text)")
    }

    private static let oneTemplate = Template(
        PageParts.heading + """
            <dl class="facts"><dt>[[state]]</dt><dd><span class="state state-{{deposit.status}}">{{deposit.status_text}}</span> {{deposit.reason}}</dd>
            <dt>[[amount]]</dt><dd>{{deposit.amount}} USDC</dd><dt>[[over]]</dt><dd>{{deposit.payment_method_text}}</dd>
            <dt>[[refunded]]</dt><dd>{{deposit.refunded}} USDC</dd><dt>[[begun]]</dt><dd>{{deposit.created_at}} {{zone}}</dd><dt>ID</dt><dd class="id">{{deposit.id}}</dd></dl>
            {{#isOpen}}<section aria-labelledby="pay"><h2 id="pay">[[pay]]</h2>
            {{#checkout}}<p><a class="button" href="{{checkout}}" rel="noreferrer">[[pay_on_the_page_of]]</a></p>
            {{/checkout}}
            {{#payURL}}<p>[[send_a_payment_with_an_x402]]</p><pre><code>POST {{payURL}}</code></pre>
            {{/payURL}}<p role="status">[[waiting_for_the_payment]] \(PageParts.watch)</p></section>{{/isOpen}}
            {{#isUnknown}}<p class="problem">[[the_payment_company_does_not_say]] \(PageParts.watch)</p>{{/isUnknown}}
            {{#isPaid}}<section aria-labelledby="refund"><h2 id="refund">[[give_unspent_money_back]]</h2>
            <form method="post" action="{{base}}/account/deposits/{{deposit.id}}/refunds" class="fields">{{{token}}}
            <p><label for="amount">[[amount_usdc_all_that_is_unspent]]</label><br><input id="amount" name="amount" inputmode="decimal" value="{{form.amount}}"></p>
            <p><button class="danger">[[refund]]</button></p></form></section>{{/isPaid}}
            <p><a href="{{base}}/account/deposits">[[all_deposits]]</a></p>
            """,
        MarketWords.all
    )

    @Sendable private func deposit(_ request: PageRequest) async throws -> PageContent {
        let deposit = try await request.ask(self.routes.deposit)
        let isOpen = deposit.status == .pending || deposit.status == .processing
        let isX402 = deposit.paymentMethod == .x402
        let payURL = deposit.pay["url"]?.string
        return PageContent(
            request.say("deposit_of", ["amount": deposit.amount.text]),
            Self.oneTemplate,
            request,
            [
                "deposit": deposit, "isOpen": isOpen, "isUnknown": deposit.status == .unknown,
                "isPaid": deposit.status == .completed && deposit.refunded != deposit.amount,
                "checkout": isX402 ? nil : Self.link(payURL), "payURL": isX402 ? payURL : nil,
            ],
            isGoingOn: isOpen || deposit.status == .unknown
        )
    }

    /// Only addresses of pages become links.
    private static func link(_ url: String?) -> String? {
        url.flatMap { $0.bytewise.starts(with: "https://") || $0.bytewise.starts(with: "http://") ? $0 : nil }
    }
}
