package import Storage
import Synchronization

/// Remembers account numbers, which never change, so that a posting needs no look-up.
package final class AccountCache: Sendable {
    static let limit = 200_000
    private let numbers = Mutex<[AccountKey: AccountNumber]>([:])

    package init() {}

    /// The account's number; it is opened when it does not exist.
    package func number(of key: AccountKey, in tx: Transaction) throws -> AccountNumber {
        if let known = self.numbers.withLock({ $0[key] }) { return known }
        let number = try tx.ledger.open(key)
        // An account that is opened by this very transaction exists only once that is committed.
        tx.afterCommit {
            self.numbers.withLock { numbers in
                if numbers.count >= Self.limit { numbers.removeAll() }
                numbers[key] = number
            }
        }
        return number
    }
}
