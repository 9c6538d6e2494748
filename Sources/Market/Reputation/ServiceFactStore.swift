import Kernel
import Platform
import Storage

/// Reads what is measured of services.
struct ServiceFactStore {
    let tx: Transaction

    /// Of each that was ever called.
    func list(_ listings: [ID<Listing>]) throws -> [ID<Listing>: ServiceFacts] {
        guard !listings.isEmpty else { return [:] }
        var facts: [ID<Listing>: ServiceFacts] = [:]
        for (listing, figures) in try self.figures(of: listings, in: [.all]) where figures.calls > 0 {
            facts[listing] = ServiceFacts(
                calls: figures.calls,
                lastCalledAt: figures.lastAt,
                reputation: Reputation.hundredths(Reputation(figures).overall)
            )
        }
        guard !facts.isEmpty else { return [:] }
        let called = facts.keys.sorted()
        let days = FigurePeriod.last(Int(LatencyStore.days), before: self.tx.now)
        for (listing, figures) in try self.figures(of: called, in: days) where figures.calls > 0 {
            facts[listing]?.successRate = figures.successRate
            facts[listing]?.errorRate = figures.errorRate
        }
        for (listing, latency) in try self.tx.latencies.quantiles(of: called) { facts[listing]?.latency = latency }
        return facts
    }

    private func figures(of listings: [ID<Listing>], in periods: [FigurePeriod]) throws -> [(ID<Listing>, Figures)] {
        try self.tx.rows(
            """
            SELECT r.listing_id, \(raw: FigureStore.sums) FROM market_rollup r
            WHERE r.period IN (\(list: periods)) AND r.listing_id IN (\(list: listings)) GROUP BY r.listing_id
            """
        ) { (try $0.column(ID<Listing>.self), try Figures(row: &$0)) }
    }
}

extension RollUps {
    /// Of each that was ever called, the latest calls included.
    func facts(of listings: [ID<Listing>]) async throws -> [ID<Listing>: ServiceFacts] {
        try await self.catchUp()
        return try await self.database.read { try ServiceFactStore(tx: $0).list(listings) }
    }
}
