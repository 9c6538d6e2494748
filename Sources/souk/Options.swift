import ArgumentParser
import Foundation
import Kernel
import Logging
import Platform
import Server
import Storage

/// The settings as flags, the same for every command that opens the database.
struct Options: ParsableArguments {
    @Option(help: "A YAML file with settings.") var config: String?
    @Option(help: ArgumentHelp(Setting.host.help)) var host: String?
    @Option(help: ArgumentHelp(Setting.port.help)) var port: String?
    @Option(help: ArgumentHelp(Setting.dataDir.help)) var dataDir: String?
    @Option(help: ArgumentHelp(Setting.database.help)) var database: String?
    @Option(help: ArgumentHelp(Setting.secretKey.help)) var secretKey: String?
    @Option(help: ArgumentHelp(Setting.previousSecretKeys.help)) var previousSecretKeys: String?
    @Option(name: .customLong("public-url"), help: ArgumentHelp(Setting.publicURL.help)) var publicURL: String?
    @Option(help: ArgumentHelp(Setting.outboundAllow.help)) var outboundAllow: String?
    @Option(help: ArgumentHelp(Setting.limitsAddressPerMinute.help)) var limitsAddressPerMinute: String?
    @Option(help: ArgumentHelp(Setting.limitsConnectionsPerAddress.help)) var limitsConnectionsPerAddress: String?
    @Option(help: ArgumentHelp(Setting.limitsBodyBytes.help)) var limitsBodyBytes: String?
    @Option(help: ArgumentHelp(Setting.retentionDays.help)) var retentionDays: String?
    @Option(help: ArgumentHelp(Setting.archiveDir.help)) var archiveDir: String?
    @Option(help: ArgumentHelp(Setting.trustedProxies.help)) var trustedProxies: String?
    @Option(help: ArgumentHelp(Setting.corsOrigins.help)) var corsOrigins: String?
    @Option(help: ArgumentHelp(Setting.logLevel.help)) var logLevel: String?
    @Option(help: ArgumentHelp(Setting.accessLog.help)) var accessLog: String?
    @Option(help: ArgumentHelp(Setting.accessLogFile.help)) var accessLogFile: String?
    @Option(help: ArgumentHelp(Setting.metricsListen.help)) var metricsListen: String?
    @Option(help: ArgumentHelp(Setting.assetsDir.help)) var assetsDir: String?

    private var flags: [Setting: String] {
        let given: [Setting: String?] = [
            .host: self.host, .port: self.port, .dataDir: self.dataDir, .database: self.database,
            .secretKey: self.secretKey, .previousSecretKeys: self.previousSecretKeys, .publicURL: self.publicURL,
            .outboundAllow: self.outboundAllow, .limitsAddressPerMinute: self.limitsAddressPerMinute,
            .limitsConnectionsPerAddress: self.limitsConnectionsPerAddress,
            .limitsBodyBytes: self.limitsBodyBytes, .retentionDays: self.retentionDays, .archiveDir: self.archiveDir,
            .trustedProxies: self.trustedProxies, .corsOrigins: self.corsOrigins, .logLevel: self.logLevel,
            .accessLog: self.accessLog, .accessLogFile: self.accessLogFile, .metricsListen: self.metricsListen,
            .assetsDir: self.assetsDir,
        ]
        return given.compactMapValues { $0 }.merging(SliceFlags.given) { $1 }
    }

    func load(isSandbox: Bool = false) throws -> Configuration {
        var flags = self.flags
        let environment = ProcessInfo.processInfo.environment
        if isSandbox {
            let real = try Configuration(flags: flags, environment: environment, file: self.config)
            // Apart from everything real, and out of reach of everybody else.
            flags[.dataDir] = "\(real.dataDirectory)/sandbox"
            flags[.database] = "\(real.dataDirectory)/sandbox/souk.sqlite"
            flags[.host] = "127.0.0.1"
        }
        return try Configuration(flags: flags, environment: environment, file: self.config)
    }

    /// What a command does to the database.
    enum Access {
        /// Looks at one that is there and as it should be.
        case reading
        /// Changes one that is there, and migrates it.
        case writing
        /// Makes one where none is.
        case creating
    }

    /// The database for commands that do one thing and end.
    func withHouse<T>(_ access: Access = .writing, _ body: (House) async throws -> T) async throws -> T {
        try await Operator.run {
            let configuration = try self.load()
            let logger = Operator.logger(configuration)
            let database: any Database
            let isWriting = access != .reading
            if isWriting {
                if access == .writing { try configuration.requireDatabase() }
                database = try configuration.openDatabase(clock: .system, logger: logger)
                _ = try await database.migrate(House.migrations, isServed: configuration.findServer() != nil)
            } else {
                database = try await configuration.openExistingDatabase(clock: .system, logger: logger)
            }
            let ids = IDGenerator.system(now: WallClock.system.now)
            try await OperatorKey.check(configuration, ids: ids, database, isWriting: isWriting)
            let house = try House(
                configuration,
                database: database,
                publicURL: configuration.publicURL ?? "http://localhost:\(configuration.port)",
                logger: logger
            )
            if isWriting { try await house.prepare() }
            let result = try await body(house)
            await database.close()
            return result
        }
    }
}

/// How the command line speaks to the operator.
enum Operator {
    static func logger(_ configuration: Configuration) -> Logger {
        Logger(label: "souk") { JSONLogHandler(label: $0, level: configuration.logLevel) }
    }

    /// Says what is wrong in one line, and exits with 1.
    static func run<T>(_ body: () async throws -> T) async throws -> T {
        signal(SIGPIPE, SIG_IGN)
        defer { LogWriter.standardError.flush() }
        do { return try await body() } catch let error as ConfigurationError {
            throw Self.fail(error.description)
        } catch let error as MigrationError {
            throw Self.fail(error.description)
        } catch let problem as Problem {
            throw Self.fail(House.message(problem))
        }
    }

    static func fail(_ message: String) -> ExitCode {
        LogWriter.standardError.flush()
        LogWriter.write(Array("souk: \(message)\n".utf8), to: 2)
        return .failure
    }

    /// To standard output; a reader that has gone away is no error.
    static func say(_ text: String) { LogWriter.write(Array("\(text)\n".utf8), to: 1) }

    static func say(json value: some Encodable) throws { self.say(try JSON.text(value)) }
}
