import Kernel
import ArgumentParser
import Logging
import Server
import Storage

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Migrates the database and serves until SIGTERM.")

    @OptionGroup var options: Options

    func run() async throws {
        try await Operator.run {
            let configuration = try self.options.load()
            let logger = Operator.logger(configuration)
            let database = try configuration.openDatabase(clock: .system, logger: logger)
            let applied = try await database.migrate(House.migrations)
            if !applied.isEmpty { logger.info("database migrated", metadata: ["applied": "\(applied.count)"]) }
            let house = try House(
                configuration,
                database: database,
                publicURL: configuration.publicURL ?? "http://localhost:\(configuration.port)",
                logger: logger
            )
            try await Server(house: house).run()
        }
    }
}
