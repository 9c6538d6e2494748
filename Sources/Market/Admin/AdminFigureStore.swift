import Kernel
import Platform
import Storage

/// The operator's figures. Each is one query over the roll-ups, whatever the number of calls.
struct AdminFigureStore {
    let tx: Transaction

    // MARK: By period

    struct PeriodFigures: Sendable {
        /// `2026-03-19`, `2026-W12` or `2026-03`.
        let label: String
        let figures: Figures
        let services: Int
        let buyers: Int
    }

    /// The periods that had calls, oldest first, from the first one on.
    func list(from first: FigurePeriod) throws -> [PeriodFigures] {
        let end = first.endOfKind
        let services = try self.tx.rows(
            """
            SELECT r.period, COUNT(*), \(raw: FigureStore.sums) FROM market_rollup r
            WHERE r.period >= \(first) AND r.period < \(end) GROUP BY r.period ORDER BY r.period
            """
        ) { (try $0.column(String.self), try $0.column(Int.self), try Figures(row: &$0)) }
        let buyers = try self.tx.rows(
            """
            SELECT period, COUNT(*) FROM market_rollup_spender WHERE period >= \(first) AND period < \(end) GROUP BY period
            """
        ) { (try $0.column(String.self), try $0.column(Int.self)) }
        let buyersByPeriod = Dictionary(uniqueKeysWithValues: buyers)
        return services.map { period, count, figures in
            PeriodFigures(
                label: String(period.dropFirst()),
                figures: figures,
                services: count,
                buyers: buyersByPeriod[period] ?? 0
            )
        }
    }

    // MARK: By provider and service

    struct ProviderFigures: Sendable {
        let provider: ID<Identity>
        let name: String
        /// Of the provider's first agent, or its own name.
        let displayName: String
        let figures: Figures
    }

    /// By calls, then by revenue. Names are looked up for those that are listed, and not for all that are sorted.
    func listProviders(in periods: [FigurePeriod], limit: Int) throws -> [ProviderFigures] {
        let ranked = try self.tx.rows(
            """
            SELECT r.provider_id, \(raw: FigureStore.sums) FROM market_rollup r WHERE r.period IN (\(list: periods))
            GROUP BY r.provider_id ORDER BY SUM(r.calls) DESC, SUM(r.revenue) DESC, r.provider_id LIMIT \(limit)
            """
        ) { (provider: try $0.column(ID<Identity>.self), figures: try Figures(row: &$0)) }
        let names = try self.tx.rows(
            """
            SELECT p.id, p.name, COALESCE((SELECT a.display_name FROM market_agent a WHERE a.owner_id = p.id
                ORDER BY a.created_at, a.id LIMIT 1), p.name)
            FROM identity p WHERE p.id IN (\(list: ranked.map(\.provider)))
            """
        ) {
            (try $0.column(ID<Identity>.self), (name: try $0.column(String.self), display: try $0.column(String.self)))
        }
        let byID = Dictionary(uniqueKeysWithValues: names)
        return ranked.compactMap { provider, figures in
            byID[provider].map {
                ProviderFigures(provider: provider, name: $0.name, displayName: $0.display, figures: figures)
            }
        }
    }

    struct ServiceFigures: Sendable {
        let listing: ID<Listing>
        let name: String
        let provider: String
        let status: String
        let category: String
        let figures: Figures
    }

    /// Every active service, by name, with the figures of all time.
    func listHealth() throws -> [ServiceFigures] {
        try self.tx.rows(
            """
            SELECT l.id, l.name, p.name, l.status, l.category, \(raw: FigureStore.sums)
            FROM market_listing l JOIN identity p ON p.id = l.provider_id
            LEFT JOIN market_rollup r ON r.period = 'all' AND r.listing_id = l.id
            WHERE l.status = 'active' GROUP BY l.id, l.name, p.name, l.status, l.category ORDER BY l.name, l.id
            """
        ) { try Self.service(&$0) }
    }

    enum ServiceOrder: String, Sendable, CaseIterable {
        case revenue, calls, latency
    }

    /// The services with calls in the periods: by revenue or calls, the most first, or by latency, the fastest first.
    func listTop(_ order: ServiceOrder, in periods: [FigurePeriod], limit: Int) throws -> [ServiceFigures] {
        let sorting: SQL =
            switch order {
            case .revenue: "SUM(r.revenue) DESC"
            case .calls: "SUM(r.calls) DESC"
            case .latency: "SUM(r.latency_ms) * 1.0 / SUM(r.calls)"
            }
        let ranked = try self.tx.rows(
            """
            SELECT r.listing_id, \(raw: FigureStore.sums) FROM market_rollup r WHERE r.period IN (\(list: periods))
            GROUP BY r.listing_id HAVING SUM(r.calls) > 0 ORDER BY \(sorting), r.listing_id LIMIT \(limit)
            """
        ) { (listing: try $0.column(ID<Listing>.self), figures: try Figures(row: &$0)) }
        let named = try self.tx.rows(
            """
            SELECT l.id, l.name, p.name, l.status, l.category FROM market_listing l JOIN identity p ON p.id = l.provider_id
            WHERE l.id IN (\(list: ranked.map(\.listing)))
            """
        ) { row in
            (
                try row.column(ID<Listing>.self),
                try (row.column(String.self), row.column(String.self), row.column(String.self), row.column(String.self))
            )
        }
        let byID = Dictionary(uniqueKeysWithValues: named)
        return ranked.compactMap { listing, figures in
            byID[listing].map { name, provider, status, category in
                ServiceFigures(
                    listing: listing,
                    name: name,
                    provider: provider,
                    status: status,
                    category: category,
                    figures: figures
                )
            }
        }
    }

