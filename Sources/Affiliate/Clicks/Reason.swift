import Storage
import Web

/// Why a click or a conversion does not count, by the number that every answer and page shows. Numbers never change.
enum Reason: Int, Sendable, SQLConvertible, CaseIterable {
    case counts = 0
    /// A known robot, by its user agent.
    case bot = 1
    /// The same browser within 24 hours, where clicks are paid.
    case duplicateClick = 2
    /// More clicks from one browser than a person makes.
    case flood = 3
    /// The program was not active at the click.
    case programEnded = 4
    /// The month's budget does not suffice.
    case budgetUsedUp = 5
    /// The partnership was not approved at the click.
    case notApproved = 6
    /// The publisher's own click, where that is not allowed.
    case selfReferral = 7
    /// No click leads to the order.
    case noClick = 8
    /// The order came after the cookie's time, or before the click.
    case outsideWindow = 9
    /// The report did not carry the advertiser's token.
    case wrongToken = 10
    /// The same order was reported before, alike.
    case duplicateOrder = 11
    /// The order was reported before, with another amount or for somebody else.
    case conflictingOrder = 12
    /// The program pays for clicks alone.
    case paysForClicks = 13
    /// The advertiser has rejected it.
    case rejectedByAdvertiser = 14
    /// Another report of the order took the place of this one.
    case replaced = 15
    /// An agent's report of a click that is paid for: it counts when its visitor comes by the tracking address.
    case awaitsVisitor = 16
    /// The report lacks what it takes: an order id, an amount, or anything that leads to a partner.
    case incomplete = 17

    /// Why a click may not count.
    static let ofClicks: [Reason] = [
        .bot, .duplicateClick, .flood, .programEnded, .budgetUsedUp, .notApproved, .selfReferral, .awaitsVisitor,
    ]

    init(sqlValue: SQLValue) throws {
        guard let reason = Self(rawValue: try Int(sqlValue: sqlValue)) else {
            throw ColumnMismatch(value: sqlValue, expected: "a reason")
        }
        self = reason
    }
    var sqlValue: SQLValue { .integer(Int64(self.rawValue)) }

    func text(in language: Language = .english) -> String {
        AffiliateWords.all.say("reason.\(self.rawValue)", in: language)
    }
}
