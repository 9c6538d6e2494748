import HTTPTypes
import Kernel
import NIOCore
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
    let breaker: CircuitBreaker<ID<Listing>>
    let clock: WallClock

    private static let tag = "Provider Portal"
    private static let base = "/api/v1/provider"
    static let dailyDays: Int64 = 30
    private static let testTimeoutSeconds: Int64 = 10
    private static let testBodyLimit = 1 << 20

    var endpoints: [Endpoint] {
        [
            Endpoint(.get, Self.base + "/dashboard", tag: Self.tag, self.dashboard),
            Endpoint(.get, Self.base + "/services", tag: Self.tag, self.services),
            Endpoint(.get, Self.base + "/services/{service_id}/analytics", tag: Self.tag, self.analytics),
            Endpoint(.get, Self.base + "/services/{service_id}/health", tag: Self.tag, self.health),
            Endpoint(.post, Self.base + "/services/{service_id}/test", tag: Self.tag, self.test),
            Endpoint(.get, Self.base + "/earnings", tag: Self.tag, self.earnings),
            Endpoint(.get, Self.base + "/keys", tag: Self.tag, self.keys),
            Endpoint(.delete, Self.base + "/keys/{key_id}", tag: Self.tag, self.revoke),
            Endpoint(.get, Self.base + "/onboarding", tag: Self.tag, self.onboarding),
        ]
    }

    // MARK: Figures

    var dashboard: Operation<NoInput, ProviderDashboard> {
        Operation("Provider dashboard", access: .provider) { _, caller, call in
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
    }

    var services: Operation<NoInput, ProviderServices> {
        Operation("My services", access: .provider) { _, caller, call in
            try await self.rollUps.catchUp()
            return try await self.database.read { tx in
                let figures = try tx.figures.list(servicesOf: caller.identity)
                let listings = try tx.listings.list(of: caller.identity)
                return ProviderServices(listings.map { ($0, figures[$0.id] ?? Figures()) })
            }
        }
    }

    var analytics: Operation<ProviderServicePath, ServiceAnalytics> {
        Operation("Service analytics", access: .provider) { input, caller, call in
            try await self.rollUps.catchUp()
            return try await self.database.read { tx in
                let listing = try tx.listings.require(input.id, of: caller)
                let first = tx.now.startOfDay.adding(seconds: -(Self.dailyDays - 1) * 86_400)
                let days = try tx.figures.list(
                    daysOf: listing.id,
                    from: first.adding(seconds: -Self.dailyDays * 86_400)
                )
                return ServiceAnalytics(
                    listing.id,
                    name: listing.name,
                    figures: try tx.figures.find(listing: listing.id, in: .all),
                    buyers: try tx.figures.countBuyers(of: listing.id),
                    days: days.filter { $0.day >= first.dayText },
                    daysBefore: days.filter { $0.day < first.dayText }
                )
            }
        }
        .refusing(MarketProblems.serviceNotFound, MarketProblems.notYourService)
    }

    var earnings: Operation<NoInput, Earnings> {
        Operation("Earnings", access: .provider) { _, caller, call in
            try await self.rollUps.catchUp()
            return try await self.database.read { tx in
                Earnings(
                    earned: try tx.figures.find(provider: caller.identity, in: .all).revenue,
                    settled: try tx.settlements.sumCompleted(of: caller.identity),
                    settlements: try tx.settlements.list(of: caller.identity, status: nil, limit: 100)
                )
            }
        }
    }

    var onboarding: Operation<NoInput, Onboarding> {
        Operation("Onboarding progress", access: .provider) { _, caller, call in
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
    }

    // MARK: Keys

    var keys: Operation<NoInput, ProviderKeys> {
        Operation("My API keys", access: .provider) { _, caller, call in
            ProviderKeys(try await self.keyService.list(of: caller))
        }
    }

    var revoke: Operation<CredentialPath, KeyRevoked> {
        Operation("Revoke an API key", access: .provider, effect: .write) { input, caller, call in
            try await self.keyService.revoke(input.id, by: caller, trace: call.trace)
            return KeyRevoked(input.id)
        }
        .refusing(MarketProblems.keyNotFound, MarketProblems.notYourKey)
    }

    // MARK: Test

    var health: Operation<ProviderServicePath, ServiceHealth> {
        Operation("Why calls of a service fail", access: .provider) { input, caller, _ in
            try await self.database.read { tx in
                let listing = try tx.listings.require(input.id, of: caller)
                return ServiceHealth(
                    id: listing.id,
                    breaker: .init(secondsLeft: self.breaker.secondsLeft(listing.id, now: tx.now)),
                    minutes: try tx.usage.list(minutesOf: listing),
                    failures: try tx.failures.list(of: listing.id)
                )
            }
        }
        .refusing(MarketProblems.serviceNotFound, MarketProblems.notYourService)
    }

    /// Whatever status the endpoint answers, it is reachable. It costs nobody anything, and is in no figures.
    var test: Operation<EndpointTestInput, EndpointTest> {
        Operation("Test a service endpoint", access: .provider, effect: .write) { input, caller, call in
            let listing = try await self.database.read { try $0.listings.require(input.id, of: caller) }
            let startedAt = self.clock.now()
            let url = ProxyCall.url(of: listing, target: input.target)
            do {
                let answer = try await self.outbound.send(
                    OutboundRequest(
                        method: input.method,
                        url: url,
                        headers: input.body.isEmpty ? [] : [.init("Content-Type", input.contentType)],
                        body: input.body.isEmpty ? nil : Array(input.body.utf8)
                    ),
                    timeoutSeconds: Self.testTimeoutSeconds
                )
                let latency = max(0, self.clock.now().milliseconds(since: startedAt))
                let head = try? await answer.body.collect(
                    upTo: Self.testBodyLimit,
                    timeoutSeconds: Self.testTimeoutSeconds
                )
                return EndpointTest(
                    listing.id,
                    url,
                    latency: latency,
                    status: answer.status,
                    failure: nil,
                    body: head.map {
                        String(decoding: $0.readableBytesView.prefix(EndpointTest.bodyLimit), as: UTF8.self)
                    }
                )
            } catch let error as CancellationError { throw error } catch {
                let latency = max(0, self.clock.now().milliseconds(since: startedAt))
                return EndpointTest(listing.id, url, latency: latency, status: 0, failure: .init(error))
            }
        }
        .refusing(MarketProblems.serviceNotFound, MarketProblems.notYourService)
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
