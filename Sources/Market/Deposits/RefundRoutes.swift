import HTTPTypes
import Hummingbird
import Kernel
import Platform
import Storage
import Web

struct RefundRoutes: Sendable {
    let database: any Database
    let service: RefundService

    var endpoints: [Endpoint] {
        [
            Endpoint(.get, "/api/v1/refunds", tag: "Billing", self.list),
            Endpoint(.get, "/api/v1/admin/refunds", tag: "Admin", self.listAll),
            Endpoint(.patch, "/api/v1/admin/refunds/{refund_id}/pay", tag: "Admin", self.pay),
            Endpoint(.patch, "/api/v1/admin/refunds/{refund_id}/fail", tag: "Admin", self.fail),
        ]
    }

    var list: Operation<ListRefunds, CursorList<RefundOutput>> {
        Operation("List my refunds", access: .anyKey) { input, caller, call in
            try await self.list(of: caller.identity, input)
        }
    }

    var listAll: Operation<ListRefunds, CursorList<RefundOutput>> {
        Operation("List refunds", access: .admin) { input, _, _ in
            try await self.list(of: nil, input)
        }
    }

    private func list(of buyer: ID<Identity>?, _ input: ListRefunds) async throws -> CursorList<RefundOutput> {
        let page = try await self.database.read {
            try $0.refunds.list(of: buyer, status: input.status, after: input.cursor, limit: input.limit)
        }
        return CursorList(page, RefundOutput.init)
    }

    var pay: Operation<PayRefund, RefundOutput> {
        Operation("Mark a refund paid by hand", access: .admin, effect: .write) { input, caller, call in
            RefundOutput(
                try await self.service.pay(
                    input.id,
                    reference: input.reference,
                    by: caller,
                    trace: call.trace
                )
            )
        }
        .refusing(MarketProblems.refundNotFound, MarketProblems.refundNotOpen)
    }

    var fail: Operation<FailRefund, RefundOutput> {
        Operation("Decline a refund", access: .admin, effect: .write) { input, caller, call in
            RefundOutput(
                try await self.service.fail(input.id, reason: input.reason, by: caller, trace: call.trace)
            )
        }
        .refusing(MarketProblems.refundNotFound, MarketProblems.refundNotOpen)
    }
}