    func countBuyers(of listing: ID<Listing>, in periods: [FigurePeriod]) throws -> Int {
        try self.tx.value(
            """
            SELECT COUNT(DISTINCT buyer_id) FROM market_rollup_buyer
            WHERE period IN (\(list: periods)) AND listing_id = \(listing)
            """
        ) ?? 0
    }

    private static func service(_ row: inout Row) throws -> ServiceFigures {
        ServiceFigures(
            listing: try row.column(),
            name: try row.column(),
            provider: try row.column(),
            status: try row.column(),
            category: try row.column(),
            figures: try Figures(row: &row)
        )
    }

    /// Calls and revenue of all time by how services are paid.
    func listMethods() throws -> [PaymentMethod: Figures] {
        let rows = try self.tx.rows(
            """
            SELECT r.payment_method, \(raw: FigureStore.sums) FROM market_rollup r WHERE r.period = 'all'
            GROUP BY r.payment_method
            """
        ) { (try $0.column(PaymentMethod.self), try Figures(row: &$0)) }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    // MARK: By buyer

    struct Buyers: Sendable {
        let allTime: Int
        let active: Int
        /// With more than one call.
        let repeating: Int
        let calls: Int64
        let topSpenders: [Spender]
    }

    struct Spender: Sendable {
        let name: String
        let calls: Int64
        let spent: Amount<USDC>
        let services: Int
    }

    func buyers(in periods: [FigurePeriod], topSpenders limit: Int) throws -> Buyers {
        let allTime = try self.tx.value("SELECT COUNT(*) FROM market_rollup_spender WHERE period = 'all'", as: Int.self)
        let sums: SQL = """
            SELECT buyer_id, CAST(SUM(calls) AS BIGINT) AS calls, CAST(SUM(spent) AS BIGINT) AS spent
            FROM market_rollup_spender WHERE period IN (\(list: periods)) GROUP BY buyer_id
            """
        let (active, repeating, calls) = try self.tx.row(
            """
            SELECT COUNT(*), CAST(COALESCE(SUM(CASE WHEN b.calls > 1 THEN 1 ELSE 0 END), 0) AS BIGINT),
                CAST(COALESCE(SUM(b.calls), 0) AS BIGINT)
            FROM (\(sums)) b
            """
        ) { (try $0.column(Int.self), try $0.column(Int.self), try $0.column(Int64.self)) }!
        let top = try self.tx.rows(
            """
            SELECT b.buyer_id, identity.name, b.calls, b.spent FROM (\(sums)) b JOIN identity ON identity.id = b.buyer_id
            ORDER BY b.spent DESC, b.calls DESC, b.buyer_id LIMIT \(limit)
            """
        ) { row in
            (
                buyer: try row.column(ID<Identity>.self), name: try row.column(String.self),
                calls: try row.column(Int64.self), spent: try row.column(Amount<USDC>.self)
            )
        }
        let spenders = try top.map { spender in
            Spender(
                name: spender.name,
                calls: spender.calls,
                spent: spender.spent,
                services: try self.tx.value(
                    """
                    SELECT COUNT(DISTINCT listing_id) FROM market_rollup_buyer
                    WHERE buyer_id = \(spender.buyer) AND period IN (\(list: periods))
                    """
                ) ?? 0
            )
        }
        return Buyers(
            allTime: allTime ?? 0,
            active: active,
            repeating: repeating,
            calls: calls,
            topSpenders: spenders
        )
    }

    // MARK: Counts

    struct Stats: Sendable {
        let services: Int
        let agents: Int
        let teams: Int
        let figures: Figures
        let settlements: Int
        let webhooks: Int
    }

    /// Removed services, deactivated agents and archived teams do not count.
    func stats() throws -> Stats {
        let counts = try self.tx.row(
            """
            SELECT (SELECT COUNT(*) FROM market_listing WHERE status IN ('active', 'paused')),
                (SELECT COUNT(*) FROM market_agent WHERE status IN ('active', 'suspended')),
                (SELECT COUNT(*) FROM market_team WHERE status = 'active')
            """
        ) { (try $0.column(Int.self), try $0.column(Int.self), try $0.column(Int.self)) }!
        let figures = try self.tx.row(
            "SELECT \(raw: FigureStore.sums) FROM market_rollup r WHERE r.period = 'all'"
        ) { try Figures(row: &$0) }!
        return Stats(
            services: counts.0,
            agents: counts.1,
            teams: counts.2,
            figures: figures,
            settlements: try self.tx.settlements.count(),
            webhooks: try self.tx.webhooks.count(surface: MarketContract.name)
        )
    }

    /// When the provider's first service was listed; nil without one.
    func firstListing(of provider: ID<Identity>) throws -> Timestamp? {
        try self.tx.row("SELECT MIN(created_at) FROM market_listing WHERE provider_id = \(provider)") {
            try $0.optional(Timestamp.self)
        } ?? nil
    }
}

extension Transaction {
    var adminFigures: AdminFigureStore { AdminFigureStore(tx: self) }
}
