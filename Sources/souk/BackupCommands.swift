import ArgumentParser
import Foundation
import Kernel
import Platform
import Server

struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copies the database, the archive and the surfaces' files into a new folder, and verifies the copy.",
        discussion: """
            The server may run meanwhile. With a passphrase, the backup also has the operator's key, sealed with it; otherwise keep \
            secret.key (or the setting secret_key) apart from the backup: without it the secrets in the database cannot be read.
            """
    )

    @OptionGroup(visibility: .hidden) var options: Options
    @OptionGroup var passphrase: PassphraseOption
    @Flag(help: "Prints JSON.") var json = false
    @Argument(help: "The folder, which must not be there yet.") var folder: String

    func run() async throws {
        try await Operator.run {
            let configuration = try self.options.load()
            let ids = IDGenerator.system(now: WallClock.system.now)
            let backup = Backup(configuration, ids: ids, logger: Operator.logger(configuration))
            let made = try await backup.make(at: self.folder, passphrase: try self.passphrase.read())
            if self.json { return try Operator.say(json: made) }
            Operator.say("\(made.folder): \(made.files) files, \(made.bytes) bytes, verified.")
            Operator.say(
                made.key == "sealed"
                    ? "The operator's key is in it, sealed with the passphrase. Without the passphrase nobody opens it."
                    : "The operator's key is not in it. Keep the key too, apart from the backup."
            )
        }
    }
}

struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Brings a backup back to where no database is, and verifies it.",
        discussion: """
            Every file is checked first. Migrations that are missing are applied. What happened after the backup is not in it: ask the \
            payment companies for payments of that time.
            """
    )

    @OptionGroup(visibility: .hidden) var options: Options
    @OptionGroup var passphrase: PassphraseOption
    @Flag(help: "Prints JSON.") var json = false
    @Argument(help: "The backup's folder.") var folder: String

    func run() async throws {
        try await Operator.run {
            let configuration = try self.options.load()
            let ids = IDGenerator.system(now: WallClock.system.now)
            let restore = Restore(configuration, ids: ids, logger: Operator.logger(configuration))
            let outcome = try await restore.run(from: self.folder, passphrase: try self.passphrase.read())
            if self.json { return try Operator.say(json: outcome) }
            Operator.say(
                "The backup of \(outcome.madeAt.inOneLine) is back, and verified. `souk serve` makes the search indexes anew."
            )
            for migration in outcome.migrations { Operator.say("applied \(migration)") }
        }
    }
}

/// A passphrase stands in a file or comes in a pipe: everybody on a machine can read a command line.
struct PassphraseOption: ParsableArguments {
    @Option(help: "A file whose first line is the passphrase; - reads standard input.") var passphraseFile: String?

    /// Nil without the option. Throws `ConfigurationError`.
    func read() throws -> String? {
        guard let path = self.passphraseFile else { return nil }
        let bytes =
            path == "-" ? FileHandle.standardInput.readDataToEndOfFile() : FileManager.default.contents(atPath: path)
        guard let bytes else { throw ConfigurationError("cannot read the passphrase file \(path)") }
        let line =
            String(decoding: bytes, as: UTF8.self).bytewise.split("\n", keepsEmpty: true).first.map {
                String($0).trimmed
            } ?? ""
        guard !line.isEmpty else { throw ConfigurationError("the passphrase file \(path) begins with an empty line") }
        return line
    }
}
