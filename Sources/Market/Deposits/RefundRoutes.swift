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
            Endpoint(.get, "/api/v1/refunds", "List my refunds", tag: "Billing", access: .anyKey, self.list),
            Endpoint(.get, "/api/v1/admin/refunds", "List refunds", tag: "Admin", access: .admin, self.listAll),
            Endpoint(
                .patch,
                "/api/v1/admin/refunds/{refund_id}/pay",
                "Mark a refund paid by hand",
                tag: "Admin",
                access: .admin,
                self.pay
            ),
            Endpoint(
                .patch,
                "/api/v1/admin/refunds/{refund_id}/fail",
                "Decline a refund",
                tag: "Admin",
                access: .admin,
                self.fail
            ),
        ]
    }

    @Sendable private func list(_ input: ListRefunds, _ caller: Caller, _ call: Call) async throws -> CursorList<
        RefundOutput
    > {
        try await self.list(of: caller.identity, input)
    }

    @Sendable private func listAll(_ input: ListRefunds, _: Caller, _: Call) async throws -> CursorList<RefundOutput> {
        try await self.list(of: nil, input)
    }

    private func list(of buyer: ID<Identity>?, _ input: ListRefunds) async throws -> CursorList<RefundOutput> {
        let page = try await self.database.read {
            try $0.refunds.list(of: buyer, status: input.status, after: input.cursor, limit: input.limit)
        }
        return CursorList(page, RefundOutput.init)
    }

    @Sendable private func pay(_ input: PayRefund, _ caller: Caller, _ call: Call) async throws -> RefundOutput {
        RefundOutput(
            try await self.service.pay(
                input.id,
                reference: input.reference,
                by: caller,
                trace: call.trace
            )
        )
    }

    @Sendable private func fail(_ input: FailRefund, _ caller: Caller, _ call: Call) async throws -> RefundOutput {
        RefundOutput(
            try await self.service.fail(input.id, reason: input.reason, by: caller, trace: call.trace)
        )
    }
}
