import Foundation
import Kernel
import Ledger
import Logging
import Platform
import ServiceLifecycle
import Storage
import Web

/// The story on a server of its own, in a temporary directory.
package enum FreshDemo {
    package static func run(tell: @escaping @Sendable (String) -> Void) async throws {
        let directory = NSTemporaryDirectory() + "souk-demo-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let flags: [Setting: String] = [
            .dataDir: directory, .port: "0", .outboundAllow: "127.0.0.1", .limitsAddressPerMinute: "0",
        ]
        let configuration = try Configuration(
            flags: House.sliceTypes.reduce(into: flags) { $0.merge($1.demoSettings) { $1 } },
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
        let (addresses, ready) = AsyncStream.makeStream(of: String.self)
        let (ports, hostReady) = AsyncStream.makeStream(of: (surface: String, port: Int).self)
        let hosts = House.demoHosts(port: 0) { hostReady.yield(($0, $1)) }
        let tellStories: @Sendable () async throws -> Void = {
            var (addressIterator, portIterator) = (addresses.makeAsyncIterator(), ports.makeAsyncIterator())
            guard let url = await addressIterator.next() else { return }
            var urls: [String: String] = [:]
            while urls.count < hosts.count, let host = await portIterator.next() {
                urls[host.surface] = "http://127.0.0.1:\(host.port)"
            }
            tell("A fresh Souk is at \(url).")
            var keys: [String: [String: String]] = [:]
            for slice in house.slices { keys[type(of: slice).name] = try await self.keys(for: slice) }
            let place = DemoPlace(url: url, hostURLs: urls, keys: keys, clock: sandbox.clock, tell: tell)
            for slice in house.slices {
                let slice = type(of: slice)
                try await slice.tell(in: place, keys: keys[slice.name] ?? [:])
            }
            try await self.tellTrialBalance(house, place)
        }
        try await self.run(hosts[...]) {
            try await LocalHosting.run(Server(house: house) { ready.yield($0) }) { try await tellStories() }
        }
    }

    /// Runs the body beside all of the services.
    private static func run(_ services: ArraySlice<any Service>, _ body: @escaping @Sendable () async throws -> Void)
        async throws
    {
        guard let first = services.first else { return try await body() }
        let others = services.dropFirst()
        try await LocalHosting.run(first) { try await Self.run(others, body) }
    }

    /// What follows `Bearer ` of each role that the slice's story needs; of one that signs instead, its secret.
    private static func keys(for slice: any Slice) async throws -> [String: String] {
        var keys: [String: String] = [:]
        for role in type(of: slice).demoRoles {
            let made = try await slice.makeKey(role: role, owner: "demo-\(role)", rateLimit: 0)
            keys[role.name] = (made["authorization"] ?? made["webhook_secret"])?.string
        }
        return keys
    }

    private static func tellTrialBalance(_ house: House, _ place: DemoPlace) async throws {
        let (accounts, balances, differences) = try await house.database.read { tx in
            (try tx.ledger.listAccounts(), try tx.ledger.trialBalance(), try house.verify(in: tx))
        }
        let tell = place.tell
        place.step("The ledger, account by account:")
        for account in accounts {
            tell(
                "   \(account.key.purpose.rawValue) of \(account.key.owner): \(account.balance.text) \(account.key.currency.code)"
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
