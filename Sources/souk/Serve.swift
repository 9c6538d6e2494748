import ArgumentParser
import Kernel
import Logging
import Server
import Storage

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Migrates the database and serves until SIGTERM.",
        discussion: "Settings of the surfaces, which every command takes that opens the database:\n\(SliceFlags.help)"
    )

    @OptionGroup var options: Options
    @Flag(help: "Prints the settings in force, with what each means, and ends.") var printConfig = false
    @Flag(help: "Prints a file of all settings to begin with, and ends.") var printExample = false
    @Flag(help: "A sandbox: own data directory, loopback only, a clock that can be moved.") var sandbox = false

    func run() async throws {
        try await Operator.run {
            if self.printExample { return Operator.say(SettingsFile.example) }
            let configuration = try self.options.load(isSandbox: self.sandbox)
            if self.printConfig { return Operator.say(SettingsFile.text(of: configuration)) }
            let logger = Operator.logger(configuration)
            let accessLog = try configuration.openAccessLog()
            let lock = try configuration.claimDatabase()
            defer { withExtendedLifetime(lock) {} }
            try configuration.requireFreePorts()
            let sandboxClock = self.sandbox ? SandboxClock() : nil
            let clock = sandboxClock?.clock ?? .system
            let database = try configuration.openDatabase(clock: clock, logger: logger)
            let applied = try await database.migrate(House.migrations)
            if !applied.isEmpty {
                logger.info("database migrated", metadata: ["migrations": "\(applied.joined(separator: ", "))"])
            }
            try await OperatorKey.check(configuration, ids: .system(now: clock.now), database, isWriting: true)
            let house = try House(
                configuration,
                database: database,
                publicURL: configuration.publicURL ?? "http://localhost:\(configuration.port)",
                sources: .init(clock: clock, ids: .system(now: clock.now)),
                sandboxClock: sandboxClock,
                accessLog: accessLog,
                logger: logger
            )
            // On the first start nobody has a key yet.
            if applied.count == House.migrations.count,
                configuration.accessLog == nil || configuration.accessLogFile != nil
            {
                Operator.say(
                    """
                    The database is new. With the same settings, in another terminal:
                      souk keys create --surface market --role admin --owner ops
                    The key opens \(house.publicURL)/market/sign-in. `souk keys create --help` lists other surfaces and roles.
                    """
                )
            }
            try await Server(house: house).run()
        }
    }
}
