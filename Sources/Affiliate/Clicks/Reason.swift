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
        let (english, japanese) = self.texts
        return language == .japanese ? japanese : english
    }

    private var texts: (String, String) {
        switch self {
        case .counts: ("It counts", "有効")
        case .bot: ("A known robot", "既知のボット")
        case .duplicateClick: ("The same browser within 24 hours", "24時間以内の同一ブラウザ")
        case .flood: ("Too many clicks from one browser", "同一ブラウザからの過剰なクリック")
        case .programEnded: ("The program was not active", "プログラムが有効ではありません")
        case .budgetUsedUp: ("The month's budget is used up", "月間予算の上限に達しました")
        case .notApproved: ("The partnership was not approved", "提携が承認されていません")
        case .selfReferral: ("The publisher's own click", "自己アフィリエイト")
        case .noClick: ("No click leads to the order", "対応するクリックがありません")
        case .outsideWindow: ("Outside the cookie window", "Cookie有効期間外")
        case .wrongToken: ("Wrong token", "トークンが正しくありません")
        case .duplicateOrder: ("The order was reported before", "注文は報告済みです")
        case .conflictingOrder: ("The order was reported before, differently", "注文は異なる内容で報告済みです")
        case .paysForClicks: ("The program pays for clicks", "クリック課金のプログラムです")
        case .rejectedByAdvertiser: ("Rejected by the advertiser", "広告主により否認")
        case .awaitsVisitor:
            ("Counts when the visitor comes by the tracking address", "訪問者が計測URLから来た時点で有効になります")
        case .incomplete: ("The report is incomplete", "通知の内容が不足しています")
        case .replaced: ("Another report of the order took its place", "別の通知に置き換え")
        }
    }
}
