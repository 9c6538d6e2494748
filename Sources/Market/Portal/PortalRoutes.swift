import HTTPTypes
import Kernel
import NIOHTTP1
import Platform
import Storage
import Web

/// The provider's own side: how the services do, what they earn, which keys there are.
struct PortalRoutes: Sendable {
    let database: any Database
    let rollUps: RollUps
    let keyService: KeyService
    let outbound: Outbound
    let clock: WallClock

    private static let tag = "Provider Portal"
    private static let base = "/api/v1/provider"
    private static let dailyDays: Int64 = 30
    private static let testTimeoutSeconds: Int64 = 10

    var endpoints: [Endpoint] {
        [
            Endpoint(
                .get,
                Self.base + "/dashboard",
                "Provider dashboard",
                tag: Self.tag,
                access: .provider,
                self.dashboard
            ),
            Endpoint(.get, Self.base + "/services", "My services", tag: Self.tag, access: .provider, self.services),
            Endpoint(
                .get,
                Self.base + "/services/{service_id}/analytics",
                "Service analytics",
                tag: Self.tag,
                access: .provider,
                self.analytics
            ),
            Endpoint(
                .post,
                Self.base + "/services/{service_id}/test",
                "Test a service endpoint",
                tag: Self.tag,
                access: .provider,
                self.test
            ),
            Endpoint(.get, Self.base + "/earnings", "Earnings", tag: Self.tag, access: .provider, self.earnings),
            Endpoint(.get, Self.base + "/keys", "My API keys", tag: Self.tag, access: .provider, self.keys),
            Endpoint(
                .delete,
                Self.base + "/keys/{key_id}",
                "Revoke an API key",
                tag: Self.tag,
                access: .provider,
                self.revoke
            ),
            Endpoint(
                .get,
                Self.base + "/onboarding",
                "Onboarding progress",
                tag: Self.tag,
                access: .provider,
                self.onboarding
            ),
        ]
    }

    // MARK: Figures

    @Sendable private func dashboard(_: NoInput, _ caller: Caller, _ call: Call) async throws -> ProviderDashboard {
        try await self.rollUps.catchUp()
        return try await self.database.read { tx in
            ProviderDashboard(
                provider: caller.name,
                services: try tx.listings.list(of: caller.identity).filter { $0.status != .removed }.count,
                figures: try tx.figures.find(provider: caller.identity, in: .all),
                settled: try tx.settlements.sumCompleted(of: caller.identity)
            )
        }
    }

    @Sendable private func services(_: NoInput, _ caller: Caller, _ call: Call) async throws -> ProviderServices {
        try await self.rollUps.catchUp()
        return try await self.database.read { tx in
            let figures = try tx.figures.list(servicesOf: caller.identity)
            let listings = try tx.listings.list(of: caller.identity)
            return ProviderServices(listings.map { ($0, figures[$0.id] ?? Figures()) })
        }
    }

    @Sendable private func analytics(_ input: ProviderServicePath, _ caller: Caller, _ call: Call) async throws
        -> ServiceAnalytics
    {
        try await self.rollUps.catchUp()
        return try await self.database.read { tx in
            let listing = try tx.listings.require(input.id, of: caller)
            let first = tx.now.startOfDay.adding(seconds: -(Self.dailyDays - 1) * 86_400)
            return ServiceAnalytics(
                listing.id,
                name: listing.name,
                figures: try tx.figures.find(listing: listing.id, in: .all),
                buyers: try tx.figures.countBuyers(of: listing.id),
                days: try tx.figures.list(daysOf: listing.id, from: first)
            )
        }
    }

    @Sendable private func earnings(_: NoInput, _ caller: Caller, _ call: Call) async throws -> Earnings {
        try await self.rollUps.catchUp()
        return try await self.database.read { tx in
            Earnings(
                earned: try tx.figures.find(provider: caller.identity, in: .all).revenue,
                settled: try tx.settlements.sumCompleted(of: caller.identity),
                settlements: try tx.settlements.list(of: caller.identity, status: nil, limit: 100)
            )
        }
    }

    @Sendable private func onboarding(_: NoInput, _ caller: Caller, _ call: Call) async throws -> Onboarding {
        try await self.rollUps.catchUp()
        return try await self.database.read { tx in
            let listings = try tx.listings.list(of: caller.identity)
            let settlements = try tx.settlements.list(of: caller.identity, status: .completed, limit: 1)
            return Onboarding(
                caller.name,
                hasService: !listings.isEmpty,
                hasActiveService: listings.contains { $0.status == .active },
                hasTraffic: try tx.figures.find(provider: caller.identity, in: .all).calls > 0,
                hasSettlement: !settlements.isEmpty
            )
        }
    }

    // MARK: Keys

    @Sendable private func keys(_: NoInput, _ caller: Caller, _ call: Call) async throws -> ProviderKeys {
        ProviderKeys(try await self.keyService.list(of: caller))
    }

    @Sendable private func revoke(_ input: KeyPath, _ caller: Caller, _ call: Call) async throws -> KeyRevoked {
        try await self.keyService.revoke(input.id, by: caller, trace: call.trace)
        return KeyRevoked(input.id)
    }

    // MARK: Test

    /// Whatever status the endpoint answers, it is reachable.
    @Sendable private func test(_ input: ProviderServicePath, _ caller: Caller, _ call: Call) async throws
        -> EndpointTest
    {
        let listing = try await self.database.read { try $0.listings.require(input.id, of: caller) }
        let startedAt = self.clock.now()
        do {
            let answer = try await self.outbound.send(
                OutboundRequest(method: "GET", url: listing.endpoint),
                timeoutSeconds: Self.testTimeoutSeconds
            )
            let latency = max(0, self.clock.now().milliseconds(since: startedAt))
            return EndpointTest(listing.id, listing.endpoint, latency: latency, status: answer.status, error: "")
        } catch let error as CancellationError { throw error } catch {
            let latency = max(0, self.clock.now().milliseconds(since: startedAt))
            return EndpointTest(listing.id, listing.endpoint, latency: latency, status: 0, error: Self.words(error))
        }
    }

    private static func words(_ error: any Error) -> String {
        switch error {
        case OutboundError.timeout: "Connection timed out"
        case OutboundError.forbiddenAddress: MarketProblems.privateEndpoint.message
        case OutboundError.cannotResolve: "The host name cannot be resolved"
        case OutboundError.badURL: "Endpoint must be a valid URL"
        default: "Connection failed"
        }
    }
}

extension ListingStore {
    /// Throws `serviceNotFound`, then `notYourService`.
    fileprivate func require(_ id: ID<Listing>, of caller: Caller) throws -> Listing {
        let listing = try self.require(id)
        guard listing.provider == caller.identity else { throw MarketProblems.notYourService }
        return listing
    }
}
