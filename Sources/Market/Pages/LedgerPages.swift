import Kernel
import Web

/// The operator looks into the book: that it balances, what an account did, and why a transfer was made.
struct LedgerPages: Sendable {
    let routes: OperationsRoutes

    var pages: [WorkPage] {
        [
            WorkPage(
                path: "/operator/ledger",
                summary: "Ledger",
                roles: OperatorPages.roles,
                show: self.ledger
            ),
            WorkPage(
                path: "/operator/ledger/accounts/{number}",
                summary: "An account",
                roles: OperatorPages.roles,
                show: self.account
            ),
            WorkPage(
                path: "/operator/ledger/transfers",
                summary: "A transfer",
                roles: OperatorPages.roles,
                show: self.transfer
            ),
        ]
    }

    private static let ledgerTemplate = Template(
        PageParts.heading + """
            <form method="get" action="{{base}}/operator/ledger/transfers" class="row"><p><label for="reference">Find a transfer by its reference</label><br><input id="reference" name="reference" required></p><p><button>Find</button></p></form>
            <section aria-labelledby="balance"><h2 id="balance">Trial balance</h2>
            {{^sums}}<p class="empty">No money has moved yet.</p>{{/sums}}
            {{#hasSums}}<div class="scroll" tabindex="0" role="region" aria-label="Trial balance, a table"><table><caption>Debits and credits of all accounts; the difference is always 0</caption>
            <thead><tr><th scope="col">Currency</th><th scope="col" class="number">Debits</th><th scope="col" class="number">Credits</th><th scope="col" class="number">Pending debits</th><th scope="col" class="number">Pending credits</th><th scope="col" class="number">Difference</th></tr></thead>
            <tbody>{{#sums}}<tr><th scope="row">{{currency}}</th><td class="number">{{debits}}</td><td class="number">{{credits}}</td><td class="number">{{pending_debits}}</td><td class="number">{{pending_credits}}</td><td class="number">{{difference}}</td></tr>{{/sums}}</tbody></table></div>{{/hasSums}}</section>
            <section aria-labelledby="accounts"><h2 id="accounts">Accounts</h2>
            {{#hasAccounts}}<div class="scroll" tabindex="0" role="region" aria-label="Accounts, a table"><table><caption>By number</caption>
            <thead><tr><th scope="col">Account</th><th scope="col">Owner</th><th scope="col">For</th><th scope="col" class="number">Balance</th><th scope="col" class="number">Debits</th><th scope="col" class="number">Credits</th></tr></thead>
            <tbody>{{#accounts}}<tr><th scope="row"><a href="{{base}}/operator/ledger/accounts/{{number}}">{{number}}</a></th><td>{{owner}}</td><td>{{purpose}}</td><td class="number">{{balance}}</td><td class="number">{{debits}}</td><td class="number">{{credits}}</td></tr>{{/accounts}}</tbody></table></div>
            {{#next_after}}<p><a href="{{base}}/operator/ledger?after={{next_after}}" rel="next">Further accounts</a></p>{{/next_after}}{{/hasAccounts}}</section>
            """
    )

    @Sendable private func ledger(_ visit: Visit) async throws -> PageContent {
        let ledger = try await visit.ask(self.routes.ledger, ["after": .string(visit.query("after"))])
        return PageContent(
            "Ledger",
            Self.ledgerTemplate,
            visit,
            [
                "sums": ledger.balances, "hasSums": !ledger.balances.isEmpty, "accounts": ledger.accounts,
                "hasAccounts": !ledger.accounts.isEmpty, "next_after": ledger.next,
            ]
        )
    }

    private static let transfers = """
        <div class="scroll" tabindex="0" role="region" aria-label="Transfers, a table"><table><caption>{{caption}}</caption>
        <thead><tr><th scope="col">Reference</th><th scope="col">Made, UTC</th><th scope="col">For</th><th scope="col" class="number">From</th><th scope="col" class="number">To</th><th scope="col" class="number">Amount</th><th scope="col">State</th></tr></thead>
        <tbody>{{#transfers}}<tr><th scope="row" class="id"><a href="{{link}}">{{reference}}</a></th><td class="whole">{{created_at}}</td><td>{{kind}} <span class="id">{{subject}}</span></td><td class="number"><a href="{{base}}/operator/ledger/accounts/{{debit_account}}">{{debit_account}}</a></td><td class="number"><a href="{{base}}/operator/ledger/accounts/{{credit_account}}">{{credit_account}}</a></td><td class="number">{{amount}}</td><td><span class="state state-{{state}}">{{state}}</span></td></tr>{{/transfers}}</tbody></table></div>
        """

