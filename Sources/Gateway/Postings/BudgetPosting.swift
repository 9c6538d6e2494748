import Kernel
import Ledger
import Storage
import Web

/// What a try has taken of a budget, with the trace that it belongs to.
struct BudgetPosting: Sendable {
    let transfer: Transfer
    let budget: Budget
    let subject: String
    let period: String
    /// Nil for what no run has caused, and for runs that are deleted.
    let trace: String?
    /// Whether there was a trace, which is deleted by now.
    let isTraceDeleted: Bool

    init(_ transfer: Transfer, _ budget: Budget, subject: String, period: String, in tx: Transaction) throws {
        (self.transfer, self.budget, self.subject, self.period) = (transfer, budget, subject, period)
        let isOfRun = !["limit", "spent_before"].contains { transfer.origin.kind.bytewise.equals($0) }
        let attempt = String(transfer.reference.text.bytewise.cut(at: ":").before)
        self.trace = isOfRun ? try tx.attempts.trace(of: attempt, tenant: budget.tenant) : nil
        self.isTraceDeleted = isOfRun && self.trace == nil
    }

    /// All that a run has taken, in its order. What is of a budget that is deleted is left out.
    static func list(of run: RunRecord, in tx: Transaction) throws -> [BudgetPosting] {
        try tx.attempts.list(of: run).flatMap { attempt in
            try attempt.parts.flatMap { part -> [BudgetPosting] in
                guard let budget = try tx.budgets.find(part.budget, of: run.tenant) else { return [] }
                let name = attempt.reference(part).text
                let transfers = try [name, "\(name):overrun"].compactMap {
                    try tx.ledger.find(transfer: TransferReference($0))
                }
                return try transfers.map {
                    try BudgetPosting($0, budget, subject: part.subject, period: part.period, in: tx)
                }
            }
        }
    }
}

extension BudgetPosting: Answer {
    static let members: [Member<Self>] = [
        Member("reference", \.transfer.reference.text, "Its name in the ledger"),
        Member("kind", \.transfer.origin.kind, "What it is for", example: "model_call"),
        Member("budget_id", \.budget.id, "Of which budget"),
        Member("scope", \.budget.scope.rawValue, "What the budget limits", example: "agent"),
        Member("subject", \.subject, "Whom it limits"),
        Member("period", \.period, "Of which day or month", example: "2026-11"),
        Member("amount", { Dollars($0.transfer.amount).number }, "What was reserved", unit: "USD", example: 0.02),
        Member("amount_micros", \.transfer.amount, "The same", unit: "millionths of USD"),
        Member("posted", { Dollars($0.transfer.postedAmount).number }, "What was booked", unit: "USD", example: 0.01),
        Member("posted_micros", \.transfer.postedAmount, "The same", unit: "millionths of USD"),
        Member("state", \.transfer.state.rawValue, "How it stands", example: "posted"),
        Member("span_id", \.span, "The step that has caused it"),
        Member("trace_id", \.trace, "The trace of the step"),
        Member("trace_deleted", \.isTraceDeleted, "Whether the trace was deleted when it was old enough"),
        Member("created_at", { Moment($0.transfer.createdAt) }, "When it was reserved"),
        Member("resolved_at", { $0.transfer.resolvedAt.map(Moment.init) }, "When it was booked"),
    ]

    private var span: String? { self.trace == nil ? nil : self.transfer.origin.subject }
}
