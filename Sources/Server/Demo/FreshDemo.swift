import Affiliate
import Foundation
import Kernel
import Ledger
import Logging
import Market
import Platform
import ServiceLifecycle
import Storage

/// The story on a server of its own, in a temporary directory.
package enum FreshDemo {
    package static func run(tell: @escaping @Sendable (String) -> Void) async throws {
        let directory = NSTemporaryDirectory() + "souk-demo-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let configuration = try Configuration(
            flags: [.dataDir: directory, .port: "0", .outboundAllow: "127.0.0.1", .limitsAddressPerMinute: "0"],
            environment: [:],
            file: nil
        )
        let logger = Logger(label: "souk.demo") { _ in SwiftLogNoOpLogHandler() }
        // A sandbox, so that the month can end.
        let sandbox = SandboxClock()
        let database = try configuration.openDatabase(clock: sandbox.clock, logger: logger)
        _ = try await database.migrate(House.migrations)
        let house = try House(
            configuration,
            database: database,
            publicURL: "http://localhost",
            sources: .init(clock: sandbox.clock, ids: .system(now: sandbox.clock.now)),
            sandboxClock: sandbox,
            logger: logger
        )
        let admin = try await house.slice(Market.self).keys.createAtConsole(
            .init(ownerName: "demo-admin", role: .admin, rateLimit: 0)
        )
        let (addresses, ready) = AsyncStream.makeStream(of: String.self)
        let (ports, providerReady) = AsyncStream.makeStream(of: Int.self)
        let provider = DemoProvider(port: 0) { providerReady.yield($0) }
        try await LocalHosting.run(provider) {
            try await LocalHosting.run(Server(house: house) { ready.yield($0) }) {
                var (addressIterator, portIterator) = (addresses.makeAsyncIterator(), ports.makeAsyncIterator())
                guard let url = await addressIterator.next(), let port = await portIterator.next() else { return }
                tell("A fresh Souk is at \(url).")
                try await DemoStory(
                    url: url,
                    admin: admin.authorization,
                    provider: "http://127.0.0.1:\(port)",
                    tell: tell
                ).run()
                let story = AffiliateStory(
                    url: url,
                    keys: try await self.affiliateKeys(house),
                    clock: sandbox.clock,
                    tell: tell
                )
                try await story.run()
                try await self.tellTrialBalance(house, tell)
            }
        }
    }

    private static func affiliateKeys(_ house: House) async throws -> AffiliateStory.Keys {
        let key = { (role: AffiliateRole, owner: String) in
            try await house.slice(Affiliate.self).keys.createAtConsole(owner: owner, role: role, rateLimit: 0).key
        }
        return AffiliateStory.Keys(
            advertiser: try await key(.advertiser, "demo-shop"),
            agent: try await key(.agent, "demo-agent"),
            operator: try await key(.operator, "demo-network")
        )
    }

    private static func tellTrialBalance(_ house: House, _ tell: (String) -> Void) async throws {
        let (accounts, balances, differences) = try await house.database.read { tx in
            (try tx.ledger.listAccounts(), try tx.ledger.trialBalance(), try house.verify(in: tx))
        }
        tell("\n14. The ledger, account by account:")
        for account in accounts {
            tell(
                "   \(account.key.purpose.rawValue) of \(account.key.owner): \(Micros.text(account.balance)) \(account.key.currency.code)"
            )
        }
        for balance in balances {
            let sum = balance.debitsPosted - balance.creditsPosted
            tell("   Trial balance in \(balance.currency): debits minus credits = \(Micros.text(sum))")
        }
        guard differences.isEmpty else { throw ConfigurationError("the ledger is off: \(differences)") }
        tell("   Recomputed from its transfers, the ledger is balanced.")
    }
}
