import Kernel
import Ledger
import Web

/// The operator looks into the book: that it balances, what an account did, and why a transfer was made.
struct LedgerPages: Sendable {
    let routes: OperationsRoutes

    var pages: [ConsolePage] {
        [
            ConsolePage(
                path: "/operator/ledger",
                summary: "Ledger",
                roles: OperatorPages.roles,
                show: self.ledger
            ),
            ConsolePage(
                path: "/operator/ledger/accounts/{number}",
                summary: "An account",
                roles: OperatorPages.roles,
                show: self.account
            ),
            ConsolePage(
                path: "/operator/ledger/transfers",
                summary: "A transfer",
                roles: OperatorPages.roles,
                show: self.transfer
            ),
        ]
    }

    private static let ledgerTemplate = Template(
        PageParts.heading + """
            <form method="get" action="{{base}}/operator/ledger/transfers" class="row"><p><label for="reference">[[find_a_transfer_by_its_reference]]</label><br><input id="reference" name="reference" required></p><p><button>[[find]]</button></p></form>
            <section aria-labelledby="balance"><h2 id="balance">[[trial_balance]]</h2>
            {{^sums}}<p class="empty">[[no_money_has_moved_yet]]</p>{{/sums}}
            {{#hasSums}}<div class="scroll" tabindex="0" role="region" aria-label="[[trial_balance]] ([[table]])"><table><caption>[[debits_and_credits_of_all_accounts]]</caption>
            <thead><tr><th scope="col">[[currency]]</th><th scope="col" class="number">[[debits]]</th><th scope="col" class="number">[[credits]]</th><th scope="col" class="number">[[pending_debits]]</th><th scope="col" class="number">[[pending_credits]]</th><th scope="col" class="number">[[difference]]</th></tr></thead>
            <tbody>{{#sums}}<tr><th scope="row">{{currency}}</th><td class="number">{{debits}}</td><td class="number">{{credits}}</td><td class="number">{{pending_debits}}</td><td class="number">{{pending_credits}}</td><td class="number">{{difference}}</td></tr>{{/sums}}</tbody></table></div>{{/hasSums}}</section>
            <section aria-labelledby="accounts"><h2 id="accounts">[[accounts]]</h2>
            {{#hasAccounts}}<div class="scroll" tabindex="0" role="region" aria-label="[[accounts]] ([[table]])"><table><caption>[[by_number]]</caption>
            <thead><tr><th scope="col">[[ledger_account]]</th><th scope="col">[[owner]]</th><th scope="col">[[for]]</th><th scope="col">[[currency]]</th><th scope="col" class="number">[[balance]]</th><th scope="col" class="number">[[debits]]</th><th scope="col" class="number">[[credits]]</th></tr></thead>
            <tbody>{{#accounts}}<tr><th scope="row"><a href="{{base}}/operator/ledger/accounts/{{number}}">{{number}}</a></th><td>{{owner}}</td><td>{{purpose_text}}</td><td>{{currency}}</td><td class="number">{{balance}}</td><td class="number">{{debits}}</td><td class="number">{{credits}}</td></tr>{{/accounts}}</tbody></table></div>
            {{#next}}<p><a href="{{next}}" rel="next">[[further_accounts]]</a></p>{{/next}}{{/hasAccounts}}</section>
            """,
        MarketWords.all
    )

    @Sendable private func ledger(_ request: PageRequest) async throws -> PageContent {
        let ledger = try await request.ask(self.routes.ledger, ["cursor": .string(request.query("cursor"))])
        return PageContent(
            request.say("ledger"),
            Self.ledgerTemplate,
            request,
            [
                "sums": ledger.balances, "hasSums": !ledger.balances.isEmpty,
                "accounts": request.rows(ledger.accounts) { ["purpose_text": request.word("purpose", $0.purpose)] },
                "hasAccounts": !ledger.accounts.isEmpty, "next": request.next(ledger.next),
            ]
        )
    }

    private static let transfers = """
        <div class="scroll" tabindex="0" role="region" aria-label="[[transfers]] ([[table]])"><table><caption>{{caption}}</caption>
        <thead><tr><th scope="col">[[reference]]</th><th scope="col">[[at_zone]]</th><th scope="col">[[for]]</th><th scope="col" class="number">[[from]]</th><th scope="col" class="number">[[to]]</th><th scope="col" class="number">[[amount]]</th><th scope="col">[[currency]]</th><th scope="col">[[state]]</th></tr></thead>
        <tbody>{{#transfers}}<tr><th scope="row" class="id"><a href="{{link}}">{{reference}}</a></th><td class="whole">{{created_at}}</td><td>{{kind_text}} <span class="id">{{subject}}</span></td><td class="number"><a href="{{base}}/operator/ledger/accounts/{{debit_account}}">{{debit_account}}</a></td><td class="number"><a href="{{base}}/operator/ledger/accounts/{{credit_account}}">{{credit_account}}</a></td><td class="number">{{amount}}</td><td>{{currency}}</td><td><span class="state state-{{state}}">{{state_text}}</span></td></tr>{{/transfers}}</tbody></table></div>
        """

