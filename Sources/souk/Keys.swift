import ArgumentParser
import Gateway
import Kernel
import Platform
import Server
import Storage
import Web

struct Keys: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Makes, lists and revokes keys.",
        subcommands: [Create.self, List.self, Revoke.self, GatewayTokenCommand.self]
    )

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a key and prints it as JSON. Works before and while the server runs."
        )

        private static let surfaces = House.sliceTypes.map { $0.name }
        private static let roles = House.sliceTypes.map {
            "\($0.name): \($0.roles.map(\.name).joined(separator: ", "))"
        }

        @OptionGroup(visibility: .hidden) var options: Options
        @Option(help: "The surface that the key is for: \(surfaces.joined(separator: ", ")).") var surface: String
        @Option(help: "\(roles.joined(separator: "; ")).") var role: String
        @Option(help: "Whose key it is (the market's owner_id).") var owner: String
        @Option(help: "Requests a minute; 0 lifts the limit. The contract's own without it.") var rateLimit: Int?

        @Option(
            help: "Of commerce's supply keys: the merchants that it is limited to, comma separated; all without it."
        )
        var merchants: String?

        func run() async throws {
            guard !self.owner.trimmed.isEmpty, !self.owner.hasHiddenScalars, self.owner.unicodeScalars.count <= 200,
                self.rateLimit ?? 0 >= 0
            else {
                throw ValidationError("--owner must be 1 to 200 visible characters, and --rate-limit not negative")
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
            let key = try await self.options.withHouse(.creating) { house in
                let account = try await house.database.read { try $0.accountAdmin.find(name: self.owner) }
                guard account?.suspendedAt == nil else {
                    throw ConfigurationError("\(self.owner) is suspended; `souk accounts reinstate` ends that")
                }
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

        @OptionGroup(visibility: .hidden) var options: Options

        func run() async throws {
            let token = try await self.options.withHouse(.creating) { try $0.slice(Gateway.self).token }
            Operator.say(token)
        }
    }
}

extension Keys {
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lists keys that were not revoked, the newest first; never their secrets."
        )

        private static let limit = 1000

        @OptionGroup(visibility: .hidden) var options: Options
        @Option(help: "Only those of this surface.") var surface: String?
        @Option(help: "Only those of this account, with revoked ones.") var owner: String?
        @Flag(help: "Prints JSON.") var json = false

        func run() async throws {
            try House.requireSurface(self.surface)
            let keys = try await self.options.withHouse(.reading) { house in
                try await house.database.read { tx in
                    guard let owner else { return try tx.accountAdmin.listKeys(surface: surface, limit: Self.limit) }
                    guard let account = try tx.accountAdmin.find(name: owner) else {
                        throw ConfigurationError("there is no account \(owner)")
                    }
                    return try tx.accountAdmin.listKeys(of: account.id, limit: Self.limit).filter {
                        surface == nil || $0.surface == surface
                    }
                }
            }
            if self.json {
                return try Operator.say(json: ["keys": .array(keys.map(\.json))] as JSONValue)
            }
            for key in keys {
                let end = key.revokedAt.map { ", revoked \($0.readable)" } ?? ""
                let limit = key.rateLimit == 0 ? "no limit" : "\(key.rateLimit) a minute"
                Operator.say(
                    "\(key.id.inOneLine)  \(key.surface) \(key.role)  \(key.ownerName.inOneLine)  \(limit), made \(key.createdAt.readable)\(end)"
                )
            }
            if keys.isEmpty { Operator.say("There are no keys; `souk keys create` makes one.") }
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Revokes a key for good, at once and on all servers."
        )

        @OptionGroup(visibility: .hidden) var options: Options
        @Flag(help: "Prints JSON.") var json = false
        @Argument(help: "The key's id, as `souk keys list` shows it.") var id: String

        func run() async throws {
            let key = try await self.options.withHouse { house in
                try await house.database.write { tx in
                    guard let key = try tx.accountAdmin.findKey(self.id) else {
                        throw ConfigurationError("there is no key \(self.id)")
                    }
                    if try tx.identities.revoke(key, by: "console", trace: .none) {
                        try house.slices.first { type(of: $0).name == key.surface }?.noteRevoked(key.id, in: tx)
                    }
                    return try tx.accountAdmin.findKey(self.id) ?? key
                }
            }
            if self.json { return try Operator.say(json: key.json) }
            Operator.say("\(key.id) of \(key.ownerName) works no more.")
        }
    }
}

extension KeySummary {
    fileprivate var json: JSONValue {
        [
            "key_id": .string(self.id), "surface": .string(self.surface), "owner_id": .string(self.ownerName),
            "role": .string(self.role.name), "rate_limit": .int(self.rateLimit),
            "created_at": .string(self.createdAt.text), "expires_at": .text(self.expiresAt?.text),
            "revoked_at": .text(self.revokedAt?.text),
            "daily_cap": .text(self.dailyCap.map { Amount<USDC>(micros: $0).text }),
        ]
    }
}
