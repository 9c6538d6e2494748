import HTTPTypes
import Hummingbird
import Kernel
import Storage
import Web

struct InfoRoutes: Sendable {
    let clock: WallClock
    let page: MarketPage
    let workPlace: WorkPlace

    var endpoints: [Endpoint] {
        [
            Endpoint(.get, "/health", "Health check", tag: "Health", access: .open, self.health),
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
                        example: ServiceInfo.example.json
                    )
                ],
                self.info
            ),
        ]
    }

    @Sendable private func health(_: NoInput, _ call: Call) async throws -> Health { Health(self.clock.now()) }

    /// A page for whoever asks for one, JSON for everybody else.
    @Sendable private func info(_ call: Call) async throws -> Response {
        guard call.request.headers[.accept]?.bytewise.contains("text/html") ?? false else {
            return try Response(status: .ok, json: ServiceInfo.example)
        }
        return try await self.workPlace.respond(to: call, self.page.show)
    }
}

private struct Health: ObjectOutput {
    let json: JSONValue

    init(_ now: Timestamp) { self.json = ["status": "ok", "timestamp": .string(now.text)] }

    static let example = Health(Timestamp(seconds: 1_773_914_400))
}

private struct ServiceInfo: ObjectOutput {
    let json: JSONValue = ["service": "Agent Commerce Framework", "version": "0.6.0", "docs": "/docs"]
    static let example = ServiceInfo()
}
