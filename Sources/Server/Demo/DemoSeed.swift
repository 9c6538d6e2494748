package import Affiliate
import Foundation
import Kernel
import Market
import Platform
import Storage

/// The demo data of the whole house, and the note of its keys beside the database.
package struct DemoSeed: Sendable {
    package static let providerPort = 8081

    private let house: House
    private let providerURL: String

    package init(house: House, providerURL: String = "http://127.0.0.1:\(DemoSeed.providerPort)") {
        self.house = house
        self.providerURL = providerURL
    }

    /// Fills an empty database once. Afterwards, and on every later start, what to try can be read from the note.
    ///
    /// Nil when there are services already and no note of an earlier seed.
    package func fill() async throws -> Keys? {
        let services = DemoProvider.services.map {
            MarketSeed.Service(
                name: $0.name,
                description: $0.description,
                endpoint: "\(self.providerURL)/\($0.path)",
                price: $0.price,
                tags: $0.tags
            )
        }
        guard let seeded = try await self.house.slice(Market.self).seed.fill(with: services) else { return self.note() }
        let affiliate = try await self.house.slice(Affiliate.self).seed.fill()
        let keys = Keys(
            admin: seeded.admin,
            provider: seeded.provider,
            buyer: seeded.buyer,
            services: seeded.serviceIDs,
            affiliate: affiliate
        )
        let bytes = try JSON.encode(keys)
        guard
            FileManager.default.createFile(
                atPath: self.path,
                contents: Data(bytes),
                attributes: [.posixPermissions: 0o600]
            )
        else { throw ConfigurationError("cannot write \(self.path)") }
        return keys
    }

    /// The demo's keys: each is what follows `Bearer `.
    package struct Keys: Codable, Sendable {
        package let admin: String
        package let provider: String
        package let buyer: String
        package let services: [String]
        package let affiliate: AffiliateSeed.Seeded
    }

    private var path: String { "\(self.house.configuration.dataDirectory)/demo-keys.json" }

    private func note() -> Keys? {
        FileManager.default.contents(atPath: self.path).flatMap { try? JSON.decode(Keys.self, from: [UInt8]($0)) }
    }

    /// What a newcomer can paste.
    package static func guide(_ keys: Keys, url: String) -> String {
        let market = "\(url)/market/api/v1"
        return """
            Souk is at \(url) (pages: \(url)/, reference: \(url)/market/docs)

            Keys of the demo (what follows "Bearer "):
              admin     \(keys.admin)
              provider  \(keys.provider)
              buyer     \(keys.buyer)
              affiliate \(keys.affiliate.agent) (agent), \(keys.affiliate.advertiser) (advertiser), \(keys.affiliate.operator) (operator)

            Try these as they stand:
              curl '\(market)/discover?q=text'
              curl -i \(market)/proxy/\(keys.services[1])/ -H 'Authorization: Bearer \(keys.buyer)' -d '{"text": "Souk is a server for agent commerce. Agents pay for calls. Souk keeps the ledger."}'
              curl \(market)/balance -H 'Authorization: Bearer \(keys.buyer)'
              curl \(market)/usage -H 'Authorization: Bearer \(keys.buyer)'
              curl \(market)/keys -d '{"owner_id": "my-agent"}'
              curl \(url)/affiliate/api/mcp.php -H 'Authorization: Bearer \(keys.affiliate.agent)' -d '{"action": "agent.recommend", "params": {"use_case": "画像生成"}}'

            Work places in the browser: \(url)/market/sign-in and \(url)/affiliate/sign-in (with one of the keys)

            """
    }
}
