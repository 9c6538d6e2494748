import Kernel
import Ledger
import Storage

/// One try of a model, or one payment of a tool: what was reserved for it, and what became of it.
struct Attempt: Sendable, Identified {
    static let idPrefix = ""

    enum State: String, Sendable, SQLConvertible {
        case reserved, settled, released
    }

    enum Kind: String, Sendable, SQLConvertible {
        case model, payment
    }

    let id: ID<Attempt>
    /// The run's id.
    let run: String
    let span: String
    let tenant: ID<Tenant>
    let kind: Kind
    let provider: String
    let model: String
    let priceVersion: Int
    /// What it cannot cost more than.
    let bound: Dollars
    let parts: [Part]
    let process: String

    /// What it takes of one budget.
    struct Part: Sendable, Equatable {
        let budget: ID<Budget>
        let subject: String
        let period: String
        let account: AccountNumber
        let spent: AccountNumber
    }

    /// A budget's posting is named by both.
    func reference(_ part: Part) -> TransferReference { "\(self.id.text):\(part.budget.text)" }

    func origin(_ kind: String, _ trace: TraceOrigin) -> Origin {
        Origin(kind: kind, subject: self.span, traceID: trace.traceID, requestID: trace.requestID)
    }

    func reservation(of part: Part, _ trace: TraceOrigin) -> Posting {
        Posting(
            self.reference(part),
            from: part.account,
            to: part.spent,
            amount: self.bound,
            phase: .pending(expiresAt: nil),
            origin: self.origin(self.kind == .payment ? "market_call" : "model_call", trace)
        )
    }
}

/// In which request, and in which trace of the whole, money moves.
struct TraceOrigin: Sendable {
    let traceID: String
    let requestID: String
}
