import HTTPTypes
import Hummingbird
import Kernel
import Web

struct InfoRoutes: Sendable {
    let clock: WallClock

    var endpoints: [Endpoint] {
        [
            Endpoint(.get, "/health", "Health check", tag: "Health", access: .open, self.health),
            Endpoint(.get, "/", "Service info", tag: "Health", access: .open, self.info),
        ]
    }

    @Sendable private func health(_: NoInput, _ call: Call) async throws -> Health {
        Health(status: "ok", timestamp: self.clock.now().text)
    }

    @Sendable private func info(_: NoInput, _ call: Call) async throws -> ServiceInfo {
        ServiceInfo(service: "Agent Commerce Framework", version: "0.6.0", docs: "/docs")
    }
}

private struct Health: Output {
    let status: String
    let timestamp: String
    static let example = Health(status: "ok", timestamp: "2026-03-19T10:00:00.000000+00:00")
}

private struct ServiceInfo: Output {
    let service: String
    let version: String
    let docs: String
    static let example = ServiceInfo(service: "Agent Commerce Framework", version: "0.6.0", docs: "/docs")
}
