import Kernel
import Ledger
import Platform

/// The accounts of the ledger that the market has.
extension AccountKey {
    static func prepaid(_ owner: ID<Identity>) -> AccountKey {
        AccountKey(owner: owner.text, purpose: .prepaid, currency: .usdc)
    }

    static func earnings(_ owner: ID<Identity>) -> AccountKey {
        AccountKey(owner: owner.text, purpose: .earnings, currency: .usdc)
    }
}
