import Kernel
import Ledger
import Storage
import Web

/// How a budget stands in the period that is under way.
struct BudgetReport: Sendable {
    let budget: Budget
    let subject: String
    let spent: Dollars
    let reserved: Dollars
    let available: Dollars
    let resetsAt: Timestamp

    /// Of a budget for one, or of each one's own of those who have used it.
    static func of(_ budget: Budget, in tx: Transaction) throws -> [BudgetReport] {
        let period = budget.period.name(at: tx.now)
        let allowances = try tx.budgets.list(allowancesOf: budget.id, in: period)
        let end = budget.period.end(at: tx.now)
        if allowances.isEmpty {
            // What was spent before it began is taken off with its first use.
            let start = budget.period.start(at: tx.now)
            let isOfAll = budget.subject.bytewise.contains(Budget.everyone) || budget.createdAt <= start
            let spent =
                try isOfAll
                ? 0 : min(budget.limit, tx.usage.spent(budget.tenant, budget.scope, budget.subject, from: start))
            return [
                BudgetReport(
                    budget: budget,
                    subject: budget.subject,
                    spent: spent,
                    reserved: 0,
                    available: budget.limit - spent,
                    resetsAt: end
                )
            ]
        }
        return try allowances.map { allowance in
            let account = try tx.ledger.find(allowance.account)
            let spent = try tx.ledger.find(allowance.spent)
            // What a limit that has changed since gives or takes is booked with the next use.
            let difference = budget.limit - allowance.issued
            return BudgetReport(
                budget: budget,
                subject: allowance.subject,
                spent: Dollars(spent?.balance.micros ?? 0),
                reserved: Dollars(account?.reserved.micros ?? 0),
                available: max(0, Dollars(account?.available.micros ?? 0) + difference - allowance.owed),
                resetsAt: end
            )
        }
    }

    /// As an agent's answer shows it.
    var json: JSONValue {
        [
            "limit": self.budget.limit.number, "spent": self.spent.number, "reserved": self.reserved.number,
            "available": self.available.number, "period": .string(self.budget.period.rawValue), "currency": "USD",
        ]
    }
}

struct BudgetOutput: Answer {
    let report: BudgetReport

    static let members: [Member<Self>] = [
        Member("id", \.report.budget.id, "The budget"),
        Member("scope", \.report.budget.scope.rawValue, "What it limits", example: "agent"),
        Member("subject", \.report.subject, "Whom it limits", example: "*"),
        Member("period", \.report.budget.period.rawValue, "How often it begins anew", example: "month"),
        Member("limit", { $0.report.budget.limit.number }, "What may be spent", unit: "USD", example: 20),
        Member("limit_micros", \.report.budget.limit.smallestUnits, "The same", unit: "millionths of USD"),
        Member("spent", { $0.report.spent.number }, "What was spent", unit: "USD", example: 0.5),
        Member("reserved", { $0.report.reserved.number }, "What calls under way may cost", unit: "USD", example: 0),
        Member("available", { $0.report.available.number }, "What is left", unit: "USD", example: 19.5),
        Member("resets_at", { Moment($0.report.resetsAt) }, "When it begins anew"),
        Member("currency", { _ in "USD" }, "Of all amounts", example: "USD"),
    ]
}
