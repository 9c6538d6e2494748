import Kernel
package import Ledger
import Platform

extension AccountKey.Purpose {
    /// What a buyer has paid in and not yet spent. Never below zero.
    package static let prepaid = Self("prepaid", isNeverBelowZero: true)
    /// What a seller has earned and was not yet paid.
    package static let earnings = Self("earnings")
    /// Credits that the operator granted.
    package static let credits = Self("credits")
    /// What came in over the x402 rail.
    static let x402 = Self("x402")
    /// What came in over PayPal.
    static let paypal = Self("paypal")
    /// What came in over NOWPayments.
    static let nowpayments = Self("nowpayments")
    /// What sellers were paid, or are about to be.
    static let payouts = Self("payouts")
}

extension Amount where Unit == USDC {
    /// What is paid for it outside: a dollar for one USDC.
    var inDollars: Money { Money(micros: self.money.micros, .usd) }
}

/// The accounts of the ledger that the market has.
extension AccountKey {
    static func prepaid(_ owner: ID<Identity>) -> AccountKey {
        AccountKey(owner: owner.text, purpose: .prepaid, currency: .usdc)
    }

    static func earnings(_ owner: ID<Identity>) -> AccountKey {
        AccountKey(owner: owner.text, purpose: .earnings, currency: .usdc)
    }
}
