package import Kernel
package import Platform
package import ServiceLifecycle
package import Web

extension Gateway {
    package static let demoRoles = [Scope.admin.role]
    package static let hasDemoHost = true
    package static let demoSettings: [Setting: String] = [.gatewayProviderOrigins: "http://127.0.0.1:*"]

    package static func demoHost(port: Int, _ ready: @escaping @Sendable (Int) -> Void) -> (any Service)? {
        ScriptedModel(port: port, ready: ready)
    }

    package static func tell(in place: DemoPlace, keys: [String: String]) async throws {
        try await GatewayStory(place: place, admin: keys[Scope.admin.rawValue] ?? "").run()
    }

    package func seed(hostURL: String) async throws -> JSONValue? {
        guard let seeded = try await GatewayDemoSeed(parts: self.parts).fill(hostURL: hostURL) else { return nil }
        return ["key": .string(seeded.key), "token": .string(seeded.token)]
    }

    package static func guide(_ seeded: JSONValue, url: String) -> DemoGuide {
        let key = seeded["key"]?.string ?? ""
        let ask =
            #"{"messages": [{"role": "user", "content": "Take a note: the tea needs four minutes."}], "stream": true}"#
        return DemoGuide(
            keys: ["key: \(key)", "gateway token (administrator): \(seeded["token"]?.string ?? "")"],
            commands: [
                "curl -N \(url)/gateway/v1/chat/completions -H 'Authorization: Bearer \(key)' -d '\(ask)'",
                "curl '\(url)/gateway/v1/traces?limit=1' -H 'Authorization: Bearer \(key)'",
            ]
        )
    }
}
