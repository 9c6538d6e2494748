package import Ledger

/// What the network's accounts of the ledger are for.
extension AccountKey.Purpose {
    /// What an advertiser owes for conversions: reserved when they are reported, debited when they are approved.
    package static let advertising = Self("advertising")
    /// What a publisher has earned and was not yet paid.
    package static let rewards = Self("rewards")
    /// Income tax that was withheld from publishers.
    package static let withholding = Self("withholding")
    /// What transfers to publishers' banks cost them.
    package static let transferFees = Self("transfer_fees")
    /// What publishers were paid, or are about to be.
    package static let payouts = Self("payouts")
}
