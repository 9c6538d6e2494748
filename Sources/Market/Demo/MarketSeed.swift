import Kernel
import Ledger
import Platform
import Storage

/// The demo data: a provider with services, a buyer with money, an administrator.
struct MarketSeed: Sendable {
    /// What was made; each key is what follows `Bearer `.
    struct Seeded: Codable, Sendable {
        let admin: String
        let provider: String
        let buyer: String
        let services: [String]
    }

    let database: any Database
    let keys: KeyService
    let deposits: DepositService
    let ids: IDGenerator

    static let credit: Amount<USDC> = 10_000_000

    /// Nil when the database already has listings.
    ///
    /// - Parameter hostURL: where the demo provider answers.
    func fill(hostURL: String) async throws -> Seeded? {
        let isEmpty = try await self.database.read {
            try $0.listings.isEmpty()
        }
        guard isEmpty else { return nil }
        let admin = try await self.key(.admin, "demo-admin")
        let provider = try await self.key(.provider, "text-tools")
        let buyer = try await self.key(.buyer, "demo-buyer")
        let listings = DemoProvider.services.map { (service: $0, id: self.ids.next(Listing.self)) }
        let credit = self.ids.uuid()
        try await self.database.write { tx in
            for (service, id) in listings {
                try tx.listings.insert(
                    Self.listing(service, "\(hostURL)/\(service.path)", id, Caller(provider.credential), at: tx.now)
                )
            }
            _ = try self.deposits.credit(
                id: credit,
                buyerName: buyer.credential.ownerName,
                amount: Self.credit,
                reason: "demo data",
                by: "console",
                trace: .none,
                in: tx
            )
        }
        return Seeded(
            admin: admin.authorization,
            provider: provider.authorization,
            buyer: buyer.authorization,
            services: listings.map(\.id.text)
        )
    }

    private func key(_ role: MarketRole, _ owner: String) async throws -> KeyService.NewKey {
        try await self.keys.createAtConsole(.init(ownerName: owner, role: role, rateLimit: 300))
    }

    private static func listing(
        _ service: DemoProvider.Text,
        _ endpoint: String,
        _ id: ID<Listing>,
        _ owner: Caller,
        at now: Timestamp
    ) -> Listing {
        Listing(
            id: id,
            owner: owner.identity,
            ownerName: owner.name,
            name: service.name,
            description: service.description,
            endpoint: endpoint,
            price: ListingRules.price(service.price),
            paymentMethod: .x402,
            freeTierCalls: 0,
            timeoutSeconds: 30,
            category: "text",
            tags: service.tags,
            chargeRule: .success,
            interface: DemoProvider.interface(of: service),
            createdAt: now
        )
    }
}
