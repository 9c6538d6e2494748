package import Storage
import Synchronization

/// Remembers account numbers, which never change, so that a posting needs no look-up.
package final class AccountCache: Sendable {
    static let limit = 200_000
    private let numbers = Mutex<[AccountKey: AccountNumber]>([:])

    /// Accounts that had too little when something was taken from them last.
    private let short = Mutex<Set<AccountNumber>>([])

    package init() {}

    /// Only a hint, by which a refusal that is likely is found before a whole commit counts on the opposite.
    package func isShort(_ number: AccountNumber) -> Bool { self.short.withLock { $0.contains(number) } }

    package func note(_ number: AccountNumber, isShort: Bool) {
        self.short.withLock { short in
            if short.count >= Self.limit { short = [] }
            if isShort { short.insert(number) } else { short.remove(number) }
        }
    }

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
