package import Ledger

/// What the network's accounts of the ledger are for.
extension AccountKey.Purpose {
    /// Income tax that was withheld from publishers.
    package static let withholding = Self("withholding")
    /// What transfers to publishers' banks cost them.
    package static let transferFees = Self("transfer_fees")
    /// What publishers were paid, or are about to be.
    package static let payouts = Self("payouts")
}
