import ArgumentParser
import Gateway
import Kernel
import Server

/// What the operator does for the gateway.
struct GatewayCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gateway",
        abstract: "Opens tenants.",
        subcommands: [Tenants.self]
    )

    struct Tenants: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists tenants, and opens them.",
            subcommands: [List.self, Create.self],
            defaultSubcommand: List.self
        )

        struct List: AsyncParsableCommand {
            static let configuration = CommandConfiguration(abstract: "Prints the tenants as JSON.")

            @OptionGroup(visibility: .hidden) var options: Options

            func run() async throws {
                try Operator.say(json: try await self.options.withHouse { try await $0.slice(Gateway.self).tenants() })
            }
        }

        struct Create: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Opens a tenant, with an agent that answers, and prints it as JSON."
            )

            @OptionGroup(visibility: .hidden) var options: Options
            @Argument(help: "Its name in headers: 1 to 64 of a-z, 0-9 and hyphens.") var slug: String
            @Option(help: "As people call it; the slug without it.") var name = ""

            func run() async throws {
                let tenant = try await self.options.withHouse {
                    try await $0.slice(Gateway.self).openTenant(self.slug, name: self.name)
                }
                try Operator.say(json: tenant)
            }
        }
    }
}
