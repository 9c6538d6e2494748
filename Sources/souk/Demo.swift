import ArgumentParser
import Foundation
import Kernel
import Ledger
import Logging
import Market
import Platform
import Server
import ServiceLifecycle
import Storage
import UnixSignals
import Web

struct Seed: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Fills an empty database with the demo data, and prints what to try."
    )

    @OptionGroup(visibility: .hidden) var options: Options
    @Flag(help: "Prints the keys as JSON.") var json = false

    func run() async throws {
        let keys = try await self.options.withHouse(.creating) { try await DemoSeed(house: $0).fill() }
        guard let keys else { throw Operator.fail("the database has services of its own; nothing was changed") }
        let configuration = try self.options.load()
        let url = configuration.publicURL ?? "http://localhost:\(configuration.port)"
        if self.json { try Operator.say(json: keys) } else { Operator.say(DemoSeed.guide(keys, url: url)) }
    }
}

struct ServeDemoProvider: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo-provider",
        abstract: "Serves the demo provider's three text services on loopback."
    )

    @Option(help: "The port to listen on.") var port = House.demoPort

    func run() async throws {
        let group = ServiceGroup(
            configuration: .init(
                services: House.demoHosts(port: self.port).map { .init(service: $0) },
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: Logger(label: "demo") { _ in SwiftLogNoOpLogHandler() }
            )
        )
        try await group.run()
    }
}

struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tells a money story with real requests, ending in a balanced ledger.",
        discussion: "Without --url it starts a fresh server of its own on a free port and ends it afterwards."
    )

    @Option(help: "A running Souk, started with --outbound-allow 127.0.0.1.") var url: String?
    @Option(help: "With --url: what follows \"Bearer \" of an administrator.") var adminKey: String?
    @Option(help: "With --url: where the demo provider answers.") var provider =
        "http://127.0.0.1:\(House.demoPort)"

    func run() async throws {
        try await Operator.run {
            guard let url else {
                try await FreshDemo.run(tell: { Operator.say($0) })
                return
            }
            guard let adminKey else { throw ValidationError("--url needs --admin-key") }
            let place = DemoPlace(
                url: url,
                hostURLs: [Market.name: self.provider],
                clock: .system,
                tell: { Operator.say($0) }
            )
            // The stories that an administrator's key is enough for.
            for slice in House.sliceTypes where slice.demoRoles.map(\.name) == ["admin"] {
                try await slice.tell(in: place, keys: ["admin": adminKey])
            }
            Operator.say("\nThe story is told. See `souk verify` for the ledger.")
        }
    }
}
