package import Kernel
package import Platform
package import Web

extension Commerce {
    package static let demoRoles = [Role.developer, .supply]

    package static func tell(in place: DemoPlace, keys: [String: String]) async throws {
        try await CommerceStory(
            in: place,
            developer: keys[CommerceRole.developer.rawValue] ?? "",
            supply: keys[CommerceRole.supply.rawValue] ?? ""
        ).run()
    }

    package func seed(hostURL _: String) async throws -> JSONValue? {
        let seeded = try await self.demoSeed.fill()
        return [
            "developer": .string(seeded.developer), "supply": .string(seeded.supply),
            "merchant": .string(seeded.merchant), "invite": .string(seeded.invite),
        ]
    }

    package static func guide(_ seeded: JSONValue, url: String) -> DemoGuide {
        let key = { (name: String) in seeded[name]?.string ?? "" }
        let sentence = "wireless%20mouse%20under%20%2430"
        return DemoGuide(
            keys: [
                "developer: \(key("developer"))", "supply (X-Supply-Key): \(key("supply"))",
                "merchant (X-Merchant-Token): \(key("merchant"))", "invite: \(key("invite"))",
            ],
            commands: [
                "curl '\(url)/commerce/v1/recommend?intent=\(sentence)' -H 'Authorization: Bearer \(key("developer"))'",
                "curl '\(url)/commerce/v1/report/attribution' -H 'X-Supply-Key: \(key("supply"))'",
            ]
        )
    }
}
