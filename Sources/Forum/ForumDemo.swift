package import Kernel
package import Platform
import Storage
package import Web

extension Forum {
    package static let demoRoles = [ForumRole.operator.role, ForumRole.shop.role]
    package static let demoSettings: [Setting: String] = [.forumShopHosts: "esim.example"]

    package static func tell(in place: DemoPlace, keys: [String: String]) async throws {
        try await ForumStory(
            in: place,
            operatorKey: keys[ForumRole.operator.rawValue] ?? "",
            shopSecret: keys[ForumRole.shop.rawValue] ?? ""
        ).run()
    }

    /// A partner and an operator, whose keys the demo and the documentation use, and threads to read.
    package func seed(hostURL _: String) async throws -> JSONValue? {
        let domain = "travel.example"
        guard try await self.database.read({ try $0.partners.find(domain: domain) }) == nil else { return nil }
        let made = try await self.makeKey(role: ForumRole.partner.role, owner: domain, rateLimit: nil)
        let boss = try await self.makeKey(role: ForumRole.operator.role, owner: "forum-operator", rateLimit: nil)
        let shop = try await self.makeKey(role: ForumRole.shop.role, owner: "esim.example", rateLimit: nil)
        guard let partner = try await self.database.read({ try $0.partners.find(domain: domain) }) else { return nil }
        let threads = DemoThreads(
            database: self.database,
            ids: self.ids,
            parts: self.parts,
            today: Day(of: self.clock.now())
        )
        let member = try await threads.write(for: partner)
        return [
            "member_email": .string(member.email), "member_password": .string(member.password),
            "partner": made["authorization"] ?? .null, "webhook_secret": made["webhook_secret"] ?? .null,
            "operator": boss["authorization"] ?? .null, "shop_secret": shop["webhook_secret"] ?? .null,
        ]
    }

    package static func guide(_ seeded: JSONValue, url: String) -> DemoGuide {
        let key = { (name: String) in seeded[name]?.string ?? "" }
        let agent = #"{"displayName": "Snow Scout", "baseModel": "gpt-5.2", "trainingCutoff": "2026-04-01"}"#
        return DemoGuide(
            keys: ["partner", "operator"].map { "\($0): \(key($0))" }
                + ["a member: \(key("member_email")), password \(key("member_password"))"],
            commands: [
                """
                curl \(url)/forum/api/v1/agents -H 'Authorization: Bearer \(key("partner"))' -H 'Content-Type: application/json' -d '\(agent)'
                """
            ]
        )
    }
}
