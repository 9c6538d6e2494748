import Synchronization

/// Amounts that are promised of what stands in the database, and that stand in no row themselves: for the one process that has the
/// database to itself (decision 22).
///
/// A process that ends takes its holds with it, as it takes the requests that they are for. Whoever takes away from the stored amount
/// takes a hold first, and spends it in the commit. So what is held can always be taken.
package final class Holds<Key: Hashable & Sendable>: Sendable {
    private struct Balance {
        /// As of the last commit.
        var stored: Int64 = 0
        var held: Int64 = 0

        mutating func end(held: Int64, spent: Int64) {
            self.held -= held
            self.stored -= spent
        }
    }

    /// Balances that are remembered; those that nobody holds anything of are read again when they are asked for.
    private static var limit: Int { 200_000 }

    private let balances = Mutex<[Key: Balance]>([:])
    private let database: any Database
    private let read: @Sendable (Key, Transaction) throws -> Int64

    /// - Parameter read: the stored amount.
    package init(_ database: any Database, read: @escaping @Sendable (Key, Transaction) throws -> Int64) {
        self.database = database
        self.read = read
    }

    /// Holds the amount; nil when less than that would be left above the floor.
    package func take(_ amount: Int64, of key: Key, floor: Int64 = 0) async throws -> Hold? {
        if let hold = self.takeNow(amount, key, floor) { return hold }
        // Something may have come in, or the balance is not known yet.
        try await self.load(key)
        return self.takeNow(amount, key, floor)
    }

    /// Holds all that is left; nil when that is nothing.
    package func takeAll(of key: Key) async throws -> Hold? {
        try await self.load(key)
        return self.balances.withLock { balances in
            guard let balance = balances[key], balance.stored > balance.held else { return nil }
            balances[key]?.held = balance.stored
            return Hold(self, key, amount: balance.stored - balance.held)
        }
    }

    package func held(of key: Key) -> Int64 { self.balances.withLock { $0[key]?.held ?? 0 } }

    /// What is stored and not held.
    package func left(of key: Key) async throws -> Int64 {
        try await self.load(key)
        return self.balances.withLock { balances in balances[key].map { $0.stored - $0.held } ?? 0 }
    }

    private func takeNow(_ amount: Int64, _ key: Key, _ floor: Int64) -> Hold? {
        self.balances.withLock { balances in
            guard let balance = balances[key], balance.stored - balance.held - amount >= floor else { return nil }
            balances[key]?.held += amount
            return Hold(self, key, amount: amount)
        }
    }

    /// Reads in the order of the commits: what earlier ones have spent is taken off before, what later ones spend afterwards.
    private func load(_ key: Key) async throws {
        try await self.database.write { tx in
            let stored = try self.read(key, tx)
            tx.afterCommit {
                self.balances.withLock { balances in
                    if balances.count >= Self.limit { balances = balances.filter { $0.value.held > 0 } }
                    balances[key, default: Balance()].stored = stored
                }
            }
        }
    }

    private func end(_ key: Key, held: Int64, spent: Int64) {
        self.balances.withLock { $0[key]?.end(held: held, spent: spent) }
    }

    /// An amount that is held until it is spent, or until nobody has it any more.
    package final class Hold: Sendable {
        package let amount: Int64
        private let holds: Holds
        private let key: Key
        private let isOpen = Atomic(true)

        fileprivate init(_ holds: Holds, _ key: Key, amount: Int64) {
            (self.holds, self.key, self.amount) = (holds, key, amount)
        }

        /// In the commit that takes the amount from what is stored, or a part of it; the rest is let go.
        package func spend(_ amount: Int64? = nil, in tx: Transaction) {
            tx.afterCommit { self.end(spent: amount ?? self.amount) }
        }

        /// Lets go of it before everybody has forgotten it.
        package func release() { self.end(spent: 0) }

        private func end(spent: Int64) {
            guard self.isOpen.exchange(false, ordering: .relaxed) else { return }
            self.holds.end(self.key, held: self.amount, spent: spent)
        }

        deinit { self.end(spent: 0) }
    }
}

extension Holds {
    /// The stored amount has grown, in this commit.
    package func add(_ amount: Int64, to key: Key, in tx: Transaction) {
        tx.afterCommit { self.balances.withLock { $0[key]?.stored += amount } }
    }
}
