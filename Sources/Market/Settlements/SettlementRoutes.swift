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
            Endpoint(.post, Self.base, tag: Self.tag, status: .created, self.create),
            Endpoint(.get, Self.base, tag: Self.tag, self.list),
            Endpoint(.patch, Self.one + "/pay", tag: Self.tag, self.pay),
            Endpoint(.patch, Self.one + "/fail", tag: Self.tag, self.fail),
            Endpoint(.get, Self.one + "/usage", tag: Self.tag, self.usage),
            self.csvEndpoint,
        ]
    }

    var csvEndpoint: Endpoint {
        Endpoint(
            raw: .get,
            Self.one + "/usage.csv",
            "The usage records that a settlement covers, as CSV",
            tag: Self.tag,
            access: .anyKey,
            inputs: InputReader.describe(SettlementPath.self) + [TableFormat.parameter],
            answers: [
                AnswerDescription(status: .ok, summary: "One line a record", mediaType: "text/csv").orAs(
                    "application/jsonl"
                )
            ],
            self.csv
        )
        .refusing(MarketProblems.settlementNotFound, Self.usageArchived)
    }

    var create: Operation<CreateSettlement, SettlementCreated> {
        Operation("Create a settlement", access: .admin, effect: .write) { input, caller, call in
            SettlementCreated(
                settlement: try await self.service.create(
                    SettlementPeriod(start: input.start, end: input.end),
                    of: input.provider,
                    by: caller,
                    trace: call.trace
                )
            )
        }
        .refusing(
            MarketProblems.settlementPeriod,
            MarketProblems.providerNotFound,
            MarketProblems.settlementFuture,
            MarketProblems.settlementOverlaps(until: Timestamp(seconds: 1_774_000_000)),
            Self.usageArchived
        )
    }

    /// Administrators see all, everybody else their own.
    var list: Operation<ListSettlements, SettlementList> {
        Operation("List settlements", access: .anyKey) { input, caller, call in
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
    }

    var pay: Operation<PaySettlement, SettlementPaid> {
        Operation("Mark a settlement paid", access: .admin, effect: .write) { input, caller, call in
            SettlementPaid(
                try await self.service.pay(
                    input.id,
                    reference: input.reference,
                    by: caller,
                    trace: call.trace
                )
            )
        }
        .refusing(MarketProblems.settlementNotFound, MarketProblems.settlementNotPayable)
    }

    var fail: Operation<FailSettlement, SettlementFailed> {
        Operation("Mark a settlement failed", access: .admin, effect: .write) { input, caller, call in
            SettlementFailed(
                try await self.service.fail(input.id, reason: input.reason, by: caller, trace: call.trace)
            )
        }
        .refusing(MarketProblems.settlementNotFound, MarketProblems.settlementNotPayable)
    }

    var usage: Operation<SettlementUsagePage, SettlementUsage> {
        Operation("List the usage records that a settlement covers", access: .anyKey) { input, caller, call in
            return try await self.database.read { tx in
                let settlement = try tx.settlements.require(input.id, for: caller)
                try tx.settlements.requireRecords(of: settlement)
                return SettlementUsage(
                    settlement,
                    try tx.settlements.list(recordsOf: settlement, after: input.cursor, limit: input.limit)
                )
            }
        }
        .refusing(MarketProblems.settlementNotFound, Self.usageArchived)
    }

    private static let usageArchived = MarketProblems.usageArchived(days: ["2026-03-19"])

    @Sendable private func csv(_ caller: Caller, _ call: Call) async throws -> Response {
        let id: ID<Settlement> = call.pathID("settlement_id")
        let settlement = try await self.database.read { tx in
            let settlement = try tx.settlements.require(id, for: caller)
            try tx.settlements.requireRecords(of: settlement)
            return settlement
        }
        return CSV.response(
            name: "settlement-\(settlement.id.text)",
            columns: ["usage_id", "called_at", "service_id", "amount", "platform_fee"],
            format: try TableFormat(call)
        ) { (cursor: Cursor?) in
            let page = try await self.database.read {
                try $0.settlements.list(recordsOf: settlement, after: cursor, limit: CSV.pageSize)
            }
            let lines = page.items.map { usage in
                [
                    usage.id.text, usage.calledAt.text, usage.listing.text, usage.amount.text,
                    usage.fee.text,
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
