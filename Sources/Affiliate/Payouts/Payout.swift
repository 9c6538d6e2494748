import Kernel
import Ledger
import Platform
import Storage

/// What a closed month came to for a publisher. Nothing of it changes but that it is paid.
struct Payout: Sendable, RowDecodable {
    let id: PayoutID
    let publisher: ID<Identity>
    let month: String
    /// The conversions that became payable in `[periodFrom, periodTo)`.
    let periodFrom: Timestamp
    let periodTo: Timestamp
    let conversions: Int64
    let amounts: PayoutAmounts
    let taxRegime: TaxRegime
    let status: Status
    /// Why it was carried over.
    let carryReason: CarryReason?
    /// The bank's, once it is paid.
    let reference: String?
    let createdAt: Timestamp
    let paidAt: Timestamp?

    enum Status: String, Sendable, SQLConvertible, CaseIterable {
        /// To be transferred.
        case scheduled
        case paid
        /// Nothing is transferred; the sum is part of the next one.
        case carriedOver = "carried_over"
    }

    enum CarryReason: String, Sendable, SQLConvertible, CaseIterable {
        /// After tax and fee less is left than is transferred at all.
        case belowMinimum = "below_minimum"
        /// Clawbacks outweigh the rewards.
        case negative
        /// The account is suspended.
        case suspended
    }

    static let columns: StaticString = """
        affiliate_payout.id, affiliate_payout.publisher_id, affiliate_payout.month, affiliate_payout.period_from, affiliate_payout.period_to, affiliate_payout.conversions, affiliate_payout.rewards, affiliate_payout.clawbacks, affiliate_payout.carried_in,
        affiliate_payout.withholding, affiliate_payout.transfer_fee, affiliate_payout.tax_regime, affiliate_payout.status, affiliate_payout.carry_reason, affiliate_payout.reference, affiliate_payout.created_at, affiliate_payout.paid_at
        """

    /// Nil for a publisher's first payout, which holds everything before its end.
    var startsAt: Timestamp? { self.periodFrom.seconds == 0 ? nil : self.periodFrom }

    init(row: inout Row) throws {
        self.id = try row.column()
        self.publisher = try row.column()
        self.month = try row.column()
        self.periodFrom = try row.column()
        self.periodTo = try row.column()
        self.conversions = try row.column()
        self.amounts = PayoutAmounts(
            rewards: try row.column(),
            clawbacks: try row.column(),
            carriedIn: try row.column(),
            withholding: try row.column(),
            transferFee: try row.column()
        )
        self.taxRegime = try row.column()
        self.status = try row.column()
        self.carryReason = try row.optional()
        self.reference = try row.optional()
        self.createdAt = try row.column()
        self.paidAt = try row.optional()
    }

    /// What the ledger calls a transfer of it.
    ///
    /// - Parameter part: from 1, where the amount is more than one transfer's.
    func reference(of kind: String, part: Int) -> TransferReference {
        "affiliate:payout:\(self.id):\(kind)\(part == 1 ? "" : ":\(part)")"
    }

    /// What is transferred.
    var net: Yen { self.status == .carriedOver ? 0 : self.amounts.net }
    /// What goes on to the next one.
    var carriedOver: Yen { self.status == .carriedOver ? self.amounts.gross : 0 }
}

/// The sums of a payout.
struct PayoutAmounts: Sendable, Equatable {
    let rewards: Yen
    /// What is taken back of earlier payouts; not negative.
    let clawbacks: Yen
    /// From the payouts that were carried over; negative where clawbacks outweighed rewards.
    let carriedIn: Yen
    let withholding: Yen
    let transferFee: Yen

    var gross: Yen { self.rewards - self.clawbacks + self.carriedIn }
    var net: Yen { self.gross - self.withholding - self.transferFee }

    /// What is due of a month.
    struct Due: Sendable, Equatable {
        let rewards: Yen
        let clawbacks: Yen
        let carriedIn: Yen
        var gross: Yen { self.rewards - self.clawbacks + self.carriedIn }
    }

    /// The sums, and why nothing is transferred, if nothing is: then there is neither tax nor fee.
    static func settle(
        _ due: Due,
        _ regime: TaxRegime,
        _ rules: PayoutService.Rules,
        bank: String,
        isSuspended: Bool = false
    ) -> (
        PayoutAmounts, Payout.CarryReason?
    ) {
        let withholding = regime.withheld(from: due.gross)
        let fee = rules.fees.fee(of: due.gross - withholding, to: bank)
        let net = due.gross - withholding - fee
        let reason: Payout.CarryReason? =
            if isSuspended { .suspended } else if due.gross < 0 { .negative } else if net < rules.minimum {
                .belowMinimum
            } else { nil }
        let amounts = PayoutAmounts(
            rewards: due.rewards,
            clawbacks: due.clawbacks,
            carriedIn: due.carriedIn,
            withholding: reason == nil ? withholding : 0,
            transferFee: reason == nil ? fee : 0
        )
        return (amounts, reason)
    }
}

/// What a transfer costs, by bank and by amount.
struct TransferFees: Sendable, Equatable {
    struct Band: Sendable, Equatable {
        /// `*` stands for every bank that has no bands of its own.
        let bank: String
        let fromAmount: Yen
        let fee: Yen

        init(bank: String, fromAmount: Yen, fee: Yen) {
            self.bank = bank
            self.fromAmount = fromAmount
            self.fee = fee
        }

        init?(_ object: [String: JSONValue]) {
            guard let bank = object["bank_code"]?.string, (1...20).contains(bank.unicodeScalars.count),
                !bank.bytewise.contains(","), !bank.unicodeScalars.contains(where: \.properties.isWhitespace),
                let from = object["from_amount"]?.integer.map({ Yen($0) }), (0...Terms.amountLimit).contains(from),
                let fee = object["fee"]?.integer, (0...100_000).contains(fee)
            else { return nil }
            self.init(bank: bank, fromAmount: from, fee: Yen(fee))
        }
    }

    static let anyBank = "*"

    let bands: [Band]

    init(bands: [Band]) { self.bands = bands }

    /// Nil when a band cannot be read or stands twice, or banks without bands of their own have no fee from 0 on.
    init?(_ objects: [[String: JSONValue]]) {
        let bands = objects.compactMap(Band.init)
        let keys = Set(bands.map { "\($0.bank) \($0.fromAmount)" })
        // characters: a set
        guard bands.count == objects.count, keys.count == bands.count, keys.contains("\(Self.anyBank) 0") else {
            return nil
        }
        self.bands = bands
    }

    var json: JSONValue {
        .array(
            self.bands.map {
                [
                    "bank_code": .string($0.bank), "from_amount": .integer($0.fromAmount.smallestUnits),
                    "fee": .integer($0.fee.smallestUnits),
                ]
            }
        )
    }

    /// The fee of the highest band that the amount reaches.
    func fee(of amount: Yen, to bank: String) -> Yen {
        let own = self.bands.filter { $0.bank == bank }
        let bands = own.isEmpty ? self.bands.filter { $0.bank == Self.anyBank } : own
        return bands.filter { $0.fromAmount <= amount }.max { $0.fromAmount < $1.fromAmount }?.fee ?? 0
    }
}
