import HTTPTypes
import Hummingbird
import Kernel
import Platform
import Storage
import Web

struct DepositRoutes: Sendable {
    let database: any Database
    let service: DepositService
    let refunds: RefundService

    private static let tag = "Billing"
    private static let one = "/api/v1/deposits/{deposit_id}"

    var endpoints: [Endpoint] {
        [
            Endpoint(.post, "/api/v1/deposits", tag: Self.tag, status: .created, self.begin),
            Endpoint(.get, "/api/v1/deposits", tag: Self.tag, self.list),
            Endpoint(.get, "/api/v1/admin/deposits", tag: "Admin", self.listAll),
            Endpoint(.get, Self.one, tag: Self.tag, self.deposit),
            Endpoint(
                raw: .post,
                Self.one + "/pay",
                "Pay a deposit over x402",
                tag: Self.tag,
                access: .anyKey,
                inputs: InputReader.describe(DepositPath.self),
                answers: [
                    AnswerDescription(status: .ok, summary: "The completed deposit"),
                    AnswerDescription(status: .paymentRequired, summary: "What to pay where"),
                    AnswerDescription(status: .gatewayTimeout, summary: "The payment's outcome is not known yet"),
                ],
                self.pay
            )
            .refusing(
                MarketProblems.depositNotFound,
                MarketProblems.paidElsewhere("paypal"),
                MarketProblems.railNotOffered("x402"),
                MarketProblems.paymentRequired,
                MarketProblems.paymentUnreadable,
                MarketProblems.paymentUnknown
            ),
            Endpoint(.post, Self.one + "/refunds", tag: Self.tag, status: .created, self.refund),
        ]
    }

    var begin: Operation<BeginDeposit, DepositOutput> {
        Operation("Begin a deposit", access: .anyKey, effect: .write) { input, caller, call in
            let deposit = try await self.service.begin(
                amount: input.amount,
                input.method,
                by: caller,
                key: try call.idempotencyKey()
            )
            return self.output(deposit, refunded: 0)
        }
        .refusing(
            MarketProblems.idempotencyMismatch,
            MarketProblems.amountStep("paypal", step: 10_000),
            MarketProblems.railUnavailable,
            MarketProblems.railRefused("declined"),
            MarketProblems.railNotOffered("paypal")
        )
    }

    var list: Operation<ListDeposits, CursorList<DepositOutput>> {
        Operation("List my deposits", access: .anyKey) { input, caller, call in
            let (page, refunded) = try await self.database.read { tx in
                let page = try tx.deposits.list(of: caller.identity, after: input.cursor, limit: input.limit)
                return (page, try page.items.map { try tx.refunds.sum(of: $0.id) })
            }
            return CursorList(zip(page.items, refunded).map { self.output($0, refunded: $1) }, next: page.next)
        }
    }

    var listAll: Operation<ListAllDeposits, CursorList<OwnedDeposit>> {
        Operation("List everybody's deposits", access: .admin) { input, _, _ in
            try await self.database.read { tx in
                let page = try tx.deposits.list(of: nil, status: input.status, after: input.cursor, limit: input.limit)
                return try CursorList(page) { deposit in
                    OwnedDeposit(
                        deposit: self.output(deposit, refunded: try tx.refunds.sum(of: deposit.id)),
                        buyer: try tx.identities.find(deposit.buyer)?.name ?? ""
                    )
                }
            }
        }
    }

    /// Asks the rail while the deposit is open, so that whoever waits for it sees it complete without any callback.
    var deposit: Operation<DepositPath, DepositOutput> {
        Operation("Get a deposit", access: .anyKey) { input, caller, call in
            let deposit = try await self.database.read { try $0.deposits.require(ID(input.id), of: caller.identity) }
            let fresh = try await self.service.refresh(deposit, trace: call.trace)
            return self.output(fresh, refunded: try await self.database.read { try $0.refunds.sum(of: fresh.id) })
        }
        .refusing(MarketProblems.depositNotFound)
    }

    @Sendable private func pay(_ caller: Caller, _ call: Call) async throws -> Response {
        let id: ID<Deposit> = call.pathID("deposit_id")
        let deposit = try await self.database.read { try $0.deposits.require(id, of: caller.identity) }
        guard deposit.paymentMethod == .x402 else { throw MarketProblems.paidElsewhere(deposit.paymentMethod.rawValue) }
        guard let rail = self.service.rails.x402 else { throw MarketProblems.railNotOffered("x402") }
        let offer = rail.offer(for: deposit)
        let payment: X402Payment
        if let header = call.header(.paymentSignature) {
            payment = try X402Payment(header: header, version: 2, offer: offer)
        } else if let header = call.header(.xPayment) {
            payment = try X402Payment(header: header, version: 1, offer: offer)
        } else {
            throw offer.problem("deposit")
        }
        let transaction = try await self.service.pay(deposit, payment, offer: offer, caller: caller, trace: call.trace)
        let completed = try await self.database.read { try $0.deposits.require(id, of: caller.identity) }
        var response = Response(status: .ok, answer: self.output(completed, refunded: 0))
        let receipt = payment.receipt(chainTransaction: transaction, offer: offer)
        response.headers[payment.version == 2 ? .paymentResponse : .xPaymentResponse] = receipt
        response.headers[.cacheControl] = "private, no-store"
        return response
    }

    var refund: Operation<BeginRefund, RefundOutput> {
        Operation("Refund what is unspent of a deposit", access: .anyKey, effect: .write) { input, caller, call in
            // What is paid back is no longer spent below the cap.
            try Door.requireUncapped(caller)
            return RefundOutput(
                try await self.refunds.begin(
                    input.deposit,
                    amount: input.amount,
                    by: caller,
                    key: try call.idempotencyKey(),
                    trace: call.trace
                )
            )
        }
        .refusing(
            MarketProblems.cappedKey,
            MarketProblems.depositNotFound,
            MarketProblems.idempotencyRunning,
            MarketProblems.idempotencyMismatch,
            MarketProblems.depositNotPaid,
            MarketProblems.railNotOffered("paypal"),
            MarketProblems.amountStep("paypal", step: 10_000),
            MarketProblems.refundTooLarge(5_000_000)
        )
    }

    /// - Parameter refunded: what of it was or may be given back.
    private func output(_ deposit: Deposit, refunded: Amount<USDC>) -> DepositOutput {
        let isClosed = deposit.status == .completed || deposit.status == .review
        let rail = isClosed ? nil : self.service.rails[deposit.paymentMethod]
        return DepositOutput(deposit, refunded: refunded, pay: rail?.instructions(for: deposit) ?? [:])
    }
}
