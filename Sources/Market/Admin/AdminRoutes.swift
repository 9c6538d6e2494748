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
            Endpoint(.get, Self.base + "/stats", "Platform stats", tag: Self.tag, access: .admin, self.stats),
            Endpoint(.get, Self.base + "/usage/daily", "Daily usage", tag: Self.tag, access: .admin, self.daily),
            Endpoint(
                .get,
                Self.base + "/providers/ranking",
                "Provider ranking",
                tag: Self.tag,
                access: .admin,
                self.ranking
            ),
            Endpoint(
                .get,
                Self.base + "/providers/{provider_id}/commission",
                "A provider's commission",
                tag: Self.tag,
                access: .admin,
                self.commission
            ),
            Endpoint(
                .get,
                Self.base + "/services/health",
                "Services health",
                tag: Self.tag,
                access: .admin,
                self.health
            ),
            Endpoint(
                .get,
                Self.base + "/payments/summary",
                "Payment summary",
                tag: Self.tag,
                access: .admin,
                self.payments
            ),
            Endpoint(
                .get,
                Self.base + "/analytics/trends",
                "Analytics trends",
                tag: Self.tag,
                access: .admin,
                self.trends
            ),
            Endpoint(
                .get,
                Self.base + "/analytics/top-services",
                "Top services",
                tag: Self.tag,
                access: .admin,
                self.topServices
            ),
            Endpoint(
                .get,
                Self.base + "/analytics/buyers",
                "Buyer metrics",
                tag: Self.tag,
                access: .admin,
                self.buyers
            ),
        ]
    }

    private func read<T: Sendable>(_ body: @escaping @Sendable (Transaction) throws -> T) async throws -> T {
        try await self.rollUps.catchUp()
        return try await self.database.read(body)
    }

    @Sendable private func stats(_: NoInput, _: Caller, _ call: Call) async throws -> PlatformStats {
        PlatformStats(try await self.read { try $0.adminFigures.stats() })
    }

    @Sendable private func daily(_ input: DailyUsageInput, _: Caller, _ call: Call) async throws -> DailyUsage {
        try await self.read { tx in
            DailyUsage(
                days: input.days,
                try tx.adminFigures.list(from: .day(tx.now.adding(seconds: -Int64(input.days - 1) * 86_400)))
            )
        }
    }

    @Sendable private func ranking(_ input: RankingInput, _: Caller, _ call: Call) async throws -> ProviderRanking {
        try await self.read { tx in
            let periods = input.days.map { FigurePeriod.last($0, before: tx.now) } ?? [.all]
            return ProviderRanking(
                period: input.period,
                try tx.adminFigures.listProviders(in: periods, limit: input.limit)
            )
        }
    }

    @Sendable private func commission(_ input: ProviderPath, _: Caller, _ call: Call) async throws -> ProviderCommission
    {
        try await self.database.read { tx in
            guard let provider = try tx.identities.find(name: input.name) else { throw MarketProblems.providerNotFound }
            return ProviderCommission(
                provider.name,
                since: try tx.adminFigures.firstListing(of: provider.id),
                now: tx.now
            )
        }
    }

    @Sendable private func health(_: NoInput, _: Caller, _ call: Call) async throws -> ServicesHealth {
        ServicesHealth(try await self.read { try $0.adminFigures.listHealth() })
    }

    @Sendable private func payments(_: NoInput, _: Caller, _ call: Call) async throws -> PaymentSummary {
        PaymentSummary(try await self.read { try $0.adminFigures.listMethods() })
    }

    @Sendable private func trends(_ input: TrendsInput, _: Caller, _ call: Call) async throws -> Trends {
        try await self.read { tx in
            Trends(
                input.granularity,
                try tx.adminFigures.list(from: input.granularity.first(of: input.periods, tx.now))
            )
        }
    }

    @Sendable private func topServices(_ input: TopServicesInput, _: Caller, _ call: Call) async throws -> TopServices {
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

    @Sendable private func buyers(_ input: BuyersInput, _: Caller, _ call: Call) async throws -> BuyerMetrics {
        try await self.read { tx in
            let periods = FigurePeriod.last(input.days, before: tx.now)
            return BuyerMetrics(
                days: input.days,
                try tx.adminFigures.buyers(in: periods, topSpenders: Self.topSpenders)
            )
        }
    }
}
