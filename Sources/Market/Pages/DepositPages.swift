import Kernel
import Web

/// Money that comes in and goes back.
struct DepositPages: Sendable {
    /// What the operator offers.
    let methods: [PaymentMethod]
    let routes: DepositRoutes
    let refunds: RefundRoutes

    private static let titles: [PaymentMethod: String] = [
        .x402: "x402 (stablecoin, by a client)", .paypal: "PayPal", .nowpayments: "NOWPayments (coins)",
    ]
    var pages: [WorkPage] {
        [
            WorkPage(
                path: "/account/deposits",
                summary: "Deposits",
                roles: nil,
                show: self.deposits,
                forms: [WorkForm(path: "/account/deposits", summary: "Begin a deposit", perform: self.begin)]
            ),
            WorkPage(
                path: "/account/deposits/{deposit_id}",
                summary: "A deposit",
                roles: nil,
                show: self.deposit,
                forms: [
                    WorkForm(
                        path: "/account/deposits/{deposit_id}/refunds",
                        summary: "Refund a deposit",
                        does: self.routes.refund,
                        then: "/account/deposits?done=1"
                    ).askingFirst()
                ]
            ),
        ]
    }

    private static let refunds = """
        <div class="scroll" tabindex="0" role="region" aria-label="Refunds, a table"><table><caption>Refunds, newest first</caption>
        <thead><tr><th scope="col">Begun, UTC</th><th scope="col" class="number">Amount, USDC</th><th scope="col">State</th><th scope="col">Paid with</th></tr></thead>
        <tbody>{{#refunds}}<tr><th scope="row" class="whole"><a href="{{base}}/account/deposits/{{deposit_id}}">{{created_at}}</a></th><td class="number">{{amount}}</td><td><span class="state state-{{status}}">{{status}}</span> {{.reason}}</td><td class="id">{{.payment_tx}}</td></tr>{{/refunds}}</tbody></table></div>
        """

    private static let listTemplate = Template(
        PageParts.heading + """
            <section aria-labelledby="new"><h2 id="new">Top up</h2>
            {{^methods}}<p class="empty">The operator has set no way to pay in; ask them for credit.</p>{{/methods}}
            {{#hasMethods}}<form method="post" action="{{base}}/account/deposits" class="fields">{{{token}}}
            <p><label for="amount">Amount, USDC</label><br><input id="amount" name="amount" inputmode="decimal" required value="{{form.amount}}" placeholder="10.00"></p>
            <p><label for="payment_method">Pay over</label><br><select id="payment_method" name="payment_method">{{#methods}}\(PageParts.option){{/methods}}</select></p>
            <p><button>Begin</button></p></form>{{/hasMethods}}</section>
            <section aria-labelledby="list"><h2 id="list">Deposits</h2>
            {{^deposits}}<p class="empty">No deposits yet.</p>{{/deposits}}
            {{#hasDeposits}}<div class="scroll" tabindex="0" role="region" aria-label="Deposits, a table"><table><caption>Newest first</caption>
            <thead><tr><th scope="col">Begun, UTC</th><th scope="col" class="number">Amount, USDC</th><th scope="col">Over</th><th scope="col">State</th></tr></thead>
            <tbody>{{#deposits}}<tr><th scope="row" class="whole"><a href="{{base}}/account/deposits/{{id}}">{{created_at}}</a></th><td class="number">{{amount}}</td><td>{{payment_method}}</td><td><span class="state state-{{status}}">{{status}}</span></td></tr>{{/deposits}}</tbody></table></div>
            {{#next_cursor}}<p><a href="{{base}}/account/deposits?cursor={{next_cursor}}" rel="next">Older deposits</a></p>{{/next_cursor}}{{/hasDeposits}}</section>
            {{#hasRefunds}}<section aria-labelledby="refunds"><h2 id="refunds">Refunds</h2>\(refunds)</section>{{/hasRefunds}}
            """
    )

    @Sendable private func deposits(_ visit: Visit) async throws -> PageContent {
        let deposits = try await visit.ask(self.routes.list, ["cursor": .string(visit.query("cursor"))])
        let refunds = try await visit.ask(self.refunds.list)
        return PageContent(
            "Deposits",
            Self.listTemplate,
            visit,
            [
                "methods": PageParts.options(
                    self.methods.map { ($0.rawValue, Self.titles[$0] ?? $0.rawValue) },
                    chosen: visit.form["payment_method"]
                ),
                "hasMethods": !self.methods.isEmpty, "deposits": deposits.items,
                "hasDeposits": !deposits.items.isEmpty, "next_cursor": deposits.next,
                "refunds": refunds.items, "hasRefunds": !refunds.items.isEmpty,
            ]
        )
    }

    @Sendable private func begin(_ visit: Visit) async throws -> WorkForm.Outcome {
        let deposit = try await visit.submit(self.routes.begin)
        return .goTo("/account/deposits/\(deposit.id.text)")
    }

    private static let oneTemplate = Template(
        PageParts.heading + """
            <dl class="facts"><dt>State</dt><dd><span class="state state-{{deposit.status}}">{{deposit.status}}</span> {{deposit.reason}}</dd>
            <dt>Amount</dt><dd>{{deposit.amount}} USDC</dd><dt>Over</dt><dd>{{deposit.payment_method}}</dd>
            <dt>Refunded</dt><dd>{{deposit.refunded}} USDC</dd><dt>Begun</dt><dd>{{deposit.created_at}} UTC</dd><dt>Id</dt><dd class="id">{{deposit.id}}</dd></dl>
            {{#isOpen}}<section aria-labelledby="pay"><h2 id="pay">Pay</h2>
            {{#checkout}}<p><a class="button" href="{{checkout}}" rel="noreferrer">Pay on the page of {{deposit.payment_method}}</a></p>
            {{/checkout}}
            {{#payURL}}<p>Send a payment with an x402 client to</p><pre><code>POST {{payURL}}</code></pre>
            {{/payURL}}<p role="status">Waiting for the payment. \(PageParts.watch)</p></section>{{/isOpen}}
            {{#isUnknown}}<p class="problem">The payment company does not say whether it took the money. Do not pay again: it is being asked until it does. \(PageParts.watch)</p>{{/isUnknown}}
            {{#isPaid}}<section aria-labelledby="refund"><h2 id="refund">Give unspent money back</h2>
            <form method="post" action="{{base}}/account/deposits/{{deposit.id}}/refunds" class="fields">{{{token}}}
            <p><label for="amount">Amount, USDC; all that is unspent when empty</label><br><input id="amount" name="amount" inputmode="decimal" value="{{form.amount}}"></p>
            <p><button class="danger">Refund</button></p></form></section>{{/isPaid}}
            <p><a href="{{base}}/account/deposits">All deposits</a></p>
            """
    )

    @Sendable private func deposit(_ visit: Visit) async throws -> PageContent {
        let deposit = try await visit.ask(self.routes.deposit)
        let isOpen = deposit.status == .pending || deposit.status == .processing
        let isX402 = deposit.paymentMethod == .x402
        let payURL = deposit.pay["url"]?.string
        return PageContent(
            "Deposit of \(deposit.amount.text) USDC",
            Self.oneTemplate,
            visit,
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
