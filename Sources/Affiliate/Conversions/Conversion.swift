import Kernel
import Ledger
import Platform
import Storage
import Web

/// An order (or an installation, or a paid click) that a publisher is rewarded for. One for each program and order id, for ever.
struct Conversion: Sendable, RowDecodable {
    let id: ConversionID
    let program: ProgramID
    let partnership: PartnershipID
    let publisher: ID<Identity>
    let advertiser: ID<Identity>
    let click: ClickID?
    let termsVersion: Int
    let orderID: String
    /// What the order was worth, and what the publisher gets.
    let amount: Yen
    let reward: Yen
    let source: Source
    let status: Status
    /// Why it does not count, if it does not.
    let reason: Reason
    /// The advertiser's own words for a rejection.
    let reasonText: String?
    /// What looks like fraud.
    let flags: [Flag]
    /// Held back from payment until somebody has looked at the flags.
    let isHeld: Bool
    /// Grows when a report takes another's place; part of the ledger's references.
    let revision: Int
    /// The month whose budget it takes.
    let budgetMonth: String?
    let occurredAt: Timestamp
    let reportedAt: Timestamp
    let decidedAt: Timestamp?
    /// When the hold ends; nil unless it is approved.
    let payableAt: Timestamp?

    /// Who has reported it.
    enum Source: String, Sendable, SQLConvertible, CaseIterable {
        /// The advertiser's server, with its token.
        case postback
        /// An image on the advertiser's page: anybody can fetch it.
        case pixel
        /// The publisher's own agent.
        case agent
        /// A click that is paid for itself.
        case click

        /// Whether the report takes the place of one that anybody could have made.
        func replaces(_ other: Source) -> Bool { self == .postback && (other == .pixel || other == .agent) }
    }

    enum Status: String, Sendable, SQLConvertible, CaseIterable {
        case pending, approved, rejected
    }

    /// What both sides see: an approved one is payable after its hold, and paid with its month.
    enum State: String, Sendable, CaseIterable {
        case pending, approved, rejected, payable, paid
    }

    /// What looks like fraud, by the name that both sides see.
    enum Flag: String, Sendable, CaseIterable {
        /// Sooner after the click than a person can order.
        case tooFast = "too_fast"
        /// The order says that it is older than its click.
        case beforeClick = "before_click"
        /// Click and order come from different countries.
        case countryMismatch = "country_mismatch"
        /// Many orders of one partnership within minutes.
        case burst
        /// Only a known robot's click leads to the order.
        case bot
        /// Only a click of a flood leads to the order.
        case clickFlood = "click_flood"

        /// Whether it says that no person's click leads to the order.
        var isOfClick: Bool { self == .bot || self == .clickFlood }
    }

    /// - Parameter paidUntil: of the publisher.
    func state(at now: Timestamp, paidUntil: Timestamp) -> State {
        switch self.status {
        case .pending: .pending
        case .rejected: .rejected
        case .approved:
            if let payableAt, !self.isHeld, payableAt <= now {
                payableAt < paidUntil ? .paid : .payable
            } else {
                .approved
            }
        }
    }

    /// Whether a rule refused it, rather than the advertiser.
    var isInvalid: Bool { self.status == .rejected && self.reason != .rejectedByAdvertiser }

    /// Whether its advertiser may still undo the rejection: until the end of its month.
    func canBeTakenUp(at now: Timestamp) -> Bool {
        guard self.status == .rejected, !self.isInvalid, let decidedAt else { return false }
        return Month(of: decidedAt).text == Month(of: now).text
    }

    /// How its reward moves in the ledger.
    enum Movement: String, CaseIterable {
        case reward
        /// Takes the reward back: before it is paid, for another report, or after it was paid.
        case rejection, replacement, clawback
    }

    /// - Parameter revision: nil for the present one.
    func reference(of movement: Movement, revision: Int? = nil) -> TransferReference {
        let reward = "affiliate:conversion:\(self.id):\(revision ?? self.revision)"
        return TransferReference(movement == .reward ? reward : "\(reward):\(movement.rawValue)")
    }

