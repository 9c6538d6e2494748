import ArgumentParser
import Server

@main
struct Souk: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "souk",
        abstract: "One self-hosted server for agent commerce.",
        discussion: """
            Settings come from flags, then SOUK_… environment variables, then the file of --config, then defaults.
            """,
        version: Version.text,
        subcommands: [
            Serve.self, Keys.self, Routes.self, Verify.self, Migrate.self, PrintVersion.self,
        ]
    )
}
