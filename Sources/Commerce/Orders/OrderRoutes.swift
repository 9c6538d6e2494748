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
    private static let ordersAtOnce = 64

    let database: any Database
    let service: OrderService
    let merchants: MerchantService
    let clock: WallClock

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
                CommerceProblems.invalidSignature,
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
        let merchant = try await self.database.read { try $0.merchants.require(of: caller) }
        let isLines = Self.isLines(call.header(.contentType) ?? "")
        let body = try await call.collectBody(upTo: isLines ? Self.bodyLimit : call.context.jsonBodies.limit)
        try await self.merchants.checkSignature(of: body, by: merchant.id, call, at: self.clock.now())
        if isLines { return try await self.reportLines(body, merchant, call) }
        let taken = try await self.report(try await call.json(of: body) ?? [:], merchant, call)
        return Response(
            status: taken.isRepeated ? .ok : .created,
            answer: OrderOutput(order: taken.order, isRepeated: taken.isRepeated)
        )
    }

    private func report(_ body: JSONValue, _ merchant: Merchant, _ call: Call) async throws -> OrderService.Taken {
        let input: OrderInput = try call.read(from: body)
        return try await self.database.write {
            try self.service.report(input.report, by: merchant, trace: call.trace, in: $0)
        }
    }

    private static func isLines(_ type: String) -> Bool {
        let kind = type.lowercased()
        return ["application/x-ndjson", "application/jsonl", "application/x-jsonlines", "application/jsonlines"]
            .contains {
                kind.bytewise.starts(with: $0)
            }
    }

    /// Each line has a result of its own; a bad one does not keep the others back. Lines of one order are taken one after the other, those of
    /// several share commits.
    private func reportLines(_ body: BufferedBody, _ merchant: Merchant, _ call: Call) async throws -> Response {
        let all = body.bytes.readableBytesView.split(separator: .lineFeed, omittingEmptySubsequences: false)
        let lines = all.enumerated().filter { !$0.element.isEmpty }
        guard lines.count <= Self.lineLimit else { throw CommerceProblems.tooManyLines }
        // Only their ids are kept meanwhile: a tree takes many times the room of its text.
        var orders: [String: [(number: Int, text: ByteBufferView)]] = [:]
        for (index, line) in lines {
            let id = (try? JSON.read(line))?["order_id"]?.string ?? ""
            orders[id, default: []].append((index + 1, line))
        }
        var results: [OrderLine] = []
        try await withThrowingTaskGroup(of: [OrderLine].self) { group in
            for (index, order) in orders.values.enumerated() {
                if index >= Self.ordersAtOnce { results += try await group.next() ?? [] }
                group.addTask {
                    var done: [OrderLine] = []
                    for line in order { done.append(try await self.report(line.number, line.text, merchant, call)) }
                    return done
                }
            }
            for try await done in group { results += done }
        }
        return Response(status: .ok, answer: OrderLines(lines: results.sorted { $0.line < $1.line }))
    }

    private func report(_ line: Int, _ text: ByteBufferView, _ merchant: Merchant, _ call: Call) async throws
        -> OrderLine
    {
        do {
            guard let body = try? JSON.read(text) else { throw Problem(.unreadable, "invalid_json") }
            let taken = try await self.report(body, merchant, call)
            return OrderLine(
                line: line,
                status: taken.isRepeated ? 200 : 201,
                order: OrderOutput(order: taken.order, isRepeated: taken.isRepeated)
            )
        } catch let problem as Problem {
            let contract = CommerceContract.shared
            return OrderLine(
                line: line,
                status: contract.status(for: problem.kind).code,
                problem: contract.body(for: problem, in: .ofClient(call.request))
            )
        }
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
            let page = try await self.database.read { tx in
                try tx.orders.list(
                    in: tx.merchants.scope(of: caller).narrowed(to: input.merchant),
                    before: input.paging.cursor,
                    limit: input.paging.limit
                )
            }
            return OrderList(page) { OrderOutput(order: $0) }
        }
        .refusing(CommerceProblems.merchantNotFound)
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
            let isDeveloper = [.developer, .reader].contains(caller.role)
            return try await self.database.read { tx in
                let scope = isDeveloper ? .all : try tx.merchants.scope(of: caller)
                let account = isDeveloper ? caller.identity.text : nil
                guard
                    let order = try tx.orders.find(input.id, account: account, in: scope.narrowed(to: input.merchant))
                else { throw CommerceProblems.orderNotFound }
                return try OrderWhy(order, in: tx)
            }
        }
        .refusing(CommerceProblems.merchantNotFound, CommerceProblems.orderNotFound)
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
