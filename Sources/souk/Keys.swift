import ArgumentParser
import Gateway
import Kernel
import Platform
import Server
import Web

struct Keys: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Makes keys.",
        subcommands: [Create.self, GatewayTokenCommand.self]
    )

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a key and prints it as JSON. Works before and while the server runs."
        )

        private static let surfaces = House.sliceTypes.map { $0.name }
        private static let roles = House.sliceTypes.map {
            "\($0.name): \($0.roles.map(\.name).joined(separator: ", "))"
        }

        @OptionGroup var options: Options
        @Option(help: "The surface that the key is for: \(surfaces.joined(separator: ", ")).") var surface: String
        @Option(help: "\(roles.joined(separator: "; ")).") var role: String
        @Option(help: "Whose key it is (the market's owner_id).") var owner: String
        @Option(help: "Requests a minute; 0 lifts the limit. The contract's own without it.") var rateLimit: Int?

        @Option(
            help: "Of commerce's supply keys: the merchants that it is limited to, comma separated; all without it."
        )
        var merchants: String?

        func run() async throws {
            guard !self.owner.isEmpty, self.rateLimit ?? 0 >= 0 else {
                throw ValidationError("--owner must not be empty, and --rate-limit not negative")
            }
            let merchants = self.merchants?.bytewise.list(",") ?? []
            guard self.merchants == nil || !merchants.isEmpty else {
                throw ValidationError("--merchants must name a merchant; without it the key is for all")
            }
            guard let kind = House.sliceTypes.first(where: { $0.name == self.surface }) else {
                throw ValidationError("--surface must be one of \(Self.surfaces.joined(separator: ", "))")
            }
            guard let role = kind.roles.first(where: { $0.name == self.role }) else {
                throw ValidationError("--role must be one of \(kind.roles.map(\.name).joined(separator: ", "))")
            }
            let key = try await self.options.withHouse { house in
                guard let slice = house.slices.first(where: { type(of: $0).name == self.surface }) else {
                    throw ConfigurationError("there is no surface \(self.surface)")
                }
                return try await slice.makeKey(
                    role: role,
                    owner: self.owner,
                    rateLimit: self.rateLimit,
                    merchants: merchants
                )
            }
            try Operator.say(json: key)
        }
    }
}

extension Keys {
    /// The gateway's administrator token, made at the first start.
    struct GatewayTokenCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "gateway-token",
            abstract: "Prints the gateway's administrator token."
        )

        @OptionGroup var options: Options

        func run() async throws {
            let token = try await self.options.withHouse { try $0.slice(Gateway.self).token }
            Operator.say(token)
        }
    }
}
