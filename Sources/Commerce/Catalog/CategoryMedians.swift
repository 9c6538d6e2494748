import Kernel
import Storage
import Synchronization

/// What products of a kind usually cost, in memory: it is found anew after imports, and after a while.
final class CategoryMedians: Sendable {
    /// Fewer prices say nothing of what is usual.
    static let fewest = 5

    struct Key: Hashable, Sendable {
        let category: String
        let currency: String
    }

    private let medians = Mutex<[Key: Int64]>([:])
    private let database: any Database

    init(database: any Database) { self.database = database }

    func find(_ category: String, _ currency: Currency) -> Int64? {
        self.medians.withLock { $0[Key(category: category, currency: currency.code)] }
    }

    func refresh() async throws {
        let found = try await self.database.read { tx in
            var prices: [Key: [Int64]] = [:]
            try tx.products.forEachPrice { category, currency, micros in
                prices[Key(category: category, currency: currency), default: []].append(micros)
            }
            return prices.filter { $0.value.count >= Self.fewest }.mapValues(Self.median)
        }
        self.medians.withLock { $0 = found }
    }

    /// The middle one, or the mean of the two in the middle.
    static func median(_ values: [Int64]) -> Int64 {
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }
}
