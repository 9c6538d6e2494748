import Kernel
import Storage

/// Merchants as every card and redirect needs them: there are few, and they seldom change.
final class MerchantCache: Sendable {
    static let topic = "commerce.merchant"

    private let merchants: ReadCache<String, Merchant>

    init(database: any Database) { self.merchants = ReadCache(keyed: Self.topic, of: database, limit: 10_000) }

    func find(_ id: String) async throws -> Merchant? {
        try await self.merchants.find(id) { try $0.merchants.find(id) }
    }
}
