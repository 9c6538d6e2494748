import ArgumentParser
import Server

@main
enum Program {
    static func main() async { await Souk.main(SliceFlags.take(from: Array(CommandLine.arguments.dropFirst()))) }
}

struct Souk: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "souk",
        abstract: "One self-hosted server for agent commerce.",
        discussion: """
            Settings come from flags, then SOUK_… environment variables, then the file of --config, then defaults. \
            `souk serve --help` lists all of them; every command that opens the database takes them. \
            `souk serve --print-config` prints the ones in force, `--print-example` a file of all of them to begin with.
            """,
        version: Version.full,
        subcommands: [
            Serve.self, Keys.self, Accounts.self, AuditLog.self, Seed.self, Demo.self, Verify.self, BackupCommand.self,
            RestoreCommand.self, Routes.self, Migrate.self,
            Archived.self, Searched.self, Doctor.self, CommerceCommands.self, GatewayCommands.self,
            PrintVersion.self, ServeDemoProvider.self,
        ]
    )
}
