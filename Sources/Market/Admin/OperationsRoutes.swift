import HTTPTypes
import Kernel
import Ledger
import Platform
import Storage
import Web

/// What the operator looks into: the book, and the webhooks of everybody.
struct OperationsRoutes: Sendable {
    let database: any Database

    private static let base = "/api/v1/admin"
    private static let webhookLimit = 200
    private static let fileLimit = 100

    var endpoints: [Endpoint] {
        [
            Endpoint(.get, Self.base + "/webhooks", tag: "Admin", self.webhooks),
            Endpoint(.get, Self.base + "/servers", tag: "Admin", self.servers),
            Endpoint(.get, Self.base + "/ledger", tag: "Admin", self.ledger),
            Endpoint(.get, Self.base + "/ledger/accounts/{number}", tag: "Admin", self.account),
            Endpoint(.get, Self.base + "/ledger/transfers/{reference}", tag: "Admin", self.transfer),
        ]
    }

    var webhooks: Operation<NoInput, WebhookHealthList> {
        Operation("Webhook health", access: .admin) { _, _, _ in
            WebhookHealthList(
                try await self.database.read {
                    try $0.webhooks.listHealth(surface: MarketContract.name, limit: Self.webhookLimit)
                }
            )
        }
    }

    var servers: Operation<NoInput, ServerList> {
        Operation("Servers and archive", access: .admin) { _, _, _ in
            try await self.database.read { tx in
                ServerList(try tx.serverRuns.listNodes(), try tx.archive.listNewest(limit: Self.fileLimit))
            }
        }
    }

    var ledger: Operation<LedgerPage, LedgerOutput> {
        Operation("Trial balance and accounts", access: .admin) { input, _, _ in
            try await self.database.read { tx in
                let page = try tx.ledger.listAccounts(after: input.paging.cursor, limit: input.paging.limit)
                return LedgerOutput(
                    try tx.ledger.trialBalance(),
                    try page.items.map { ($0, try Self.ownerName($0.key.owner, tx)) },
                    next: page.next
                )
            }
        }
    }

    /// Throws `accountNotFound`.
    var account: Operation<AccountPage, AccountOutput> {
        Operation("An account and its transfers", access: .admin) { input, _, _ in
            try await self.database.read { tx in
                guard let number = input.number, let account = try tx.ledger.find(AccountNumber(number))
                else { throw MarketProblems.accountNotFound }
                return AccountOutput(
                    account,
                    owner: try Self.ownerName(account.key.owner, tx),
                    try tx.ledger.history(of: account.number, before: input.cursor, limit: input.limit)
                )
            }
        }
        .refusing(MarketProblems.accountNotFound)
    }

    /// Throws `transferNotFound`.
    var transfer: Operation<TransferPath, TransferOutput> {
        Operation("A transfer and why it was made", access: .admin) { input, _, _ in
            try await self.database.read { tx in
                let chain = try tx.ledger.why(TransferReference(input.reference))
                guard !chain.isEmpty else { throw MarketProblems.transferNotFound }
                let known = try chain.map { ($0, try tx.ledger.find($0.debit)?.key.currency ?? .usdc) }
                return TransferOutput(known, archive: try tx.archivedUsage(chain[0].origin.subject))
            }
        }
        .refusing(MarketProblems.transferNotFound)
    }

    private static func ownerName(_ owner: String, _ tx: Transaction) throws -> String {
        try tx.identities.find(ID(owner))?.name ?? owner
    }
}
