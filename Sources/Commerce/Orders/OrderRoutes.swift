import HTTPTypes
import Hummingbird
import Kernel
import NIOCore
import Platform
import Storage
import Web

/// Orders: reported by merchants, one or many at once, and why they are whose.
struct OrderRoutes: Sendable {
    static let tag = "Orders"
    static let bodyLimit = 10 * 1024 * 1024
    static let lineLimit = 1000

    let database: any Database
    let service: OrderService

    var endpoints: [Endpoint] {
        [
            Endpoint(
                raw: .post,
                "/v1/orders",
                "Report an order, or up to a thousand as JSON lines",
                tag: Self.tag,
                access: .merchant,
                inputs: InputReader.describe(OrderInput.self),
                answers: [
                    AnswerDescription(status: .created, summary: "Taken", of: OrderOutput.self),
                    AnswerDescription(
                        status: .ok,
                        summary: "Reported before, alike; or what came of each line",
                        of: OrderLines.self
                    ),
                ],
                self.report
            )
            .refusing(
                CommerceProblems.tooManyLines,
                CommerceProblems.orderInFuture,
                CommerceProblems.orderNotFound,
                CommerceProblems.orderConflict
            ),
            Endpoint(.get, "/v1/orders", tag: Self.tag, self.list),
            Endpoint(.get, "/v1/attribution/{orderId}/why", tag: Self.tag, self.why),
        ]
    }

    // MARK: Reports

    @Sendable private func report(_ caller: Caller, _ call: Call) async throws -> Response {
        let merchant = try await self.merchant(of: caller)
        if Self.isLines(call.header(.contentType) ?? "") { return try await self.reportLines(merchant, call) }
        let input: OrderInput = try await call.readBody()
        let taken = try await self.database.write {
            try self.service.report(input.report, by: merchant, trace: call.trace, in: $0)
        }
        return Response(
            status: taken.isRepeated ? .ok : .created,
            answer: OrderOutput(order: taken.order, isRepeated: taken.isRepeated)
        )
    }

    private static func isLines(_ type: String) -> Bool {
        let kind = type.lowercased()
        return ["application/x-ndjson", "application/jsonl", "application/x-jsonlines", "application/jsonlines"]
            .contains {
                kind.bytewise.starts(with: $0)
            }
    }

    /// Each line has a result of its own; a bad one does not keep the others back.
    private func reportLines(_ merchant: Merchant, _ call: Call) async throws -> Response {
        let body = try await call.collectBody(upTo: Self.bodyLimit)
        let all = body.bytes.readableBytesView.split(separator: .lineFeed, omittingEmptySubsequences: false)
        let lines = all.enumerated().filter { !$0.element.isEmpty }.map { ($0.offset, Array($0.element)) }
        guard lines.count <= Self.lineLimit else { throw CommerceProblems.tooManyLines }
        var results: [OrderLine] = []
        for (index, line) in lines {
            do {
                guard let json = try? JSON.read(line) else { throw Problem(.unreadable, "invalid_json") }
                let input: OrderInput = try call.read(from: json)
                let taken = try await self.database.write {
                    try self.service.report(input.report, by: merchant, trace: call.trace, in: $0)
                }
                results.append(
                    OrderLine(
                        line: index + 1,
                        status: taken.isRepeated ? 200 : 201,
                        order: OrderOutput(order: taken.order, isRepeated: taken.isRepeated)
                    )
                )
            } catch let problem as Problem {
                let contract = CommerceContract.shared
                results.append(
                    OrderLine(
                        line: index + 1,
                        status: contract.status(for: problem.kind).code,
                        problem: contract.body(for: problem)
                    )
                )
            }
        }
        return Response(status: .ok, answer: OrderLines(lines: results))
    }

    private func merchant(of caller: Caller) async throws -> Merchant {
        try await self.database.read { try $0.merchants.require(of: caller) }
    }

    // MARK: Reading

    struct ListInput: Input {
        let paging: CursorPaging
        let merchant: String?

        init(_ read: inout InputReader) {
            self.merchant = read.merchantFilter("Only this merchant's; for supply keys")
            self.paging = CursorPaging(&read, default: 50)
        }
    }

    var list: Operation<ListInput, OrderList> {
        Operation("List orders", access: .merchantOrSupply) { input, caller, _ in
            let merchant = caller.has(CommerceRole.supply) ? input.merchant : try await self.merchant(of: caller).id
            let page = try await self.database.read { tx in
                try tx.orders.list(merchant: merchant, before: input.paging.cursor, limit: input.paging.limit)
            }
            return OrderList(page) { OrderOutput(order: $0) }
        }
    }

    struct WhyInput: Input {
        let id: String
        let merchant: String?

        init(_ read: inout InputReader) {
            self.id = read.path("orderId", "The merchant's order id")
            self.merchant = read.merchantFilter("Whose order, where several have the id")
        }
    }

    /// Merchants see their own orders, developers those that are theirs, the operator all.
    var why: Operation<WhyInput, OrderWhy> {
        Operation("Tell why an order belongs to whom it does", access: .anyPlane) { input, caller, _ in
            var (account, merchant): (String?, String?) = (nil, input.merchant)
            if caller.has(CommerceRole.merchant) {
                merchant = try await self.merchant(of: caller).id
            } else if !caller.has(CommerceRole.supply) {
                account = caller.identity.text
            }
            let (whose, whom) = (account, merchant)
            return try await self.database.read { tx in
                guard let order = try tx.orders.find(input.id, account: whose, merchant: whom) else {
                    throw CommerceProblems.orderNotFound
                }
                return try OrderWhy(order, in: tx)
            }
        }
        .refusing(CommerceProblems.orderNotFound)
    }
}

/// What came of one line.
struct OrderLine: Answer {
    let line: Int
    var status = 200
    var order: OrderOutput?
    var problem: JSONValue = .null

    static let members: [Member<Self>] = [
        Member("line", \.line, "Its number, from 1"),
        Member("status", \.status, "As the order by itself would be answered"),
        Member("order", \.order, "The order; null where it was refused"),
        Member("problem", \.problem, "Why it was refused; null where it was taken"),
    ]
}

struct OrderLines: Answer {
    let lines: [OrderLine]

    static let members: [Member<Self>] = [
        Member("count", \.lines.count, "How many lines were read"),
        Member("refused", { $0.lines.count { $0.order == nil } }, "How many of them were refused"),
        Member("results", \.lines, "What came of each"),
    ]
}

extension OrderOutput: Listed {
    static let listName = "orders"
    static let listSummary = "Newest first"
}

typealias OrderList = CursorList<OrderOutput>