    private static let accountTemplate = Template(
        PageParts.heading + """
            <dl class="figures"><div><dt>Balance, {{account.currency}}</dt><dd>{{account.balance}}</dd></div><div><dt>Debits</dt><dd>{{account.debits}}</dd></div><div><dt>Credits</dt><dd>{{account.credits}}</dd></div>
            <div><dt>Pending debits</dt><dd>{{account.pending_debits}}</dd></div><div><dt>Pending credits</dt><dd>{{account.pending_credits}}</dd></div></dl>
            <section aria-labelledby="transfers"><h2 id="transfers">Transfers</h2>
            {{^transfers}}<p class="empty">None yet.</p>{{/transfers}}{{#hasTransfers}}\(transfers){{/hasTransfers}}
            {{#next_cursor}}<p><a href="{{base}}/operator/ledger/accounts/{{account.number}}?cursor={{next_cursor}}" rel="next">Older transfers</a></p>{{/next_cursor}}</section>
            <p><a href="{{base}}/operator/ledger">The whole ledger</a></p>
            """
    )

    @Sendable private func account(_ visit: Visit) async throws -> PageContent {
        let answer = try await visit.ask(self.routes.account, ["cursor": .string(visit.query("cursor"))])
        let account = answer.account
        return PageContent(
            "\(account.purpose) of \(account.owner)",
            Self.accountTemplate,
            visit,
            [
                "account": account, "transfers": Self.linked(answer.transfers, visit),
                "hasTransfers": !answer.transfers.isEmpty, "caption": "Newest first",
                "next_cursor": answer.next.map { HTML.percentEncode($0.text) },
            ]
        )
    }

    private static let transferTemplate = Template(
        PageParts.heading + """
            <dl class="facts"><dt>Amount</dt><dd>{{transfer.amount}}, moved {{transfer.posted_amount}}</dd><dt>State</dt><dd><span class="state state-{{transfer.state}}">{{transfer.state}}</span></dd>
            <dt>From account</dt><dd><a href="{{base}}/operator/ledger/accounts/{{transfer.debit_account}}">{{transfer.debit_account}}</a></dd><dt>To account</dt><dd><a href="{{base}}/operator/ledger/accounts/{{transfer.credit_account}}">{{transfer.credit_account}}</a></dd>
            <dt>For</dt><dd>{{transfer.kind}} <span class="id">{{transfer.subject}}</span></dd><dt>Request</dt><dd class="id">{{transfer.request_id}}</dd><dt>Trace</dt><dd class="id">{{transfer.trace_id}}</dd>
            <dt>Made, UTC</dt><dd>{{transfer.created_at}}</dd><dt>Settled or released, UTC</dt><dd>{{transfer.resolved_at}}</dd></dl>
            <section aria-labelledby="why"><h2 id="why">Why</h2>
            {{^transfers}}<p class="empty">It follows from no other transfer: its cause is the {{transfer.kind}} itself.</p>{{/transfers}}{{#hasTransfers}}\(transfers){{/hasTransfers}}</section>
            <p><a href="{{base}}/operator/ledger">The whole ledger</a></p>
            """
    )

    @Sendable private func transfer(_ visit: Visit) async throws -> PageContent {
        let reference = visit.query("reference").trimmed
        let answer = try await visit.ask(self.routes.transfer, ["reference": .string(reference)])
        return PageContent(
            "Transfer \(reference)",
            Self.transferTemplate,
            visit,
            [
                "transfer": answer.transfer, "transfers": Self.linked(answer.causes, visit),
                "hasTransfers": !answer.causes.isEmpty,
                "caption": "What it follows from, back to the first",
            ]
        )
    }

    private static func linked(_ transfers: [TransferPart], _ visit: Visit) -> [[String: Any]] {
        visit.rows(transfers) { transfer in
            ["link": "\(visit.base)/operator/ledger/transfers?reference=\(HTML.percentEncode(transfer.reference))"]
        }
    }
}
