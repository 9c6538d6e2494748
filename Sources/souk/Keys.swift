import Affiliate
import ArgumentParser
import Kernel
import Market
import Platform
import Server

struct Keys: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Makes keys.", subcommands: [Create.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Makes a key and prints it as JSON. Works before and while the server runs."
        )

        enum Surface: String, ExpressibleByArgument, CaseIterable { case market, affiliate }

        @OptionGroup var options: Options
        @Option(help: "The surface that the key is for.") var surface: Surface
        @Option(help: "market: buyer, provider or admin; affiliate: publisher, advertiser, agent or operator.")
        var role: String
        @Option(help: "Whose key it is (the market's owner_id).") var owner: String
        @Option(help: "Requests a minute; 0 lifts the limit. The contract's own without it.") var rateLimit: Int?

        func run() async throws {
            guard !self.owner.isEmpty, self.rateLimit ?? 0 >= 0 else {
                throw ValidationError("--owner must not be empty, and --rate-limit not negative")
            }
            switch self.surface {
            case .market: try await self.createForMarket()
            case .affiliate: try await self.createForAffiliate()
            }
        }

        private func createForAffiliate() async throws {
            guard let role = AffiliateRole(rawValue: self.role) else {
                throw ValidationError("--role must be one of publisher, advertiser, agent, operator")
            }
            let limit = self.rateLimit ?? AffiliateKeyService.readsPerMinute
            let key = try await self.options.withHouse {
                try await $0.affiliate.keys.createAtConsole(owner: self.owner, role: role, rateLimit: limit)
            }
            try Operator.say(
                json: [
                    "authorization": .string(key.key), "api_key": .string(key.key), "key_id": .string(key.credential),
                    "role": .string(key.role), "rate_limit": .int(limit), "owner_id": .string(self.owner),
                ] as JSONValue
            )
        }

        private func createForMarket() async throws {
            guard let role = KeyService.Role(rawValue: self.role) else {
                throw ValidationError("--role must be one of buyer, provider, admin")
            }
            let order = KeyService.Order(ownerName: self.owner, role: role, rateLimit: self.rateLimit ?? 60)
            let key = try await self.options.withHouse { try await $0.market.keys.createAtConsole(order) }
            try Operator.say(json: Output(key, owner: self.owner))
        }
    }

    private struct Output: Encodable {
        let authorization: String
        let keyID: String
        let secret: String
        let role: String
        let rateLimit: Int
        let ownerID: String

        enum CodingKeys: String, CodingKey {
            case authorization
            case keyID = "key_id"
            case secret, role
            case rateLimit = "rate_limit"
            case ownerID = "owner_id"
        }

        init(_ key: KeyService.NewKey, owner: String) {
            self.authorization = key.authorization
            self.keyID = key.credential.id
            self.secret = key.secret
            self.role = key.credential.role
            self.rateLimit = key.credential.rateLimit
            self.ownerID = owner
        }
    }
}
