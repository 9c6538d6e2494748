import HTTPTypes
import Hummingbird
import Kernel
import Ledger
import NIOCore
import Platform
import Storage
import Web

struct BillingRoutes: Sendable {
    let database: any Database
    let deposits: DepositService
    /// What calls under way hold in memory.
    let balances: Holds<AccountKey>?
    let rollUps: RollUps
    let ids: IDGenerator

    private static let tag = "Billing"

    var endpoints: [Endpoint] {
        [
            Endpoint(.get, "/api/v1/usage/me", tag: "Payment Proxy", self.usageSummary),
            Endpoint(.get, "/api/v1/usage", tag: Self.tag, self.usage),
            self.csvEndpoint,
            Endpoint(.get, "/api/v1/balance", tag: Self.tag, self.balance),
            Endpoint(.post, "/api/v1/admin/credits", tag: "Admin", status: .created, self.credit),
        ]
    }

    var csvEndpoint: Endpoint {
        Endpoint(
            raw: .get,
            "/api/v1/usage.csv",
            "My calls, as CSV",
            tag: Self.tag,
            access: .anyKey,
            inputs: InputReader.describe(ExportUsage.self) + [TableFormat.parameter],
            answers: [
                AnswerDescription(status: .ok, summary: "One line a call, newest first", mediaType: "text/csv").orAs(
                    "application/jsonl"
                )
            ],
            self.usageCSV
        )
    }

    // MARK: Reading

    var usageSummary: Operation<NoInput, UsageSummary> {
        Operation("Get my usage", access: .anyKey) { _, caller, call in
            try await self.rollUps.catchUp()
            let summary = try await self.database.read { try $0.figures.find(buyer: caller.identity) }
            return UsageSummary(
                buyerID: caller.name,
                totalCalls: Int(summary.calls),
                totalSpent: summary.spent.text,
                averageLatency: Figures.ratio(summary.latencyMilliseconds, summary.calls, scale: 1)
            )
        }
    }

    var usage: Operation<ListUsage, UsageList> {
        Operation("List my calls", access: .anyKey) { input, caller, call in
            let filter = UsageFilter(
                buyer: caller.identity,
                listing: input.service.map { ID($0) },
                from: input.from,
                to: input.to
            )
            let fetched = try await self.database.read {
                try $0.usage.list(filter, before: input.cursor, limit: input.limit + 1)
            }
            let page = Array(fetched.prefix(input.limit))
            return UsageList(
                usage: page.map(UsageOutput.init),
                count: page.count,
                nextCursor: fetched.count > input.limit ? page.last?.id.text : nil
            )
        }
    }

    @Sendable private func usageCSV(_ caller: Caller, _ call: Call) async throws -> Response {
        let input: ExportUsage = try await call.readQuery()
        let filter = UsageFilter(
            buyer: caller.identity,
            listing: input.service.map { ID($0) },
            from: input.from,
            to: input.to
        )
        return CSV.response(name: "usage", columns: UsageCSV.columns, format: try TableFormat(call)) { last in
            let page = try await self.database.read { try $0.usage.list(filter, before: last, limit: CSV.pageSize) }
            return (page.map(UsageCSV.line), page.count == CSV.pageSize ? page.last?.id.text : nil)
        }
    }

    var balance: Operation<NoInput, Balance> {
        Operation("Get my balance", access: .anyKey) { _, caller, call in
            let account = try await self.database.read { try $0.ledger.find(.prepaid(caller.identity)) }
            let held = self.balances?.held(of: .prepaid(caller.identity)) ?? 0
            let reserved = Amount<USDC>(micros: held + (account?.reserved.micros ?? 0))
            return Balance(
                buyerID: caller.name,
                balance: account?.balance.text ?? Amount<USDC>.zero.text,
                reserved: reserved.text,
                currency: Currency.usdc.code
            )
        }
        .refusing(MarketProblems.invalidKeyFormat)
    }

    // MARK: Granting

    /// With an `Idempotency-Key` a repetition is answered again and credits nothing.
    var credit: Operation<GrantCredit, Written<CreditOutput>> {
        Operation("Credit a buyer's balance", access: .admin, effect: .write) { input, caller, call in
            let id = self.ids.uuid()
            let key = try call.idempotencyKey().map {
                IdempotencyKey(scope: "market.credits \(caller.identity.text)", key: $0, holder: id)
            }
            let request = [input.buyerID, "\(input.amount)", input.reason]
            let told = try await self.database.write { tx in
                try tx.once(key, request) {
                    let credit = try self.deposits.credit(
                        id: id,
                        buyerName: input.buyerID,
                        amount: input.amount,
                        reason: input.reason,
                        by: caller.credential,
                        trace: call.trace,
                        in: tx
                    )
                    return Written(CreditOutput(credit)).text
                }
            }
            return Written(text: told)
        }
        .refusing(MarketProblems.idempotencyMismatch, MarketProblems.buyerNotFound)
    }
}
