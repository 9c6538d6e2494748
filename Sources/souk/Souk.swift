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
            Settings come from flags, then SOUK_… environment variables, then the file of --config, then defaults.
            """,
        version: Version.text,
        subcommands: [
            Serve.self, Keys.self, Accounts.self, Seed.self, Demo.self, Verify.self, Routes.self, Migrate.self,
            Archived.self, Searched.self, Doctor.self, CommerceCommands.self, GatewayCommands.self,
            PrintVersion.self, ServeDemoProvider.self,
        ]
    )
}
