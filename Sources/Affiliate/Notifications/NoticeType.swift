import Kernel
import Storage
import Web

/// What the network tells people.
enum NoticeType: String, NoticeKind {
    case partnershipApplied = "partnership.applied"
    case partnershipApproved = "partnership.approved"
    case partnershipRejected = "partnership.rejected"
    case partnershipSuspended = "partnership.suspended"
    case conversionRecorded = "conversion.recorded"
    case conversionApproved = "conversion.approved"
    case conversionRejected = "conversion.rejected"
    case conversionReleased = "conversion.released"
    case conversionClawedBack = "conversion.clawed_back"
    case payoutCreated = "payout.created"
    case payoutPaid = "payout.paid"
    case programChanged = "program.changed"

    static var contract: any SurfaceContract { AffiliateContract.shared }
    static let table: StaticString = "affiliate_notification"
    /// Every order is an event, but nobody's notification.
    var isNotified: Bool { self != .conversionRecorded }

    /// The names and sums of what a notification is about.
    static func about(_ data: JSONValue, _ display: Display) -> [String?] {
        [
            data["program_name"]?.string, data["publisher_name"]?.string, data["month"]?.string,
            data["count"]?.integer.map { "× \($0)" }, data["reward"]?.integer.map { display.yen(Yen($0)) },
            data["net_amount"]?.integer.map { display.yen(Yen($0)) },
            data["status"]?.string.map { display.word("status", $0, display.language) }, data["reason"]?.string,
        ]
    }
}

extension Transaction {
    var notices: NoticeStore<NoticeType> { NoticeStore(tx: self) }
}
