import HTTPTypes
import Kernel
import Platform
import Storage
import Web

/// The operator's figures.
struct AdminRoutes: Sendable {
    let database: any Database
    let rollUps: RollUps

    private static let tag = "Admin"
    private static let base = "/api/v1/admin"
    private static let topSpenders = 10

    var endpoints: [Endpoint] {
        [
            Endpoint(.get, Self.base + "/stats", tag: Self.tag, self.stats),
            Endpoint(.get, Self.base + "/usage/daily", tag: Self.tag, self.daily),
            Endpoint(.get, Self.base + "/providers/ranking", tag: Self.tag, self.ranking),
            Endpoint(.get, Self.base + "/providers/{provider_id}/commission", tag: Self.tag, self.commission),
            Endpoint(.get, Self.base + "/services/health", tag: Self.tag, self.health),
            Endpoint(.get, Self.base + "/payments/summary", tag: Self.tag, self.payments),
            Endpoint(.get, Self.base + "/analytics/trends", tag: Self.tag, self.trends),
            Endpoint(.get, Self.base + "/analytics/top-services", tag: Self.tag, self.topServices),
            Endpoint(.get, Self.base + "/analytics/buyers", tag: Self.tag, self.buyers),
        ]
    }

    private func read<T: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> T) async throws -> T {
        try await self.rollUps.catchUp()
        return try await self.database.read(body)
    }

    var stats: Operation<NoInput, PlatformStats> {
        Operation("Platform stats", access: .admin) { _, _, call in
            PlatformStats(try await self.read { try $0.adminFigures.stats() })
        }
    }

    var daily: Operation<DailyUsageInput, DailyUsage> {
        Operation("Daily usage", access: .admin) { input, _, call in
            try await self.read { tx in
                DailyUsage(
                    days: input.days,
                    try tx.adminFigures.list(from: .day(tx.now.adding(seconds: -Int64(input.days - 1) * 86_400)))
                )
            }
        }
    }

    var ranking: Operation<RankingInput, ProviderRanking> {
        Operation("Provider ranking", access: .admin) { input, _, call in
            try await self.read { tx in
                let periods = input.days.map { FigurePeriod.last($0, before: tx.now) } ?? [.all]
                return ProviderRanking(
                    period: input.period,
                    try tx.adminFigures.listProviders(in: periods, limit: input.limit)
                )
            }
        }
    }

    var commission: Operation<ProviderPath, ProviderCommission> {
        Operation("A provider's commission", access: .admin) { input, _, call in
            try await self.database.read { tx in
                // Whoever is not known has not listed anything, either.
                let provider = try tx.identities.find(name: input.name)
                return ProviderCommission(
                    input.name,
                    since: try provider.flatMap { try tx.adminFigures.firstListing(of: $0.id) },
                    now: tx.now
                )
            }
        }
    }

    var health: Operation<NoInput, ServicesHealth> {
        Operation("Services health", access: .admin) { _, _, call in
            ServicesHealth(try await self.read { try $0.adminFigures.listHealth() })
        }
    }

    var payments: Operation<NoInput, PaymentSummary> {
        Operation("Payment summary", access: .admin) { _, _, call in
            PaymentSummary(try await self.read { try $0.adminFigures.listMethods() })
        }
    }

    var trends: Operation<TrendsInput, Trends> {
        Operation("Analytics trends", access: .admin) { input, _, call in
            try await self.read { tx in
                Trends(
                    input.granularity,
                    try tx.adminFigures.list(from: input.granularity.first(of: input.periods, tx.now))
                )
            }
        }
    }

    var topServices: Operation<TopServicesInput, TopServices> {
        Operation("Top services", access: .admin) { input, _, call in
            try await self.read { tx in
                let periods = FigurePeriod.last(input.days, before: tx.now)
                let services = try tx.adminFigures.listTop(input.order, in: periods, limit: input.limit)
                return TopServices(
                    input.order,
                    days: input.days,
                    try services.map { ($0, try tx.adminFigures.countBuyers(of: $0.listing, in: periods)) }
                )
            }
        }
    }

    var buyers: Operation<BuyersInput, BuyerMetrics> {
        Operation("Buyer metrics", access: .admin) { input, _, call in
            try await self.read { tx in
                let periods = FigurePeriod.last(input.days, before: tx.now)
                return BuyerMetrics(
                    days: input.days,
                    try tx.adminFigures.buyers(in: periods, topSpenders: Self.topSpenders)
                )
            }
        }
    }
}
