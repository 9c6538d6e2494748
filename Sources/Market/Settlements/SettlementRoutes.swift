import HTTPTypes
import Hummingbird
import Kernel
import Platform
import Storage
import Web

struct SettlementRoutes: Sendable {
    let database: any Database
    let service: SettlementService

    private static let tag = "Settlements"
    private static let base = "/api/v1/settlements"
    private static let one = "/api/v1/settlements/{settlement_id}"

    var endpoints: [Endpoint] {
        [
            Endpoint(
                .post,
                Self.base,
                "Create a settlement",
                tag: Self.tag,
                access: .admin,
                status: .created,
                self.create
            ),
            Endpoint(.get, Self.base, "List settlements", tag: Self.tag, access: .anyKey, self.list),
            Endpoint(.patch, Self.one + "/pay", "Mark a settlement paid", tag: Self.tag, access: .admin, self.pay),
            Endpoint(.patch, Self.one + "/fail", "Mark a settlement failed", tag: Self.tag, access: .admin, self.fail),
            Endpoint(
                .get,
                Self.one + "/usage",
                "List the usage records that a settlement covers",
                tag: Self.tag,
                access: .anyKey,
                self.usage
            ),
            Endpoint(
                raw: .get,
                Self.one + "/usage.csv",
                "The usage records that a settlement covers, as CSV",
                tag: Self.tag,
                access: .anyKey,
                inputs: InputReader.describe(SettlementPath.self),
                answers: [AnswerDescription(status: .ok, summary: "One line a record", mediaType: "text/csv")],
                self.csv
            ),
        ]
    }

    @Sendable private func create(_ input: CreateSettlement, _ caller: Caller, _ call: Call) async throws
        -> SettlementCreated
    {
        SettlementCreated(
            settlement: try await self.service.create(
                SettlementPeriod(start: input.start, end: input.end),
                of: input.provider,
                by: caller,
                trace: call.trace
            )
        )
    }

    /// Administrators see all, everybody else their own.
    @Sendable private func list(_ input: ListSettlements, _ caller: Caller, _ call: Call) async throws -> SettlementList
    {
        let settlements = try await self.database.read { tx -> [Settlement] in
            guard caller.isAdmin else {
                return try tx.settlements.list(of: caller.identity, status: input.status, limit: input.limit)
            }
            guard let name = input.provider else {
                return try tx.settlements.list(of: nil, status: input.status, limit: input.limit)
            }
            guard let provider = try tx.identities.find(name: name) else { return [] }
            return try tx.settlements.list(of: provider.id, status: input.status, limit: input.limit)
        }
        return SettlementList(settlements)
    }

    @Sendable private func pay(_ input: PaySettlement, _ caller: Caller, _ call: Call) async throws -> SettlementPaid {
        SettlementPaid(
            try await self.service.pay(
                input.id,
                reference: input.reference,
                by: caller,
                trace: call.trace
            )
        )
    }

    @Sendable private func fail(_ input: FailSettlement, _ caller: Caller, _ call: Call) async throws
        -> SettlementFailed
    {
        SettlementFailed(
            try await self.service.fail(input.id, reason: input.reason, by: caller, trace: call.trace)
        )
    }

    @Sendable private func usage(_ input: SettlementUsagePage, _ caller: Caller, _ call: Call) async throws
        -> SettlementUsage
    {
        return try await self.database.read { tx in
            let settlement = try tx.settlements.require(input.id, for: caller)
            return SettlementUsage(
                settlement,
                try tx.settlements.list(recordsOf: settlement, after: input.cursor, limit: input.limit)
            )
        }
    }

    @Sendable private func csv(_ caller: Caller, _ call: Call) async throws -> Response {
        let id: ID<Settlement> = call.pathID("settlement_id")
        let settlement = try await self.database.read { try $0.settlements.require(id, for: caller) }
        return CSV.response(
            name: "settlement-\(settlement.id.text)",
            columns: ["usage_id", "called_at", "service_id", "amount", "platform_fee"]
        ) { (cursor: Cursor?) in
            let page = try await self.database.read {
                try $0.settlements.list(recordsOf: settlement, after: cursor, limit: CSV.pageSize)
            }
            let lines = page.items.map { usage in
                [
                    usage.id.text, usage.calledAt.text, usage.listing.text, Micros.text(usage.amount),
                    Micros.text(usage.fee),
                ]
            }
            return (lines, page.next)
        }
    }
}

extension SettlementStore {
    /// Throws `settlementNotFound`, also for somebody else's.
    fileprivate func require(_ id: ID<Settlement>, for caller: Caller) throws -> Settlement {
        guard let settlement = try self.find(id), caller.isAdmin || settlement.provider == caller.identity else {
            throw MarketProblems.settlementNotFound
        }
        return settlement
    }
}
