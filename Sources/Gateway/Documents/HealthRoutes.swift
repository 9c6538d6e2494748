import HTTPTypes
import Hummingbird
import Kernel
import Web

/// Whether the gateway takes requests, for load balancers.
struct HealthRoutes: Sendable {
    let places: RunPlaces

    var endpoints: [Endpoint] {
        [
            Endpoint(
                raw: .get,
                "/health",
                "Whether the gateway takes requests",
                tag: "Health",
                access: .open,
                answers: [
                    AnswerDescription(status: .ok, summary: "It does", of: HealthOutput.self),
                    AnswerDescription(status: .serviceUnavailable, summary: "It ends", of: HealthOutput.self),
                ]
            ) { (_: Call) in
                let isClosed = self.places.isClosed
                return Response(
                    status: isClosed ? .serviceUnavailable : .ok,
                    answer: HealthOutput(status: isClosed ? "draining" : "ok")
                )
            }
        ]
    }
}

struct HealthOutput: Answer {
    let status: String
    static let members: [Member<Self>] = [
        Member("status", \.status, "`ok`, or `draining` while the server ends", example: "ok"),
        Member("protocol", { _ in 3 }, "The version of the gateway's protocol", example: 3),
    ]
}
