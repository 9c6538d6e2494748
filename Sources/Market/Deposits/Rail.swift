import Kernel
import Ledger

/// A way to be paid. What it says of money is one of paid, refused and unknown; nobody may pay twice because of the third.
protocol Rail: Sendable {
    var method: PaymentMethod { get }
    /// The house's account against which what comes in over this rail is booked.
    var purpose: AccountKey.Purpose { get }
    /// The smallest step of an amount.
    var step: Amount<USDC> { get }

    /// Prepares to be paid for a deposit. No money moves.
    func open(_ deposit: Deposit) async -> RailOpening
    /// What the payer is shown: what to pay where.
    func instructions(for deposit: Deposit) -> [String: JSONValue]
    /// What became of a deposit; takes the money where the payer has agreed. Asking again never takes it again.
    ///
    /// - Parameter payments: the rail's own references that callbacks have named.
    func ask(about deposit: Deposit, payments: [String]) async -> RailAnswer
    /// Whether the payment company answers, and knows this operator; nil when it does. No money moves.
    func trouble() async -> String?
    /// Gives money back. Asking again for the same refund never gives it again.
    func refund(_ refund: Refund, of payment: String) async -> RailRefund
}

/// What a rail says of opening a deposit.
enum RailOpening: Sendable, Equatable {
    /// The rail's name for it, and the page where the payer pays; nil where the payer pays this server.
    case opened(reference: String?, checkoutURL: String?)
    case refused(reason: String)
    /// No answer: nothing was opened that anybody could pay.
    case unavailable

    var isFailure: Bool { if case .opened = self { false } else { true } }
}

/// What a rail says of a deposit.
enum RailAnswer: Sendable, Equatable {
    /// The payer has not paid yet.
    case waiting
    /// Taken. Whether it is what was asked for is for the caller to check.
    case paid(RailPayment)
    case refused(reason: String)
    case unknown
    /// The payer's way of paying was declined; they may choose another.
    case declined
    /// Less came than was asked for, and more may come.
    case partly(reason: String)
    /// What became of the money is for the operator to find out.
    case review(reason: String)
}

/// Money that a rail has taken.
struct RailPayment: Sendable, Equatable {
    /// The rail's own name for it; it names one payment for ever.
    let reference: String
    let money: Money
    /// The deposit that the rail says it is for.
    let deposit: String
}

/// What a rail says of giving money back.
enum RailRefund: Sendable, Equatable {
    case paid(reference: String)
    case refused(reason: String)
    case unknown
    /// The rail has no way back: the operator pays, and says so.
    case byHand
}

/// What a callback is about, once its signature is checked. It is a reason to ask the rail, and proves nothing by itself.
struct RailCallback: Sendable, Equatable {
    /// The deposit, or nil when the callback names it only by the rail's reference.
    let deposit: ID<Deposit>?
    let reference: String?
    /// The payment that the rail should be asked about, for rails that cannot find it themselves.
    let payment: String?
}
