package import Kernel
package import Platform
package import Web

extension Affiliate: PasswordKeeping {
    package static let demoRoles = [AffiliateRole.advertiser, .agent, .operator].map(\.role)

    package static func tell(in place: DemoPlace, keys: [String: String]) async throws {
        let byRole = keys.compactMap { role, key in AffiliateRole(rawValue: role).map { ($0, key) } }
        try await AffiliateStory(in: place, keys: Dictionary(uniqueKeysWithValues: byRole)).run()
    }

    package func seed(hostURL _: String) async throws -> JSONValue? {
        let seeded = try await self.demoSeed.fill()
        return [
            "agent": .string(seeded.agent), "advertiser": .string(seeded.advertiser),
            "operator": .string(seeded.operator), "programs": .array(seeded.programs.map { .integer($0.value) }),
            "partnership": .integer(seeded.partnership.value),
        ]
    }

    package static func guide(_ seeded: JSONValue, url: String) -> DemoGuide {
        let key = { (role: String) in seeded[role]?.string ?? "" }
        let recommend = #"{"action": "agent.recommend", "params": {"use_case": "画像生成"}}"#
        return DemoGuide(
            keys: ["agent", "advertiser", "operator"].map { "\($0): \(key($0))" },
            commands: [
                "curl \(url)/affiliate/api/mcp.php -H 'Authorization: Bearer \(key("agent"))' -d '\(recommend)'"
            ]
        )
    }

    package func setPassword(_ password: String, of owner: String, email: String) async throws {
        try await self.accounts.setPassword(password, of: owner, email: email)
    }
}
