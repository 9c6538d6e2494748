import HTTPTypes
import Hummingbird
import Kernel
import Storage
import Web

struct InfoRoutes: Sendable {
    let clock: WallClock
    let page: MarketPage
    let console: Console

    var endpoints: [Endpoint] {
        [
            Endpoint(.get, "/health", tag: "Health", self.health),
            Endpoint(
                raw: .get,
                "/",
                "Service info",
                tag: "Health",
                access: .open,
                answers: [
                    AnswerDescription(
                        status: .ok,
                        summary: "The reference's JSON; a page for browsers",
                        of: ServiceInfo.self
                    )
                ],
                self.info
            ),
        ]
    }

    var health: Operation<NoInput, Health> {
        Operation("Health check", access: .open) { _, call in
            Health(timestamp: self.clock.now())
        }
    }

    /// A page for whoever asks for one, JSON for everybody else.
    @Sendable private func info(_ call: Call) async throws -> Response {
        guard call.request.headers[.accept]?.bytewise.contains("text/html") ?? false else {
            return Response(status: .ok, answer: ServiceInfo.example)
        }
        return try await self.console.respond(to: call, self.page.show)
    }
}

struct Health: ExampleAnswer {
    let timestamp: Timestamp

    static let members: [Member<Self>] = [
        Member("status", { _ in "ok" }, "ok"),
        Member("timestamp", \.timestamp, "The server's time"),
    ]

    static let example = Health(timestamp: Timestamp(seconds: 1_773_914_400))
}

struct ServiceInfo: ExampleAnswer {
    static let members: [Member<Self>] = [
        Member("service", { _ in "Agent Commerce Framework" }, "What this is"),
        Member("version", { _ in "0.6.0" }, "The contract's version"),
        Member("docs", { _ in "/docs" }, "Where the reference stands"),
    ]

    static let example = ServiceInfo()
}