    private static let accountTemplate = Template(
        PageParts.heading + """
            <dl class="figures"><div><dt>[[balance_2]]</dt><dd>{{account.balance}}</dd></div><div><dt>[[debits]]</dt><dd>{{account.debits}}</dd></div><div><dt>[[credits]]</dt><dd>{{account.credits}}</dd></div>
            <div><dt>[[pending_debits]]</dt><dd>{{account.pending_debits}}</dd></div><div><dt>[[pending_credits]]</dt><dd>{{account.pending_credits}}</dd></div></dl>
            <section aria-labelledby="transfers"><h2 id="transfers">[[transfers]]</h2>
            {{^transfers}}<p class="empty">[[none_yet]]</p>{{/transfers}}{{#hasTransfers}}\(transfers){{/hasTransfers}}
            {{#next_cursor}}<p><a href="{{base}}/operator/ledger/accounts/{{account.number}}?cursor={{next_cursor}}" rel="next">[[older_transfers]]</a></p>{{/next_cursor}}</section>
            <p><a href="{{base}}/operator/ledger">[[the_whole_ledger]]</a></p>
            """,
        MarketWords.all
    )

    @Sendable private func account(_ request: PageRequest) async throws -> PageContent {
        let answer = try await request.ask(self.routes.account, ["cursor": .string(request.query("cursor"))])
        let account = answer.account
        return PageContent(
            "\(request.word("purpose", account.purpose)) · \(account.owner) · \(account.currency.code)",
            Self.accountTemplate,
            request,
            [
                "account": account, "transfers": Self.linked(answer.transfers, request),
                "hasTransfers": !answer.transfers.isEmpty, "caption": request.say("newest_first"),
                "next_cursor": answer.next.map { HTML.percentEncode($0.text) },
            ]
        )
    }

    private static let transferTemplate = Template(
        PageParts.heading + """
            <dl class="facts"><dt>[[amount]]</dt><dd>[[moved]] {{transfer.currency}}</dd><dt>[[state]]</dt><dd><span class="state state-{{transfer.state}}">{{transfer.state_text}}</span></dd>
            <dt>[[from_account]]</dt><dd><a href="{{base}}/operator/ledger/accounts/{{transfer.debit_account}}">{{transfer.debit_account}}</a></dd><dt>[[to_account]]</dt><dd><a href="{{base}}/operator/ledger/accounts/{{transfer.credit_account}}">{{transfer.credit_account}}</a></dd>
            <dt>[[for]]</dt><dd>{{kind_text}} <span class="id">{{transfer.subject}}</span></dd><dt>[[request]]</dt><dd class="id">{{transfer.request_id}}</dd><dt>[[trace]]</dt><dd class="id">{{transfer.trace_id}}</dd>{{#record_file}}<dt>[[record_in_the_archive]]</dt><dd class="id">{{record_file}}</dd>{{/record_file}}
            <dt>[[at_zone]]</dt><dd>{{transfer.created_at}}</dd><dt>[[settled_or_released_zone]]</dt><dd>{{transfer.resolved_at}}</dd></dl>
            <section aria-labelledby="why"><h2 id="why">[[why]]</h2>
            {{^transfers}}<p class="empty">[[it_follows_from_no_other_transfer]]</p>{{/transfers}}{{#hasTransfers}}\(transfers){{/hasTransfers}}</section>
            <p><a href="{{base}}/operator/ledger">[[the_whole_ledger]]</a></p>
            """,
        MarketWords.all
    )

    @Sendable private func transfer(_ request: PageRequest) async throws -> PageContent {
        let reference = request.query("reference").trimmed
        let answer = try await request.ask(self.routes.transfer, ["reference": .string(reference)])
        return PageContent(
            "\(request.say("transfer")) \(reference)",
            Self.transferTemplate,
            request,
            [
                "transfer": answer.transfer, "kind_text": request.word("kind", answer.transfer.origin.kind),
                "transfers": Self.linked(answer.causes, request),
                "hasTransfers": !answer.causes.isEmpty,
                "caption": request.say("what_it_follows_from"), "record_file": answer.archive as Any,
            ]
        )
    }

    private static func linked(_ transfers: [TransferPart], _ request: PageRequest) -> [[String: Any]] {
        request.rows(transfers) { transfer in
            [
                "link": "\(request.base)/operator/ledger/transfers?reference=\(HTML.percentEncode(transfer.reference))",
                "kind_text": request.word("kind", transfer.origin.kind),
            ]
        }
    }
}
