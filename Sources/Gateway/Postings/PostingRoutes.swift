import HTTPTypes
import Kernel
import Ledger
import Platform
import Storage
import Web

/// Why a budget stands as it does: from its postings to the traces, and from a trace to what it has taken.
struct PostingRoutes: Sendable {
    let database: any Database
    let actors: ActorReader

    var endpoints: [Endpoint] {
        [
            Endpoint(.get, "/v1/budgets/{id}/postings", tag: BudgetRoutes.tag, self.ofBudget),
            Endpoint(.get, "/v1/traces/{id}/postings", tag: TraceRoutes.tag, self.ofTrace),
        ]
    }

    struct BudgetPath: Input {
        let id: String
        let subject: String?
        let period: String?
        let limit: Int
        let cursor: Cursor?

        init(_ read: inout InputReader) {
            self.id = read.path("id", "The budget").lowercased()
            self.subject = read.query("subject", .string, "Of a budget of each one's own: whose", .atMost(600))
            self.period = read.query("period", .string, "A day or a month; the present one without it", .atMost(10))
            self.limit = read.query("limit", .integer, default: 50, json: 50, "At the most", .range(ListPage.limits))
            self.cursor = read.cursor()
        }
    }

    var ofBudget: Operation<BudgetPath, PostingList> {
        .acting("List what a budget was used for, newest first", needs: .scope(.read), by: self.actors) {
            input,
            actor,
            _ in
            try await self.database.read { tx in
                guard let budget = try tx.budgets.find(ID(input.id), of: actor.tenant.id) else {
                    throw GatewayProblems.budgetNotFound
                }
                let subject = input.subject ?? budget.subject
                guard try BudgetVisibility(of: actor, in: tx).sees(budget, of: subject) else {
                    throw GatewayProblems.budgetNotFound
                }
                let period = input.period ?? budget.period.name(at: tx.now)
                guard let allowance = try tx.budgets.find(allowance: budget.id, subject, period) else {
                    return PostingList(postings: [], next: nil)
                }
                let page = try tx.ledger.history(of: allowance.account, before: input.cursor, limit: input.limit)
                let postings = try page.items.map {
                    try BudgetPosting($0, budget, subject: subject, period: period, in: tx)
                }
                return PostingList(postings: postings, next: page.next)
            }
        }.refusing(GatewayProblems.budgetNotFound)
    }

    var ofTrace: Operation<TraceRoutes.Path, PostingList> {
        .acting("List what a trace has taken of budgets", needs: .scope(.read), by: self.actors) { input, actor, _ in
            try await self.database.read { tx in
                let (run, _) = try TraceRoutes.require(input.id, for: actor, in: tx)
                let sight = try BudgetVisibility(of: actor, in: tx)
                let postings = try BudgetPosting.list(of: run, in: tx).filter { sight.sees($0.budget, of: $0.subject) }
                return PostingList(postings: postings, next: nil)
            }
        }.refusing(GatewayProblems.traceNotFound)
    }
}

struct PostingList: Answer {
    let postings: [BudgetPosting]
    let next: Cursor?
    static let members: [Member<Self>] = [
        Member("postings", \.postings, "Reservations and what became of them"),
        Paged.next(\.next),
    ]
}
