package import Kernel
package import Storage

/// Names an account by who owns it, what it is for, and its currency. There is one account for each such triple.
package struct AccountKey: Hashable, Sendable {
    /// An identity's id, or `souk` for the operator's own accounts.
    package let owner: String
    package let purpose: Purpose
    package let currency: Currency

    package init(owner: String, purpose: Purpose, currency: Currency) {
        self.owner = owner
        self.purpose = purpose
        self.currency = currency
    }

    /// The operator's account for a purpose.
    package static func house(_ purpose: Purpose, _ currency: Currency) -> AccountKey {
        AccountKey(owner: "souk", purpose: purpose, currency: currency)
    }

    /// What an account is for, in the words of the slice that has it. Money enters and leaves through the house's accounts, whose balance
    /// may be negative.
    package struct Purpose: RawRepresentable, Hashable, Sendable, SQLConvertible {
        package let rawValue: String
        let isNeverBelowZero: Bool

        /// - Parameter isNeverBelowZero: of an account that spends only what it has.
        package init(_ rawValue: String, isNeverBelowZero: Bool = false) {
            self.rawValue = rawValue
            self.isNeverBelowZero = isNeverBelowZero
        }

        package init(rawValue: String) { self.init(rawValue) }

        package static func == (left: Self, right: Self) -> Bool { left.rawValue == right.rawValue }
        package func hash(into hasher: inout Hasher) { hasher.combine(self.rawValue) }
    }
}

/// A number that stands for an account key; it never changes.
package struct AccountNumber: Hashable, Sendable, SQLConvertible {
    package let value: Int64
    package init(_ value: Int64) { self.value = value }
    package init(sqlValue: SQLValue) throws { self.value = try Int64(sqlValue: sqlValue) }
    package var sqlValue: SQLValue { .integer(self.value) }
}

/// An account with its balances, in micro-units. All four only ever grow, but for the pending ones.
package struct Account: Sendable, Equatable, RowDecodable {
    package let number: AccountNumber
    package let key: AccountKey
    package let debitsPending: Int64
    package let debitsPosted: Int64
    package let creditsPending: Int64
    package let creditsPosted: Int64

    /// What has been credited and not debited.
    package var balance: Money { self.money(self.creditsPosted - self.debitsPosted) }
    /// What of the balance is not reserved.
    package var available: Money { self.money(self.creditsPosted - self.debitsPosted - self.debitsPending) }
    /// All that it has been debited, or is reserved.
    package var debited: Money { self.money(self.debitsPending + self.debitsPosted) }
    package var reserved: Money { self.money(self.debitsPending) }

    private func money(_ micros: Int64) -> Money { Money(micros: micros, self.key.currency) }

    package static let columns: StaticString = """
        number, owner, purpose, currency, debits_pending, debits_posted, credits_pending, credits_posted
        """

    package init(row: inout Row) throws {
        self.number = try row.column()
        self.key = AccountKey(
            owner: try row.column(),
            purpose: try row.column(),
            currency: Currency(code: try row.column())
        )
        self.debitsPending = try row.column()
        self.debitsPosted = try row.column()
        self.creditsPending = try row.column()
        self.creditsPosted = try row.column()
    }
}
