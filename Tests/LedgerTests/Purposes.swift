import Ledger

extension AccountKey.Purpose {
    static let prepaid = Self("prepaid", isNeverBelowZero: true)
    static let credits = Self("credits")
    static let advertising = Self("advertising")
    static let rewards = Self("rewards")
}