    /// Of every movement that there may be.
    var references: [TransferReference] {
        (1...self.revision).flatMap { revision in
            Movement.allCases.map { self.reference(of: $0, revision: revision) }
        }
    }
    var subject: String { "conversion:\(self.id)" }

    static let columns: StaticString = """
        affiliate_conversion.id, affiliate_conversion.program_id, affiliate_conversion.partnership_id, affiliate_conversion.publisher_id, affiliate_conversion.advertiser_id, affiliate_conversion.click_id, affiliate_conversion.terms_version, affiliate_conversion.order_id,
        affiliate_conversion.amount, affiliate_conversion.reward, affiliate_conversion.source, affiliate_conversion.status, affiliate_conversion.reason, affiliate_conversion.reason_text, affiliate_conversion.flags, affiliate_conversion.is_held, affiliate_conversion.revision, affiliate_conversion.budget_month,
        affiliate_conversion.occurred_at, affiliate_conversion.reported_at, affiliate_conversion.decided_at, affiliate_conversion.payable_at
        """

    init(row: inout Row) throws {
        self.id = try row.column()
        self.program = try row.column()
        self.partnership = try row.column()
        self.publisher = try row.column()
        self.advertiser = try row.column()
        self.click = try row.optional()
        self.termsVersion = try row.column()
        self.orderID = try row.column()
        self.amount = try row.column()
        self.reward = try row.column()
        self.source = try row.column()
        self.status = try row.column()
        self.reason = try row.column()
        self.reasonText = try row.optional()
        self.flags = try row.column(String.self).bytewise.split(" ").compactMap { Flag(rawValue: String($0)) }
        self.isHeld = try row.column()
        self.revision = try row.column()
        self.budgetMonth = try row.optional()
        self.occurredAt = try row.column()
        self.reportedAt = try row.column()
        self.decidedAt = try row.optional()
        self.payableAt = try row.optional()
    }
}

extension Conversion {
    /// As it stands after it has been written for the first time.
    init(_ id: ConversionID, _ new: NewConversion, at now: Timestamp) {
        self.id = id
        self.program = new.program
        self.partnership = new.partnership
        self.publisher = new.publisher
        self.advertiser = new.advertiser
        self.click = new.click
        self.termsVersion = new.termsVersion
        self.orderID = new.orderID
        self.amount = new.amount
        self.reward = new.reward
        self.source = new.source
        self.status = new.status
        self.reason = new.reason
        self.reasonText = nil
        self.flags = new.flags
        self.isHeld = !new.flags.isEmpty
        self.revision = 1
        self.budgetMonth = new.budgetMonth
        self.occurredAt = new.occurredAt
        self.reportedAt = now
        self.decidedAt = new.status == .rejected ? now : nil
        self.payableAt = nil
    }
}

/// A conversion as it is written for the first time, or over another report of the same order.
struct NewConversion: Sendable {
    let program: ProgramID
    let partnership: PartnershipID
    let publisher: ID<Identity>
    let advertiser: ID<Identity>
    let click: ClickID?
    let termsVersion: Int
    let orderID: String
    let amount: Yen
    let reward: Yen
    let source: Conversion.Source
    let reason: Reason
    let flags: [Conversion.Flag]
    let budgetMonth: String?
    let occurredAt: Timestamp

    var status: Conversion.Status { self.reason == .counts ? .pending : .rejected }
    var flagText: String { self.flags.map(\.rawValue).joined(separator: " ") }
}

/// One report of an order, whatever became of it.
struct ConversionReport: Sendable, RowDecodable {
    let at: Timestamp
    let source: Conversion.Source
    let orderID: String?
    let amount: Yen?
    let conversion: ConversionID?
    let reason: Reason

    static let columns: StaticString = "at, source, order_id, amount, conversion_id, reason"

    init(row: inout Row) throws {
        self.at = try row.column()
        self.source = try row.column()
        self.orderID = try row.optional()
        self.amount = try row.optional()
        self.conversion = try row.optional()
        self.reason = try row.column()
    }
}

extension Reason {
    /// What a click that does not count lays on the order to which it led; such an order is held rather than lost.
    var flag: Conversion.Flag? {
        switch self {
        case .bot: .bot
        case .flood: .clickFlood
        default: nil
        }
    }
}
