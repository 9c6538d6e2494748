import Kernel
import Web

/// The rule that decided about an order.
enum DecidingRule: Sendable {
    /// What became of an order whose only click does not count.
    enum Outcome: String, Sendable {
        case held, approved, released
    }

    case clickItself
    /// - Parameter told: in the advertiser's own words.
    case refused(Reason, told: String?)
    case approvedWithoutClick
    case onlyClick(ClickID, Reason, Outcome)
    case approvedOutsideWindow(ClickID)
    case lastValidClick(ClickID, days: Int)

    /// In one sentence.
    func text(in language: Language) -> String {
        let say = { (key: String, arguments: [String: String]) in
            AffiliateWords.all.say(key, arguments, in: language)
        }
        return switch self {
        case .clickItself: say("decided.click_itself", [:])
        case .refused(let reason, let told):
            say("decided.refused", ["number": "\(reason.rawValue)", "reason": told ?? reason.text(in: language)])
        case .approvedWithoutClick: say("decided.approved_without_click", [:])
        case .onlyClick(let click, let reason, let outcome):
            say("decided.only_click_\(outcome.rawValue)", ["click": "\(click)", "reason": reason.text(in: language)])
        case .approvedOutsideWindow(let click): say("decided.approved_outside_window", ["click": "\(click)"])
        case .lastValidClick(let click, let days):
            say("decided.last_valid_click", ["click": "\(click)", "days": "\(days)"])
        }
    }
}
