package import Kernel
package import Platform
package import ServiceLifecycle
package import Web

extension Market {
    package static let demoRoles = [MarketRole.admin.role]
    package static let demoPort: Int? = 8081

    package static func demoHost(port: Int, _ ready: @escaping @Sendable (Int) -> Void) -> (any Service)? {
        DemoProvider(port: port, ready: ready)
    }

    package static func tell(in place: DemoPlace, keys: [String: String]) async throws {
        try await MarketStory(in: place, admin: keys["admin"] ?? "").run()
    }

    package func seed(hostURL: String) async throws -> JSONValue? {
        guard let seeded = try await self.demoSeed.fill(hostURL: hostURL) else { return nil }
        return [
            "admin": .string(seeded.admin), "provider": .string(seeded.provider), "buyer": .string(seeded.buyer),
            "services": .strings(seeded.services),
        ]
    }

    package static func guide(_ seeded: JSONValue, url: String) -> DemoGuide {
        let market = "\(url)/market/api/v1"
        let key = { (role: String) in seeded[role]?.string ?? "" }
        let service = seeded["services"]?.array?.dropFirst().first?.string ?? ""
        let text = "Souk is a server for agent commerce. Agents pay for calls. Souk keeps the ledger."
        return DemoGuide(
            keys: ["admin", "provider", "buyer"].map { "\($0): \(key($0))" },
            commands: [
                "curl '\(market)/discover?q=text'",
                "curl -i \(market)/proxy/\(service)/ -H 'Authorization: Bearer \(key("buyer"))' -d '{\"text\": \"\(text)\"}'",
                "curl \(market)/balance -H 'Authorization: Bearer \(key("buyer"))'",
                "curl \(market)/usage -H 'Authorization: Bearer \(key("buyer"))'",
                "curl \(market)/keys -d '{\"owner_id\": \"my-agent\"}'",
            ]
        )
    }
}
